"""What an office says about appeals in its own files: which deadlines hold, and how its arguments read.

Both are found in the office folder: `deadlines.toml`, and templates as `appeals/carc-50.txt`. What the office does not
say is said by what ships.
"""

from dataclasses import dataclass
from pathlib import Path

from flows.deadlines import DeadlineRule, DeadlineRules, shipped_rules, with_office
from flows.drafting import TemplateWrong, check_template, shipped_template, template_names
from flows.questions import AppealLevel
from portalwright.settings import SettingsWrong, read_toml

DEADLINES_FILE = "deadlines.toml"
TEMPLATES_FOLDER = "appeals"


@dataclass(frozen=True)
class Template:
    """The text of a template, and its name for people: the office's file, or the starter that ships."""

    text: str
    name: str


def deadline_rules(folder: Path) -> tuple[DeadlineRule, ...]:
    """The rules about deadlines as the office in this folder sees them. Raises SettingsWrong."""
    path = folder / DEADLINES_FILE
    if not path.is_file():
        return shipped_rules()
    try:
        return with_office(shipped_rules(), read_toml(path, DeadlineRules))
    except ValueError as error:
        raise SettingsWrong(f"{path}: {error}.") from None


def argument_template(folder: Path, carc: str | None, level: AppealLevel) -> Template | None:
    """The template for this reason and level, the office's before those that ship; None when there is none.

    Raises SettingsWrong for one that cannot be used, with its file and line.
    """
    names = template_names(carc, level)
    for name in names:
        path = folder / TEMPLATES_FOLDER / name
        if path.is_file():
            return Template(_read(path), f"{TEMPLATES_FOLDER}/{name}")
    for name in names:
        text = shipped_template(name)
        if text is not None:
            return Template(text, f"the starter template {name}")
    return None


def check_templates(folder: Path) -> None:
    """Raises SettingsWrong for a template of the office that cannot be used, with its file and line."""
    for path in sorted((folder / TEMPLATES_FOLDER).glob("*.txt")):
        _read(path)


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        check_template(text)
    except TemplateWrong as error:
        raise SettingsWrong(f"{path}, {error}.") from None
    except UnicodeDecodeError:
        raise SettingsWrong(f"{path} is not UTF-8 text; save it as such.") from None
    except OSError as error:
        raise SettingsWrong(f"{path} cannot be read ({error.strerror}).") from None
    return text
