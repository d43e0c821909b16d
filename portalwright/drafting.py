"""Drafts of appeals: made from what is known of a denied claim, changed, and looked at for what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from documents import attachments as papers
from documents.attachments import AttachmentRefused
from flows.appealable import Finding, Judgement, Weight
from flows.deadlines import STATED, Deadline
from flows.drafting import (
    DraftRefused,
    NoticeTooEarly,
    Placeholder,
    ReasonWanted,
    TemplateWrong,
    day,
    dollars,
    fill,
    for_other_lines,
    what_is_missing,
)
from flows.questions import AppealLevel, AppealReason, Attachment, AttachmentKind
from ledger import appeals
from ledger.appeals import AppealChange, AppealDraft, AppealKind, AppealRecord, KeptDeadline
from ledger.document_files import SealedDocument, seal
from packs.models import Pack
from portalwright.appeal_basis import Basis, basis_of
from portalwright.office import Desk
from portalwright.office_rules import argument_template

LONGEST_ARGUMENT = 100_000
"""Bytes of a file with an argument; no portal takes as much."""

_KINDS: Mapping[AppealReason, AppealKind] = {
    AppealReason.MEDICAL_NECESSITY: AppealKind.CLINICAL,
    AppealReason.AUTHORIZATION: AppealKind.AUTHORIZATION,
    AppealReason.TIMELY_FILING: AppealKind.TIMELY_FILING,
    AppealReason.CODING: AppealKind.ADMINISTRATIVE,
    AppealReason.UNDERPAYMENT: AppealKind.UNDERPAYMENT,
    AppealReason.ELIGIBILITY: AppealKind.ELIGIBILITY,
    AppealReason.OTHER: AppealKind.ADMINISTRATIVE,
}


@dataclass(frozen=True)
class Paper:
    """A file that somebody wants to go with an appeal, or its bytes where it was sent to the desk; and what it is."""

    source: Path | bytes
    kind: AttachmentKind


@dataclass(frozen=True)
class Wanted:
    """What a person wants of a draft, or otherwise of one that is there; None is left to us, or as it is.

    `argument` is a file with it, or the text itself. `anyway` is why it is made although something else should come
    first. `seen` is the digest of the appeal that they looked at; "" for whoever takes it as it stands now.
    """

    level: AppealLevel | None = None
    lines: tuple[str, ...] | None = None
    reason: AppealReason | None = None
    argument: Path | str | None = None
    notice: date | None = None
    attach: tuple[Paper, ...] = ()
    detach: tuple[str, ...] = ()
    anyway: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Drafted:
    """A draft that was made or changed, with why it cannot be approved yet (`missing`, clauses).

    `told_by` says where the payer's decision is known from, `findings` speak against it or should be known, and
    `template` names what the argument was made from now, if it was one.
    """

    record: AppealRecord
    told_by: Literal["claim-status", "remittance"]
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]
    deadline: Deadline | None
    template: str | None

    @property
    def number(self) -> int:
        return self.record.number


def draft(desk: Desk, number: str, portal: str | None, wanted: Wanted, now: datetime) -> Drafted:
    """Draft an appeal of the claim with this patient account number; nothing is filed by it.

    Raises DraftRefused where there is nothing to appeal or something else should come first, AttachmentRefused for a
    file, SettingsWrong for a template or rule of the office, and the ledger's refusals. Then nothing is recorded.
    """
    basis = basis_of(desk, number, portal)
    _must_follow_the_service(basis, wanted.notice)
    level = wanted.level or AppealLevel.FIRST
    last_day = basis.deadline(level, wanted.notice)
    judgement = basis.judged(level, wanted.lines, last_day, now.date())
    _must_be_worth_it(judgement, wanted.anyway)
    checked = _checked(wanted.attach, (), basis.pack)
    made_argument = _argument(basis, level, judgement, wanted, [one for one, _ in checked])
    sealed = [(one, seal(desk.evidence, content, "attachment")) for one, content in checked]
    made = appeals.draft(
        AppealDraft(
            portal=basis.pack.portal,
            patient_account_number=basis.number,
            payer_claim_number=basis.claim.payer_claim_number,
            level=level,
            reason=wanted.reason or judgement.reason,
            kind=_KINDS[wanted.reason or judgement.reason],
            lines=judgement.lines,
            amount=judgement.amount,
            argument=made_argument.text,
            own_words=made_argument.own_words,
            carcs=judgement.carcs,
            rarcs=judgement.rarcs,
            deadline=_kept(last_day),
            rules=basis.pack.appeals,
        ),
        desk.actor,
        now,
        note=wanted.anyway,
    )
    _attach(desk, made, sealed, now)
    judgement = _with_notice(basis, level, judgement, wanted.notice)
    return _drafted(basis, made, judgement, last_day=last_day, template=made_argument.template, now=now)


def change(desk: Desk, number: int, wanted: Wanted, now: datetime) -> Drafted:
    """Change an appeal that was not pressed yet; an approval that it had ends.

    The last day is reckoned anew by the rules of today; other lines or another level are judged anew, with amount and
    codes. The argument is filled again, from the template or from what a person wrote; where a person's words cannot
    follow what is contested now, they get a gap. Raises as `draft` does.
    """
    record = appeals.get(desk.actor.practice_id, number)
    basis = basis_of(desk, record.patient_account_number, record.portal)
    _must_follow_the_service(basis, wanted.notice)
    level, lines = wanted.level or record.level, record.lines if wanted.lines is None else wanted.lines
    last_day = basis.deadline(level, wanted.notice or _notice(basis, record, level))
    judgement = basis.judged(level, lines or None, last_day, now.date())
    if wanted.lines is not None or wanted.level is not None:
        _must_be_worth_it(judgement, wanted.anyway)
    left = tuple(one for one in record.attachments if one.filename not in wanted.detach)
    checked = _checked(wanted.attach, left, basis.pack)
    judged_anew = wanted.lines is not None or wanted.level is not None
    argument = _changed_argument(
        basis,
        record,
        level=level,
        judgement=judgement if judged_anew else _as_recorded(judgement, record),
        wanted=wanted,
        attached=[*left, *(one for one, _ in checked)],
    )
    sealed = [(one, seal(desk.evidence, content, "attachment")) for one, content in checked]
    reason = wanted.reason or (judgement.reason if judged_anew else None)
    appeals.change(
        number,
        AppealChange(
            level=wanted.level,
            reason=reason,
            kind=_KINDS[reason] if reason else None,
            lines=judgement.lines if judged_anew else None,
            amount=judgement.amount if judged_anew else None,
            argument=argument.text,
            own_words=argument.own_words,
            carcs=judgement.carcs if judged_anew else None,
            rarcs=judgement.rarcs if judged_anew else None,
            deadline=_kept(last_day),
        ),
        desk.actor,
        now,
        note=wanted.anyway,
        seen=wanted.seen,
    )
    for filename in wanted.detach:
        appeals.detach(number, filename, desk.actor, now)
    _attach(desk, number, sealed, now)
    judgement = _with_notice(basis, level, judgement, wanted.notice)
    return _drafted(basis, number, judgement, last_day=last_day, template=argument.template, now=now)


def missing(record: AppealRecord, pack: Pack, today: date) -> tuple[str, ...]:
    """Why this draft cannot be approved yet, one clause each; nothing when it can."""
    last_day = record.deadline.day if record.deadline else None
    too_late = (f"its last day was {last_day}",) if last_day is not None and last_day < today else ()
    return (
        *what_is_missing(
            claim_number=record.payer_claim_number,
            amount=record.amount,
            argument=record.argument,
            deadline_known=last_day is not None,
            level=record.level,
            lines=record.lines,
            enclosed=len(record.attachments),
            attachments=papers.check_together(record.attachments, pack.appeals.uploads),
            rules=pack.appeals,
        ),
        *too_late,
    )


def _drafted(
    basis: Basis, number: int, judgement: Judgement, *, last_day: Deadline | None, template: str | None, now: datetime
) -> Drafted:
    record = appeals.get(basis.desk.actor.practice_id, number)
    return Drafted(
        record=record,
        told_by=basis.claim.source,
        missing=missing(record, basis.pack, now.date()),
        findings=judgement.findings,
        deadline=last_day,
        template=template,
    )


def _must_follow_the_service(basis: Basis, notice: date | None) -> None:
    if notice is not None and notice < basis.question.claim.service_from:
        raise NoticeTooEarly(
            "The notice (--notice) is dated before the service. Nothing was recorded; look at its day."
        )


def _with_notice(basis: Basis, level: AppealLevel, judgement: Judgement, notice: date | None) -> Judgement:
    """The judgement, and that the notice is later than what the payer itself says, where it is."""
    later = basis.later_than_known(level, notice)
    return judgement.model_copy(update={"findings": (*judgement.findings, later)}) if later else judgement


def _must_be_worth_it(judgement: Judgement, anyway: str) -> None:
    heaviest = [one.what for one in judgement.findings if one.weight is judgement.weight]
    if judgement.weight is Weight.STOP:
        raise DraftRefused("\n- ".join(("Nothing was recorded:", *heaviest)))
    if judgement.weight is Weight.WANTS_REASON and not anyway.strip():
        raise ReasonWanted(tuple(heaviest))


def _checked(wanted: Sequence[Paper], there: Sequence[Attachment], pack: Pack) -> list[tuple[Attachment, bytes]]:
    """The files as attachments under names of ours, with their content. Raises AttachmentRefused."""
    rules, found = pack.appeals.uploads, list[tuple[Attachment, bytes]]()
    for place, paper in enumerate(wanted, start=1):
        try:
            content = paper.source
            if isinstance(content, Path):
                content = papers.read_attachment(content, rules.largest)
            before = [*there, *(one for one, _ in found)]
            found.append((papers.as_attachment(papers.check(content, rules), paper.kind, before), content))
        except AttachmentRefused as refused:
            raise AttachmentRefused(f"Document {place} ({paper.kind}) was not taken. {refused}") from None
    problems = papers.check_together([*there, *(one for one, _ in found)], rules) if wanted else ()
    if problems:
        raise AttachmentRefused(f"Nothing was recorded: {'; '.join(problems)}.")
    return found


def _attach(desk: Desk, number: int, sealed: Sequence[tuple[Attachment, SealedDocument]], now: datetime) -> None:
    for attachment, document in sealed:
        appeals.attach(number, document, attachment, desk.actor, now)


@dataclass(frozen=True)
class _Argument:
    """An argument; `own_words` is what a person wrote for it, else `template` names what it was made from, if any."""

    text: str
    own_words: str = ""
    template: str | None = None


def _argument(
    basis: Basis, level: AppealLevel, judgement: Judgement, wanted: Wanted, attached: Sequence[Attachment]
) -> _Argument:
    """The argument from a person's file, else from the template for the reason; "" without either."""
    values = _values(basis, level, judgement, attached)
    if wanted.argument is not None:
        own_words = wanted.argument if isinstance(wanted.argument, str) else _read(wanted.argument)
        own_words = _lines_as_ours(own_words)
        try:
            return _Argument(fill(own_words, values), own_words)
        except TemplateWrong as error:
            raise DraftRefused(f"The file with the argument cannot be used; {error}. Nothing was done.") from None
    template = argument_template(basis.desk.office.files, judgement.carc, level)
    return _Argument("") if template is None else _Argument(fill(template.text, values), template=template.name)


def _changed_argument(
    basis: Basis,
    record: AppealRecord,
    *,
    level: AppealLevel,
    judgement: Judgement,
    wanted: Wanted,
    attached: Sequence[Attachment],
) -> _Argument:
    """The argument for what is contested now: what a person wrote is filled again, and so is the template."""
    if wanted.argument is not None or not record.own_words:
        return _argument(basis, level, judgement, wanted, attached)
    changed = {
        Placeholder.LINES: (_lines(record.lines), _lines(judgement.lines)),
        Placeholder.AMOUNT: (dollars(record.amount), dollars(judgement.amount)),
    }
    own_words = for_other_lines(record.own_words, changed)
    return _Argument(fill(own_words, _values(basis, level, judgement, attached)), own_words)


def _as_recorded(judgement: Judgement, record: AppealRecord) -> Judgement:
    """Nothing was judged anew: the argument speaks of what is contested, whatever the payer has said since."""
    kept = {name: getattr(record, name) for name in ("lines", "amount", "carcs", "rarcs")}
    if set(record.carcs) == set(judgement.carcs):
        del kept["carcs"]  # there they stand in the order of what they cost
    return judgement.model_copy(update=kept)


def _lines_as_ours(text: str) -> str:
    return text.replace("\r\n", "\n")


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_ARGUMENT + 1)
        if len(content) > LONGEST_ARGUMENT:
            raise DraftRefused(
                f"The file with the argument has more than {LONGEST_ARGUMENT:,} bytes. Nothing was done."
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DraftRefused("The file with the argument is not UTF-8 text. Nothing was done; save it as such.") from None


def _values(
    basis: Basis, level: AppealLevel, judgement: Judgement, attached: Sequence[Attachment]
) -> Mapping[Placeholder, str]:
    sent, patient = basis.question.claim, basis.question.patient
    return {
        Placeholder.AMOUNT: dollars(judgement.amount),
        Placeholder.ACCEPTED_ON: day(basis.accepted_on),
        Placeholder.ATTACHMENTS: ", ".join(map(_listed, attached)),
        Placeholder.BILLED: dollars(basis.claim.billed),
        Placeholder.BIRTH_DATE: day(patient.birth_date),
        Placeholder.CARC: ", ".join(judgement.carcs),
        Placeholder.CLAIM_NUMBER: basis.claim.payer_claim_number,
        Placeholder.DENIED_ON: day(basis.claim.decided_on),
        Placeholder.LEVEL: level.value,
        Placeholder.LINES: _lines(judgement.lines),
        Placeholder.MEMBER_ID: patient.member_id,
        Placeholder.NPI: basis.question.provider.npi,
        Placeholder.PATIENT_NAME: f"{patient.first_name} {patient.last_name}",
        Placeholder.PRACTICE: basis.desk.practice.name,
        Placeholder.PROCEDURES: ", ".join(basis.procedures(judgement.lines)),
        Placeholder.REMARKS: ", ".join(judgement.rarcs),
        Placeholder.SERVICE_FROM: day(sent.service_from),
        Placeholder.SERVICE_TO: day(sent.service_to),
        Placeholder.TIN: basis.question.provider.tin,
    }


def _lines(lines: Sequence[str]) -> str:
    if not lines:
        return "the claim as a whole"
    return f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(lines)}"


def _listed(attachment: Attachment) -> str:
    if attachment.pages is None:
        return attachment.filename
    return f"{attachment.filename} ({attachment.pages} {'page' if attachment.pages == 1 else 'pages'})"


def _notice(basis: Basis, record: AppealRecord, level: AppealLevel) -> date | None:
    """The day of the payer's notice that the kept deadline was counted from: a person may have given it."""
    kept = record.deadline
    if kept is None or kept.anchor_date is None or level is not record.level or kept.rule == STATED:
        return None
    presumed = next((rule.presumed_days for rule in basis.rules if rule.id == kept.rule), 0)
    return kept.anchor_date - timedelta(days=presumed)


def _kept(last_day: Deadline | None) -> KeptDeadline | None:
    if last_day is None:
        return None
    return KeptDeadline(
        day=last_day.day,
        rule=last_day.rule_id,
        anchor=last_day.anchor,
        anchor_date=last_day.anchor_date,
        source=last_day.source,
        verified_on=last_day.verified_on,
    )
