"""A cohort whose every text is an attack, and whose every tag is a secret."""

import gzip
import sqlite3

import numpy as np
import pytest

from tests.dicom_files import slice_dataset, uid, write_slice
from tests.functional.commands import medmask
from tests.phantoms import ct_boxes

SECRET = "Zq7Canary"
TAG = f"<img src=x onerror=alert(1)>{SECRET}"
FOLDER = "<img src=x onerror=alert(2)>"
FILE = "\"'><script>alert(3)<script>{{7*7}}.nii.gz"
NOTE = "</script><script>alert(4)</script>"
TEXTS = {
    "PatientName": TAG, "PatientID": TAG, "InstitutionName": TAG, "StudyDescription": TAG,
    "SeriesDescription": TAG, "ProtocolName": TAG, "PatientComments": TAG, "ImageComments": TAG,
    "OperatorsName": TAG, "ReferringPhysicianName": TAG, "StationName": SECRET,
    "AccessionNumber": SECRET, "StudyID": SECRET, "PatientBirthDate": "19560229",
}  # fmt: skip


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    home = tmp_path_factory.mktemp("hostile")
    series = home / "in" / FOLDER
    series.mkdir(parents=True)
    for index, pixels in enumerate(ct_boxes()):
        stored = (pixels.astype(np.int32) + 1024).astype(np.int16)
        write_slice(series / f"{index}.dcm", slice_dataset(stored, index=index, **TEXTS))
    (home / "in" / FILE).write_bytes(gzip.compress(b"\0" * 40))
    recipe = home / "recipe.yaml"
    text = medmask("recipe", "show", "ct").stdout.replace("name: ct\n", f"name: '{FOLDER}'\n")
    recipe.write_text(text)
    out = home / "out"
    done = medmask("run", home / "in", out, "-q", "-j", "1", "--recipe", recipe, traced=False)
    assert done.returncode == 1, done.stderr
    for line in sqlite3.connect(out / "journal.sqlite").execute("SELECT scan_id FROM scans"):
        with (out / "ratings.csv").open("a", encoding="utf-8") as table:
            table.write("" if table.tell() else "scan_id,rating,note,rater\r\n")
            table.write(f'{line[0]},fail,"{NOTE}","{NOTE[:80]}"\r\n')
    assert medmask("report", out, "--single-file").returncode == 0
    return out


def contents(path):
    """Return a file's bytes, and what they unpack to."""
    packed = path.read_bytes()
    return packed + (gzip.decompress(packed) if path.suffix == ".gz" else b"")


def test_no_word_of_a_tag_is_in_any_file(output):
    files = [path for path in output.rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        found = contents(path)
        for secret in (SECRET, "19560229", uid("study"), uid("series")):
            assert secret.encode() not in found, (path.name, secret)
        if path.parent != output:  # run.json holds the command line
            assert str(output.parent).encode() not in found, path.name


def test_no_page_runs_what_it_shows(visitor, output):
    pages = ["report/index.html", "report/single-file.html"]
    pages += [f"report/scans/{page.name}" for page in (output / "report" / "scans").iterdir()]
    assert len(pages) == 4
    for name in pages:
        page = visitor.open(output, name)
        page.keyboard.press("ArrowRight")
        assert page.locator("img[src=x], svg[onload], [onerror]").count() == 0
        assert (
            FOLDER in page.locator("body").inner_text() or FILE in page.locator("body").inner_text()
        )
    assert "49" not in page.title()


def test_what_others_noted_is_shown_as_it_was_written(visitor, output):
    page = visitor.open(output)
    marks = page.locator("tbody .mark").all_inner_texts()
    assert marks == [f"{NOTE}: fail"] * 2
