"""office.toml: every mistake is told with its line and key, and what we write ourselves is always right."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portalwright.settings import (
    KeyKind,
    KeySettings,
    PortalSettings,
    PracticeSettings,
    SettingsWrong,
    read_settings,
    settings_text,
)

GOOD = """\
[practice]
name = "Lakeside"
tin = "12-3456789"
npis = ["1234567893"]

[key]
provider = "key-file"
file = "office.key"

[portals.practice-national]
address = "http://127.0.0.1:8811"
credential = "night"
"""


def mistakes(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "office.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsWrong) as told:
        read_settings(path)
    return str(told.value).splitlines()


def test_good_settings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text(GOOD, encoding="utf-8")
    settings = read_settings(path)
    assert settings.practice.tin == "123456789"
    assert settings.key.file == Path("office.key")
    assert settings.portal("practice-national").address == "http://127.0.0.1:8811"
    assert settings.portal("practice-national").credential == "night"
    assert settings.portal("another").credential == "main"


def test_an_office_needs_no_more_than_its_practice_and_its_key(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text(GOOD.partition("[portals")[0], encoding="utf-8")
    assert read_settings(path).portal("any").address is None


def test_an_office_says_how_much_memory_a_session_may_take(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text(GOOD + "[browser]\nmemory-mib = 700\n", encoding="utf-8")
    assert read_settings(path).browser.memory_mib == 700
    assert "memory-mib" in mistakes(tmp_path, GOOD + "[browser]\nmemory-mib = 100\n")[0]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('tin = "12-3456789"', 'tin = "1234"', 3, "practice.tin: must be a tax number of nine digits"),
        ('tin = "12-3456789"', "tin = 123456789", 3, "practice.tin: must be text, in quotes"),
        ('["1234567893"]', '["1234567890"]', 4, "practice.npis[1]: must be an NPI"),
        ('["1234567893"]', "[]", 4, "practice.npis: must name one NPI"),
        ('name = "Lakeside"\n', "", 1, "practice.name: is needed and not there"),
        ("credential =", "credentail =", 12, "portals.practice-national.credentail: is not a setting"),
        ('"night"', '"night shift"', 12, "portals.practice-national.credential: has characters"),
        ("http://127.0.0.1:8811", "http://payer.example", 11, "must begin with https://"),
        ("http://127.0.0.1:8811", "https://payer.example/claims", 11, "must be scheme and host alone"),
        ('provider = "key-file"', 'provider = "post-it"', 7, "key.provider: "),
        ('file = "office.key"\n', "", 6, "key: 'file' is needed"),
        ("[key]", '[notify]\nquiet-from = "25:00"\nquiet-to = "06:30"\n[key]', 7, "quiet-from: must be a time of day"),
        ("[key]", '[notify]\nleave-out = "stuck"\n[key]', 7, "notify.leave-out: must be a list"),
        ("[key]", '[notify]\nleave-out = ["stcuk"]\n[key]', 7, "notify.leave-out[1]: must be one of 'lock-out',"),
        ("[key]", '[worker]\nsessions = "many"\n[key]', 7, "worker.sessions: must be a whole number"),
        ("[key]", "[backup]\nfolder = 7\n[key]", 7, "backup.folder: must be a path, in quotes"),
        ("[key]", "[key", 6, "this is not TOML"),
        ('"Lakeside"', '"Lakeside', 2, "this is not TOML"),
    ],
)
def test_a_mistake_is_told_with_line_and_key(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    (only,) = mistakes(tmp_path, GOOD.replace(old, new))
    assert only.startswith(f"{tmp_path / 'office.toml'}, line {line}")
    assert said in only
    assert "pydantic" not in only


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    told = mistakes(tmp_path, GOOD.replace("12-3456789", "1").replace("credential", "crede"))
    assert [line.partition(", line ")[2].partition(",")[0] for line in told] == ["3", "12"]


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_bytes(GOOD.replace("Lakeside", "Läkeside").encode("latin-1"))
    with pytest.raises(SettingsWrong, match="not UTF-8"):
        read_settings(path)


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=40))
def test_what_init_writes_is_what_is_read(name: str, key: str) -> None:
    import tempfile

    # A path and a TOML file hold no lone surrogates.
    name, key = (text.encode("utf-8", "replace").decode() for text in (name, key))
    practice = PracticeSettings(name=name, tin="123456789", npis=("1234567893",))
    keys = KeySettings(provider=KeyKind.KEY_FILE, file=Path(key))
    portals = {"a-portal": PortalSettings(address="https://payer.example", credential="x")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "office.toml"
        path.write_text(settings_text(practice, keys, portals), encoding="utf-8", newline="")
        settings = read_settings(path)
    assert settings.practice == practice
    assert settings.key == keys
    assert dict(settings.portals) == portals
