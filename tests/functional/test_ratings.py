"""Ratings steer the next run."""

import csv
import json
import signal
import subprocess
import sys
import urllib.request

import pytest

from medmask.report.ratings import Rating, append_rating
from tests.functional.commands import ROOT, SAMPLES, medmask

FILM = "hand-xray.png"


@pytest.fixture(scope="module")
def rated(tmp_path_factory):
    """An output in which the hand film is rated fail, and that film's scan id."""
    output = tmp_path_factory.mktemp("rated") / "out"
    scans = [SAMPLES / "scans" / name for name in (FILM, "hand-xray-16bit.png")]
    assert medmask("run", *scans, output, "-q", "-j", "2").returncode == 0
    (film,) = (name for name, row in table(output).items() if row["source"].endswith(FILM))
    facts = account(output, film)["provenance"]
    row = Rating(
        scan_id=film, rating="fail", rater="Ann", note="=too thin",
        recipe_sha256=facts["recipe_sha256"], inputs_sha256=facts["inputs_sha256"],
    )  # fmt: skip
    append_rating(output / "ratings.csv", row)
    return output, scans, film


def table(output):
    with (output / "scans.csv").open(newline="", encoding="utf-8") as file:
        return {row["scan_id"]: row for row in csv.DictReader(file)}


def account(output, name):
    return json.loads((output / "scans" / name / "scan.json").read_text())


def test_only_what_is_rated_so_is_masked_anew_and_shown_beside_what_was(rated, tmp_path):
    output, scans, film = rated
    recipe = tmp_path / "mine.yaml"
    preset = medmask("recipe", "show", "xray").stdout
    recipe.write_text(preset.replace("level: 64", "level: 80"))
    words = ("run", *scans, output, "--recipe", recipe, "--only-rated", "fail")
    assert "to_do: 1" in medmask(*words, "--dry-run").stdout.replace(" do", "_do")
    assert not (output / "before").exists()
    done = medmask(*words, "-q")
    assert done.returncode == 0, done.stderr
    assert "1 worked on" in done.stdout
    levels = {row["source"].rpartition("/")[2]: row["bone_level"] for row in table(output).values()}
    assert levels == {FILM: "80", "hand-xray-16bit.png": "64"}
    page = (output / "report" / "index.html").read_text()
    assert f"../before/{film}/thumb.webp" in page
    assert "Ann: fail (=too thin)" in page
    assert "level 64 &rarr; level 80" in page
    again = medmask(*words, "-q")
    assert "0 worked on" in again.stdout  # what was rated is gone
    assert f"../before/{film}/thumb.webp" in (output / "report" / "index.html").read_text()


def test_the_report_is_served_until_it_is_interrupted(rated):
    output, *_ = rated
    command = [sys.executable, "-m", "medmask", "serve", str(output)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            address = server.stdout.readline().split()[1]
            with urllib.request.urlopen(address, timeout=10) as page:
                assert b"medmask" in page.read()
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == 0


def test_a_folder_that_no_run_has_written_is_not_served(tmp_path):
    done = medmask("serve", tmp_path)
    assert done.returncode == 2
    assert "no journal.sqlite" in done.stderr


def test_without_ratings_nothing_is_started(tmp_path):
    done = medmask("run", SAMPLES / "scans", tmp_path / "out", "--only-rated", "fail")
    assert done.returncode == 2
    assert "ratings.csv: no ratings" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_word_that_is_no_rating_is_refused(tmp_path):
    done = medmask("run", SAMPLES / "scans", tmp_path / "out", "--only-rated", "good")
    assert done.returncode == 2
