"""Licensed descriptions of codes, as the office has loaded them. None of them ships."""

from collections.abc import Iterable
from typing import Protocol

from django.db import transaction

from flows.codes import CodeSet
from ledger import audit, models
from ledger.document_files import Source
from ledger.imports import ImportResult, Keep

_BATCH = 500


class Described(Protocol):
    """A code with its description."""

    @property
    def code_set(self) -> CodeSet: ...
    @property
    def code(self) -> str: ...
    @property
    def text(self) -> str: ...


def keep(texts: Iterable[Described], source: Source, *, keep: Keep = lambda _: True) -> ImportResult:
    """Bring in descriptions; one for a code that has one replaces it. The same file twice changes nothing."""
    practice = source.actor.practice_id
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=practice)
        held = {(row.code_set, row.code): row for row in models.CodeText.objects.filter(practice_id=practice)}
        created: dict[tuple[str, str], models.CodeText] = {}
        changed: dict[tuple[str, str], models.CodeText] = {}
        unchanged = 0
        for one in texts:
            key = (one.code_set.value, one.code)
            row = created.get(key) or held.get(key)
            if row is None:
                created[key] = models.CodeText(
                    practice_id=practice, code_set=one.code_set, code=one.code, text=one.text, imported_at=source.now
                )
            elif row.text == one.text:
                unchanged += 1
            else:
                row.text, row.imported_at = one.text, source.now
                if key not in created:
                    changed[key] = row
        result = ImportResult(len(created), len(changed), unchanged, ())
        if keep(result):
            models.CodeText.objects.bulk_create(created.values(), _BATCH)
            models.CodeText.objects.bulk_update(changed.values(), ["text", "imported_at"], _BATCH)
            audit.append(
                source.actor, "code-texts.import", "code-texts", source.now.isoformat(), source.now,
                result=f"{len(created)} new, {len(changed)} changed, {unchanged} as before",
            )  # fmt: skip
        else:
            transaction.set_rollback(True)
    return result


def text_of(practice_id: int, code_set: CodeSet, code: str) -> str:
    """The licensed description of a code; "" where the office has loaded none."""
    rows = models.CodeText.objects.filter(practice_id=practice_id, code_set=code_set, code=code)
    return rows.values_list("text", flat=True).first() or ""
