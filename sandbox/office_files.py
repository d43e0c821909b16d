"""Writes what reaches the office by other ways than a portal's pages: its own lists, and files of payer and bank."""

from itertools import groupby
from pathlib import Path

from sandbox.acknowledgement_files import accepted_batch, claim_acknowledgement
from sandbox.remit_documents import as_document, day_file
from sandbox.remit_zip import bundle
from sandbox.truth.ledger import Truth
from sandbox.worklist import appointments_csv, denials_csv, deposits_csv, worklist_csv


def write_files(truth: Truth, folder: Path) -> None:
    """Write the files into a folder, which is made when it is not there; files of those names are replaced.

    `worklist.csv`, `denials.csv`, `appointments.csv`, `deposits.csv`; `batch.999` and `claims.277`; in `remits` one 835
    a day of payment, the paper forms of the payments without an 835, and an archive of the last day's paper forms.
    """
    portal = truth.rows[0].portal
    remits = folder / "remits"
    remits.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("worklist.csv", worklist_csv(truth)),
        ("denials.csv", denials_csv(truth)),
        ("appointments.csv", appointments_csv(truth)),
        ("deposits.csv", deposits_csv(truth)),
    ):
        (folder / name).write_text(text, encoding="utf-8", newline="")
    (folder / "batch.999").write_bytes(accepted_batch(truth))
    (folder / "claims.277").write_bytes(claim_acknowledgement(truth))
    forms = []
    for _, group in groupby(truth.remittances, key=lambda one: one.paid_on):
        day = [one for one in group if one.deliveries]
        electronic = [one for one in day if "835" in one.deliveries]
        documents = [day_file(electronic, portal)] if electronic else []
        paper = [one for one in day if one.deliveries == ("eob",)]
        documents += [as_document(one, "eob", portal, scanned=one.eob_form == "scanned") for one in paper]
        for document in documents:
            (remits / document.name).write_bytes(document.content)
        if electronic:
            forms = [as_document(one, "eob", portal) for one in electronic]
    if forms:
        (remits / "forms.zip").write_bytes(bundle(forms))
