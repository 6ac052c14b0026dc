import hashlib
import io
import json

import numpy as np
import pytest
from PIL import Image

from medmask.pipeline import MaskScan, review
from medmask.readers import ReadOptions
from tests.pipeline.test_task import PLAIN, masked


def document_of(tmp_path):
    (file,) = (tmp_path / "out" / "scans").glob("*/scan.json")
    return file.parent, json.loads(file.read_text())


def test_the_thumbnail_is_an_output_with_its_digest(ct, tmp_path):
    finished = masked(ct, tmp_path)
    folder, document = document_of(tmp_path)
    name = document["review"]["thumbnail"]
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert document["outputs"][name] == digest
    assert (f"scans/a-1/{name}", digest) in finished.outputs


def test_a_film_has_a_thumbnail_too(film, tmp_path):
    masked(film, tmp_path)
    folder, document = document_of(tmp_path)
    picture = np.asarray(Image.open(folder / document["review"]["thumbnail"]))
    assert picture.shape == (240, 300, 3)


def test_a_thumbnail_that_would_weigh_too_much_loses_quality_first(ct, tmp_path, monkeypatch):
    masked(ct, tmp_path)
    folder, document = document_of(tmp_path)
    best = (folder / document["review"]["thumbnail"]).read_bytes()
    monkeypatch.setattr(review, "THUMBNAIL_BYTES", len(best) - 1)
    masked(ct, tmp_path)
    less = (folder / document["review"]["thumbnail"]).read_bytes()
    assert len(less) < len(best)
    assert Image.open(io.BytesIO(less)).size == Image.open(io.BytesIO(best)).size


def test_the_account_says_where_every_slice_lies(ct, tmp_path):
    masked(ct, tmp_path)
    folder, document = document_of(tmp_path)
    axial, coronal, sagittal = document["review"]["planes"]
    assert [plane["name"] for plane in (axial, coronal, sagittal)] == [
        "axial", "coronal", "sagittal",
    ]  # fmt: skip
    assert axial["sides"] == ["R", "L", "A", "P"]
    assert axial["slices"] == list(range(11, -1, -1))
    assert axial["positions_mm"] == pytest.approx([30 + 2.5 * k for k in range(11, -1, -1)])
    assert axial["extent"] == pytest.approx([40 * 0.8, 48 * 0.7])
    for plane in (axial, coronal, sagittal):
        for name in (plane["grey"], *plane["masks"]):
            assert (folder / name).is_file()
            assert name in document["outputs"]


def test_without_slices_there_is_a_thumbnail_only(ct, tmp_path):
    MaskScan(PLAIN, ReadOptions(), tmp_path / "out", report_slices=0)(ct)
    folder, document = document_of(tmp_path)
    assert document["review"] == {"thumbnail": "review/thumb.webp"}
    assert [path.name for path in (folder / "review").iterdir()] == ["thumb.webp"]


def test_another_number_of_slices_is_another_piece_of_work():
    few, many = (MaskScan(PLAIN, ReadOptions(), None, n) for n in (4, 40))
    assert few.sha256 != many.sha256


def test_the_histogram_is_in_the_account_as_it_can_be_drawn(ct, tmp_path):
    masked(ct, tmp_path)
    _, document = document_of(tmp_path)
    histogram = document["histogram"]
    columns = histogram["voxels_per_level"]
    width = (histogram["high_level"] - histogram["low_level"]) / len(columns)
    assert sum(columns) * width == pytest.approx(12 * 40 * 48, rel=0.01)
    assert histogram["beyond"] == 0
