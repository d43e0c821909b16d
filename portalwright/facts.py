"""What an answer says, fact by fact, and what changed between one answer and the next."""

from collections.abc import Iterator

from documents.coverage_columns import PERSONAL
from flows.answers import Normalised
from flows.coverage import Coverage, Member


def facts(said: Normalised) -> dict[str, str]:
    """Each fact by its name (`patient_responsibility.copay`, `lines[1].paid`) as text; what is blank is left out."""
    return dict(_facts("", said.model_dump(mode="json")))


def nameless(said: Normalised) -> Normalised:
    """The answer without whom it is about: what differs in name, birth date or member id is named and not told."""
    if not isinstance(said, Coverage):
        return said
    told = tuple(
        one.model_copy(update={"ours": None, "theirs": None}) if one.field in PERSONAL else one
        for one in said.differences
    )
    return said.model_copy(update={"member": Member(relationship=said.member.relationship), "differences": told})


def changes(before: Normalised, after: Normalised) -> list[str]:
    """One text for each fact that is not as it was, in the order of the newer answer."""
    old, new = facts(before), facts(after)
    names = [*new, *(name for name in old if name not in new)]
    return [
        f"{name}: {old.get(name, '(blank)')} -> {new.get(name, '(blank)')}"
        for name in names
        if old.get(name) != new.get(name)
    ]


def _facts(start: str, part: object) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _facts(f"{start}.{name}" if start else name, value)
    elif isinstance(part, list):
        for place, value in enumerate(part, start=1):
            yield from _facts(f"{start}[{place}]", value)
    elif part is not None:
        yield start, str(part)
