import highdicom
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.sr.codedict import codes
from pydicom.uid import RLELossless

from medmask.annotation import Fit
from medmask.errors import (
    BadGeometry,
    BadHeader,
    Damaged,
    NoOverlap,
    OtherFrameOfReference,
    OtherPatient,
    OtherShape,
    Truncated,
    UnsupportedPixels,
)
from medmask.scan import AnnotationKind
from tests.annotations.dicom_drawings import segmentation, write_drawing
from tests.annotations.scans import SHAPE, ct, drawn, masks, place


def seg_of(tmp_path, frames, **options):
    scan = ct(tmp_path)
    path = write_drawing(tmp_path / "seg.dcm", segmentation(frames, **options))
    return drawn(path, AnnotationKind.SEG, scan)


def random_masks(seed=0):
    return np.random.default_rng(seed).integers(0, 2, SHAPE).astype(np.uint8)


def test_frames_lie_where_they_say_and_other_slices_are_empty(tmp_path):
    wanted = random_masks()
    frames = [(1, place(k), wanted[k]) for k in (3, 1)]  # in any order, and not on every slice
    (mask,) = masks(seg_of(tmp_path, frames)).values()
    wanted[[0, 2]] = 0
    np.testing.assert_array_equal(mask, wanted == 1)


def test_positions_with_rounded_decimals_are_snapped_to_their_slices(tmp_path):
    wanted = random_masks()
    frames = [(1, np.add(place(k), (0, 0, 0.04)), wanted[k]) for k in range(4)]
    reading = seg_of(tmp_path, frames)
    assert reading.annotations[0].verdict.fit is Fit.SNAPPED
    assert reading.annotations[0].verdict.displacement_mm == pytest.approx(0.04)
    np.testing.assert_array_equal(*masks(reading).values(), wanted == 1)


def test_segments_that_overlap_stay_apart_and_others_share_a_sheet(tmp_path):
    one, two, three = np.zeros((3, *SHAPE[1:]), np.uint8)
    one[2:6, 2:6], two[4:9, 4:9], three[10:, 1:4] = 1, 1, 1
    frames = [(n, place(1), one_) for n, one_ in enumerate((one, two, three), 1)]
    reading = seg_of(tmp_path, frames, names=("a", "b", "c"))
    found = masks(reading)
    for name, expected in zip("abc", (one, two, three), strict=True):
        np.testing.assert_array_equal(found[name][1], expected == 1)
    assert len({id(one.voxels) for one in reading.annotations}) == 2


def test_fractions_are_opacities(tmp_path):
    steps = np.arange(132, dtype=np.uint8).reshape(SHAPE[1:])
    reading = seg_of(
        tmp_path, [(1, place(2), steps)], kind="FRACTIONAL", MaximumFractionalValue=131
    )
    (annotation,) = reading.annotations
    assert annotation.value is None
    np.testing.assert_array_equal(annotation.voxels[2], np.rint(steps / 131 * 255))


def test_a_segment_without_frames_is_an_empty_mask(tmp_path):
    frames = [(1, place(1), random_masks()[0])]
    found = masks(seg_of(tmp_path, frames, names=("liver", "spleen")))
    assert not found["spleen"].any()


def test_another_grid_of_the_same_world_is_sampled(tmp_path):
    dataset = segmentation([(1, place(1), np.ones((24, 22), np.uint8))])
    measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.PixelSpacing = ["0.4", "0.35"]
    scan = ct(tmp_path)
    reading = drawn(write_drawing(tmp_path / "s.dcm", dataset), AnnotationKind.SEG, scan)
    (annotation,) = reading.annotations
    assert annotation.mask(annotation.voxels)[1].all()
    assert annotation.voxel_count == SHAPE[1] * SHAPE[2]
    assert "another grid" in annotation.verdict.message


def test_frames_across_the_scans_slices_are_put_together(tmp_path):
    """A segmentation that was drawn on sagittal planes of an axial scan."""
    wanted = random_masks(3)
    cosines = ["0", "1", "0", "0", "0", "1"]  # rows run along P, columns along S
    frames = [(1, place(0, 0, i), wanted[:, :, i]) for i in range(SHAPE[2])]
    dataset = segmentation(frames)
    groups = dataset.SharedFunctionalGroupsSequence[0]
    groups.PlaneOrientationSequence[0].ImageOrientationPatient = cosines
    groups.PixelMeasuresSequence[0].PixelSpacing = ["2.5", "0.8"]
    groups.PixelMeasuresSequence[0].SpacingBetweenSlices = "0.7"
    scan = ct(tmp_path)
    reading = drawn(write_drawing(tmp_path / "s.dcm", dataset), AnnotationKind.SEG, scan)
    np.testing.assert_array_equal(*masks(reading).values(), wanted == 1)


def test_a_tilted_scan_keeps_its_segments(tmp_path):
    wanted = random_masks(4)
    places = {k: np.add(place(k), (0, 0.9 * k, 0)) for k in range(4)}
    tilted = {k: {"ImagePositionPatient": [f"{v:.6f}" for v in p]} for k, p in places.items()}
    scan = ct(tmp_path, per_slice=tilted)
    path = write_drawing(
        tmp_path / "s.dcm", segmentation([(1, places[k], wanted[k]) for k in range(4)])
    )
    reading = drawn(path, AnnotationKind.SEG, scan)
    np.testing.assert_array_equal(*masks(reading).values(), wanted == 1)


def test_it_agrees_with_highdicom(tmp_path):
    scan = ct(tmp_path)
    wanted = np.stack([random_masks(5), random_masks(6)], axis=-1)
    described = [
        highdicom.seg.SegmentDescription(
            number, name, codes.SCT.Organ, codes.SCT.Liver, "MANUAL",
        )
        for number, name in enumerate(("one", "two"), 1)
    ]  # fmt: skip
    sources = [dcmread(path) for path in scan.files]
    for source in sources:  # what highdicom asks of every image
        source.PatientBirthDate = source.PatientSex = source.AccessionNumber = ""
        source.StudyID = source.StudyDate = source.StudyTime = source.ReferringPhysicianName = ""
        source.PositionReferenceIndicator = ""
    segments = highdicom.seg.Segmentation(
        sources, wanted.astype(np.uint8), "BINARY", described,
        highdicom.UID(), 1, highdicom.UID(), 1, "a", "b", "c", "d",
    )  # fmt: skip
    segments.save_as(tmp_path / "seg.dcm")
    found = masks(drawn(tmp_path / "seg.dcm", AnnotationKind.SEG, scan))
    np.testing.assert_array_equal(found["one"], wanted[..., 0] == 1)
    np.testing.assert_array_equal(found["two"], wanted[..., 1] == 1)


def test_frames_at_uneven_steps_go_to_the_nearest_slices_and_say_so(tmp_path):
    """The scan was put onto even steps of 2.5 mm; its last slice lay at 6 of them and not at 5."""
    wanted = random_masks(8)
    heights = (0.0, 2.5, 6.0)
    places = [(-10.0, -20.0, 30.0 + height) for height in heights]
    tags = {k: {"ImagePositionPatient": [f"{v:g}" for v in p]} for k, p in enumerate(places)}
    scan = ct(tmp_path, per_slice=tags, leave_out=(3,))
    frames = [(1, p, wanted[k]) for k, p in enumerate(places)]
    reading = drawn(
        write_drawing(tmp_path / "s.dcm", segmentation(frames)), AnnotationKind.SEG, scan
    )
    np.testing.assert_array_equal(*masks(reading).values(), wanted[:3] == 1)
    assert [warning.code for warning in reading.warnings] == ["frames_moved"]
    assert "moved by up to 1.00 mm" in reading.warnings[0].message


FRAME = [(1, place(1), np.ones(SHAPE[1:], np.uint8))]
WRONG = [
    (FRAME, {"PatientID": "P2"}, OtherPatient, "Patient ID"),
    (FRAME, {"frame": "elsewhere"}, OtherFrameOfReference, "Frame of Reference"),
    ([(1, (400, 0, 0), FRAME[0][2])], {}, NoOverlap, "nothing of it lies inside"),
    (FRAME, {"SegmentationType": "SURFACE"}, UnsupportedPixels, "'SURFACE'"),
    (FRAME, {"NumberOfFrames": "2", "PixelData": b"\0" * 40}, BadHeader, "1 descriptions of 2"),
    (FRAME, {"PixelData": b"\0" * 4}, Truncated, "4 bytes for 1 frames"),
    (FRAME, {"BitsAllocated": 32}, UnsupportedPixels, "32 bits"),
    ([*FRAME, (1, place(1, 0, 40), FRAME[0][2])], {}, BadGeometry, "beside each other"),
]


@pytest.mark.parametrize(("frames", "tags", "error", "said"), WRONG)
def test_what_does_not_belong_or_is_not_whole_is_refused_by_name(
    tmp_path, frames, tags, error, said
):
    with pytest.raises(error, match=said):
        seg_of(tmp_path, frames, **tags)


def test_a_broken_rle_frame_is_damaged(tmp_path):
    noise = random_masks()[0] * 200
    dataset = segmentation([(1, place(1), noise)], kind="FRACTIONAL")
    dataset.compress(RLELossless, generate_instance_uid=False)
    content = bytearray(dataset.PixelData)
    start = content.index(b"\xfe\xff\x00\xe0", 8) + 8 + 64  # past the table, an RLE header
    content[start:] = b"\x7f" * (len(content) - start)  # runs beyond the end
    dataset.PixelData = bytes(content)
    path = write_drawing(tmp_path / "seg.dcm", dataset)
    with pytest.raises(Damaged, match="frame 1 does not decode"):
        drawn(path, AnnotationKind.SEG, ct(tmp_path))


def test_frames_without_a_place_need_the_size_of_the_scan(tmp_path):
    dataset = segmentation(FRAME)
    for group in dataset.PerFrameFunctionalGroupsSequence:
        del group.PlanePositionSequence
    scan = ct(tmp_path)
    with pytest.raises(OtherShape, match="11 x 12 x 1 voxels for a scan of 11 x 12 x 4"):
        drawn(write_drawing(tmp_path / "s.dcm", dataset), AnnotationKind.SEG, scan)


def test_a_patients_name_in_a_label_is_not_passed_on(tmp_path):
    reading = seg_of(tmp_path, FRAME, names=("tumour of Phantom",))
    assert reading.annotations[0].name == "segment 1"
