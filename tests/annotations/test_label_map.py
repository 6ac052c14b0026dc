import gzip

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from medmask.annotation import Fit
from medmask.annotations import read_annotation
from medmask.errors import BadValues, NoOverlap, OtherPatient, OtherShape, Truncated
from medmask.scan import AnnotationFile, AnnotationKind, Format, Scan
from tests.annotations.grids import grid_of

SHAPE = (4, 6, 5)
GRID = grid_of(SHAPE, spacing=(2.0, 1.0, 1.0), origin=(0, 0, 0))
SCAN = Scan("a", "a", "a.nii.gz", Format.NIFTI, ())
AFFINE = np.diag([-1.0, -1, 2, 1])


def labels():
    return np.random.default_rng(0).integers(0, 4, SHAPE)


def nifti(path, voxels, affine=AFFINE):
    nibabel.save(nibabel.Nifti1Image(voxels.T, affine), path)
    return path


def read(path, *tables, format=Format.NIFTI, grid=GRID):  # noqa: A002
    files = (path, *tables)
    file = AnnotationFile(path.name, AnnotationKind.LABEL_MAP, format, files, "seg")
    return read_annotation(file, SCAN, grid)


def test_every_label_is_an_annotation_of_its_own(tmp_path):
    reading = read(nifti(tmp_path / "a.nii.gz", labels().astype(np.int16)))
    assert [one.name for one in reading.annotations] == ["seg 1", "seg 2", "seg 3"]
    for value, one in enumerate(reading.annotations, 1):
        np.testing.assert_array_equal(one.mask(one.voxels), labels() == value)
    assert len({id(one.voxels) for one in reading.annotations}) == 1


def test_one_label_has_the_name_of_its_file(tmp_path):
    mask = (labels() > 2) * np.uint8(255)
    (annotation,) = read(nifti(tmp_path / "a.nii", mask)).annotations
    assert annotation.name == "seg"
    assert annotation.voxel_count == np.count_nonzero(mask)


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.float32, np.float64])
def test_whole_numbers_are_labels_in_any_type(tmp_path, kind):
    reading = read(nifti(tmp_path / "a.nii.gz", labels().astype(kind)))
    assert len(reading.annotations) == 3


def test_labels_beyond_a_byte_are_kept(tmp_path):
    voxels = np.where(labels() == 1, 2035, 0).astype(np.int32)
    (annotation,) = read(nifti(tmp_path / "a.nii.gz", voxels)).annotations
    assert annotation.value == 2035


def test_fractions_are_opacities(tmp_path):
    soft = np.random.default_rng(1).random(SHAPE).astype(np.float32)
    (annotation,) = read(nifti(tmp_path / "a.nii.gz", soft)).annotations
    assert annotation.value is None
    np.testing.assert_array_equal(annotation.voxels, np.rint(soft * np.float64(255)))


@pytest.mark.parametrize(
    ("values", "said"),
    [((-3, 5), "whole numbers from -3 to 5"), ((0, 70000), "whole numbers from 0 to 70000")],
)
def test_values_that_are_no_labels_are_refused(tmp_path, values, said):
    voxels = np.resize(np.array(values, np.int32), SHAPE)
    with pytest.raises(BadValues, match=said):
        read(nifti(tmp_path / "a.nii.gz", voxels))


def test_fractions_beyond_one_are_refused(tmp_path):
    with pytest.raises(BadValues, match=r"fractions from 0\.5 to 2"):
        read(nifti(tmp_path / "a.nii.gz", np.resize(np.array([0.5, 2.0], np.float32), SHAPE)))


def test_an_image_with_intensities_is_no_label_map(tmp_path):
    voxels = np.arange(9 * 9 * 9, dtype=np.int16).reshape(9, 9, 9)
    grid = grid_of((9, 9, 9), spacing=(2.0, 1.0, 1.0), origin=(0, 0, 0))
    with pytest.raises(BadValues, match="728 different values"):
        read(nifti(tmp_path / "a.nii.gz", voxels), grid=grid)


def test_bids_tables_name_and_colour_labels(tmp_path):
    table = tmp_path / "a.tsv"
    table.write_text("index\tname\tcolor\n1\tliver\t#ff0000\n3\tspleen\t\n")
    reading = read(nifti(tmp_path / "a.nii.gz", labels().astype(np.uint8)), table)
    said = [(one.name, one.colour) for one in reading.annotations]
    assert said == [("liver", "#ff0000"), ("seg 2", None), ("spleen", None)]


def test_itk_snap_descriptions_name_and_colour_labels(tmp_path):
    table = tmp_path / "a.label"
    table.write_text(
        '# ITK-SnAP\n    0  0 0 0  0 0 0  "Clear"\n    2  0 255 16  1 1 1  "My bone"\n'
    )
    reading = read(nifti(tmp_path / "a.nii.gz", labels().astype(np.uint8)), table)
    assert [(one.name, one.colour) for one in reading.annotations][1] == ("My bone", "#00ff10")


def seg_nrrd(path, voxels, extra=""):
    """A segmentation as 3D Slicer writes it: overlapping layers along a list axis."""
    layered = voxels.ndim == 4
    sizes = " ".join(map(str, voxels.shape[::-1]))
    lists = ("none ", "list ", 4) if layered else ("", "", 3)
    header = (
        f"NRRD0004\ntype: uchar\ndimension: {lists[2]}\nspace: left-posterior-superior\n"
        f"sizes: {sizes}\nspace directions: {lists[0]}(1,0,0) (0,1,0) (0,0,2)\n"
        f"kinds: {lists[1]}domain domain domain\nencoding: gzip\nspace origin: (0,0,0)\n"
        f"Segment0_ID:=S1\nSegment0_Name:=lung\nSegment0_Color:=1 0.5 0\n"
        f"Segment0_LabelValue:=1\nSegment0_Layer:=0\n{extra}\n"
    )
    path.write_bytes(header.encode() + gzip.compress(np.ascontiguousarray(voxels).tobytes()))
    return path


def test_3d_slicers_segments_have_their_names_and_colours(tmp_path):
    voxels = (labels() == 1).astype(np.uint8)
    reading = read(seg_nrrd(tmp_path / "a.seg.nrrd", voxels), format=Format.NRRD)
    (annotation,) = reading.annotations
    assert (annotation.name, annotation.colour) == ("lung", "#ff8000")
    np.testing.assert_array_equal(annotation.mask(annotation.voxels), voxels == 1)


def test_3d_slicers_layers_may_overlap(tmp_path):
    one, two = (labels() == 1), (labels() > 0)
    layers = np.stack([one, two], axis=-1).astype(np.uint8)
    second = "Segment1_ID:=S2\nSegment1_Name:=body\nSegment1_LabelValue:=1\nSegment1_Layer:=1\n"
    reading = read(seg_nrrd(tmp_path / "a.seg.nrrd", layers, second), format=Format.NRRD)
    found = {one.name: one.mask(one.voxels) for one in reading.annotations}
    np.testing.assert_array_equal(found["lung"], one)
    np.testing.assert_array_equal(found["body"], two)


def test_metaimages_are_read(tmp_path):
    image = sitk.GetImageFromArray(labels().astype(np.uint8))
    image.SetSpacing((1.0, 1.0, 2.0))
    sitk.WriteImage(image, str(tmp_path / "a.mha"))
    assert len(read(tmp_path / "a.mha", format=Format.META).annotations) == 3


def test_volumes_of_a_file_are_layers(tmp_path):
    both = np.stack([labels() == 1, labels() == 2]).astype(np.uint8)
    nibabel.save(nibabel.Nifti1Image(both.T, AFFINE), tmp_path / "a.nii.gz")
    found = read(tmp_path / "a.nii.gz").annotations
    assert [one.name for one in found] == ["seg 1", "seg 2"]
    np.testing.assert_array_equal(found[1].mask(found[1].voxels), both[1] == 1)


def test_a_mask_of_another_patient_is_refused_where_it_lies_elsewhere(tmp_path):
    away = AFFINE.copy()
    away[:3, 3] = 300
    with pytest.raises(NoOverlap, match="nothing of it lies inside the scan"):
        read(nifti(tmp_path / "a.nii.gz", labels().astype(np.uint8), away))


def test_a_mask_without_geometry_that_lacks_a_slice_is_refused(tmp_path):
    image = nibabel.Nifti1Image(labels()[1:].T.astype(np.uint8), None)
    image.header.set_sform(None, 0)
    image.header.set_qform(None, 0)
    nibabel.save(image, tmp_path / "a.nii.gz")
    with pytest.raises(OtherShape, match="5 x 6 x 3 voxels for a scan of 5 x 6 x 4"):
        read(tmp_path / "a.nii.gz")


def test_a_cut_file_is_refused_as_a_cut_scan_is(tmp_path):
    path = nifti(tmp_path / "a.nii", labels().astype(np.int16))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Truncated):
        read(path)


def test_a_crop_lies_where_its_header_says(tmp_path):
    image = nibabel.Nifti1Image(labels().T.astype(np.uint8), AFFINE).slicer[1:4, 2:, 1:]
    nibabel.save(image, tmp_path / "a.nii.gz")
    (first, *_) = read(tmp_path / "a.nii.gz").annotations
    expected = np.zeros(SHAPE, bool)
    expected[1:, 2:, 1:4] = (labels() == 1)[1:, 2:, 1:4]
    np.testing.assert_array_equal(first.mask(first.voxels), expected)
    assert first.verdict.fit is Fit.IDENTICAL


def test_a_mask_of_another_subject_is_refused_by_its_bids_name(tmp_path):
    path = nifti(tmp_path / "sub-02_mask.nii.gz", labels().astype(np.uint8))
    scan = Scan("a", "a", "a", Format.NIFTI, (tmp_path / "sub-01_T1w.nii.gz",))
    file = AnnotationFile("a", AnnotationKind.LABEL_MAP, Format.NIFTI, (path,), "mask")
    with pytest.raises(OtherPatient, match="sub-02 for a scan of sub-01"):
        read_annotation(file, scan, GRID)
