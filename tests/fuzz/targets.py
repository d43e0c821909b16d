"""Everything that is fuzzed, by name."""

from tests.fuzz.judge import Target
from tests.fuzz.of_packs import pack_targets
from tests.fuzz.of_pages import page_targets
from tests.fuzz.of_pdf import pdf_targets
from tests.fuzz.of_tables import table_targets
from tests.fuzz.of_values import value_targets
from tests.fuzz.of_x12 import x12_targets


def all_targets(*, samples: bool) -> dict[str, Target]:
    """With `samples`, the public sample files and the recorded pages of the shipped packs are spoilt as well."""
    found = [
        *pack_targets(),
        *table_targets(),
        *x12_targets(samples=samples),
        *pdf_targets(),
        *value_targets(),
        *page_targets(samples=samples),
    ]
    return {target.name: target for target in found}
