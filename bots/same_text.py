"""Is what a page shows the text that was meant? Spacing and capitals are the page's own affair."""

from bots.normalise import fold


def holds(shown: str, text: str) -> bool:
    """Does the shown text hold this one as whole words? `NPI 1234567893` holds `1234567893`, `91234567893` does not."""
    words, sought = [plain(word) for word in shown.split()], [plain(word) for word in text.split()]
    return any(words[start : start + len(sought)] == sought for start in range(len(words) - len(sought) + 1))


def same_shown(shown: str, text: str) -> bool:
    """Are these the same words, but for case and spacing?"""
    return fold(shown).casefold() == fold(text).casefold()


def plain(text: str) -> str:
    """Letters and digits only: how a typed text is compared with what a field made of it."""
    return "".join(character for character in text.casefold() if character.isalnum())
