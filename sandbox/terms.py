"""A portal's terms of use: a version and a text, which the payer changes now and then."""

from dataclasses import dataclass

_PARAGRAPHS = (
    "This portal may be used only by persons who have been given access by a provider's office, and only for the "
    "treatment, payment and health care operations of that office.",
    "You will keep your user ID and password to yourself. What is done under your user ID is taken as done by you.",
    "Procedure codes and their descriptions are licensed material. You may not copy them for any other purpose.",
    "Information about claims is shown as it stands when you ask. It is not a promise to pay.",
    "All use of this portal is recorded. Use that is not authorised may be prosecuted.",
)
_AMENDMENT = (
    "Amendment {version}: information taken from this portal may be kept for {years} years, and you will tell us "
    "within {days} days when somebody leaves your office."
)


@dataclass(frozen=True)
class Terms:
    """One version; paragraphs of the text are apart by a blank line."""

    version: str
    text: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text as it is set on a page."""
        return tuple(part.strip() for part in self.text.split("\n\n") if part.strip())


def first_terms() -> Terms:
    """The terms that everybody agreed to when the account was made."""
    return Terms("1", "\n\n".join(_PARAGRAPHS))


def next_terms(terms: Terms) -> Terms:
    """The next version: the same text with another amendment."""
    number = int(terms.version) + 1 if terms.version.isdecimal() else 2
    amendment = _AMENDMENT.format(version=number, years=number + 3, days=number * 5)
    return Terms(str(number), "\n\n".join((*_PARAGRAPHS, amendment)))
