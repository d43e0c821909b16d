"""What each job needs of a pack: its forms, its views, the fields it reads, the documents it fetches."""

from collections.abc import Iterator, Mapping

from flows.questions import Flow
from packs.models import Pack
from packs.needs import appeals, claim_status, eligibility, remittances
from packs.needs.shown import Needs, documents
from packs.problems import Finding

NEEDS: Mapping[Flow, Needs] = {
    Flow.ELIGIBILITY: eligibility.NEEDS,
    Flow.CLAIM_STATUS: claim_status.NEEDS,
    Flow.REMITTANCES: remittances.NEEDS,
    Flow.APPEAL: appeals.NEEDS,
    Flow.APPEAL_STATUS: appeals.STATUS_NEEDS,
}
"""By flow: the names that it knows."""

_MISSING = {
    Flow.ELIGIBILITY: eligibility.missing,
    Flow.CLAIM_STATUS: claim_status.missing,
    Flow.REMITTANCES: remittances.missing,
    Flow.APPEAL: appeals.missing,
    Flow.APPEAL_STATUS: appeals.missing_for_status,
}


def missing(pack: Pack) -> Iterator[Finding]:
    """What the flows that the pack lists would miss in it."""
    if not pack.flows:
        yield Finding(("flows",), "the pack offers no flow; name one, such as 'claim-status: read'")
    for flow, access in pack.flows.items():
        if flow is Flow.APPEAL and access != "write":
            yield Finding(("flows", flow.value), f"this job files appeals: '{flow}: write'")
        elif flow is not Flow.APPEAL and access != "read":
            yield Finding(("flows", flow.value), f"this job only reads: '{flow}: read'")
        yield from _MISSING[flow](pack)
        yield from documents(pack, NEEDS[flow])


def forms_asked(pack: Pack) -> frozenset[str]:
    """The names of all forms that the pack's flows ask, whether it has them or not."""
    return frozenset[str]().union(*(_asked_by(pack, flow) for flow in pack.flows))


def forms_of(pack: Pack, flow: Flow) -> frozenset[str]:
    """The names of the forms that one flow asks in this pack, with those that have to be asked before them."""
    named = _asked_by(pack, flow) & pack.forms.keys()
    return named | {before for name in named for before in pack.forms[name].after}


def _asked_by(pack: Pack, flow: Flow) -> frozenset[str]:
    return frozenset({*NEEDS[flow].forms, *(pack.appeals.forms if flow is Flow.APPEAL else ())})


def fields_read(pack: Pack, view: str) -> frozenset[str]:
    """The names under which the pack's flows read fields of this view, whether by itself or with another (`more`)."""
    read_with = {view, *(name for name, other in pack.views.items() if view in {each.view for each in other.more})}
    return frozenset(
        field
        for flow in pack.flows
        for name, readable in NEEDS[flow].views.items()
        if name in read_with
        for field in readable.fields
    )
