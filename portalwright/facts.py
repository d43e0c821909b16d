"""What an answer says, fact by fact, and what changed between one answer and the next."""

from collections.abc import Iterator

from flows.answers import ClaimNotFound, ClaimState


def facts(said: ClaimState | ClaimNotFound) -> dict[str, str]:
    """Each fact by its name (`patient_responsibility.copay`, `lines[1].paid`) as text; what is blank is left out."""
    return dict(_facts("", said.model_dump(mode="json")))


def changes(before: ClaimState | ClaimNotFound, after: ClaimState | ClaimNotFound) -> list[str]:
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
