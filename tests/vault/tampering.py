"""Everything that can be done to what the vault has stored, tried; a table of what was noticed.

    python -m tests.vault.tampering

Each try changes a stored file and opens it as another process would. Noticed: the vault refused in its own words.
Wrong: it gave out something else than was put in, which must never be.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.vault.conftest import KeptAudit
from vault.envelope import KeyEncryptionKey
from vault.errors import VaultError
from vault.header import Header, KeyDescription, _sealed_for, holder_with, new_vault_key
from vault.keys import Argon2Cost, KeyFile, Passphrase
from vault.manifest import Manifest
from vault.moving import export, open_export, read_export
from vault.sealed_backup import BackupReader
from vault.secret import Secret
from vault.storage import FileStorage, StoredVault, written
from vault.vault import Vault, utc_now

PASSWORDS = {("national", "main"): "canary-pass-1", ("medicaid", "main"): "canary-pass-2"}
_CHEAP = Argon2Cost(iterations=1, lanes=1, memory_kib=8192)


@dataclass
class Row:
    """One kind of change: how often it was tried, how often it was noticed, how often something else came out."""

    kind: str
    tried: int = 0
    noticed: int = 0
    wrong: int = 0


class Tampering:
    """A vault with two sign-ins, and what can be done to it. `stride`: every so many bytes (1: each)."""

    def __init__(self, folder: Path, stride: int) -> None:
        self.folder, self.stride = folder, stride
        self.rows: list[Row] = []
        self.key = KeyFile.create(folder / "office.key")
        self.other_key = KeyFile.create(folder / "other.key")
        self.storage = FileStorage(folder / "vault" / "vault.json")
        self.vault = Vault.create(self.storage, self.key, KeptAudit())
        self.add("an older password")
        self.older = self.storage.path.read_bytes()
        for (portal, alias), password in PASSWORDS.items():
            self.add(password, portal, alias)
        self.vault.holders.add("safe", self.other_key)
        self.before_removal = self.storage.path.read_bytes()
        self.whole = self.before_removal
        self.counter = self.vault.counter

    def add(self, password: str, portal: str = "national", alias: str = "main") -> None:
        """Seal a password."""
        self.vault.add_credential(portal, alias, Secret("user"), Secret(password), owner="o")

    def opens(self) -> bool:
        """Open the stored vault and use both sign-ins; False when what comes out is not what was put in."""
        vault = Vault.open(self.storage, self.key, KeptAudit())
        vault.check_counter(self.counter)
        vault.check()
        return all(vault.credential(*name, "test").password.reveal() == one for name, one in PASSWORDS.items())

    def judge(self, row: Row, use: Callable[[], bool]) -> None:
        """Count one try."""
        row.tried += 1
        try:
            row.wrong += not use()
        except VaultError:
            row.noticed += 1

    def with_contents(self, kind: str, contents: Iterator[bytes]) -> None:
        """Try each of these as the vault's file."""
        row = Row(kind)
        for content in contents:
            self.storage.path.write_bytes(content)
            self.judge(row, self.opens)
        self.storage.path.write_bytes(self.whole)
        if not self.opens():
            raise AssertionError("the vault as it was does not open")
        self.rows.append(row)

    def flips(self, content: bytes) -> Iterator[bytes]:
        """The content with one bit of one byte changed, for every byte."""
        for position in range(0, len(content), self.stride):
            for mask in (0x01, 0x20):
                yield content[:position] + bytes([content[position] ^ mask]) + content[position + 1 :]

    def cuts(self, content: bytes) -> Iterator[bytes]:
        """The content cut off at every length, and with something added."""
        yield from (content[:length] for length in range(0, len(content), self.stride))
        yield from (content + b"\n", b" " + content, content + content)

    def edited(self, content: bytes, changes: Mapping[str, Any]) -> bytes:
        """The file with these parts in place of its own."""
        return json.dumps({**json.loads(content), **changes}, indent=1, sort_keys=True).encode() + b"\n"

    def run(self) -> list[Row]:
        """Try all of it."""
        self.with_contents("a bit of a byte of the vault's file", self.flips(self.whole))
        self.with_contents("the vault's file cut off, or more after it", self.cuts(self.whole))
        self.with_contents("entries exchanged, removed, doubled, made up", self.entries())
        self.with_contents("parts of an older copy among the newer", self.older_parts())
        self.with_contents("an older copy of the whole file", iter((self.older,)))
        self.with_contents("parts of another vault under the same key", self.foreign_parts())
        self.with_contents("holders exchanged, removed, put in", self.holders())
        self.forgery()
        self.removed_holder()
        self.backup()
        self.exported()
        self.evidence()
        return self.rows

    def entries(self) -> Iterator[bytes]:
        """Every exchange of two entries, and others."""
        entries = json.loads(self.whole)["entries"]
        names = sorted(entries)
        for one in names:
            for other in names:
                if one != other:
                    yield self.edited(self.whole, {"entries": {**entries, one: entries[other], other: entries[one]}})
                    yield self.edited(self.whole, {"entries": {**entries, one: entries[other]}})
            yield self.edited(self.whole, {"entries": {name: entries[name] for name in names if name != one}})
            yield self.edited(self.whole, {"entries": {**entries, "f" * 32: entries[one]}})
        yield self.edited(self.whole, {"entries": {}})

    def older_parts(self) -> Iterator[bytes]:
        """Each set of parts of the older copy in the newer file, but all of them."""
        older, parts = json.loads(self.older), ("header", "counter", "manifest", "entries")
        for chosen in range(1, 15):
            yield self.edited(self.whole, {part: older[part] for bit, part in enumerate(parts) if chosen & 1 << bit})

    def foreign_parts(self) -> Iterator[bytes]:
        """Each part of another vault, opened by the same key."""
        storage = FileStorage(self.folder / "foreign" / "vault.json")
        vault = Vault.create(storage, self.key, KeptAudit())
        vault.add_credential("national", "main", Secret("user"), Secret("theirs"), owner="o")
        theirs = json.loads(storage.path.read_bytes())
        for part in ("header", "manifest", "entries"):
            yield self.edited(self.whole, {part: theirs[part]})

    def holders(self) -> Iterator[bytes]:
        """The header with its holders changed."""
        header = json.loads(json.loads(self.whole)["header"])
        first, second = header["holders"]
        swapped = [
            {**first, part: second[part]}
            for part in ("key_id", "public_key", "mark_for_holder", "mark_for_vault", "sealed_key", "name", "added_at")
        ]
        for holders in ([second, first], [first], [second], *([one, second] for one in swapped)):
            yield self.edited(self.whole, {"header": json.dumps({**header, "holders": holders}, separators=(",", ":"))})

    def forgery(self) -> None:
        """The made-up vault must not open at all: it holds nothing, so that no later look would notice it."""
        row = Row("a vault made up from the public header")
        self.storage.path.write_bytes(self.made_up())
        self.judge(row, lambda: bool(Vault.open(self.storage, self.key, KeptAudit())) and False)
        self.storage.path.write_bytes(self.whole)
        self.rows.append(row)

    def made_up(self) -> bytes:
        """A whole vault by somebody who has the file and no key: the holder's public key is known, the mark is not."""
        ours = Header.from_text(json.loads(self.whole)["header"])
        key, guess = new_vault_key(), KeyEncryptionKey(Secret(bytes(32)))
        described = ours.holders[0]
        forged = holder_with(
            described.name,
            KeyDescription(kind=described.kind, key_id=described.key_id, parameters={}),
            guess,
            vault_id=ours.vault_id,
            own_key=key,
            now=utc_now(),
        )
        mark = Secret(bytes(range(32)))
        forged = forged.model_copy(
            update={"public_key": described.public_key, "mark_for_holder": described.mark_for_holder}
        )
        forged = _sealed_for(forged, mark, ours.vault_id, key)
        text = Header(vault_id=ours.vault_id, key_id=key.key_id.hex(), holders=(forged,)).text()
        manifest = Manifest(counter=self.counter, written_at=utc_now()).sealed(key, text)
        return written(StoredVault(header=text, counter=self.counter, manifest=manifest, entries={}))

    def removed_holder(self) -> None:
        """The key of a holder that was taken away, on the vault as it is since."""
        row = Row("the key of a holder that was taken away")
        self.vault.holders.remove("safe")
        self.whole, self.counter = self.storage.path.read_bytes(), self.vault.counter
        self.judge(row, lambda: bool(Vault.open(self.storage, self.other_key, KeptAudit()).list()) and False)
        before = json.loads(self.before_removal)
        now = json.loads(self.whole)
        header = json.loads(now["header"])
        header["holders"] += [json.loads(before["header"])["holders"][1]]
        self.storage.path.write_bytes(self.edited(self.whole, {"header": json.dumps(header, separators=(",", ":"))}))
        self.judge(row, lambda: bool(Vault.open(self.storage, self.other_key, KeptAudit()).list()) and False)
        self.storage.path.write_bytes(self.whole)
        self.rows.append(row)

    def backup(self) -> None:
        """The bytes of a sealed backup."""
        out = BytesIO()
        writer = self.vault.seal_backup(out, utc_now())
        writer.write(b"the office")
        writer.end()
        row = Row("a bit of a byte of a backup, or its end cut off")

        def opened_backup(changed: bytes) -> bool:
            return BackupReader(BytesIO(changed), "b", self.key).read(100) == b"the office"

        for changed in (*self.flips(out.getvalue()), *(list(self.cuts(out.getvalue()))[:-2])):
            self.judge(row, partial(opened_backup, changed))
        self.rows.append(row)

    def exported(self) -> None:
        """The bytes of exported sign-ins."""
        file = self.folder / "moved.sealed"
        provider = Passphrase(Secret("correct horse battery staple"), _CHEAP)
        export(self.vault, list(PASSWORDS), file, provider)
        content, row = file.read_bytes(), Row("a bit of a byte of exported sign-ins, or its end cut off")

        def opens() -> bool:
            into = Vault.create(FileStorage(self.folder / "into" / "vault.json"), self.key, KeptAudit())
            open_export(read_export(file), provider).take_over(into)
            return all(into.credential(*name, "t").password.reveal() == one for name, one in PASSWORDS.items())

        for changed in (*self.flips(content), *self.cuts(content)):
            file.write_bytes(changed)
            (self.folder / "into" / "vault.json").unlink(missing_ok=True)
            self.judge(row, opens)
        self.rows.append(row)

    def evidence(self) -> None:
        """The bytes of a sealed page and of its key."""
        sealer = self.vault.sealer()
        key = sealer.new_item_key()
        sealed = sealer.seal(key, b"a page", "page")
        row = Row("a bit of a byte of a sealed page or of its key, or cut off")
        tries = [(key, one) for one in (*self.flips(sealed), *self.cuts(sealed))]
        tries += [(one, sealed) for one in (*self.flips(key), *self.cuts(key))]
        tries += [(sealer.new_item_key(), sealed)]

        def opened_page(wrapped: bytes, content: bytes) -> bool:
            return sealer.open(wrapped, content, "page") == b"a page"

        for wrapped, content in tries:
            self.judge(row, partial(opened_page, wrapped, content))
        self.rows.append(row)


def tried(stride: int = 1) -> list[Row]:
    """Try all of it on a vault of its own; `stride`: only every so many bytes."""
    with tempfile.TemporaryDirectory() as folder:
        return Tampering(Path(folder), stride).run()


def main() -> int:
    """Print the table; 1 where anything went unnoticed."""
    rows = tried()
    lines = [("what was changed", "tried", "noticed", "gave something else")]
    lines += [(one.kind, str(one.tried), str(one.noticed), str(one.wrong)) for one in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    for line in lines:
        sys.stdout.write("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n")
    return int(any(one.noticed != one.tried or one.wrong for one in rows))


if __name__ == "__main__":
    sys.exit(main())
