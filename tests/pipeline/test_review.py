import hashlib
import io
import json

import numpy as np
from PIL import Image

from medmask.pipeline import review
from tests.pipeline.test_task import masked


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
