"""Families below a pack and an office's overlay above it: what counts, who may say it, and where mistakes are told."""

from pathlib import Path

import pytest

from packs.load import families, layered_pack, load_pack, pack_names, stray_overlays
from packs.models import Pack
from packs.problems import PackError, Problem
from packs.showing import as_yaml
from tests.packs.conftest import GOOD, Mistake, check_told, line_of, name_of, write, write_pack

FORMATS = "formats:\n  date: MM/DD/YYYY\n"
EXTENDING = GOOD.replace("portal: practice-national\n", "portal: practice-national\nextends: shared\n")
OVERLAY = "practice-national/overlay.yaml"
SHIPPED = load_pack("practice-national", None)


def problems(office: Path, name: str = "practice-national") -> list[Problem]:
    try:
        load_pack(name, office)
    except PackError as error:
        return list(error.problems)
    return []


def overlaid(office: Path, text: str) -> Pack:
    write(office, OVERLAY, text)
    return load_pack("practice-national", office)


def refused(office: Path, text: str) -> Problem:
    """The one problem of an overlay that says this."""
    file = write(office, OVERLAY, text)
    (problem,) = problems(office)
    assert problem.file == str(file)
    return problem


# Families


def test_what_a_family_says_is_as_if_the_pack_said_it(tmp_path: Path) -> None:
    write_pack(tmp_path, GOOD)
    alone = load_pack("practice-national", tmp_path)
    write(tmp_path, "families/shared.yaml", FORMATS)
    write_pack(tmp_path, EXTENDING.replace(FORMATS, ""))
    pack = load_pack("practice-national", tmp_path)
    assert pack == alone.model_copy(update={"extends": "shared", "version": pack.version})
    assert pack.version.startswith("1+office.")


def test_the_packs_own_word_counts_key_by_key(tmp_path: Path) -> None:
    write(tmp_path, "families/shared.yaml", "formats:\n  date: YYYY-MM-DD\n  blank: [none]\nlimits:\n  sessions: 3\n")
    write_pack(tmp_path, EXTENDING)
    pack = load_pack("practice-national", tmp_path)
    assert (pack.formats.date, pack.formats.blank) == ("MM/DD/YYYY", ("none",))
    assert pack.limits.sessions == 1


def test_a_list_of_the_pack_takes_the_familys_place(tmp_path: Path) -> None:
    write(tmp_path, "families/shared.yaml", "interruptions:\n  - {view: home, expired: true}\n")
    write_pack(tmp_path, EXTENDING)
    assert load_pack("practice-national", tmp_path).interruptions == SHIPPED.interruptions


def test_text_maps_are_put_together_text_by_text(tmp_path: Path) -> None:
    words = '    - {text: "denied", code: F9}\n    - {text: "Closed", code: F0}\n'
    write(tmp_path, "families/shared.yaml", f"maps:\n  status:\n{words}")
    write_pack(tmp_path, EXTENDING)
    codes = {row.text: row.code for row in load_pack("practice-national", tmp_path).maps["status"]}
    assert codes["Closed"] == "F0"
    assert codes["Denied"] == "F2"
    assert "denied" not in codes
    assert len(codes) == len(SHIPPED.maps["status"]) + 1


def test_a_mistake_in_a_family_is_told_with_the_familys_file_and_line(tmp_path: Path) -> None:
    text = 'formats:\n  blank: ["-"]\n  dates: MM/DD/YYYY\nmaps:\n  status:\n    - {text: "Closed", code: F9}\n'
    file = write(tmp_path, "families/shared.yaml", text)
    write_pack(tmp_path, EXTENDING)
    (unknown,) = problems(tmp_path)
    assert (unknown.file, unknown.line, unknown.key) == (str(file), 3, "formats.dates")
    write(tmp_path, "families/shared.yaml", text.replace("  dates: MM/DD/YYYY\n", ""))
    (code,) = problems(tmp_path)
    assert (code.file, code.line, code.key) == (str(file), 5, "maps.status[1].code")


def test_a_text_that_stands_twice_in_the_pack_is_told_though_the_family_has_it_too(tmp_path: Path) -> None:
    write(tmp_path, "families/shared.yaml", 'maps:\n  status:\n    - {text: "Denied", code: F2}\n')
    text = EXTENDING.replace(
        '{text: "Denied", code: F2}', '{text: "Denied", code: F2}\n    - {text: "denied", code: F2}'
    )
    file = write_pack(tmp_path, text)
    (twice,) = problems(tmp_path)
    assert (twice.file, twice.line) == (str(file), line_of(text, '"denied"'))


def test_a_family_may_hold_more_than_each_of_its_portals_needs(tmp_path: Path) -> None:
    more = 'maps:\n  unheard_of:\n    - {text: "x", code: y}\n'
    write(tmp_path, "families/shared.yaml", more)
    write_pack(tmp_path, EXTENDING)
    assert problems(tmp_path) == []
    write_pack(tmp_path, GOOD.replace("maps:\n", more))
    assert [problem.key for problem in problems(tmp_path)] == ["maps.unheard_of"]


def test_a_family_that_there_is_not_is_told_in_the_pack(tmp_path: Path) -> None:
    write(tmp_path, "families/other.yaml", FORMATS)
    file = write_pack(tmp_path, EXTENDING)
    (missing,) = problems(tmp_path)
    assert (missing.file, missing.key) == (str(file), "extends")
    assert "no family 'shared'; families: " in missing.what
    assert "other" in missing.what


@pytest.mark.parametrize("key", ["portal", "version", "extends"])
def test_a_family_is_no_portal_and_builds_on_none(tmp_path: Path, key: str) -> None:
    file = write(tmp_path, "families/shared.yaml", f"{key}: other\n")
    write_pack(tmp_path, EXTENDING)
    (told,) = problems(tmp_path)
    assert (told.file, told.key) == (str(file), key)


def shipped(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> None:
    """Let the product ship these files instead of its own."""
    for file, text in files.items():
        write(folder, file.replace("__", "/") + ".yaml", text)
    monkeypatch.setattr("packs.load.shipped_folder", lambda: folder / "selectors")


def test_an_offices_pack_builds_on_the_offices_family_and_a_shipped_pack_on_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, office = tmp_path / "product", tmp_path / "office"
    own = {"practice-national__portal": EXTENDING, "families__shared": 'formats:\n  blank: ["product"]\n'}
    shipped(product, monkeypatch, **own)
    write(office, "families/shared.yaml", 'formats:\n  blank: ["office"]\n')
    pack = load_pack("practice-national", office)
    assert (pack.formats.blank, pack.version) == (("product",), "1")
    write_pack(office, EXTENDING)
    assert load_pack("practice-national", office).formats.blank == ("office",)


def test_every_shipped_family_is_what_several_packs_build_on() -> None:
    extended = [load_pack(name, None).extends for name in pack_names(None)]
    assert families(None)
    assert all(extended.count(name) > 1 for name in families(None))


# Views that are like another

FRAMED = """\
  signed-out-in-frame:
    like: signed-out
    frame: work
"""
WITH_FRAMED = GOOD.replace("views:\n", f"frames:\n  work: {{name: work}}\n\nviews:\n{FRAMED}", 1).replace(
    "  - {view: session-ended, expired: true}\n",
    "  - {view: session-ended, expired: true}\n  - {view: signed-out-in-frame, expired: true}\n",
)


def test_a_view_that_is_like_another_says_only_what_differs(tmp_path: Path) -> None:
    write_pack(tmp_path, WITH_FRAMED)
    view = load_pack("practice-national", tmp_path).views["signed-out-in-frame"]
    assert view.frame == "work"
    assert view.model_copy(update={"frame": None, "like": None}) == SHIPPED.views["signed-out"]


def test_a_likeness_may_use_less_and_change_what_it_needs(tmp_path: Path) -> None:
    less = FRAMED + '    recognise: [title]\n    elements: {title: {find: [{text: "Bye"}, {css: "h1"}]}}\n'
    write_pack(tmp_path, WITH_FRAMED.replace(FRAMED, less))
    view = load_pack("practice-national", tmp_path).views["signed-out-in-frame"]
    assert (view.recognise, set(view.elements)) == (("title",), {"title", "heading"})


@pytest.mark.parametrize(
    "mistake",
    [
        Mistake("like: signed-out\n", "like: gone\n", "like: gone", "views.signed-out-in-frame.like", "no view 'gone'"),
        Mistake(
            "like: signed-out\n",
            "like: signed-out-in-frame\n",
            "like: signed-out-in-frame",
            "views.signed-out-in-frame.like",
            "is itself like",
        ),
        Mistake(
            '- {role: heading, name: "You have signed out"}',
            "- {role: heading}",
            "- {role: heading}",
            "views.signed-out.elements.heading.find[1]",
            "'role' and 'name'",
        ),
    ],
    ids=name_of,
)
def test_a_mistake_in_a_likeness_is_told_where_it_was_written(tmp_path: Path, mistake: Mistake) -> None:
    write_pack(tmp_path, WITH_FRAMED.replace(mistake.old, mistake.new))
    check_told(mistake, WITH_FRAMED, problems(tmp_path))


def test_two_views_cannot_be_like_each_other(tmp_path: Path) -> None:
    write_pack(tmp_path, WITH_FRAMED.replace("  signed-out:\n", "  signed-out:\n    like: signed-out-in-frame\n"))
    assert any("neither says what it is" in problem.what for problem in problems(tmp_path))


# Overlays


def test_an_overlay_teaches_words_and_the_rest_of_the_pack_stays(tmp_path: Path) -> None:
    pack = overlaid(tmp_path, 'maps:\n  status:\n    - {text: "Referred for review", code: P2}\n')
    assert pack.maps["status"][:-1] == SHIPPED.maps["status"]
    assert pack.maps["status"][-1].text == "Referred for review"
    assert pack.views == SHIPPED.views
    assert load_pack("practice-national", None) == SHIPPED


def test_the_version_says_that_an_office_changed_the_pack_and_which_change(tmp_path: Path) -> None:
    first = overlaid(tmp_path, "limits:\n  lookups_a_minute: 6\n").version
    second = overlaid(tmp_path, "limits:\n  lookups_a_minute: 5\n").version
    assert first.startswith(f"{SHIPPED.version}+office.")
    assert second.startswith(f"{SHIPPED.version}+office.")
    assert first != second
    assert overlaid(tmp_path, "limits:\n  lookups_a_minute: 6\n").version == first


def test_an_overlay_lowers_limits_and_shortens_hours(tmp_path: Path) -> None:
    text = 'limits:\n  lookups_a_minute: 6\n  hours:\n    - {days: [sat], from: "01:00", to: "04:00"}\n'
    limits = overlaid(tmp_path, text + "lockout:\n  attempts: 2\n  window_hours: 48\n").limits
    assert (limits.lookups_a_minute, limits.sessions) == (6, 1)
    assert limits.hours[0].days == ("sat",)


@pytest.mark.parametrize(
    ("text", "line", "key", "what"),
    [
        (
            "limits:\n  lookups_a_minute: 601\n",
            2,
            "limits.lookups_a_minute",
            "lower this limit only; the pack's is 600",
        ),
        ("limits:\n  sessions: 2\n", 2, "limits.sessions", "lower this limit only"),
        ("limits:\n  idle_minutes: 16\n", 2, "limits.idle_minutes", "lower this limit only"),
        ("lockout:\n  attempts: 4\n", 2, "lockout.attempts", "lower this count only"),
        ("lockout:\n  code_attempts: 4\n", 2, "lockout.code_attempts", "lower this count only"),
        ("lockout:\n  window_hours: 1\n", 2, "lockout.window_hours", "longer only"),
        ("\nflows:\n  claim-status: write\n", 2, "flows", "permission is given with 'portalwright permit'"),
        ("address: https://portal.example.com\n", 1, "address", "office.toml"),
        ('version: "2"\n', 1, "version", "the version is the pack's"),
        ("extends: other\n", 1, "extends", "only a pack"),
        ("portal: other\n", 1, "portal", "the overlay's folder"),
        (
            "views:\n  sign-in:\n    elements:\n      sign_in:\n        action: navigate\n",
            5,
            "views.sign-in.elements.sign_in.action",
            "leaves the action as it is in the pack: 'commit'",
        ),
        (
            "views:\n  claim:\n    elements:\n      paid:\n        tpye: money\n",
            5,
            "views.claim.elements.paid.tpye",
            "'type'",
        ),
        ('maps:\n  status:\n    - {text: "Odd", code: F9}\n', 3, "maps.status[1].code", "must be one of"),
        ("limits: [1\n", 2, "the pack", "not YAML"),
    ],
)
def test_what_an_overlay_may_not_say_is_told_with_its_file_line_and_key(
    tmp_path: Path, text: str, line: int, key: str, what: str
) -> None:
    write(tmp_path, OVERLAY, text)
    told = [problem for problem in problems(tmp_path) if problem.key == key]
    assert told, problems(tmp_path)
    assert (Path(told[0].file).name, told[0].line) == ("overlay.yaml", line)
    assert what in told[0].what


def test_hours_are_shortened_only_where_the_pack_has_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = '  hours:\n    - {days: [mon, tue], from: "01:00", to: "05:00"}\n'
    with_hours = GOOD.replace("limits:\n", "limits:\n" + hours)
    shipped(tmp_path / "product", monkeypatch, **{"practice-national__portal": with_hours})
    office = tmp_path / "office"
    within = 'limits:\n  hours:\n    - {days: [mon], from: "02:00", to: "05:00"}\n'
    assert overlaid(office, within).limits.hours[0].days == ("mon",)
    for wider in (within.replace("mon", "wed"), within.replace("02:00", "00:30"), within.replace("05:00", "05:30")):
        assert "shorten" in refused(office, wider).what
    assert "shorten" in refused(office, "limits:\n  hours: []\n").what


def test_an_overlay_over_the_offices_own_pack_is_refused(office: Path) -> None:
    assert "the office's own; write it into portal.yaml" in refused(office, "limits:\n  sessions: 1\n").what


def test_an_overlay_over_no_pack_is_told(tmp_path: Path) -> None:
    file = write(tmp_path, "practice-natoinal/overlay.yaml", "limits:\n  sessions: 1\n")
    (stray,) = stray_overlays(tmp_path)
    assert stray.file == str(file)
    assert "packs: " in stray.what
    assert stray_overlays(None) == ()


# What counts, shown


def test_a_pack_is_shown_as_it_counts_with_the_file_of_each_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, office = tmp_path / "product", tmp_path / "office"
    own = {"practice-national__portal": EXTENDING.replace(FORMATS, ""), "families__shared": FORMATS}
    shipped(product, monkeypatch, **own)
    family = product / "selectors" / "families" / "shared.yaml"
    overlay_text = 'maps:\n  status:\n    - {text: "Referred for review", code: P2}\nlimits:\n  lookups_a_minute: 6\n'
    overlay = write(office, OVERLAY, overlay_text)
    shown = as_yaml(layered_pack("practice-national", office))
    lines = shown.splitlines()
    assert f"# from {family}, line 1" in lines[lines.index("formats:") - 1]
    assert f"# from {overlay}, line 5" in lines[lines.index("  lookups_a_minute: 6") - 1]
    words = lines.index('    - {text: "Referred for review", code: P2}')
    assert f"# from {overlay}, line 3" in lines[words - 1]
    assert ", version 1+office." in lines[0]


def test_what_is_shown_says_the_same_as_the_pack(tmp_path: Path) -> None:
    shown = as_yaml(layered_pack("practice-national", None))
    write_pack(tmp_path, shown)
    assert load_pack("practice-national", tmp_path) == SHIPPED
