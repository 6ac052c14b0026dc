import io

import highdicom as hd
import numpy as np
import pytest
from pydicom import dcmread

from medmask.annotation import Fit
from medmask.annotations import read_annotation
from medmask.errors import MissingPackage
from medmask.labels import LabelMap
from medmask.readers import ReadOptions, read_sources
from medmask.readers.dicom import read_series
from medmask.scan import AnnotationFile, AnnotationKind, Format, Scan
from medmask.writers import dicom_seg
from tests.dicom_files import multiframe_dataset, uid, write_series, write_slice
from tests.dicom_judge import faults, needs_judge

OPTIONS = ReadOptions()
SHAPE = (4, 7, 5)  # 35 pixels a frame: frames do not begin on bytes
DIGEST = "ab" * 32
STORED = np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE)
LABELS = np.random.default_rng(2).integers(0, 3, SHAPE).astype(np.uint8)
TILTED = (1.0, 0.0, 0.0, 0.0, 0.96, 0.28)


def made(files, labels=LABELS, digest=DIGEST):
    grid = read_series(files, OPTIONS).grid
    return dicom_seg(LabelMap(labels, grid), read_sources(files, OPTIONS), digest)


def read_back(content, files):
    """Return the label map that highdicom reads from a SEG, in the order of the slices."""
    seg = hd.seg.segread(io.BytesIO(content))
    source = read_sources(files, OPTIONS)
    labels = np.zeros(SHAPE, np.uint8)
    for number in seg.segment_numbers:
        value = {"Soft tissue": 1, "Bone": 2}[seg.get_segment_description(number).SegmentLabel]
        for k, (part,) in enumerate(source.slices):
            instance = source.instances[part.instance].SOPInstanceUID
            if part.frame is None:
                found = seg.get_pixels_by_source_instance(
                    [instance], segment_numbers=[number], assert_missing_frames_are_empty=True
                )
            else:
                found = seg.get_pixels_by_source_frame(
                    instance,
                    [part.frame + 1],
                    segment_numbers=[number],
                    assert_missing_frames_are_empty=True,
                )
            labels[k][found[0, ..., 0] > 0] = value
    return labels


def leaning(folder):
    """A series whose line of positions is not the normal of its slices."""
    per_slice = {k: {"origin": (-10.0, -20.0 + 0.7 * k, 30.0)} for k in range(SHAPE[0])}
    return write_series(folder, STORED, per_slice=per_slice)


SERIES = {
    "axial": lambda folder: write_series(folder, STORED),
    "oblique": lambda folder: write_series(folder, STORED, orientation=TILTED),
    "leaning": leaning,
    "frames": lambda folder: [
        write_slice(
            folder / "a.dcm", multiframe_dataset(STORED, [{"z": 8.0 - 2 * k} for k in range(4)])
        )
    ],
}


@pytest.mark.parametrize("name", SERIES)
def test_highdicom_reads_the_label_map_back(tmp_path, name):
    files = SERIES[name](tmp_path)
    np.testing.assert_array_equal(read_back(made(files), files), LABELS)


@pytest.mark.parametrize("name", SERIES)
def test_our_own_reader_reads_the_label_map_back(tmp_path, name):
    files = SERIES[name](tmp_path / "in")
    seg = tmp_path / "seg.dcm"
    seg.write_bytes(made(files))
    scan = Scan("a", "a", "a", Format.DICOM, tuple(files))
    file = AnnotationFile("seg.dcm", AnnotationKind.SEG, Format.DICOM, (seg,))
    grid = read_series(files, OPTIONS).grid
    drawn = {one.name: one for one in read_annotation(file, scan, grid).annotations}
    for called, label in (("Soft tissue", 1), ("Bone", 2)):
        one = drawn[called]
        np.testing.assert_array_equal(one.mask(one.voxels), label == LABELS)
        assert one.verdict.fit is Fit.IDENTICAL


@needs_judge
@pytest.mark.parametrize("name", SERIES)
def test_nothing_in_it_is_unlawful(tmp_path, name):
    (tmp_path / "seg.dcm").write_bytes(made(SERIES[name](tmp_path / "in")))
    assert faults(tmp_path / "seg.dcm") == []


def test_the_same_result_is_the_same_object_and_another_one_is_not(tmp_path):
    files = write_series(tmp_path, STORED)
    first, again, other = made(files), made(files), made(files, digest="cd" * 32)
    assert first == again
    one, two = (dcmread(io.BytesIO(content)) for content in (first, other))
    assert one.SOPInstanceUID != two.SOPInstanceUID
    assert one.SeriesInstanceUID != two.SeriesInstanceUID
    assert one.StudyInstanceUID == two.StudyInstanceUID == uid("study")


def test_segments_are_coded_coloured_and_refer_to_their_slices(tmp_path):
    seg = dcmread(io.BytesIO(made(write_series(tmp_path, STORED))))
    soft, bone = seg.SegmentSequence
    codes = [item.SegmentedPropertyTypeCodeSequence[0].CodeValue for item in (soft, bone)]
    assert codes == ["87784001", "272673000"]
    assert bone.SegmentAlgorithmType == "AUTOMATIC"
    assert "RecommendedDisplayCIELabValue" in bone
    assert seg.FrameOfReferenceUID == uid("frame")
    (series,) = seg.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == uid("series")
    assert len(series.ReferencedInstanceSequence) == 4


def test_a_label_that_does_not_occur_is_no_segment(tmp_path):
    files = write_series(tmp_path, STORED)
    only_bone = np.where(LABELS == 2, LABELS, 0)
    seg = dcmread(io.BytesIO(made(files, only_bone)))
    assert [item.SegmentLabel for item in seg.SegmentSequence] == ["Bone"]
    np.testing.assert_array_equal(read_back(made(files, only_bone), files), only_bone)
    assert made(files, LABELS * 0) is None


def test_nothing_is_added_to_what_the_source_tells(tmp_path):
    bare = {"PatientName": None, "PatientID": None, "FrameOfReferenceUID": None}
    content = made(write_series(tmp_path, STORED, SliceThickness=None, **bare))
    seg = dcmread(io.BytesIO(content))
    assert seg.PatientName == ""
    assert seg.PatientID == ""
    assert seg.ContentDate == "19000101"
    assert seg.FrameOfReferenceUID.startswith("2.25.")


@needs_judge
def test_a_film_without_a_place_has_a_lawful_segmentation(tmp_path):
    bare = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
    files = write_series(tmp_path / "in", STORED[:1], Modality="CR", SliceThickness=None, **bare)
    (tmp_path / "seg.dcm").write_bytes(made(files, LABELS[:1]))
    assert faults(tmp_path / "seg.dcm") == []


def test_without_highdicom_the_sentence_says_what_to_install(tmp_path, monkeypatch):
    files = write_series(tmp_path, STORED)
    monkeypatch.setitem(__import__("sys").modules, "highdicom", None)
    with pytest.raises(MissingPackage, match=r"dicom_seg needs highdicom, which is missing: pip"):
        made(files)
