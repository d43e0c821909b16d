"""The proof that the audit log is as it was written, from its first entry to its end, and against the vault's memory.

After each proof the end of the chain is sealed in the vault: a log that was later cut off, or written anew from its
beginning with hashes that fit, is found by it even where the ledger's own record of the end was changed as well.
"""

import json

from ledger import audit
from ledger.audit import AuditReport, Link
from vault.secret import Secret
from vault.vault import Vault

_END = "audit-end"
"""The name of the vault's secret that holds the number and hash of the last entry that was proved."""


def prove(vault: Vault) -> AuditReport:
    """Prove the chain, and remember its end where it is whole. A chain that is not is never remembered."""
    report = audit.verify(expected=remembered_end(vault))
    if report.ok and report.end[0]:
        vault.keep_secret(_END, Secret(json.dumps(report.end)))
    return report


def remembered_end(vault: Vault) -> Link | None:
    """The last entry of the newest proof; None before the first."""
    kept = vault.kept_secret(_END)
    if kept is None:
        return None
    sequence, link_hash = json.loads(kept.reveal())
    return int(sequence), str(link_hash)
