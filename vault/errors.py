"""Everything that can go wrong with the vault, one sentence each: what happened, what is safe, what to do next."""

from typing import ClassVar


class VaultError(Exception):
    """Any refusal of the vault; its text is meant for the person at the desk and never holds a secret.

    The facts (a portal, an alias, a path, a number) fill the blanks of the class's sentence.
    """

    sentence: ClassVar[str] = "The vault refused; nothing was given out."

    def __init__(self, *facts: str) -> None:
        super().__init__(*facts)

    def __str__(self) -> str:
        return self.sentence.format(*self.args)


class VaultMissing(VaultError):
    """No vault is where one was looked for."""

    sentence = "There is no vault at {0}; make one with `portalwright vault init`, or put back your copy of it."


class VaultExists(VaultError):
    """A vault would have been overwritten."""

    sentence = "There is a vault at {0} already; it was left as it is."


class VaultDamaged(VaultError):
    """The stored vault is not what was last written."""

    sentence = (
        "The vault was changed or damaged outside portalwright ({0}); nothing was given out. "
        "Put back your newest copy of the vault, then add again what was added since."
    )


class VaultFormatUnknown(VaultError):
    """The vault was written in a format that this version does not know."""

    sentence = (
        "The vault is of format {0}, which this version of portalwright cannot read; it was left as it is. "
        "Install the version that wrote it."
    )


class VaultRolledBack(VaultError):
    """The stored vault is older than one seen before."""

    sentence = (
        "This is an older copy of the vault (change {0}, where change {1} was seen before); nothing was given out. "
        "Put back the newest copy, or have the person in charge of credentials confirm the older one."
    )


class VaultBusy(VaultError):
    """Other processes kept writing to the vault for too long."""

    sentence = "Another program is writing to the vault; nothing was changed. Try again in a minute."


class VaultMoved(VaultError):
    """Another process changed the vault between reading and writing; the vault tries again by itself."""

    sentence = "The vault was changed by another program in the meantime; nothing was changed. Try again."


class KeyFileMissing(VaultError):
    """The key file is not there or cannot be read by this account."""

    sentence = "The key file {0} is not there or cannot be read by this account; put it back from your safe copy."


class KeyFileExists(VaultError):
    """A key file would have been overwritten, and with it every secret under it."""

    sentence = "There is a key file at {0} already; it was left as it is, because vaults may depend on it."


class KeyFileOpenToOthers(VaultError):
    """Other accounts of this computer could read the key."""

    sentence = "Other accounts of this computer can read the key file {0}; close it with `chmod 600` and try again."


class KeyFileWrongLength(VaultError):
    """What the key file holds cannot be a key."""

    sentence = "The key file {0} does not hold a key of 32 bytes; put it back from your safe copy."


class WrongKey(VaultError):
    """The key is a key, but not of this vault."""

    sentence = "This is not the key of this vault; nothing was opened. Use the key file that was made with it."


class WrongPassphrase(VaultError):
    """The passphrase does not open this vault."""

    sentence = "This is not the passphrase of this vault; nothing was opened. Type it again."


class WrongKeyKind(VaultError):
    """The vault is opened in another way than the one tried."""

    sentence = "This vault is opened with a {0}, not with a {1}; nothing was opened."


class PassphraseTooShort(VaultError):
    """The passphrase could be guessed by someone who has a copy of the vault."""

    sentence = "The passphrase is shorter than {0} characters; no vault was made. Choose several unrelated words."


class CredentialMissing(VaultError):
    """No credential of that name is in the vault."""

    sentence = "There is no credential {1} for portal {0} in the vault; add it with `portalwright vault add`."


class NameNotAllowed(VaultError):
    """A portal, alias or secret has a name that could not stand in a log."""

    sentence = (
        "A {0} may have letters, digits, dots, dashes and underscores, up to 64, because it is shown in logs; "
        "nothing was changed."
    )


class SecretEmpty(VaultError):
    """A secret without content was offered."""

    sentence = "An empty secret was given; nothing was changed. Enter it again."


class SeedNotUnderstood(VaultError):
    """The seed for one-time codes is neither base32 text nor an otpauth address."""

    sentence = (
        "The seed for one-time codes was not understood ({0}); nothing was changed. "
        "Copy the portal's set-up key or its otpauth:// address again."
    )


class SealedItemDamaged(VaultError):
    """A sealed file or its key is not what was sealed."""

    sentence = (
        "A sealed file or its key was changed, exchanged or damaged; it was not opened. Put it back from your copy."
    )


class SealedItemTooLarge(VaultError):
    """A sealed item is longer than the store takes in one piece."""

    sentence = (
        "A file is longer than {0} MB after packing, more than the office's database takes in one piece; it was not "
        "kept. Split it, and import the parts."
    )


class SealedItemMissing(VaultError):
    """A sealed file is not where it was written."""

    sentence = "The sealed file {0} is not there; put it back from your copy, or fetch it from the portal again."


class NotABackup(VaultError):
    """A file that was to be opened is no backup of ours, or its beginning is damaged."""

    sentence = "{0} is not a backup of portalwright, or its beginning is damaged; nothing of it was used."


class BackupFormatUnknown(VaultError):
    """The backup was written in a format that this version does not know."""

    sentence = (
        "The backup is of format {0}, which this version of portalwright cannot read; nothing of it was used. "
        "Install the version that wrote it, or a newer one."
    )


class BackupDamaged(VaultError):
    """A backup is not what was written: a changed byte, a piece that is missing, moved or too many."""

    sentence = (
        "The backup was changed, cut off or damaged ({0}); nothing of it was used. "
        "Take another copy of it, or an older backup."
    )
