"""Packs documents into one archive as portals do, now and then with a member that is empty, broken or misnamed."""

import io
import warnings
import zipfile
from collections.abc import Sequence
from typing import Literal, get_args

from sandbox.remit_documents import Document

Spoiled = Literal["empty", "corrupt", "duplicate-names"]
SPOILED: tuple[Spoiled, ...] = get_args(Spoiled)
DAY = (2026, 1, 1, 0, 0, 0)
"""The time stamp of every member, so that the same documents give the same bytes."""


def bundle(documents: Sequence[Document], spoiled: Spoiled | None = None) -> bytes:
    """A ZIP of the documents.

    `empty`: one more member that holds nothing. `corrupt`: the first document's bytes do not fit its checksum.
    `duplicate-names`: the first two documents have one name.
    """
    names = [document.name for document in documents]
    if spoiled == "duplicate-names":
        names[1] = names[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name, document in zip(names, documents, strict=True):
            stored = spoiled == "corrupt" and document is documents[0]
            method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, DAY), document.content, method)
        if spoiled == "empty":
            archive.writestr(zipfile.ZipInfo("remittance_index.835", DAY), b"")
    content = packed.getvalue()
    if spoiled == "corrupt":
        place = content.index(documents[0].content) + len(documents[0].content) // 2
        content = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
    return content
