"""Which hosts a portal's session may speak to, what kind the others are, and what is told of calls to them."""

import pytest

from bots.allowed_hosts import NOWHERE, AllowedHosts, resolver_rules
from bots.elsewhere import Elsewhere
from bots.refused_calls import with_refused
from flows.outcomes import Code, Ending, Outcome, Reason
from packs.load import load_pack
from packs.models import Pack

ADDRESS = "https://portal.payer.example"


def pack(*hosts: str, address: str = ADDRESS) -> Pack:
    found = load_pack("practice-national", None, address=address)
    return Pack.model_validate({**found.model_dump(by_alias=True, mode="json"), "hosts": hosts})


def test_the_address_and_the_declared_hosts_are_allowed_at_their_own_ports_and_nothing_else_is() -> None:
    allowed = AllowedHosts.of_pack(pack("login.payer.example", "*.files.example", "old.payer.example:8443"))
    assert allowed.allows("portal.payer.example", 443)
    assert allowed.allows("LOGIN.payer.example", 443)
    assert allowed.allows("era.files.example", 443)
    assert allowed.allows("old.payer.example", 8443)
    refused = [
        ("portal.payer.example", 80), ("old.payer.example", 443), ("files.example", 443), ("payer.example", 443),
        ("xportal.payer.example", 443), ("evilfiles.example", 443), ("era.files.example.evil.example", 443),
        ("portal.payer.example.", 443), ("127.0.0.1", 443), ("", 443),
    ]  # fmt: skip
    assert [one for one in refused if allowed.allows(*one)] == []
    assert not NOWHERE.allows("portal.payer.example", 443)


def test_the_browser_is_told_the_same_hosts() -> None:
    allowed = AllowedHosts.of_pack(pack("*.files.example", address="http://[::1]:8000"))
    assert allowed.direct == ("[::1]:8000", "*.files.example:443")
    rules = resolver_rules(allowed.names)
    assert rules == ("MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1], EXCLUDE *.files.example")


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("cdn.payer.example", Elsewhere.SAME_OWNER),
        ("portal.payer.example", Elsewhere.OTHER_PORT),
        ("statistics.example", Elsewhere.OTHER_SITE),
        ("8.8.8.8", Elsewhere.OTHER_SITE),
        ("10.0.0.7", Elsewhere.THIS_NETWORK),
        ("127.0.0.1", Elsewhere.THIS_NETWORK),
        ("printer", Elsewhere.THIS_NETWORK),
        ("nas.local", Elsewhere.THIS_NETWORK),
    ],
)
def test_other_hosts_are_told_by_their_kind(host: str, kind: Elsewhere) -> None:
    assert AllowedHosts.of_pack(pack()).elsewhere(host) is kind


def drift(ending: Ending = Ending.DRIFT) -> Outcome:
    return Outcome(ending=ending, reason=Reason(code=Code.TECH_LAYOUT, what="The page is not recognised."))


def test_a_page_that_broke_says_which_hosts_it_did_not_reach() -> None:
    told = with_refused(drift(), ("cdn.payer.example",)).reason
    assert told is not None
    assert "'hosts'" in told.what
    assert "cdn.payer.example" not in told.what, "a page chose the name: it is with what the page showed"
    assert [(shown.where, shown.text) for shown in told.seen] == [("host not reached", "cdn.payer.example")]
    assert with_refused(drift(), ()) == drift()
    assert with_refused(drift(Ending.NEEDS_STAFF), ("cdn.payer.example",)) == drift(Ending.NEEDS_STAFF)
