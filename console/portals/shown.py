"""What the portals' pages show: permission, health, limits, drift, sign-ins and hours, as frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.board import Board, PortalState, SignIn
from console.portals.needs import Span
from console.request import DeskRequest
from console.tonight.shown import JobRow, job_rows, paused
from flows.outcomes import Code
from flows.positions import Position, Source, published
from flows.questions import Flow
from ledger import breakers, calendar_entries, closures, credentials, night_board, permissions, probes, terms
from ledger.breakers import BreakerStanding
from ledger.calendar_entries import Entry, portal_entry
from ledger.closures import Closure
from ledger.night_values import OpenCase
from ledger.permissions import Expiring, PermissionRecord
from ledger.probes import ProbeSeen
from ledger.states import Stops
from ledger.terms import TermsText
from packs.models import Pack
from vault.credential import CredentialSummary

_HISTORY = 50


@dataclass(frozen=True)
class Permission:
    """What the register says of one job at one portal; `record` None: nothing, which means no."""

    flow: Flow
    record: PermissionRecord | None
    expiring: Expiring | None

    @property
    def status(self) -> str:
        """In a word or two."""
        return "unknown" if self.record is None else self.record.grant.status.value.replace("-", " ")

    @property
    def allows(self) -> bool:
        """Does it let the robot in, if only under conditions?"""
        return self.record is not None and self.record.grant.allows

    @property
    def notice(self) -> str:
        """What somebody has to see to, "" where nothing is."""
        if self.expiring is None:
            return ""
        told = []
        if self.expiring.notice is not None and self.expiring.days_left is not None:
            days = self.expiring.days_left
            told.append("has ended" if days < 0 else f"ends in {days} day{'' if days == 1 else 's'}")
        if self.expiring.review_due:
            told.append("review is due")
        return ", ".join(told)


@dataclass(frozen=True)
class PortalRow:
    """One portal in the list. `pack` None: its pack cannot be used. `blocked`: sign-ins that are not pressed."""

    name: str
    pack: Pack | None
    permissions: tuple[Permission, ...]
    state: PortalState | None
    drifts: int
    blocked: int
    paused: Entry | None


@dataclass(frozen=True)
class SignInRow:
    """One sign-in: what the vault says of its age and owner, and how it stands, where it was ever used."""

    alias: str
    summary: CredentialSummary | None
    standing: SignIn | None


@dataclass(frozen=True)
class PortalShown:
    """All that the page of one portal shows."""

    name: str
    pack: Pack | None
    permissions: tuple[Permission, ...]
    history: tuple[PermissionRecord, ...]
    position: Position | None
    sources: tuple[Source, ...]
    jobs: tuple[JobRow, ...]
    state: PortalState | None
    breaker: BreakerStanding
    closed: Closure | None
    paused: Entry | None
    cases: tuple[OpenCase, ...]
    probes: tuple[ProbeSeen, ...]
    sign_ins: tuple[SignInRow, ...]
    shifts: Sequence[Span]
    maintenance: Sequence[Span]
    waiting: TermsText | None
    accepted: tuple[TermsText, ...]

    @property
    def drifts(self) -> tuple[OpenCase, ...]:
        """Pages that are not what the pack says."""
        return tuple(case for case in self.cases if _is_drift(case))


def rows_shown(request: DeskRequest) -> tuple[PortalRow, ...]:
    """A row for each portal that there is a pack for. Raises LedgerError."""
    application, who = request.application, request.who
    board = application.night.board(who.practice, who.actor, request.now)
    cases = night_board.open_cases(who.practice.id, (Code.TECH_LAYOUT,))
    entries = calendar_entries.entries()
    register = _Register.of(request)
    rows = []
    for name in application.packs.names():
        pack = application.packs.pack(name)
        state = next((one for one in board.portals if one.portal == name), None)
        rows.append(
            PortalRow(
                name=name,
                pack=pack,
                permissions=register.permissions(name, pack),
                state=state,
                drifts=sum(case.portal == name and _is_drift(case) for case in cases),
                blocked=sum(bool(one.blocked) for one in state.sign_ins) if state is not None else 0,
                paused=paused(entries, portal_entry(name)),
            )
        )
    return tuple(rows)


def portal_shown(request: DeskRequest, portal: str) -> PortalShown:
    """One portal. Raises LedgerError."""
    application, who, now = request.application, request.who, request.now
    practice_id, pack = who.practice.id, application.packs.pack(portal)
    board = application.night.board(who.practice, who.actor, now)
    position = published().about(portal, pack.address if pack is not None else None)
    cases, entries = night_board.open_cases(practice_id, (Code.TECH_LAYOUT,)), calendar_entries.entries()
    return PortalShown(
        name=portal,
        pack=pack,
        permissions=_Register.of(request).permissions(portal, pack),
        history=permissions.history(practice_id, portal=portal)[:_HISTORY],
        position=position,
        sources=published().references(position) if position is not None else (),
        jobs=job_rows(board, portal, entries),
        state=next((one for one in board.portals if one.portal == portal), None),
        breaker=breakers.standing(portal, now),
        closed=closures.standing(portal, now),
        paused=paused(entries, portal_entry(portal)),
        cases=tuple(case for case in cases if case.portal == portal),
        probes=probes.latest(practice_id, portal),
        sign_ins=_sign_ins(request, portal, board),
        shifts=application.portals.shifts(portal),
        maintenance=application.portals.maintenance(portal, pack.time_zone) if pack is not None else (),
        waiting=terms.waiting(portal, practice_id),
        accepted=tuple(one for one in terms.history(portal, practice_id) if one.accepted_at is not None),
    )


@dataclass(frozen=True)
class _Register:
    records: dict[tuple[str, Flow], PermissionRecord]
    expiring: dict[tuple[str, Flow], Expiring]

    @classmethod
    def of(cls, request: DeskRequest) -> "_Register":
        practice_id = request.who.practice.id
        held = permissions.in_force(practice_id)
        soon = permissions.expiring(practice_id, request.now.date())
        return cls(
            {(one.grant.portal, one.grant.flow): one for one in held}, {(one.portal, one.flow): one for one in soon}
        )

    def permissions(self, portal: str, pack: Pack | None) -> tuple[Permission, ...]:
        flows = pack.flows if pack is not None else ()
        return tuple(
            Permission(flow, self.records.get((portal, flow)), self.expiring.get((portal, flow))) for flow in flows
        )


def _is_drift(case: OpenCase) -> bool:
    return case.code is Code.TECH_LAYOUT or case.stops is Stops.VIEW


def _sign_ins(request: DeskRequest, portal: str, board: Board) -> tuple[SignInRow, ...]:
    practice_id = request.who.practice.id
    held = {
        one.alias: one
        for one in request.application.vault.list()
        if one.portal == portal and credentials.is_ours(practice_id, portal, one.alias)
    }
    standing = {one.alias: one for state in board.portals if state.portal == portal for one in state.sign_ins}
    return tuple(SignInRow(alias, held.get(alias), standing.get(alias)) for alias in sorted({*held, *standing}))
