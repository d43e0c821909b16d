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

COVERAGE_PANELS = ("eligibility", "member", "segments", "other", "benefits", "notes")
SEGMENTS = ("Segment", "Code", "Description", "Bill To", "Amount Left", "From Date", "To Date")
OTHER_INSURANCE = ("Carrier", "Carrier Code", "Policy No.", "Pays", "From Date", "To Date")
BENEFITS = ("Service", "Benefit", "Amount or Limit", "Per", "PA Required", "Notes")
MEMBERS = ("Member ID", "Member Name", "Birth Date")
PAYMENTS = ("Warrant/EFT No.", "Cycle Date", "Payment Type", "Payment Amount", "RA", "835 File")
CONTESTED = ("Select", "Line", "DOS", "Procedure", "Billed", "Paid", "Adjustments")
ATTACHMENTS = ("File Name", "Attachment Type", "Size")
RECONSIDERATIONS = (
    "Reconsideration No.",
    "ICN",
    "Member Name",
    "Line",
    "Amount Requested",
    "Date Submitted",
    "Reconsideration Status",
)
RECONSIDERATION_PANELS = ("member", "request", "status", "decision", "wanted")
REQUESTS = ("Request No.", "From Cycle Date", "To Cycle Date", "Requested", "Request Status", "Expected", "File")


@dataclass(frozen=True)
class Layout:
    """One version. `words` holds what it calls otherwise; everything else keeps its first name."""

    naming: str = "v1"
    words: Mapping[str, str] = field(default_factory=dict)
    grid: tuple[str, ...] = GRID
    lines: tuple[str, ...] = LINES
    panels: tuple[str, ...] = PANELS
    coverage_panels: tuple[str, ...] = COVERAGE_PANELS
    segments: tuple[str, ...] = SEGMENTS
    other_insurance: tuple[str, ...] = OTHER_INSURANCE
    benefits: tuple[str, ...] = BENEFITS
    members: tuple[str, ...] = MEMBERS
    payments: tuple[str, ...] = PAYMENTS
    requests: tuple[str, ...] = REQUESTS
    contested: tuple[str, ...] = CONTESTED
    attachments: tuple[str, ...] = ATTACHMENTS
    reconsiderations: tuple[str, ...] = RECONSIDERATIONS
    reconsideration_panels: tuple[str, ...] = RECONSIDERATION_PANELS
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
    "Member ID and Dates of Service": "Recipient ID and Dates of Service",
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
    "Eligibility Verification": "Recipient Eligibility",
    "Eligibility Response": "Eligibility Answer",
    "Eligibility Status": "Eligible",
    "Dates of Service": "Verified For",
    "Verify": "Check Eligibility",
    "Verify By": "Check By",
    "Find By": "Look For",
    "Find": "Show RAs",
    "Request Rejected": "Request Not Processed",
    "Members Found": "Recipients Found",
    "Eligibility Segments": "Eligibility Spans",
    "Segment": "Span Type",
    "Bill To": "Payer to Bill",
    "From Date": "Begin Date",
    "To Date": "End Date",
    "Third Party Liability": "Other Insurance (TPL)",
    "Carrier": "Insurance Carrier",
    "Benefits and Co-pays": "Covered Services",
    "Amount or Limit": "Co-pay or Limit",
    "No member was found for the criteria entered.": "No recipient was found for the criteria entered.",
    "Remittance Advice": "Remittance Advice (RA)",
    "Remittance Advices Found": "RAs Found",
    "Warrant/EFT No.": "Warrant or EFT Number",
    "From Cycle Date": "First Cycle Date",
    "To Cycle Date": "Last Cycle Date",
    "Payment Amount": "Amount Paid",
    "View RA": "Open RA",
    "Download": "Get File",
    "Not produced": "None",
    "File Requests": "Requests for Files",
    "Request File": "Submit Request",
    "Request Status": "State of Request",
    "Download ZIP": "Get ZIP",
    "Request Reconsideration": "Ask for Review",
    "Reconsideration Request": "Request for Review",
    "Step 1 of 3: Service Line": "1 - Detail Line",
    "Step 2 of 3: Statement": "2 - Explanation",
    "Step 3 of 3: Attachments": "3 - Supporting Files",
    "Review Request": "Check Your Request",
    "Select the line to be reconsidered.": "Mark the line that should be reviewed.",
    "Select": "Mark",
    "Amount Requested": "Amount in Question",
    "Statement": "Explanation",
    "Provider Reference": "Your Reference",
    "Attachments": "Supporting Files",
    "Attach Files": "Add Files",
    "Refresh List": "Show Again",
    "New Attachment": "New File",
    "Attachment Type": "Type of File",
    "Attach File": "Add File",
    "Attached Files": "Files Added",
    "File Name": "Name of File",
    "Virus Scan": "Scan",
    "The file was attached.": "The file was added.",
    "No files are attached to this request.": "No files were added.",
    "Request": "Request for Review",
    "Request Type": "Type of Request",
    "Previous": "Back a Step",
    "Cancel Request": "Stop Without Sending",
    "Request Submitted": "Request Sent",
    "Your request was received. Keep the reconsideration number.": "We have your request. Keep its number.",
    "Receipt": "Confirmation",
    "Reconsideration No.": "Review Number",
    "Submitted": "Sent",
    "Decision Due": "Decision By",
    "Reconsiderations": "Reviews",
    "Reconsiderations Found": "Reviews Found",
    "Date Submitted": "Sent On",
    "Reconsideration Status": "Review Status",
    "Reconsideration Detail": "Review Detail",
    "Status": "Progress",
    "Result of Review": "What Was Decided",
    "Decision": "Outcome",
    "Decision Date": "Outcome Date",
    "Additional Amount Paid": "Further Payment",
    "Decision Letter": "Letter",
    "No decision has been made on this request.": "There is no outcome yet.",
    "Nothing is requested for this reconsideration.": "Nothing is needed for this review.",
    "No reconsiderations were found for the criteria entered.": "No reviews were found for the criteria entered.",
    "No remittance advices were found for the criteria entered.": "No RAs were found for the criteria entered.",
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
        coverage_panels=("member", "segments", "benefits", "eligibility", "notes", "other"),
        segments=("From Date", "To Date", "Segment", "Bill To", "Description", "Code", "Amount Left"),
        other_insurance=("Pays", "Carrier", "Policy No.", "Carrier Code", "From Date", "To Date"),
        benefits=("Benefit", "Service", "Per", "Amount or Limit", "Notes", "PA Required"),
        members=("Member Name", "Birth Date", "Member ID"),
        payments=("Cycle Date", "Payment Amount", "835 File", "RA", "Payment Type", "Warrant/EFT No."),
        requests=("Request Status", "Expected", "Request No.", "File", "Requested", "From Cycle Date", "To Cycle Date"),
        contested=("Line", "Procedure", "DOS", "Adjustments", "Paid", "Billed", "Select"),
        attachments=("Attachment Type", "Size", "File Name"),
        reconsiderations=(
            "Reconsideration Status",
            "Date Submitted",
            "ICN",
            "Line",
            "Amount Requested",
            "Member Name",
            "Reconsideration No.",
        ),
        reconsideration_panels=("decision", "wanted", "status", "request", "member"),
        moved=True,
    ),
    4: Layout(
        modal=True,
        rebuilt=True,
        words={"Search": "Run Inquiry", "Verify": "Run Verification", "Find": "List Advices"},
    ),
}
