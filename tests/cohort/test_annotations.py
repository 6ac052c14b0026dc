"""What is paired with what, by folders of small files."""

import json

import nibabel
import numpy as np
import pytest

from medmask.cohort import take_inventory
from medmask.readers import ReadOptions
from medmask.scan import AnnotationKind
from tests.annotations.dicom_drawings import structure_set, write_drawing
from tests.dicom_files import slice_dataset, uid, write_series, write_slice

SHAPE = (4, 6, 5)


def scan_file(path, labels=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    voxels = np.arange(120, dtype=np.int16).reshape(SHAPE).T * 7 - 300
    if labels:
        voxels = (voxels > 0).astype(np.uint8)
    image = nibabel.Nifti1Image(voxels, np.diag([-1.0, -1, 2, 1]))
    nibabel.save(image, path)
    return path


def found(root, **options):
    inventory = take_inventory((root,), reading=ReadOptions(**options))
    paired = {
        scan.source: [(file.source, file.name) for file in scan.annotations]
        for scan in inventory.scans
    }
    return paired, {row.source: row.code for row in inventory.refused}, inventory


def tree(root, *names):
    for name in names:
        is_mask = any(word in name for word in ("mask", "seg", "label", "roi"))
        scan_file(root / name, labels=is_mask)


@pytest.mark.parametrize(
    ("scan", "annotation", "name"),
    [
        ("a.nii.gz", "a_seg.nii.gz", "seg"),
        ("a.nii", "a_mask.nii.gz", "mask"),
        ("a.nii.gz", "a-label.nii", "label"),
        ("a.nii.gz", "a_mask_lungs.nii.gz", "lungs"),
        ("brain2_image.nii.gz", "brain2_label.nii.gz", "label"),
        ("imagesTr/case_0000.nii.gz", "labelsTr/case.nii.gz", "case"),
        ("images/x.nii.gz", "masks/x.nii.gz", "x"),
        ("p1/ct.nii.gz", "p1/segmentations/liver.nii.gz", "liver"),
        ("p1/scan.nii.gz", "p1/anything_roi.nii.gz", "anything_roi"),
        ("S1/CT.nii.gz", "S1/masks/CT.nii.gz", "CT"),
    ],
)
def test_names_tell_which_scan_an_annotation_is_for(tmp_path, scan, annotation, name):
    tree(tmp_path, scan, annotation, "elsewhere/other.nii.gz")
    paired, refused, _ = found(tmp_path)
    assert paired == {scan: [(annotation, name)], "elsewhere/other.nii.gz": []}
    assert refused == {}


def test_the_longest_name_of_a_scan_wins(tmp_path):
    tree(tmp_path, "ct.nii.gz", "ct_1.nii.gz", "ct_1_mask.nii.gz")
    assert found(tmp_path)[0] == {
        "ct.nii.gz": [],
        "ct_1.nii.gz": [("ct_1_mask.nii.gz", "mask")],
    }


def test_an_annotation_for_several_scans_is_a_row_that_names_them(tmp_path):
    tree(tmp_path, "b_t1.nii.gz", "b_t2.nii.gz", "b_seg.nii.gz")
    paired, refused, inventory = found(tmp_path)
    assert paired == {"b_t1.nii.gz": [], "b_t2.nii.gz": []}
    assert refused == {"b_seg.nii.gz": "several_scans"}
    assert "b_t1.nii.gz, b_t2.nii.gz" in inventory.refused[0].message


def test_an_annotation_without_a_scan_is_a_row(tmp_path):
    tree(tmp_path, "one/x_seg.nii.gz", "two/y.nii.gz")
    paired, refused, _ = found(tmp_path)
    assert paired == {"two/y.nii.gz": []}
    assert refused == {"one/x_seg.nii.gz": "scan_missing"}


def test_a_pattern_of_the_recipe_names_annotations(tmp_path):
    scan_file(tmp_path / "a.nii.gz")
    scan_file(tmp_path / "a_hand.nii.gz", labels=True)
    assert found(tmp_path)[0] == {"a.nii.gz": [], "a_hand.nii.gz": []}
    assert found(tmp_path, annotations=("{stem}_hand",))[0] == {
        "a.nii.gz": [("a_hand.nii.gz", "hand")]
    }


def test_bids_entities_pair_a_derivative_with_its_source(tmp_path):
    tree(
        tmp_path,
        "sub-01/anat/sub-01_T1w.nii.gz",
        "sub-02/anat/sub-02_T1w.nii.gz",
        "derivatives/x/sub-02/anat/sub-02_desc-brain_mask.nii.gz",
    )
    paired, refused, _ = found(tmp_path)
    mask = "derivatives/x/sub-02/anat/sub-02_desc-brain_mask.nii.gz"
    assert paired["sub-02/anat/sub-02_T1w.nii.gz"] == [(mask, "brain")]
    assert paired["sub-01/anat/sub-01_T1w.nii.gz"] == []
    assert refused == {}


def test_a_sidecar_that_names_its_source_decides(tmp_path):
    tree(
        tmp_path,
        "sub-01/anat/sub-01_T1w.nii.gz",
        "sub-01/anat/sub-01_FLAIR.nii.gz",
        "derivatives/x/sub-01/anat/sub-01_dseg.nii.gz",
    )
    mask = tmp_path / "derivatives/x/sub-01/anat/sub-01_dseg.nii.gz"
    assert found(tmp_path)[1] == {mask.relative_to(tmp_path).as_posix(): "several_scans"}
    sources = {"Sources": ["bids::sub-01/anat/sub-01_FLAIR.nii.gz"]}
    (mask.parent / "sub-01_dseg.json").write_text(json.dumps(sources))
    paired, refused, _ = found(tmp_path)
    assert len(paired["sub-01/anat/sub-01_FLAIR.nii.gz"]) == 1
    assert refused == {}


def test_a_table_of_names_is_used_by_its_annotation_and_not_counted(tmp_path):
    tree(tmp_path, "a.nii.gz", "a_dseg.nii.gz")
    (tmp_path / "a_dseg.tsv").write_text("index\tname\n1\tliver\n")
    (tmp_path / "notes.txt").write_text("a note\n")
    inventory = found(tmp_path)[2]
    (annotation,) = inventory.scans[0].annotations
    assert [path.name for path in annotation.files] == ["a_dseg.nii.gz", "a_dseg.tsv"]
    assert dict(inventory.not_used) == {"text beside the scans": 1}


SERIES = np.full((3, 8, 9), 1064, np.int16)


def test_a_structure_set_goes_to_the_images_it_refers_to(tmp_path):
    write_series(tmp_path / "ct", SERIES)
    write_series(tmp_path / "other", SERIES, series="other")
    write_drawing(tmp_path / "rs.dcm", structure_set(instances=[uid("series/1")]))
    paired, refused, inventory = found(tmp_path)
    assert paired == {"ct": [("rs.dcm", "rs")], "other": []}
    assert inventory.scans[0].annotations[0].kind is AnnotationKind.RTSTRUCT
    assert refused == {}


def test_a_structure_set_whose_images_are_missing_is_a_row(tmp_path):
    write_series(tmp_path / "ct", SERIES)
    write_drawing(tmp_path / "rs.dcm", structure_set(instances=[uid("gone/1")]))
    paired, refused, inventory = found(tmp_path)
    assert paired == {"ct": []}
    assert refused == {"rs.dcm": "scan_missing"}
    assert "images it was drawn on are not among the scans" in inventory.refused[0].message


def test_without_references_the_frame_of_reference_decides(tmp_path):
    write_series(tmp_path / "ct", SERIES)
    write_series(tmp_path / "x", SERIES, series="x", FrameOfReferenceUID=uid("elsewhere"))
    write_drawing(tmp_path / "rs.dcm", structure_set())
    assert found(tmp_path)[0] == {"ct": [("rs.dcm", "rs")], "x": []}


def test_of_one_frame_of_reference_the_slices_decide(tmp_path):
    write_series(tmp_path / "ct", SERIES)
    write_series(tmp_path / "mr", SERIES, series="mr", origin=(-10.0, -20.0, 31.1))
    write_drawing(tmp_path / "rs.dcm", structure_set(z=32.5))
    assert found(tmp_path)[0] == {"ct": [("rs.dcm", "rs")], "mr": []}


def test_of_two_copies_of_a_series_the_nearer_one_is_meant(tmp_path):
    write_series(tmp_path / "a/ct", SERIES)
    write_series(tmp_path / "b/ct", SERIES)
    write_drawing(tmp_path / "b/rs.dcm", structure_set(instances=[uid("series/1")]))
    assert found(tmp_path)[0] == {"a/ct": [], "b/ct": [("b/rs.dcm", "rs")]}


def test_a_structure_set_that_refers_to_nothing_is_a_row(tmp_path):
    write_series(tmp_path / "ct", SERIES)
    write_drawing(tmp_path / "rs.dcm", structure_set(frame="nowhere"))
    assert found(tmp_path)[1] == {"rs.dcm": "scan_missing"}


def test_images_that_carry_overlay_planes_are_annotated_by_themselves(tmp_path):
    dataset = slice_dataset(SERIES[0])
    dataset.add_new(0x60000010, "US", 8)
    dataset.add_new(0x60000011, "US", 9)
    write_slice(tmp_path / "one.dcm", dataset)
    (scan,) = found(tmp_path)[2].scans
    assert [file.kind for file in scan.annotations] == [AnnotationKind.OVERLAY_PLANE]
