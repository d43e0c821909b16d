"""Looks for contradictions in the table by which the robot signs in."""

from collections.abc import Iterator

from packs.check_moves import UNTIL
from packs.elements import Type
from packs.models import Pack
from packs.naming import has_action, has_type, known_element, known_view
from packs.problems import Finding, Place
from packs.signing_in import NewPasswordRow, PasswordRow, StopRow, UserNameRow, row_elements


def sign_in(pack: Pack) -> Iterator[Finding]:
    """What is wrong with each row, and with the rows together."""
    for index, row in enumerate(pack.sign_in.table):
        here: Place = ("sign_in", "table", index)
        for key in ("password_accepted", "code_accepted"):
            if isinstance(row, UserNameRow | PasswordRow) and getattr(row, key):
                what = "the page that asks for the password, or comes before it, cannot prove that anything was right"
                yield Finding((*here, key), what)
        if row.view not in pack.views:
            yield from known_view(pack, row.view, (*here, "view"))
            continue
        view = pack.views[row.view]
        for key, element, action in row_elements(row):
            if action is None:
                yield from known_element(view, element, (*here, key))
            else:
                yield from has_action(view, element, action, (*here, key))
        if isinstance(row, NewPasswordRow):
            yield from _new_password(pack, row, here)
        if isinstance(row, StopRow) and row.until is not None and row.until in view.elements:
            yield from has_type(view, row.until, Type.INSTANT, UNTIL, (*here, "until"))
    yield from _user_name_once(pack)


def _new_password(pack: Pack, row: NewPasswordRow, here: Place) -> Iterator[Finding]:
    """The page comes after a right password, which is then proved; a refusal is told by a page of its own."""
    if not row.password_accepted:
        what = "a portal asks for a new password only after a right one: say 'password_accepted: true'"
        yield Finding((*here, "then"), what)
    place: Place = (*here, "refused")
    if row.refused is None:
        return
    if row.refused not in pack.views:
        yield from known_view(pack, row.refused, place)
        return
    if not any(isinstance(other, StopRow) and other.view == row.refused for other in pack.sign_in.table):
        yield Finding(place, f"'{row.refused}' needs a row of its own in the table, with 'then: stop'")
    for _, element, action in row_elements(row):
        if action is not None:
            yield from has_action(pack.views[row.refused], element, action, place)


def _user_name_once(pack: Pack) -> Iterator[Finding]:
    rows = list(enumerate(pack.sign_in.table))
    before = any(isinstance(row, UserNameRow) for _, row in rows)
    for index, row in rows:
        if not isinstance(row, PasswordRow):
            continue
        place: Place = ("sign_in", "table", index)
        if row.user_name is None and not before:
            yield Finding(place, "needs 'user_name', or a row with 'then: user-name' for a page that comes before it")
        elif row.user_name is not None and before:
            what = "another row takes the user name on a page before this one: leave one of the two out"
            yield Finding((*place, "user_name"), what)
