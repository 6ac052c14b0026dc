import numpy as np
import pytest
import SimpleITK as sitk
from pydicom.dataset import Dataset
from pydicom.uid import (
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    NuclearMedicineImageStorage,
    UltrasoundMultiFrameImageStorage,
    VLWholeSlideMicroscopyImageStorage,
    XRayAngiographicImageStorage,
)

from medmask.errors import BadHeader, ColourImage, MultiFrame, TimeSeries, Truncated
from medmask.readers.dicom import group, moments_in, read_header, read_series
from medmask.readers.options import ReadOptions
from tests.dicom_files import AXIAL, slice_dataset, write_slice

FRAMES = np.arange(4 * 5 * 6, dtype=np.uint16).reshape(4, 5, 6)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
PLACE = {"ImagePositionPatient": ["-10", "-20", "30"], "ImageOrientationPatient": list(AXIAL)}
NOWHERE = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "SliceThickness": None}


def written(tmp_path, sop_class, modality, frames=FRAMES, **tags):
    fields = {
        "NumberOfFrames": str(len(frames)),
        "PixelData": frames.tobytes(),
        **NOWHERE,
        "slope": None,
        "intercept": None,
        "Modality": modality,
        "SOPClassUID": sop_class,
    }
    return write_slice(tmp_path / "frames.dcm", slice_dataset(frames[0], **{**fields, **tags}))


def capture(tmp_path, frames=FRAMES, **tags):
    sop_class = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    return written(tmp_path, sop_class, tags.pop("modality", "OT"), frames, **tags)


def film(tmp_path, **tags):
    return written(tmp_path, XRayAngiographicImageStorage, "XA", **tags)


def nuclear(tmp_path, *, spacing="4", vector=(1, 2, 3, 4), kind="RECON TOMO", **tags):
    detector = Dataset()
    detector.ImagePositionPatient, detector.ImageOrientationPatient = (
        ["-10", "-20", "30"],
        list(AXIAL),
    )
    return written(
        tmp_path,
        NuclearMedicineImageStorage,
        "NM",
        **{
            "ImageType": ["ORIGINAL", "PRIMARY", kind, "EMISSION"],
            "FrameIncrementPointer": 0x00540080,
            "SliceVector": list(vector),
            "SpacingBetweenSlices": spacing,
            "DetectorInformationSequence": [detector],
            **tags,
        },
    )


def volume_of(path, **options):
    (series,) = group([read_header(path)])
    return read_series(series.files, ReadOptions(**options), series.stack)


def codes(volume):
    return [warning.code for warning in volume.warnings]


def heights(volume):
    return [round(float(volume.grid.world((k, 0, 0))[2]), 6) for k in range(4)]


def test_captured_frames_are_slices_of_unknown_distance(tmp_path):
    volume = volume_of(capture(tmp_path))
    np.testing.assert_array_equal(volume.voxels, FRAMES)
    assert volume.grid.spacing_mm == (None, 0.8, 0.7)
    assert not volume.grid.oriented
    assert codes(volume) == ["frames_as_slices"]
    assert "4 frames without positions" in volume.warnings[0].message


def test_captured_bytes_are_read_too(tmp_path):
    frames = FRAMES[:, :, :5].astype(np.uint8)  # an odd number of bytes a frame
    sop_class = MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    volume = volume_of(written(tmp_path, sop_class, "OT", frames))
    np.testing.assert_array_equal(volume.voxels, frames)


def test_a_capture_of_a_ct_has_no_hounsfield_units(tmp_path):
    volume = volume_of(capture(tmp_path, modality="CT"))
    assert codes(volume) == ["frames_as_slices", "not_hounsfield"]


def test_a_distance_without_a_place_is_kept(tmp_path):
    volume = volume_of(capture(tmp_path, SpacingBetweenSlices="2.5", PixelSpacing=None))
    assert volume.grid.spacing_mm == (2.5, None, None)
    assert not volume.grid.oriented


def test_a_first_place_and_a_distance_place_all_frames(tmp_path):
    volume = volume_of(capture(tmp_path, **PLACE, SpacingBetweenSlices="2.5"))
    assert heights(volume) == [30, 32.5, 35, 37.5]
    assert (volume.grid.spacing_mm, codes(volume)) == ((2.5, 0.8, 0.7), [])


def test_a_first_place_alone_places_no_other(tmp_path):
    volume = volume_of(capture(tmp_path, **PLACE))
    assert volume.grid.spacing_known[0] is False
    assert not volume.grid.oriented


@pytest.mark.parametrize(
    ("orientation", "offsets", "expected"),
    [
        (AXIAL, [0, 3, 6, 9], [30, 33, 36, 39]),
        (AXIAL, [0, -3, -6, -9], [21, 24, 27, 30]),
        (AXIAL, [30, 33, 36, 39], [30, 33, 36, 39]),
        ((-1, 0, 0, 0, 1, 0), [30, 33, 36, 39], [39, 36, 33, 30]),  # its normal points down
    ],
)
def test_offsets_of_frames_are_from_the_first_or_heights(tmp_path, orientation, offsets, expected):
    place = {**PLACE, "ImageOrientationPatient": list(orientation)}
    increments = {"FrameIncrementPointer": 0x3004000C, "GridFrameOffsetVector": offsets}
    volume = volume_of(capture(tmp_path, **place, **increments))
    assert heights(volume) == expected
    flip = 1 if heights(volume)[0] == 30 else -1
    np.testing.assert_array_equal(volume.voxels, FRAMES[::flip])


def test_offsets_of_other_frames_are_a_bad_header(tmp_path):
    path = capture(tmp_path, **PLACE, GridFrameOffsetVector=[0, 3, 6])
    with pytest.raises(BadHeader, match="a Grid Frame Offset Vector of 3 values for 4 frames"):
        volume_of(path)


def test_nuclear_slices_lie_where_simpleitk_puts_them(tmp_path):
    path = nuclear(tmp_path)
    volume, image = volume_of(path), sitk.ReadImage(path)
    np.testing.assert_array_equal(volume.voxels, sitk.GetArrayFromImage(image))
    assert heights(volume) == [30, 34, 38, 42]
    for k in range(4):
        there = image.TransformIndexToPhysicalPoint((5, 4, k))
        np.testing.assert_allclose(volume.grid.world((k, 4, 5)), there, atol=1e-6)


def test_nuclear_slices_go_down_where_their_spacing_is_negative(tmp_path):
    volume = volume_of(nuclear(tmp_path, spacing="-4"))
    assert heights(volume) == [18, 22, 26, 30]
    np.testing.assert_array_equal(volume.voxels, FRAMES[::-1])


def test_nuclear_slices_in_another_order_lie_by_their_numbers(tmp_path):
    volume = volume_of(nuclear(tmp_path, vector=(1, 3, 2, 4)))
    np.testing.assert_array_equal(volume.voxels, FRAMES[[0, 2, 1, 3]])


@pytest.mark.parametrize(
    ("kind", "tags"),
    [
        ("STATIC", {}),
        ("TOMO", {}),
        ("RECON GATED TOMO", {}),
        ("DYNAMIC", {"NumberOfDetectors": 2}),
        ("WHOLE BODY", {"NumberOfEnergyWindows": 2}),
    ],
)
def test_nuclear_views_gates_and_projections_are_no_volume(tmp_path, kind, tags):
    with pytest.raises(MultiFrame, match="4 frames in one instance that do not say where they lie"):
        volume_of(nuclear(tmp_path, kind=kind, **tags))


@pytest.mark.parametrize(
    ("sop_class", "modality", "tags"),
    [
        (XRayAngiographicImageStorage, "XA", {}),
        (UltrasoundMultiFrameImageStorage, "US", {"FrameIncrementPointer": 0x00181063}),
        (MultiFrameGrayscaleWordSecondaryCaptureImageStorage, "OT", {**PLACE,
         "FrameIncrementPointer": 0x00181065, "SpacingBetweenSlices": "2"}),
        (NuclearMedicineImageStorage, "NM", {"ImageType": ["ORIGINAL", "PRIMARY", "DYNAMIC"]}),
    ],
)  # fmt: skip
def test_frames_over_time_are_no_volume(tmp_path, sop_class, modality, tags):
    path = written(tmp_path, sop_class, modality, **tags)
    with pytest.raises(TimeSeries, match="4 frames over time") as caught:
        volume_of(path)
    assert str(caught.value).endswith("or `time_series: first`, `mean` or `each`")


def test_the_first_of_frames_over_time_is_a_picture(tmp_path):
    volume = volume_of(film(tmp_path), time_series="first")
    np.testing.assert_array_equal(volume.voxels, FRAMES[:1])
    assert (volume.grid.spacing_mm, codes(volume)) == ((None, 0.8, 0.7), ["first_of_series"])


def test_the_mean_of_frames_over_time_leaves_padding_out(tmp_path):
    frames = FRAMES.copy()
    frames[:, 0, 0], frames[1, 0, 1] = 999, 999
    path = written(
        tmp_path, XRayAngiographicImageStorage, "XA", frames, PixelPaddingValue=999, slope=2.0,
        intercept=5.0,
    )  # fmt: skip
    volume = volume_of(path, time_series="mean")
    assert (volume.voxels.shape, volume.voxels.dtype) == ((1, 5, 6), np.float32)
    assert codes(volume)[0] == "mean_of_series"
    expected = FRAMES.mean(axis=0)
    expected[0, 1] = FRAMES[[0, 2, 3], 0, 1].mean()
    expected[0, 0] = np.nan
    np.testing.assert_allclose(volume.voxels[0], expected, rtol=1e-6)
    assert volume.rescale.native_of(1) == 7


def test_each_of_frames_over_time_can_be_a_scan(tmp_path):
    path = film(tmp_path)
    assert moments_in(path) == ["frame-1", "frame-2", "frame-3", "frame-4"]
    volume = read_series([path], ReadOptions(time_series="each"), "frame-3")
    np.testing.assert_array_equal(volume.voxels[0], FRAMES[2])
    assert "this is frame 3 of 4 in the file" in volume.warnings[0].message


def test_slices_are_no_moments(tmp_path):
    assert moments_in(capture(tmp_path)) == []


def test_tiles_of_a_slide_are_refused(tmp_path):
    path = written(tmp_path, VLWholeSlideMicroscopyImageStorage, "SM")
    with pytest.raises(MultiFrame, match="do not say where they lie"):
        volume_of(path)


def test_colour_over_time_is_colour(tmp_path):
    pixels = np.zeros((2, 5, 6, 3), np.uint8)
    path = film(
        tmp_path, NumberOfFrames="2", SamplesPerPixel=3, PhotometricInterpretation="RGB",
        PlanarConfiguration=0, BitsAllocated=8, BitsStored=8, HighBit=7, PixelData=pixels.tobytes(),
    )  # fmt: skip
    with pytest.raises(ColourImage, match="3 samples a pixel"):
        volume_of(path)


def test_more_frames_than_bytes_are_not_even_listed(tmp_path):
    with pytest.raises(Truncated, match="2147483647 frames in 240 bytes of pixel data"):
        volume_of(film(tmp_path, NumberOfFrames="2147483647"))
