"""Whatever is done to the stored vault is noticed; and the cipher gives the answers that are published for it."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.vault.tampering import tried
from vault.envelope import Binding, open_body, seal_body
from vault.secret import Secret


def test_every_kind_of_tampering_is_noticed_and_nothing_else_comes_out() -> None:
    rows = tried(stride=397)
    assert len(rows) == 12
    assert [
        (one.kind, one.tried - one.noticed, one.wrong) for one in rows if one.noticed != one.tried or one.wrong
    ] == []
    assert all(one.tried for one in rows)


@pytest.mark.long
def test_every_byte_of_everything_sealed_is_guarded() -> None:
    assert all(one.tried == one.noticed and not one.wrong for one in tried())


LONG_KEY = "feffe9928665731c6d6a8f9467308308" * 2
TEXT = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
SEALED = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)
NONCE = "cafebabefacedbaddecaf888"


@pytest.mark.parametrize(
    ("key", "nonce", "text", "bound_to", "sealed", "tag"),
    [
        ("00" * 32, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
        ("00" * 32, "00" * 12, "00" * 16, "", "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"),
        (LONG_KEY, NONCE, TEXT, "", SEALED, "b094dac5d93471bdec1a502270e3cc6c"),
        (
            LONG_KEY,
            NONCE,
            TEXT[:120],
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            SEALED[:120],
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ),
    ],
)
def test_the_cipher_gives_the_published_answers(
    *, key: str, nonce: str, text: str, bound_to: str, sealed: str, tag: str
) -> None:
    """AES-256-GCM, test cases 13 to 16 of the algorithm's submission to NIST."""
    given = [bytes.fromhex(one) for one in (key, nonce, text, bound_to)]
    assert AESGCM(given[0]).encrypt(given[1], given[2], given[3] or None).hex() == sealed + tag
    with pytest.raises(InvalidTag):
        AESGCM(given[0]).decrypt(given[1], bytes.fromhex(sealed + tag), given[3] + b"x")


def test_a_sealed_body_is_that_cipher_with_its_binding_and_nothing_of_our_own() -> None:
    key, binding = Secret(bytes(range(32))), Binding("p", "v", "e")
    body = seal_body(key, Secret(b"text"), binding)
    assert AESGCM(key.reveal()).decrypt(body[4:16], body[16:], b"PWB1" + binding.encoded()) == b"text"
    assert open_body(key, body, binding) == Secret(b"text")
