"""What an office may say otherwise about a portal whose pack comes with the product, and what it may not.

An overlay holds only what differs, so that mended packs still arrive. It can make a pack stricter and teach it words;
it cannot permit anything, raise a limit of the payer's, or turn a press that commits into one that does not.
"""

from collections.abc import Iterator

from flows.appeal_rules import AppealRules
from flows.opening_hours import Hours
from packs.elements import Action
from packs.models import Limits, Lockout, Pack
from packs.problems import Finding, Place
from packs.source import Source

OVERLAY_FILE = "overlay.yaml"

_NOT_ITS = {
    "portal": "the overlay's folder says for which portal it is",
    "version": "the version is the pack's; what this overlay changes is added to it by itself",
    "extends": "only a pack builds on a family",
    "address": "the office's address for a portal stands in office.toml",
    "flows": "what a pack may do is the pack's; permission is given with 'portalwright permit'",
}


def not_its(overlay: Source) -> Iterator[Finding]:
    """Keys that an overlay cannot have, at their places in the overlay."""
    if isinstance(overlay.data, dict):
        yield from (
            Finding((key,), f"not in an overlay: {why}") for key, why in _NOT_ITS.items() if key in overlay.data
        )


def loosened(pack: Pack, overlaid: Pack) -> Iterator[Finding]:
    """Where the overlaid pack allows what the pack alone does not."""
    yield from _limits(pack.limits, overlaid.limits)
    longest, days = pack.remittances.longest_days, overlaid.remittances.longest_days
    if longest is not None and (days is None or days > longest):
        what = f"an overlay can lower this limit only; the pack's is {longest}"
        yield Finding(("remittances", "longest_days"), what)
    yield from _lockout(pack.lockout, overlaid.lockout)
    yield from _appeals(pack.appeals, overlaid.appeals)
    for view_name, view in overlaid.views.items():
        for name, element in view.elements.items():
            before = pack.views[view_name].elements.get(name) if view_name in pack.views else None
            if before is not None and before.action is not element.action:
                place: Place = ("views", view_name, "elements", name, "action")
                yield Finding(place, f"an overlay leaves the action as it is in the pack: '{before.action}'")
            elif before is None and element.action is Action.COMMIT:
                what = "an overlay adds nothing that commits; a pack of the office's own may"
                yield Finding(("views", view_name, "elements", name, "action"), what)


def _limits(pack: Limits, overlaid: Limits) -> Iterator[Finding]:
    for key in ("sessions", "lookups_a_minute", "idle_minutes"):
        most = getattr(pack, key)
        if getattr(overlaid, key) > most:
            yield Finding(("limits", key), f"an overlay can lower this limit only; the pack's is {most}")
    for index, hours in enumerate(overlaid.hours):
        if pack.hours and not _within(hours, pack.hours):
            yield Finding(("limits", "hours", index), "an overlay can shorten the pack's hours only")
    if pack.hours and not overlaid.hours:
        yield Finding(("limits", "hours"), "an overlay can shorten the pack's hours only")


def _within(hours: Hours, allowed: tuple[Hours, ...]) -> bool:
    return all(
        any(day in row.days and row.from_ <= hours.from_ and hours.to <= row.to for row in allowed)
        for day in hours.days
    )


def _lockout(pack: Lockout, overlaid: Lockout) -> Iterator[Finding]:
    for key in ("attempts", "code_attempts"):
        most = getattr(pack, key)
        if getattr(overlaid, key) > most:
            yield Finding(("lockout", key), f"an overlay can lower this count only; the pack's is {most}")
    if overlaid.window_hours < pack.window_hours:
        what = f"an overlay can make this window longer only; the pack's is {pack.window_hours}"
        yield Finding(("lockout", "window_hours"), what)


def _appeals(pack: AppealRules, overlaid: AppealRules) -> Iterator[Finding]:
    for key in ("forms", "one_line"):
        if getattr(overlaid, key) != getattr(pack, key):
            yield Finding(("appeals", key), "an overlay leaves the way to an appeal as it is in the pack")
    for place, most, now in (
        (("levels",), pack.levels, overlaid.levels),
        (("uploads", "content_types"), pack.uploads.content_types, overlaid.uploads.content_types),
    ):
        if not set(now) <= set(most):
            what = f"an overlay can shorten this list only; the pack has {', '.join(most)}"
            yield Finding(("appeals", *place), what)
    for place, limit, given in (
        (("longest_argument",), pack.longest_argument, overlaid.longest_argument),
        (("uploads", "largest"), pack.uploads.largest, overlaid.uploads.largest),
        (("uploads", "most"), pack.uploads.most, overlaid.uploads.most),
        (("uploads", "most_together"), pack.uploads.most_together, overlaid.uploads.most_together),
    ):
        if limit is not None and (given is None or given > limit):
            yield Finding(("appeals", *place), f"an overlay can lower this limit only; the pack's is {limit}")
    for place, least, wait in (
        (("first_check_days",), pack.first_check_days, overlaid.first_check_days),
        (("listed_after_hours",), pack.listed_after_hours, overlaid.listed_after_hours),
        (("uploads", "smallest"), pack.uploads.smallest, overlaid.uploads.smallest),
    ):
        if wait < least:
            yield Finding(("appeals", *place), f"an overlay can raise this only; the pack's is {least}")
