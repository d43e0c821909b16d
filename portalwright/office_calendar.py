"""The office's calendar: the shipped one with the rows of schedules/calendar.toml in the office's own files."""

from tzlocal import get_localzone_name

from portalwright.office import Office
from portalwright.settings import read_toml
from schedules.calendar import CALENDAR_FILE, Calendar, CalendarRules, calendar_of

SCHEDULES_FOLDER = "schedules"


def office_calendar(office: Office) -> Calendar:
    """The calendar by which this office works, in this computer's time zone where it names none. Raises SettingsWrong
    with file, line and key of every mistake.
    """
    path = office.files / SCHEDULES_FOLDER / CALENDAR_FILE
    own = read_toml(path, CalendarRules) if path.is_file() else CalendarRules()
    return calendar_of(own, get_localzone_name)
