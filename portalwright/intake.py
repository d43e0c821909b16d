"""Opens the documents that portals give, before they count: whole, of the kind that was promised, and read."""

from bots.intake import NotWhole, PasswordWrong
from documents import not_whole
from documents.remittance_files import read_remittance_file
from flows.portal import Collected


class OfficeIntake:
    """What `bots.intake.Intake` asks for, by the readers that imported files go through too."""

    def check(self, content: bytes, kind: str, password: str | None) -> Collected:
        """The document, opened and read; it must be of this kind (835, eob, zip). Raises NotWhole or PasswordWrong."""
        try:
            read = read_remittance_file(content, password=password)
        except not_whole.PasswordNeeded as needed:
            raise PasswordWrong(str(needed)) from None
        except not_whole.NotWhole as broken:
            raise NotWhole(str(broken)) from None
        if read.kind != kind:
            raise NotWhole(f"The portal gave a file of another kind ({read.kind}) than the one promised ({kind}).")
        return Collected(
            kind=read.kind, sha256=read.sha256, size=read.size, remittances=read.remittances, unread=read.unread
        )
