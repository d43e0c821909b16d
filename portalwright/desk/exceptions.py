"""What only the application can do with an exception: check a correction, bring a text into the office's own pack."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from console.exceptions.needs import NotWritten
from documents.rows import OfficeScope
from flows.claim_search import SEARCHES as CLAIM_SEARCHES
from flows.eligibility import SEARCHES as MEMBER_SEARCHES
from flows.questions import Flow
from ledger import shared_files
from ledger.accounts import Actor, Practice
from ledger.errors import LedgerError
from packs.learned_texts import TextRefused, file_of, learn
from packs.problems import PackError
from portalwright.importing import office_scope
from portalwright.office import Desk
from portalwright.office_files import base
from portalwright.settings import SettingsWrong
from portalwright.sharing import fetch, publish, unpublished

_SEARCHES: Mapping[Flow, tuple[str, ...]] = MappingProxyType(
    {Flow.CLAIM_STATUS: CLAIM_SEARCHES, Flow.ELIGIBILITY: MEMBER_SEARCHES}
)


@dataclass(frozen=True)
class Exceptions:
    """See `console.exceptions.needs`."""

    desk: Desk
    _writing: Lock = field(default_factory=Lock, repr=False, compare=False)

    def scope(self, practice: Practice, flow: Flow) -> OfficeScope:
        """What a claim or visit may name, and by which searches this flow asks for it."""
        return office_scope(replace(self.desk, practice=practice), None, _SEARCHES.get(flow, ()))

    def learn(self, portal: str, place: str, text: str, means: str, actor: Actor) -> None:
        """Into the overlay or pack in the office folder; where several computers share it, published for them all."""
        desk = replace(self.desk, actor=actor)
        with self._writing:
            try:
                if desk.office.published is None:
                    learn(desk.office.folder, portal, place, text, means)
                else:
                    _learn_for_all(desk, portal, place, text, means)
            except PackError as error:
                first = error.problems[0]
                raise NotWritten(
                    f"The pack could not be used with this text in it ({Path(first.file).name}, line {first.line}, "
                    f"{first.key}: {first.what}). Nothing was written; whoever looks after the packs has to mend it, "
                    "and then it can be written from here."
                ) from None
            except (TextRefused, LookupError, LedgerError, SettingsWrong) as error:
                raise NotWritten(f"{error} Nothing was written.") from None
            except OSError as error:
                raise NotWritten(
                    f"The office's own pack could not be written ({error.strerror}). Nothing was changed; see to the "
                    "folder selectors of the office, and write it from here again."
                ) from None


def _learn_for_all(desk: Desk, portal: str, place: str, text: str, means: str) -> None:
    """Publish the files with this text in them: no computer of the office goes by what lies in its folder alone."""
    folder = desk.office.folder
    changed = unpublished(desk)
    if changed:
        raise NotWritten(
            f"On this computer files of the office were changed and not published ({', '.join(changed)}). Nothing was "
            "written; say `portalwright ledger publish` here (or `ledger fetch`, to give them up), and then write it "
            "from here."
        )
    if base(folder).version != shared_files.newest_version():
        fetch(desk)
    file = file_of(folder, portal)
    before = file.read_bytes() if file.is_file() else None
    learn(folder, portal, place, text, means)
    try:
        publish(desk)
    except BaseException:
        # What is not published counts nowhere, and would be in the way of the next one who publishes.
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)
        raise
