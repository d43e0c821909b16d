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


class HolderExists(VaultError):
    """A holder of that name is there already."""

    sentence = "The vault has a holder {0} already; nothing was changed. Choose another name."


class HolderMissing(VaultError):
    """No holder of that name opens the vault."""

    sentence = "The vault has no holder {0}; nothing was changed. See `portalwright vault holders list`."


class LastHolder(VaultError):
    """Without this holder nobody could open the vault."""

    sentence = "{0} is the last holder of the vault, which nobody could open without it; nothing was changed."


class TooManyHolders(VaultError):
    """The vault has as many holders as it takes."""

    sentence = "A vault has {0} holders at most; nothing was changed. Remove one that is not needed."


class NotStretchable(VaultError):
    """The cost of a guess was to be raised where it cannot be."""

    sentence = (
        "The vault was opened with a {0}, of which no guess can be made dearer: that is for a passphrase whose cost is "
        "not at its bound. Nothing was changed."
    )


class KeyringMissing(VaultError):
    """This computer or session has no keyring of the operating system, or it refused."""

    sentence = (
        "The operating system's keyring cannot be used here ({0}); nothing was opened. "
        "Unlock it, or open the vault with another holder's key."
    )


class KeyringEntryMissing(VaultError):
    """The keyring does not hold the vault's key."""

    sentence = "The keyring holds no usable key named {0}; put it back, or open the vault with another holder's key."


class KeyringEntryExists(VaultError):
    """A key in the keyring would have been overwritten."""

    sentence = "The keyring holds a key named {0} already; it was left as it is, because vaults may depend on it."


class KeyCommandFailed(VaultError):
    """The command that gives the key did not give one."""

    sentence = (
        "The command that gives the vault's key {0}; nothing was opened. Try it at a terminal (its words and its "
        "output are not shown here)."
    )


class PasswordUnchanged(VaultError):
    """The password that is in the vault already was given as a new one."""

    sentence = (
        "That is the password of credential {1} of portal {0} already; nothing was changed, so that a password which "
        "the portal has refused is not pressed again as a new one."
    )


class CredentialExists(VaultError):
    """An imported sign-in would have taken the place of another."""

    sentence = (
        "Credential {1} of portal {0} is in the vault already; nothing was imported. Say --replace if the imported one "
        "is the newer."
    )


class NotAnExport(VaultError):
    """A file that was to be imported is none of ours, or was changed."""

    sentence = "{0} holds no exported sign-ins, or was changed since it was written; nothing was imported."


class CredentialMissing(VaultError):
    """No credential of that name is in the vault."""

    sentence = "There is no credential {1} for portal {0} in the vault; add it with `portalwright vault add`."


class PasswordPending(VaultError):
    """A second new password would have been sealed while one waits to be proved."""

    sentence = (
        "A new password for credential {1} of portal {0} waits to be proved; nothing was changed. "
        "See `portalwright vault pending {0}`."
    )


class PendingPasswordMissing(VaultError):
    """No new password of that version waits to be proved."""

    sentence = "No new password waits to be proved for credential {1} of portal {0}; nothing was changed."


class ShownToOwnerOnly(VaultError):
    """Somebody else than its owner wanted to see a password."""

    sentence = "Only {2}, who answers for credential {1} of portal {0}, may see its passwords; nothing was opened."


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
