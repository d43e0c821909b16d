"""The tables of the ledger. Private to this room: everybody else uses its functions and frozen values."""

from ledger.models.answers import AnswerVersion, Attempt, EvidenceBlob, EvidenceKey, Run
from ledger.models.door import Closure, CodeRequest, Probe, RememberedDevice, Terms
from ledger.models.lanes import Credential, Lane, Press
from ledger.models.people import Account, Practice, PracticeProvider
from ledger.models.records import AuditEntry, AuditHead, Permission, VaultState
from ledger.models.work import Case, Claim, Patient, WorkItem

__all__ = [
    "Account",
    "AnswerVersion",
    "Attempt",
    "AuditEntry",
    "AuditHead",
    "Case",
    "Claim",
    "Closure",
    "CodeRequest",
    "Credential",
    "EvidenceBlob",
    "EvidenceKey",
    "Lane",
    "Patient",
    "Permission",
    "Practice",
    "PracticeProvider",
    "Press",
    "Probe",
    "RememberedDevice",
    "Run",
    "Terms",
    "VaultState",
    "WorkItem",
]
