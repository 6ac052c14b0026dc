import json

import pytest
from PIL import Image

from medmask.thresholds import STRATEGIES
from tests.functional.commands import SAMPLES, medmask

SCANS = SAMPLES / "scans"
SERIES = SCANS / "ct-thorax-like"


@pytest.fixture(scope="module")
def shown():
    done = medmask("histogram", SERIES)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def row(lines, name):
    return next(line.split() for line in lines if line.startswith(f"{name} "))


def test_the_scan_and_its_scale_are_told_first(shown):
    assert shown[0].startswith("CT, recipe ct: ")
    assert shown[0].endswith("voxels of padding left out")
    assert shown[1] == "scale linear: HU = 13 * level - 606"


def test_every_strategy_has_its_line(shown):
    assert all(row(shown, word) for word in STRATEGIES)


def test_thresholds_are_given_in_levels_and_native_units(shown):
    assert row(shown, "bone")[1:3] == ["64", "226"]
    level, native = (float(number) for number in row(shown, "otsu")[1:3])
    assert native == pytest.approx(13 * level - 606, abs=0.1)


def test_the_chosen_ones_are_marked_and_stable_or_not(shown):
    fixed = [line for line in shown if line.startswith("fixed ")]
    assert [line.split("<- ")[1] for line in fixed] == ["soft tissue", "bone"]
    assert "2 levels up or down: -0.0% or +0.0% of the voxels above" in shown[4]


def test_a_failure_has_its_reason(shown):
    (line,) = (line for line in shown if line.startswith("drop "))
    assert line.split()[1:3] == ["-", "-"]
    assert "the histogram does not fall from " in line


def test_the_counts_are_drawn_in_blocks_no_wider_than_80(shown):
    plot = shown[-21:]
    assert any("█" in line for line in plot)
    assert max(len(line) for line in plot) <= 80
    assert plot[-1].strip() == "▲ bone 64 (226 HU)"


def test_a_recipe_is_followed_and_a_fallback_told(tmp_path):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text(
        "thresholds:\n"
        "  soft_tissue: {strategy: otsu}\n"
        "  bone: {strategy: valley, near: 200, within: 9}\n"
    )
    lines = medmask("histogram", SERIES, "--recipe", recipe).stdout.splitlines()
    assert row(lines, "otsu")[-2:] == ["soft", "tissue"]
    assert "fallback: valley found no threshold: " in next(x for x in lines if x.startswith("bone"))


def test_where_no_bone_is_looked_for_there_is_one_threshold():
    done = medmask("histogram", SCANS / "mr-head-like_T1w.nii.gz")
    assert done.returncode == 0
    assert not any(line.startswith("bone ") for line in done.stdout.splitlines())


def test_a_guess_is_told_beside_the_result():
    done = medmask("histogram", SCANS / "ct-thorax-like.nii.gz")
    assert done.stdout.startswith("CT, recipe ct: ")
    assert "medmask: modality_guessed: " in done.stderr


def test_a_modality_can_be_stated():
    done = medmask("histogram", SCANS / "ct-thorax-like.nii.gz", "--modality", "MR")
    assert done.stdout.startswith("MR, recipe mr-body: ")


def test_json_holds_the_same_numbers():
    found = json.loads(medmask("histogram", SERIES, "--json").stdout)
    assert found["thresholds"]["bone"]["native"] == 226
    words = [candidate["strategy"] for candidate in found["candidates"]]
    assert words == ["fixed", *STRATEGIES]
    assert found["candidates"][2]["reason"].startswith("the histogram does not fall from ")
    assert found["scale"]["unit"] == "HU"


def test_a_picture_is_drawn_on_request(tmp_path):
    file = tmp_path / "h.png"
    assert medmask("histogram", SCANS / "hand-xray.png", "--png", file).returncode == 0
    with Image.open(file) as picture:
        assert picture.mode == "RGB"
        assert picture.width > 900


def test_a_picture_is_not_drawn_over_the_scan_or_nowhere(tmp_path):
    film = tmp_path / "film.png"
    film.write_bytes((SCANS / "hand-xray.png").read_bytes())
    done = medmask("histogram", film, "--png", film)
    assert done.returncode == 2
    assert "that is in the scan itself" in done.stderr
    assert film.read_bytes() == (SCANS / "hand-xray.png").read_bytes()
    done = medmask("histogram", film, "--png", tmp_path / "none" / "h.png")
    assert done.returncode == 2
    assert "there is no folder" in done.stderr


@pytest.mark.parametrize(
    ("scan", "code", "sentence"),
    [
        (SCANS, 2, "one scan was expected, 6 found"),
        ("nowhere", 2, "input nowhere: No such file or directory"),
        (SCANS / "truncated.nii.gz", 1, "truncated.nii.gz: the gzip stream has no end"),
    ],
)
def test_what_is_no_scan_ends_with_a_sentence_and_its_code(scan, code, sentence):
    done = medmask("histogram", scan)
    assert done.returncode == code
    assert sentence in done.stderr
    assert done.stdout == ""
