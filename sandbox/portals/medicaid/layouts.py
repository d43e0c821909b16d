"""The four versions of the Medicaid portal's pages: what each renames, moves, and builds in another way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

GRID = (
    "ICN",
    "Member ID",
    "Member Name",
    "From DOS",
    "To DOS",
    "Billed Amount",
    "Paid Amount",
    "Claim Status",
    "Status Date",
)
LINES = ("Line", "DOS", "Procedure", "Units", "Billed", "Allowed", "Paid", "Adjustments", "Remarks")
PANELS = ("member", "claim", "amounts", "payment", "eobs", "lines", "requests", "related")


@dataclass(frozen=True)
class Layout:
    """One version. `words` holds what it calls otherwise; everything else keeps its first name."""

    naming: str = "v1"
    words: Mapping[str, str] = field(default_factory=dict)
    grid: tuple[str, ...] = GRID
    lines: tuple[str, ...] = LINES
    panels: tuple[str, ...] = PANELS
    moved: bool = False
    """The sign-in stands on the other side, and the pager has page numbers and neither "Previous" nor "Next"."""
    modal: bool = False
    """An announcement lies over the inquiry page until it is closed."""
    rebuilt: bool = False
    """Buttons stand above the fields, a claim opens in the same window, and pairs are no tables."""

    def word(self, text: str) -> str:
        """What this version calls it."""
        return self.words.get(text, text)


_OTHER_WORDS = {
    "User ID": "User Name",
    "Continue": "Go On",
    "Sign In": "Log In",
    "Claim Inquiry": "Claim Status Inquiry",
    "Search By": "Find Claims By",
    "Search": "Find Claims",
    "Search Results": "Claims Found",
    "ICN": "Claim Control Number",
    "Member ID": "Recipient ID",
    "Member Name": "Recipient Name",
    "Member": "Recipient",
    "From DOS": "First DOS",
    "To DOS": "Last DOS",
    "From Date of Service": "First Date of Service",
    "To Date of Service": "Last Date of Service",
    "Billed Amount": "Charged Amount",
    "Total Billed": "Total Charged",
    "Total Paid": "Total Reimbursed",
    "Claim Status": "Disposition",
    "Claim Detail": "Claim Inquiry Detail",
    "Service Lines": "Detail Lines",
    "Birth Date": "DOB",
    "No records were found for the criteria entered.": "Nothing was found for the criteria entered.",
    "The member ID is not on file.": "The recipient ID is not on file.",
}

LAYOUTS: Mapping[int, Layout] = {
    1: Layout(),
    2: Layout(words=_OTHER_WORDS),
    3: Layout(
        naming="v3",
        grid=(
            "Claim Status",
            "Status Date",
            "ICN",
            "From DOS",
            "To DOS",
            "Member Name",
            "Member ID",
            "Paid Amount",
            "Billed Amount",
        ),
        lines=("Line", "Procedure", "DOS", "Paid", "Allowed", "Billed", "Units", "Remarks", "Adjustments"),
        panels=("claim", "lines", "amounts", "payment", "member", "related", "requests", "eobs"),
        moved=True,
    ),
    4: Layout(modal=True, rebuilt=True, words={"Search": "Run Inquiry"}),
}
