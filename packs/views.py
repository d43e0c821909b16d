"""A portal's pages as they are recognised and read: views, and the tables on them."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from packs.documents import Document
from packs.elements import Element, Typed, Way
from packs.moves import Next, Step
from packs.parts import Name, Named, Part, compiled


class Column(Typed):
    """A column of a table, by its heading and by its place; the two must agree.

    In a table with `blocks`, also something that stands once in each block, by two or more ways inside the block.
    """

    header: str | None = None
    """The text of the heading; with `position`."""
    position: Annotated[int, Field(ge=1)] | None = None
    """The place of the column, from 1; with `header`."""
    find: tuple[Way, ...] = ()
    """In place of `header` and `position`, with `blocks`: two or more ways to find it inside the block. All must agree;
    css and xpath begin at the block."""
    business_key: bool = False
    """One of the cells by which a row is found again; together they must tell the rows apart."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.header is None) != (self.position is None):
            raise ValueError("'header' and 'position' go together")
        if (self.header is None) == (not self.find):
            raise ValueError("a column has 'header' and 'position', or, in a table with 'blocks', 'find'")
        if self.find and len(self.find) < 2:
            raise ValueError("a column with 'find' needs two or more ways")
        if len(set(self.find)) != len(self.find):
            raise ValueError("two ways to find the column are the same")
        return self


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
    new_page: bool = True
    """Turning loads a new page; false where a script changes the table inside the same one."""
    position: Name | None = None
    """The element whose text says which page is shown ("11-20 of 23"); needed with `new_page: false`."""
    most_pages: Annotated[int, Field(ge=1)] = 50
    """A table with more pages is for a person."""

    @model_validator(mode="after")
    def _turning_is_seen(self) -> Self:
        if not self.new_page and self.position is None:
            raise ValueError("with 'new_page: false', 'position' names the element whose text changes with the page")
        if self.new_page and self.position is not None:
            raise ValueError("'position' goes with 'new_page: false' alone")
        return self


class Table(Part):
    """Rows of a view. `empty` is the portal's own marker for "nothing": neither rows nor marker is drift.

    With `blocks`, what looks alike and stands several times is read as a table too: cards, boxes, list entries. Where
    columns have `header` and `position`, each block holds one table, and what has `find` counts for all its rows;
    else each block is one row.
    """

    find: Annotated[tuple[Way, ...], Field(min_length=2)]
    """Ways to find the table; with `blocks`, what holds all the blocks."""
    blocks: Way | None = None
    """`css` or `xpath`: finds every block inside what `find` has found, and nothing else there."""
    as_: Annotated[Name | None, Field(alias="as")] = None
    """The flow's name for the table, where the view has several of one kind; their rows are put together."""
    columns: Named[Column]
    """The columns to read, by name; the names are those that the flow knows."""
    fixed: Named[str] = Field(default_factory=dict)
    """Columns that the page does not show, because the heading above the table says it: column -> the flow's code."""
    empty: Name
    """The element that says that there are no rows."""
    paging: Paging | None = None
    """How the table goes on, where it has several pages."""
    opens: Name | None = None
    """The column whose link opens the row's detail."""
    window: bool = False
    """The link opens a new window or tab, always or for some rows; one of the `back` steps is then `close: window`."""
    new_page: bool = True
    """The link loads a new page; false where a script shows the detail inside the same one."""
    address_in: str | None = None
    """`reading: direct` only: a regular expression with one group, which finds the address of the row's own page in a
    script of the page that answers, where the portal opens it by a script ("openDetail\\('([^']+)'")."""
    after_open: tuple[Next, ...] = ()
    """Everything that may follow when a row is opened."""
    back: tuple[Step, ...] = ()
    """Steps from the detail back to this table; those that are left when its view is before us again are not taken."""
    documents: Named[Document] = Field(default_factory=dict)
    """What can be fetched for each row, by the flow's names; `press` is a column."""

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        twice = sorted(self.columns.keys() & self.fixed.keys())
        if twice:
            raise ValueError(f"'{twice[0]}' stands under 'columns' and under 'fixed'; a value is shown or fixed")
        if self.blocks is not None and self.blocks.kind not in ("css", "xpath"):
            raise ValueError("'blocks' is a way with 'css' or 'xpath': each thing that it finds is a block")
        if self.blocks is None and any(column.find for column in self.columns.values()):
            raise ValueError("columns with 'find' stand in a table with 'blocks'; others have 'header' and 'position'")
        return self

    @model_validator(mode="after")
    def _documents_of_columns(self) -> Self:
        for name, document in self.documents.items():
            if document.press not in self.columns:
                raise ValueError(f"'{name}' presses the column '{document.press}', which is not among the columns")
        if self.documents and not any(column.business_key for column in self.columns.values()):
            raise ValueError("a table with 'documents' needs a column with 'business_key: true'")
        if self.as_ is not None and (self.opens is not None or self.documents):
            raise ValueError("a table with 'as' cannot have 'opens' or 'documents': its rows are put with others")
        if self.blocks is not None and (self.opens is not None or self.documents or self.paging is not None):
            raise ValueError("a table with 'blocks' is only read: no 'opens', no 'documents', no 'paging'")
        return self

    @model_validator(mode="after")
    def _can_be_found_again(self) -> Self:
        if self.opens is not None:
            if self.opens not in self.columns:
                raise ValueError(f"'opens' names the column '{self.opens}', which is not among the columns")
            if not any(column.business_key for column in self.columns.values()):
                raise ValueError("a table whose rows are opened needs a column with 'business_key: true'")
            if self.window != any(step.close is not None for step in self.back):
                raise ValueError("'window: true' and a step 'close: window' under 'back' go together")
            if not self.after_open:
                raise ValueError("a table whose rows are opened says in 'after_open' what may follow")
        elif self.after_open or self.back or self.window or not self.new_page or self.address_in is not None:
            what = (
                "'after_open', 'back', 'window', 'new_page' and 'address_in' go with 'opens', the column with the link"
            )
            raise ValueError(what)
        return self

    @field_validator("address_in")
    @classmethod
    def _one_address(cls, address_in: str | None) -> str | None:
        if address_in is not None and compiled(address_in).groups != 1:
            raise ValueError("'address_in' needs exactly one group in parentheses: the address")
        return address_in


class More(Part):
    """A tab or further page whose fields and tables belong to the reading of this view."""

    view: Name
    """The view that is read too. A field that several of them show must be the same on all; a table stands once."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """From the view before it (this one, or the one of the entry above) to that view."""
    if_there: bool = False
    """Left out where the element of the first step is not there: the portal shows this tab to some members only."""


class View(Part):
    """A page or a part of one: how to recognise it, and what can be read on it."""

    like: Name | None = None
    """What this view does not say itself is as in that one: the same page in a frame, or with a message on it."""
    recognise: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Elements of this view that are all there when the view is before us."""
    frame: Name | None = None
    """The frame (of `frames`) that the view is in; the page itself when left out."""
    absent: tuple[Name, ...] = ()
    """Elements that must not be there; tells a view from a like one with a message on it."""
    busy: Name | None = None
    """While this element is there, the view is still being filled."""
    prepare: tuple[Step, ...] = ()
    """Steps to take on the view before it is read: clear a filter that hides rows, open a section."""
    elements: Named[Element]
    """What is recognised, read, filled or pressed on the view."""
    tables: Named[Table] = Field(default_factory=dict)
    """The tables of the view."""
    fixed: Named[str] = Field(default_factory=dict)
    """Fields that the page does not show, because the page as a whole says it: field -> the flow's code."""
    more: tuple[More, ...] = ()
    """Tabs and further pages that are read with this view, in this order."""
    documents: Named[Document] = Field(default_factory=dict)
    """What can be fetched here, by the flow's names; `press` is an element with `action: download`."""

    @model_validator(mode="after")
    def _shown_or_fixed(self) -> Self:
        twice = sorted(self.elements.keys() & self.fixed.keys())
        if twice:
            raise ValueError(f"'{twice[0]}' stands under 'elements' and under 'fixed'; a value is shown or fixed")
        return self
