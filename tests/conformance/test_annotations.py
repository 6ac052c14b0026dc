"""Real annotations, held against the masks that their authors gave."""

from pathlib import Path

import nibabel
import numpy as np
import pydicom.data
import pytest
import SimpleITK as sitk
from pydicom import dcmread

from medmask.annotation import Fit
from medmask.annotations import read_annotation
from medmask.errors import OtherFrameOfReference, OtherPatient
from medmask.readers import ReadOptions
from medmask.readers.dicom import plan_series
from medmask.scan import AnnotationFile, AnnotationKind, Format, Scan

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")
CT3 = DATA / "seg-dcmqi-ct3"
ODD = DATA / "seg-dcmqi-odd-width"
SMALL = DATA / "seg-highdicom-small"
STS = DATA / "rtstruct-sts/STS_002"


def annotated(files, annotation, kind):
    scan = Scan("a", "a", "a", Format.DICOM, tuple(files))
    grid = plan_series(scan.files, ReadOptions()).stack.grid
    file = AnnotationFile(annotation.name, kind, Format.DICOM, (annotation,))
    return read_annotation(file, scan, grid).annotations


def segments_of(folder, seg):
    return annotated(sorted(folder.glob("*.dcm")), seg, AnnotationKind.SEG)


def reference(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def mask_of(annotation):
    return annotation.mask(annotation.voxels)


@pytest.mark.parametrize("part", ["CT", "MR_T1"])
def test_a_structure_set_gives_the_mask_of_its_authors_without_a_voxel_off(part):
    files = sorted((STS / part / "dicom/image").glob("*.dcm"))
    structures = STS / part / "dicom/mask/RS.dcm"
    (roi,) = annotated(files, structures, AnnotationKind.RTSTRUCT)
    image = nibabel.load(STS / part / "nifti" / f"{part}_mask.nii.gz")
    np.testing.assert_array_equal(mask_of(roi), np.asarray(image.dataobj).T > 0)
    assert (roi.name, roi.colour) == (f"GTV_Mass_{part}", "#ff0000")
    assert roi.verdict.fit is Fit.IDENTICAL


def test_a_segmentation_gives_the_label_map_that_it_was_made_of():
    (liver,) = segments_of(CT3 / "ct-3slice", CT3 / "liver.dcm")
    np.testing.assert_array_equal(mask_of(liver), reference(CT3 / "liver_seg.nrrd") > 0)
    assert liver.voxel_count == 107_098
    assert liver.name == "Liver"


def test_overlapping_segments_stay_apart():
    segments = segments_of(CT3 / "ct-3slice", CT3 / "partial_overlaps.dcm")
    maps = [reference(CT3 / f"partial_overlaps-{number}.nrrd") for number in (1, 2, 3)]
    expected = {int(v): one == v for one in maps for v in np.unique(one) if v}
    assert [one.name for one in segments] == [
        *("GREEN", "ORANGE", "PURPLE", "LIGHT_BLUE", "DARK_BLUE")
    ]
    for number, segment in enumerate(segments, 1):
        np.testing.assert_array_equal(mask_of(segment), expected[number])


def test_frames_of_an_odd_size_do_not_start_on_bytes():
    (label,) = segments_of(ODD / "image", ODD / "seg/label.seg")
    np.testing.assert_array_equal(mask_of(label), reference(ODD / "nrrd/label.nrrd") > 0)
    assert label.voxel_count == 315


@pytest.mark.parametrize("padding", ["ppv5", "noppv"])
def test_a_label_map_segmentation_leaves_padding_and_background_out(padding):
    (liver,) = segments_of(ODD / "image", CT3 / f"sparse-labelmap-{padding}.dcm")
    truth = reference(CT3 / f"sparse_labelmap_{padding}_seg.nrrd") == 1
    np.testing.assert_array_equal(mask_of(liver), truth)


def small_series():
    """The three evenly spaced slices that highdicom's examples were drawn on."""
    folder = Path(pydicom.data.__file__).parent / "test_files/dicomdirtests/77654033/CT2"
    files = {float(dcmread(f).ImagePositionPatient[2]): f for f in folder.iterdir()}
    return [file for place, file in sorted(files.items()) if place > 0]


def frames_by_place(path):
    """Stored frames by segment and place, as pydicom decodes them."""
    dataset = dcmread(path)
    frames = {}
    each = dataset.PerFrameFunctionalGroupsSequence
    for group, frame in zip(each, dataset.pixel_array, strict=True):
        place = float(group.PlanePositionSequence[0].ImagePositionPatient[2])
        segment = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        frames[segment, round(place, 2)] = frame
    return frames


@pytest.mark.parametrize(
    "name", ["binary", "binary_overlap", "binary_fractional", "true_fractional"]
)
def test_the_examples_of_highdicom_lie_where_their_frames_say(name):
    files, path = small_series(), SMALL / f"seg_image_ct_{name}.dcm"
    annotations = annotated(files, path, AnnotationKind.SEG)
    frames = frames_by_place(path)
    places = [round(float(dcmread(f).ImagePositionPatient[2]), 2) for f in files]
    for number, annotation in enumerate(annotations, 1):
        for k, place in enumerate(places):
            drawn = annotation.voxels[k]
            if annotation.value is not None:
                drawn = annotation.mask(drawn)
            np.testing.assert_array_equal(drawn, frames.get((number, place), np.zeros((16, 16))))


@pytest.mark.parametrize(
    ("name", "bits"), [("MR-SIEMENS-DICOM-WithOverlays.dcm", 323), ("I10", 2361)]
)
def test_an_overlay_plane_has_the_bits_that_others_count(name, bits):
    path = DATA / "overlay-60xx" / name
    (plane,) = annotated([path], path, AnnotationKind.OVERLAY_PLANE)
    assert plane.voxel_count == bits
    np.testing.assert_array_equal(mask_of(plane)[0], dcmread(path).overlay_array(0x6000) == 1)


def test_a_segmentation_of_another_frame_of_reference_is_refused():
    with pytest.raises((OtherFrameOfReference, OtherPatient)):
        segments_of(CT3 / "ct-3slice", ODD / "seg/label.seg")


def test_contours_of_the_ct_fit_the_mr_of_the_same_frame_of_reference():
    files = sorted((STS / "MR_T1/dicom/image").glob("*.dcm"))
    (roi,) = annotated(files, STS / "CT/dicom/mask/RS.dcm", AnnotationKind.RTSTRUCT)
    assert roi.voxel_count == 17_090
