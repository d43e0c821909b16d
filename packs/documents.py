"""Documents that a portal hands out: what is pressed for them, what may come instead, and what opens them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from packs.moves import Next, Step
from packs.parts import InputName, Name, Part


class Password(Part):
    """What opens a protected document: an input of the question, or an answer that the office has put into the vault.

    Exactly one of both. It is never written down anywhere.
    """

    from_: Annotated[InputName | None, Field(alias="from")] = None
    """The input that is the password, such as `provider.npi`."""
    answer: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The question under which the password is in the vault (`portalwright vault answer`)."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.from_ is None) == (self.answer is None):
            raise ValueError("a password is either 'from', an input of the question, or 'answer', one of the vault")
        return self


class Document(Part):
    """A file that a view offers, as a whole or for each row of a table. Fetching it changes nothing at the payer."""

    kind: Literal["835", "eob", "zip"]
    """What it is: a remittance file, an explanation of benefits as PDF, or a ZIP of both."""
    press: Name
    """On a view: the element (`action: download`) that fetches it. On a table: the column that has the link."""
    steps: tuple[Step, ...] = ()
    """What has to be done before the press: a menu to open, a format to choose."""
    new_page: bool = True
    """The press may load a new page (one of `instead`); false where a script answers inside the same one."""
    window: bool = False
    """The file comes in a new window or tab, always or sometimes; the window is closed when the file has come."""
    password: Password | None = None
    """What opens it, where it is protected."""
    instead: tuple[Next, ...] = ()
    """What may come in place of a file: a message or a view. `means: not-found`: there is none; `being-built`: later.
    A message that stands where the button would be counts without a press."""
    back: tuple[Step, ...] = ()
    """Steps back to this view after one of the `instead`; those that are left when it is before us again are not taken.
    Not needed where the table has `back` already."""
