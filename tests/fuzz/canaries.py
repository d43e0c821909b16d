"""The made-up patient of all seeds, and whether something that is told to a person quotes her."""

LAST_NAME = "OCANARY"
FIRST_NAME = "ZEPHYRINE"
MEMBER_ID = "QZX100200300"
ACCOUNT = "ACCT-777"
BIRTH_DATE = "19610228"
TOKEN = b"QZXCANARY"
"""Is put into all places of a file, headings and names of segments too."""

_QUOTED = ("canary", "zephyrine", "qzx", "acct-777", "19610228", "1961-02-28", "02/28/1961")


def quoted(told: str) -> bool:
    """Does this sentence hold something of the patient?"""
    plain = told.casefold()
    return any(stem in plain for stem in _QUOTED)
