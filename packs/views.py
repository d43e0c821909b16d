"""A portal's pages as they are recognised and read: views, and the tables on them."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from packs.elements import Element, Typed, Way
from packs.moves import Next, Step
from packs.parts import Name, Named, Part


class Column(Typed):
    """A column of a table, by its heading and by its place; the two must agree."""

    header: str
    position: Annotated[int, Field(ge=1)]
    business_key: bool = False
    """One of the cells by which a row is found again; together they must tell the rows apart."""


class Paging(Part):
    """How a table goes on over several pages."""

    next: Name
    """The element that opens the next page; absent or disabled on the last one."""
    first: Name | None = None
    """The element that opens the first page again, where there is one."""
    previous: Name | None = None
    """The element that opens the page before; absent or disabled on the first one."""
    total: Name
    """The element that says how many rows there are in all; what was read must add up to it."""
    most_pages: Annotated[int, Field(ge=1)] = 50


class Table(Part):
    """Rows of a view. `empty` is the portal's own marker for "nothing": neither rows nor marker is drift."""

    find: Annotated[tuple[Way, ...], Field(min_length=2)]
    columns: Named[Column]
    empty: Name
    paging: Paging | None = None
    opens: Name | None = None
    """The column whose link opens the row's detail."""
    after_open: tuple[Next, ...] = ()
    back: tuple[Step, ...] = ()
    """Steps from the detail back to this table."""

    @model_validator(mode="after")
    def _can_be_found_again(self) -> Self:
        if self.opens is not None:
            if self.opens not in self.columns:
                raise ValueError(f"'opens' names the column '{self.opens}', which is not among the columns")
            if not any(column.business_key for column in self.columns.values()):
                raise ValueError("a table whose rows are opened needs a column with 'business_key: true'")
            if not self.after_open:
                raise ValueError("a table whose rows are opened says in 'after_open' what may follow")
        return self


class View(Part):
    """A page or a part of one: how to recognise it, and what can be read on it."""

    recognise: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Elements of this view that are all there when the view is before us."""
    absent: tuple[Name, ...] = ()
    """Elements that must not be there; tells a view from a like one with a message on it."""
    busy: Name | None = None
    """While this element is there, the view is still being filled."""
    elements: Named[Element]
    tables: Named[Table] = Field(default_factory=dict)
