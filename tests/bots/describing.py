"""Short ways to write elements, views and whole packs in tests."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from packs.elements import Element
from packs.models import Pack
from packs.views import View


async def no_wait() -> timedelta:
    """The pace of a portal that may be asked as often as one likes."""
    return timedelta()


def element(*find: Mapping[str, str], **more: object) -> Element:
    return Element.model_validate({"find": [dict(way) for way in find], **more})


def claims_table(**more: object) -> dict[str, Any]:
    """A view of claims: number, name, charge; found again by number, opened by the number's link."""
    return {
        "recognise": ["heading"],
        "elements": {
            "heading": {"find": [{"role": "heading", "name": "Claims"}, {"css": "h1"}], "action": "read"},
            "nothing": {"find": [{"text": "No claims match."}, {"css": ".nothing"}]},
        },
        "tables": {
            "claims": {
                "find": [{"role": "table", "name": "Claims found"}, {"css": "table.found"}],
                "columns": {
                    "payer_claim_number": {"header": "Claim number", "position": 1, "business_key": True},
                    "patient": {"header": "Patient", "position": 2},
                    "billed": {"header": "Charge", "position": 3, "type": "money", "required": True},
                },
                "empty": "nothing",
                "opens": "payer_claim_number",
                "after_open": [{"view": "claim"}],
            }
        },
        **more,
    }


def view(description: Mapping[str, Any]) -> View:
    return View.model_validate(dict(description))


def pack(views: Mapping[str, Any], **more: object) -> Pack:
    """A pack with these views, and the least of everything else that the models ask for."""
    sign_in_view = {
        "recognise": ["user"],
        "elements": {
            "user": {"find": [{"label": "User"}, {"css": "input"}], "action": "fill"},
            "enter": {"find": [{"role": "button", "name": "Sign in"}, {"css": "button"}], "action": "commit"},
        },
    }
    return Pack.model_validate(
        {
            "portal": "test",
            "title": "Test",
            "version": "1",
            "verified_on": "2026-11-01",
            "address": "http://127.0.0.1",
            "time_zone": "America/New_York",
            "flows": {},
            "limits": {"lookups_a_minute": 60, "idle_minutes": 15},
            "lockout": {"attempts": 3, "code_attempts": 3, "window_hours": 24},
            "formats": {"date": "MM/DD/YYYY"},
            "matching": {},
            "sign_in": {
                "start": "/",
                "table": [
                    {
                        "view": "sign-in",
                        "then": "password",
                        "user_name": "user",
                        "password": "user",
                        "press": "enter",
                    },
                    {"view": "sign-in", "then": "signed-in"},
                ],
            },
            "sign_out": {"steps": [{"go": "/out"}], "proof": "sign-in"},
            "interruptions": [],
            "views": {"sign-in": sign_in_view, **views},
            "forms": {},
            "maps": {},
            **more,
        }
    )
