"""What payers have published is on record with its source and day, and none of it opens a portal."""

from datetime import date

import pytest
from pydantic import ValidationError

from flows.positions import Position, Positions, published

SHIPPED = published()
POSITION = SHIPPED.positions[0]


def test_every_position_says_no_and_where_that_can_be_read() -> None:
    for position in SHIPPED.positions:
        assert position.status in {"prohibited", "unknown"}
        assert bool(SHIPPED.references(position)) is (position.mark != "not looked up")
        assert all(len(source.reference) > 20 for source in SHIPPED.references(position))
        assert position.verified_on <= SHIPPED.edition


def test_the_positions_that_the_field_knows_are_there() -> None:
    forbidden = {one.id for one in SHIPPED.positions if one.status == "prohibited"}
    assert forbidden == {
        "palmetto-eservices", "availity-essentials", "unitedhealthcare", "aetna", "blue-shield-of-california",
        "cms-web-portals",
    }  # fmt: skip
    assert {one.id for one in SHIPPED.positions} - forbidden == {
        "masshealth", "cgs-mycgs", "noridian-medicare-portal", "novitas-novitasphere", "ngs-connex", "wps-medicare",
        "cigna", "state-medicaid",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("portal", "address", "found"),
    [
        ("aetna", None, "aetna"),
        ("our-payer", "https://essentials.availity.com", "availity-essentials"),
        ("our-payer", "https://AVAILITY.com:8443", "availity-essentials"),
        ("our-payer", "https://notavaility.com", None),
        ("our-payer", "https://availity.com.example", None),
        ("practice-national", "http://127.0.0.1:8000", None),
        ("our-payer", None, None),
    ],
)
def test_a_portal_falls_under_a_position_by_its_name_or_its_host(
    portal: str, address: str | None, found: str | None
) -> None:
    position = SHIPPED.about(portal, address)
    assert (position and position.id) == found


@pytest.mark.parametrize(
    ("portal", "basis", "against"),
    [
        ("palmetto-eservices", "written permission", True),
        ("aetna", "written permission", False),
        ("aetna", "contract clause", True),
        ("masshealth", "programme registration", False),
        ("masshealth", "written permission", True),
        ("cigna", "contract clause", False),
    ],
)
def test_only_what_the_payer_itself_asks_for_is_not_against_its_word(portal: str, basis: str, against: bool) -> None:
    position = SHIPPED.about(portal)
    assert position is not None
    assert position.speaks_against(basis) is against


@pytest.mark.parametrize(
    "wrong",
    [
        {"positions": [POSITION.model_copy(update={"sources": ("F99",)})]},
        {"positions": SHIPPED.positions[1:]},
        {"positions": [*SHIPPED.positions, POSITION]},
        {"positions": [*SHIPPED.positions[1:], {**POSITION.model_dump(), "status": "permitted"}]},
        {"positions": [*SHIPPED.positions[1:], {**POSITION.model_dump(), "sources": ()}]},
    ],
)
def test_a_file_of_positions_that_does_not_hold_together_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Positions.model_validate({"edition": date(2026, 1, 1), "sources": SHIPPED.sources, **wrong})
    assert isinstance(POSITION, Position)
