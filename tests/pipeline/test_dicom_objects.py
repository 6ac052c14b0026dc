import dataclasses
import importlib.util

import numpy as np
import pytest
from pydicom import dcmread

from medmask.errors import MissingPackage
from medmask.pipeline.dicom_objects import demand_packages, write_dicom_objects
from medmask.pipeline.segment import segment
from medmask.readers import ReadOptions, read
from medmask.recipe import RecipeChoice, loads
from medmask.scan import Format, Scan
from tests.dicom_files import write_series
from tests.phantoms import ct_boxes

PACS = loads("outputs: {dicom_seg: true, secondary_capture: true}", "pacs")
OPTIONS = ReadOptions()


@pytest.fixture
def series(tmp_path):
    files = write_series(tmp_path / "in", (ct_boxes() + 1024).astype(np.int16))
    return Scan("s-1", "s-1", "in", Format.DICOM, tuple(files))


def written(scan, folder, recipe=PACS):
    return write_dicom_objects(folder, scan, OPTIONS, segment(read(scan, OPTIONS), recipe))


def test_a_series_gets_its_segmentation_and_a_capture_of_every_slice(series, tmp_path):
    assert written(series, tmp_path / "out") == ()
    names = sorted(path.name for path in (tmp_path / "out" / "overlay_sc").iterdir())
    assert names == [f"{k:02}.dcm" for k in range(1, 13)]
    assert dcmread(tmp_path / "out" / "seg.dcm").Modality == "SEG"
    capture = dcmread(tmp_path / "out" / "overlay_sc" / "06.dcm")
    assert "bone by threshold 226 HU" in capture.DerivationDescription
    red, green, blue = capture.pixel_array[20, 24].tolist()
    assert red > green > blue  # bone is drawn in orange


def test_what_is_not_dicom_is_told_and_gets_none(ct, tmp_path):
    (warning,) = written(ct, tmp_path / "out")
    assert warning.code == "no_dicom_source"
    assert warning.message == (
        "seg.dcm and overlay_sc: not written, as the scan is nifti, not DICOM"
    )
    assert not (tmp_path / "out").exists()


def test_nothing_is_made_that_was_not_asked_for(series, tmp_path):
    assert written(series, tmp_path / "out", loads("name: plain", "plain")) == ()
    assert not (tmp_path / "out").exists()


def test_an_empty_label_map_has_no_segmentation(series, tmp_path):
    result = segment(read(series, OPTIONS), PACS)
    empty = dataclasses.replace(result.labels, voxels=result.labels.voxels * np.uint8(0))
    result = dataclasses.replace(result, labels=empty)
    (warning,) = write_dicom_objects(tmp_path / "out", series, OPTIONS, result)
    assert (warning.code, warning.message) == (
        "no_dicom_seg",
        "seg.dcm was not written: nothing is labelled",
    )


def test_a_missing_package_is_told_before_anything_is_started(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    demand_packages(RecipeChoice.of("auto"))
    with pytest.raises(MissingPackage, match="pip install 'medmask\\[seg\\]'"):
        demand_packages(RecipeChoice.always(PACS))
