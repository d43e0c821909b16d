"""`portalwright import fees` and `import code-texts`: what contracts give, and the licensed texts of codes."""

from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.claims import (
    AllOrNothingOption,
    ColumnOption,
    DryRunOption,
    LayoutOption,
    RejectedOption,
    import_file,
    wanted_import,
)
from portalwright.cli.options import AccountOption, OfficeOption

TableFile = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file or an Excel workbook.")]


def import_fees(
    file: TableFile,
    *,
    portal: Annotated[str, typer.Option("--portal", metavar="PORTAL", help="The portal of the payer that it is for.")],
    dry_run: DryRunOption = False,
    all_or_nothing: AllOrNothingOption = False,
    column: ColumnOption = None,
    layout: LayoutOption = None,
    rejected: RejectedOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Import a fee schedule: what the contract gives. A payment that allows less becomes work. Twice changes nothing.

    The columns: procedure, amount, from, and where they matter modifier, to, npi. A price for the same service that
    begins later ends the one before. Rows that are wrong or overlap are left out and told by row, field and reason.

    Example:

    \b
        portalwright import fees contract-2026.csv --portal practice-national
        portalwright work refresh
    """
    from portalwright.importing_fees import import_fees_file

    wanted = wanted_import(column, layout, portal, dry_run=dry_run, all_or_nothing=all_or_nothing)
    import_file(import_fees_file, file, wanted, rejected, office, account)


def import_code_texts(
    file: TableFile,
    *,
    dry_run: DryRunOption = False,
    all_or_nothing: AllOrNothingOption = False,
    column: ColumnOption = None,
    layout: LayoutOption = None,
    rejected: RejectedOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Import the descriptions of codes that your office has licensed; `work show` shows them beside our own words.

    The columns: list (carc, rarc, status, category, group, plb), code, text. None of these texts comes with the
    product, because those who keep the lists license them.

    Example:

    \b
        portalwright import code-texts carc-texts.csv
    """
    from portalwright.importing_fees import import_texts_file

    wanted = wanted_import(column, layout, None, dry_run=dry_run, all_or_nothing=all_or_nothing)
    import_file(import_texts_file, file, wanted, rejected, office, account)
