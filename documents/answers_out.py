"""Answers as a file for the office's other programs: CSV, XLSX or JSON, the same bytes for the same answers.

No file says when it was written. Nothing is put into a temporary file on the way, because that would hold patients'
data in the clear.
"""

import json
from collections.abc import Iterable
from typing import BinaryIO

from documents import answer_columns, coverage_columns
from documents.answered_question import AnsweredQuestion, Meaning, NotThisFlow
from documents.columns import Kind
from documents.coverage_columns import PERSONAL
from documents.table_out import FileFormat, cell_text, write_csv, write_xlsx
from flows.answers import ClaimState
from flows.coverage import Coverage
from flows.questions import ClaimStatus, Eligibility, Flow

JSON_VERSION = 1
"""Goes up when a name in the JSON file changes its meaning or goes away."""


EXPORTED = frozenset({Flow.CLAIM_STATUS, Flow.ELIGIBILITY})
"""The flows whose answers are exported here; remittances leave as postings."""


def write_answers(
    answers: Iterable[AnsweredQuestion],
    out: BinaryIO,
    file_format: FileFormat,
    meaning: Meaning,
    *,
    flow: Flow = Flow.CLAIM_STATUS,
    lines: bool = False,
    names: bool = False,
) -> int:
    """Write the answers, all of one flow, in their order; return how many rows (JSON: answers) were written.

    `meaning` gives plain words for a status code. With `lines`, CSV and XLSX have a row for each service line or
    benefit; JSON always holds them. With `names`, the patients' names, birth dates and member ids go too.
    Raises TooMuchForExcel.
    """
    if file_format is FileFormat.JSON:
        return _write_json(answers, out, meaning, names=names)
    made_of = answer_columns if flow is Flow.CLAIM_STATUS else coverage_columns
    table = made_of.columns(lines=lines, names=names)
    found = made_of.rows(answers, meaning, lines=lines, names=names)
    if file_format is FileFormat.CSV:
        return write_csv(table, found, out)
    return write_xlsx(table, found, out, "answers")


def _write_json(answers: Iterable[AnsweredQuestion], out: BinaryIO, meaning: Meaning, *, names: bool) -> int:
    """One object, an answer a line. Amounts are strings, so that no reader makes floating-point numbers of them."""
    written = 0
    out.write(f'{{"format": "portalwright-answers", "format_version": {JSON_VERSION}, "answers": ['.encode())
    for answer in answers:
        out.write(b",\n" if written else b"\n")
        out.write(json.dumps(_json_object(answer, meaning, names=names), ensure_ascii=False).encode())
        written += 1
    out.write(b"\n]}\n")
    return written


def _json_object(answer: AnsweredQuestion, meaning: Meaning, *, names: bool) -> dict[str, object]:
    question, said = answer.question, answer.answer.normalised
    told = said.model_dump(mode="json")
    status = ""
    match question:
        case ClaimStatus():
            number, asked = "patient_account_number", {"claim": question.claim.model_dump(mode="json")}
            status = said.category if isinstance(said, ClaimState) else ""
        case Eligibility():
            number = "appointment_number"
            asked = {"service": question.service.model_dump(mode="json"), "held": question.held.model_dump(mode="json")}
            if isinstance(said, Coverage):
                status = said.status
                if not names:
                    told = _without_the_person(told)
        case _:
            raise NotThisFlow(question.flow)
    found: dict[str, object] = {
        number: answer.number,
        "portal": question.portal,
        "flow": answer.flow.value,
        "version": answer.version,
    }
    if names:
        found["patient"] = question.patient.model_dump(mode="json")
    found |= {
        "provider": question.provider.model_dump(mode="json"),
        **asked,
        "ending": answer.ending.value,
        "meaning": meaning(status),
        "answer": told,
    }
    if answer.flow is Flow.ELIGIBILITY:
        found["reused"] = answer.reused
    return found | {
        "observed_at": cell_text(Kind.INSTANT, answer.answer.observed_at),
        "recorded_at": cell_text(Kind.INSTANT, answer.recorded_at),
        "author": answer.author,
        "pack_version": answer.answer.pack_version,
    }


def _without_the_person(told: dict[str, object]) -> dict[str, object]:
    """A coverage without who is covered: what differs in the person is named and not told."""
    kept = {name: value for name, value in told.items() if name != "member"}
    differences = told.get("differences")
    if isinstance(differences, list):
        kept["differences"] = [{"field": one["field"]} if one["field"] in PERSONAL else one for one in differences]
    return kept
