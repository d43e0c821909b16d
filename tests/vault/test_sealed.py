"""Envelopes and sealed evidence open only as what they were sealed as, and only unchanged."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.envelope import Binding, KeyEncryptionKey, open_envelope, seal
from vault.errors import SealedItemDamaged, SealedItemMissing, VaultError, WrongKey
from vault.sealed import SealedFolder, Sealer
from vault.secret import Secret
from vault.vault import Vault

KEY = KeyEncryptionKey(Secret(b"k" * 32))
OTHER_KEY = KeyEncryptionKey(Secret(b"o" * 32))
BINDING = Binding("credential", "vault-1", "entry-1", "national", "main", 3)
SEALER = Sealer(KEY, "vault-1")
PAGE = b"<td>Canary Patient</td>" * 200


@given(st.binary(min_size=1), st.text(), st.text(), st.integers(0, 2**62))
def test_an_envelope_gives_back_what_was_sealed(plaintext: bytes, portal: str, label: str, version: int) -> None:
    binding = Binding("credential", "v", "e", portal, label, version)
    assert open_envelope(KEY, seal(KEY, Secret(plaintext), binding), binding).reveal() == plaintext


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": "system secret"},
        {"vault_id": "vault-2"},
        {"entry_id": "entry-2"},
        {"portal": "other"},
        {"label": "second"},
        {"version": 2},
        {"portal": "nationalmain", "label": ""},
    ],
)
def test_an_envelope_does_not_open_as_anything_else(changed: dict[str, str | int]) -> None:
    envelope = seal(KEY, Secret(b"hidden"), BINDING)
    with pytest.raises(SealedItemDamaged):
        open_envelope(KEY, envelope, replace(BINDING, **changed))  # type: ignore[arg-type] # one of several fields


def test_every_flipped_bit_and_every_cut_of_an_envelope_is_noticed() -> None:
    envelope = seal(KEY, Secret(b"hidden"), BINDING)
    for position in range(len(envelope)):
        for bit in range(8):
            flipped = bytearray(envelope)
            flipped[position] ^= 1 << bit
            with pytest.raises(VaultError):
                open_envelope(KEY, bytes(flipped), BINDING)
        with pytest.raises(VaultError):
            open_envelope(KEY, envelope[:position], BINDING)
    with pytest.raises(VaultError):
        open_envelope(KEY, envelope + b"\0", BINDING)


def test_the_key_or_the_body_of_another_envelope_does_not_fit() -> None:
    first, second = seal(KEY, Secret(b"first!"), BINDING), seal(KEY, Secret(b"second"), BINDING)
    cut = len(first) - 38
    with pytest.raises(SealedItemDamaged):
        open_envelope(KEY, first[:cut] + second[cut:], BINDING)


def test_another_key_is_told_as_such() -> None:
    with pytest.raises(WrongKey):
        open_envelope(OTHER_KEY, seal(KEY, Secret(b"hidden"), BINDING), BINDING)


@given(st.binary(max_size=3000), st.text())
def test_sealed_evidence_gives_back_what_was_sealed(plaintext: bytes, label: str) -> None:
    item_key = SEALER.new_item_key()
    assert SEALER.open(item_key, SEALER.seal(item_key, plaintext, label), label) == plaintext


def test_evidence_is_compressed_and_not_in_the_clear() -> None:
    item_key = SEALER.new_item_key()
    sealed = SEALER.seal(item_key, PAGE, "page")
    assert len(sealed) < len(PAGE) / 10
    assert b"Canary" not in sealed + item_key
    assert SEALER.seal(item_key, PAGE, "page") != sealed


def test_evidence_opens_only_with_its_own_item_label_and_vault() -> None:
    item_key, other_key = SEALER.new_item_key(), SEALER.new_item_key()
    sealed = SEALER.seal(item_key, PAGE, "page")
    with pytest.raises(SealedItemDamaged):
        SEALER.open(other_key, sealed, "page")
    with pytest.raises(SealedItemDamaged):
        SEALER.open(item_key, sealed, "picture")
    with pytest.raises(SealedItemDamaged):
        Sealer(KEY, "vault-2").open(item_key, sealed, "page")
    with pytest.raises(WrongKey):
        Sealer(OTHER_KEY, "vault-1").open(item_key, sealed, "page")


def test_every_flipped_byte_of_evidence_and_of_its_key_is_noticed() -> None:
    item_key = SEALER.new_item_key()
    sealed = SEALER.seal(item_key, b"short page", "page")
    for position in range(len(sealed)):
        with pytest.raises(VaultError):
            SEALER.open(item_key, sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :], "page")
        with pytest.raises(VaultError):
            SEALER.open(item_key, sealed[:position], "page")
    for position in range(len(item_key)):
        changed = item_key[:position] + bytes([item_key[position] ^ 1]) + item_key[position + 1 :]
        with pytest.raises(VaultError):
            SEALER.open(changed, sealed, "page")


def test_a_sealed_folder_shows_nothing_of_what_it_holds(vault: Vault, tmp_path: Path) -> None:
    folder = SealedFolder(tmp_path / "evidence", vault.sealer())
    item_key = vault.sealer().new_item_key()
    written = [folder.write(item_key, PAGE, "Canary-label") for _ in range(3)]
    files = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == sorted(file.name for file in written)
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"Canary" not in path.read_bytes() + str(path).encode()
    assert {(file.sha256, file.size) for file in written} == {(hashlib.sha256(PAGE).hexdigest(), len(PAGE))}
    assert folder.read(item_key, written[0].name, "Canary-label") == PAGE


def test_evidence_outlives_the_process_and_dies_with_its_item_key(vault: Vault, tmp_path: Path) -> None:
    item_key = vault.sealer().new_item_key()
    file = SealedFolder(tmp_path, vault.sealer()).write(item_key, PAGE, "page")
    again = SealedFolder(tmp_path, vault.sealer())
    assert again.read(item_key, file.name, "page") == PAGE
    with pytest.raises(VaultError):
        again.read(vault.sealer().new_item_key(), file.name, "page")


@pytest.mark.parametrize("name", ["0" * 32, "../../vault.json", "", "A" * 32, "0" * 31 + "/"])
def test_a_name_that_was_not_given_out_is_missing(vault: Vault, tmp_path: Path, name: str) -> None:
    with pytest.raises(SealedItemMissing):
        SealedFolder(tmp_path, vault.sealer()).read(vault.sealer().new_item_key(), name, "page")
