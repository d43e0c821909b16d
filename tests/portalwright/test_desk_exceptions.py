"""A text that two people have confirmed goes to every computer of the office, or to none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.exceptions.needs import NotWritten
from flows.questions import Flow
from ledger import shared_files
from ledger.errors import FilesPublishedSince
from portalwright.desk import exceptions
from portalwright.desk.exceptions import Exceptions
from portalwright.office import Desk
from portalwright.office_files import Base, FilesCopy
from tests.ledger.office import PORTAL
from tests.portalwright.test_watching_look import opened

TEXT = "Suspended - clinical desk"


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Iterator[Desk]:
    yield from opened(tmp_path)


@pytest.fixture
def shared(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The same office, as it is on a server: these files were published as version 3."""
    monkeypatch.setattr(exceptions, "base", lambda _folder: Base(3, "x"))
    monkeypatch.setattr(shared_files, "newest_version", lambda: 3)
    monkeypatch.setattr(exceptions, "unpublished", lambda _desk: ())
    monkeypatch.setattr(exceptions, "learn", _write)
    office = replace(desk.office, published=FilesCopy(3, desk.office.folder / "copy"))
    return replace(desk, office=office)


def _write(folder: Path, portal: str, _place: str, text: str, _means: str) -> None:
    file = folder / "selectors" / portal / "overlay.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def overlay(desk: Desk) -> Path:
    return desk.office.folder / "selectors" / PORTAL / "overlay.yaml"


def test_on_one_computer_it_is_written_into_the_office_folder(desk: Desk) -> None:
    Exceptions(desk).learn(PORTAL, "status", TEXT, "P2", desk.actor)
    assert TEXT in overlay(desk).read_text()
    with pytest.raises(NotWritten, match="P2"):
        Exceptions(desk).learn(PORTAL, "status", TEXT, "F2", desk.actor)
    with pytest.raises(NotWritten, match="Nothing was written"):
        Exceptions(desk).learn("no-such-portal", "status", TEXT, "F2", desk.actor)


def test_with_several_computers_it_is_published_in_the_name_of_whoever_confirmed_it(
    shared: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    by: list[str] = []
    monkeypatch.setattr(exceptions, "publish", lambda desk: by.append(desk.actor.name))
    Exceptions(shared).learn(PORTAL, "status", TEXT, "P2", replace(shared.actor, name="lee"))
    assert by == ["lee"]
    assert overlay(shared).read_text() == TEXT


@pytest.mark.parametrize("before", [None, "limits:\n  lookups_a_minute: 2\n"])
def test_what_could_not_be_published_is_not_left_in_the_folder(
    shared: Desk, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    if before is not None:
        _write(shared.office.folder, PORTAL, "", before, "")

    def refuse(_desk: Desk) -> None:
        raise FilesPublishedSince(4, 3)

    monkeypatch.setattr(exceptions, "publish", refuse)
    with pytest.raises(NotWritten, match="Version 4"):
        Exceptions(shared).learn(PORTAL, "status", TEXT, "P2", shared.actor)
    assert (overlay(shared).read_text() if overlay(shared).exists() else None) == before


def test_files_that_were_changed_here_and_not_published_are_not_published_along(
    shared: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exceptions, "unpublished", lambda _desk: ("routing.toml",))
    with pytest.raises(NotWritten, match=r"routing\.toml"):
        Exceptions(shared).learn(PORTAL, "status", TEXT, "P2", shared.actor)
    assert not overlay(shared).exists()


def test_a_correction_may_name_what_an_import_may(desk: Desk) -> None:
    scope = Exceptions(desk).scope(desk.practice, Flow.CLAIM_STATUS)
    assert (scope.tin, PORTAL in scope.portals) == (desk.practice.tin, True)
    assert any("patient.member_id" in search for search in scope.searches(PORTAL))
