"""How `portalwright due` shows what is due, and why."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import typer

from flows.questions import Flow
from ledger.planning_values import DueGroup, DueQuestion, Plan, Rank, ToAsk
from portalwright.cli.tables import print_table
from portalwright.due_words import when_asked
from portalwright.words import full_minute

_URGENT = {Rank.JUMPS: "jumps the queue", Rank.NORMAL: "", Rank.CAN_WAIT: "can wait"}


@dataclass(frozen=True)
class Group:
    """The questions of one portal and flow: those that are due, and when the next one will be."""

    portal: str
    flow: Flow
    due: DueGroup | None
    following: datetime | None


def print_groups(groups: Sequence[Group], *, as_json: bool) -> None:
    """What is due by portal and job."""
    if as_json:
        for one in groups:
            typer.echo(
                json.dumps(
                    {
                        "portal": one.portal,
                        "flow": one.flow.value,
                        "due": one.due.due if one.due else 0,
                        "jumping": one.due.jumping if one.due else 0,
                        "oldest": one.due.oldest.isoformat() if one.due else None,
                        "next": one.following.isoformat() if one.following else None,
                    }
                )
            )
        return
    print_table(
        ("portal", "job", "due", "jump the queue", "since", "next"),
        [
            (
                one.portal,
                one.flow,
                one.due.due if one.due else 0,
                one.due.jumping if one.due else 0,
                full_minute(one.due.oldest) if one.due else None,
                full_minute(one.following) if one.following else None,
            )
            for one in groups
        ],
        empty="Nothing is due, and nothing is planned. Import claims or appointments first.",
    )


def print_listed(listed: Sequence[DueQuestion], *, as_json: bool) -> None:
    """The questions that are due, in the order in which they are asked."""
    if as_json:
        for one in listed:
            typer.echo(
                json.dumps(
                    {
                        "portal": one.portal,
                        "flow": one.flow.value,
                        "number": one.number,
                        "rank": one.rank.value,
                        "since": one.since.isoformat(),
                    }
                )
            )
        return
    print_table(
        ("portal", "job", "number", "since", ""),
        [(one.portal, one.flow, one.number, full_minute(one.since), _URGENT[one.rank]) for one in listed],
        empty="Nothing is due.",
    )


def print_explained(explained: Sequence[tuple[ToAsk, Plan]], *, as_json: bool) -> None:
    """Each question with every rule that spoke."""
    if as_json:
        for item, plan in explained:
            typer.echo(json.dumps(_as_json(item, plan)))
        return
    for item, plan in explained:
        for line in _lines(item, plan):
            typer.echo(line)


def _as_json(item: ToAsk, plan: Plan) -> dict[str, object]:
    return {
        "portal": item.portal,
        "flow": item.flow.value,
        "number": item.about.number,
        "payer": item.payer.value,
        "state": item.state.value,
        "rank": plan.rank.value,
        "due": plan.due_at.isoformat() if plan.due_at else None,
        "stop": plan.stop.value if plan.stop else None,
        "review": plan.review_at.isoformat() if plan.review_at else None,
        "why": [{"rule": one.rule, "says": one.says} for one in plan.said],
        "for_person": plan.for_person.what if plan.for_person else None,
    }


def _lines(item: ToAsk, plan: Plan) -> Iterator[str]:
    yield f"{item.portal}, {item.flow}, {item.about.number}: {when_asked(item, plan)}"
    yield f"  now: {item.state}; the portal's payer: {item.payer}"
    if _URGENT[plan.rank]:
        yield f"  it {_URGENT[plan.rank]}"
    for one in plan.said:
        yield f"  {one.rule}: {one.says}"
    if plan.for_person is not None:
        yield f"  for a person (see `portalwright cases list`): {plan.for_person.what}"
    if plan.review_at is not None:
        yield f"  looked at again on {full_minute(plan.review_at)} UTC, even if nothing changes"
