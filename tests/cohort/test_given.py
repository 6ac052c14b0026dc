"""Annotations from a mirrored folder and from a table."""

import pytest

from medmask.cohort import Given, take_inventory
from medmask.errors import MissingInput, RequestError
from medmask.scan import AnnotationKind
from tests.annotations.dicom_drawings import structure_set, write_drawing
from tests.cohort.test_annotations import SERIES, scan_file
from tests.dicom_files import uid, write_series


def found(root, given):
    inventory = take_inventory((root,), given=Given.of(given))
    paired = {
        scan.source: [(file.source, file.name) for file in scan.annotations]
        for scan in inventory.scans
    }
    return paired, {row.source: row.code for row in inventory.refused}


def table(path, *rows):
    path.write_text("\n".join(["scan,annotation,name", *rows]), "utf-8")
    return path


def test_a_mirrored_folder_gives_each_scan_the_file_at_its_place(tmp_path):
    for name in ("a/x.nii.gz", "b/x.nii.gz", "b/y.nii.gz"):
        scan_file(tmp_path / "in" / name)
    for name in ("a/x.nii.gz", "b/x_seg.nii.gz", "b/y/liver.nii.gz", "c/z.nii.gz"):
        scan_file(tmp_path / "drawn" / name, labels=True)
    paired, refused = found(tmp_path / "in", tmp_path / "drawn")
    assert paired == {
        "a/x.nii.gz": [("drawn/a/x.nii.gz", "x")],
        "b/x.nii.gz": [("drawn/b/x_seg.nii.gz", "seg")],
        "b/y.nii.gz": [("drawn/b/y/liver.nii.gz", "liver")],
    }
    assert refused == {"drawn/c/z.nii.gz": "scan_missing"}


def test_a_mirrored_folder_below_the_input_holds_no_scans(tmp_path):
    scan_file(tmp_path / "in/scans/x.nii.gz")
    scan_file(tmp_path / "in/drawn/scans/x.nii.gz")
    paired, refused = found(tmp_path / "in", tmp_path / "in/drawn")
    assert paired == {"scans/x.nii.gz": [("drawn/scans/x.nii.gz", "x")]}
    assert refused == {}


def test_a_series_has_its_annotation_under_the_name_of_its_folder(tmp_path):
    write_series(tmp_path / "in/p1/ct", SERIES)
    scan_file(tmp_path / "drawn/p1/ct.nii.gz", labels=True)
    paired, _ = found(tmp_path / "in", tmp_path / "drawn")
    assert paired == {"p1/ct": [("drawn/p1/ct.nii.gz", "ct")]}


def test_a_structure_set_in_a_mirrored_folder_goes_by_its_references(tmp_path):
    write_series(tmp_path / "in/ct", SERIES)
    write_drawing(tmp_path / "drawn/any.dcm", structure_set(instances=[uid("series/0")]))
    inventory = take_inventory((tmp_path / "in",), given=Given.of(tmp_path / "drawn"))
    (annotation,) = inventory.scans[0].annotations
    assert annotation.kind is AnnotationKind.RTSTRUCT


def test_a_table_pairs_by_source_and_names_annotations(tmp_path):
    scan_file(tmp_path / "in/x.nii.gz")
    scan_file(tmp_path / "in/y.nii.gz")
    scan_file(tmp_path / "drawn/1.nii.gz", labels=True)
    pairs = table(
        tmp_path / "pairs.csv", "x.nii.gz,drawn/1.nii.gz,tumour", "y.nii.gz,drawn/1.nii.gz,"
    )
    assert found(tmp_path / "in", pairs)[0] == {
        "x.nii.gz": [("1.nii.gz", "tumour")],
        "y.nii.gz": [("1.nii.gz", "1")],
    }


def test_a_table_outdoes_names_and_references(tmp_path):
    scan_file(tmp_path / "x.nii.gz")
    scan_file(tmp_path / "y.nii.gz")
    scan_file(tmp_path / "x_seg.nii.gz", labels=True)
    pairs = table(tmp_path / "pairs.csv", "y.nii.gz,x_seg.nii.gz,")
    assert found(tmp_path, pairs) == (
        {"x.nii.gz": [], "y.nii.gz": [("x_seg.nii.gz", "x_seg")]},
        {},
    )


def test_what_a_table_says_is_no_scan_is_none(tmp_path):
    scan_file(tmp_path / "x.nii.gz")
    scan_file(tmp_path / "other.nii.gz")
    pairs = table(tmp_path / "pairs.csv", "x.nii.gz,other.nii.gz,lesion")
    assert found(tmp_path, pairs)[0] == {"x.nii.gz": [("other.nii.gz", "lesion")]}


def test_rows_that_name_nothing_are_rows_of_the_account(tmp_path):
    scan_file(tmp_path / "x.nii.gz")
    scan_file(tmp_path / "1.nii.gz", labels=True)
    pairs = table(tmp_path / "pairs.csv", "x.nii.gz,gone.nii.gz,", "gone,1.nii.gz,")
    inventory = take_inventory((tmp_path,), given=Given.of(pairs))
    said = {row.source: (row.status, row.code, row.message) for row in inventory.refused}
    assert said["gone.nii.gz"][:2] == ("failed", "not_regular_file")
    assert "line 2 names 'gone.nii.gz'" in said["gone.nii.gz"][2]
    assert said["1.nii.gz"][:2] == ("skipped", "scan_missing")
    assert "line 3 names the scan 'gone'" in said["1.nii.gz"][2]


def test_a_table_without_its_columns_is_a_wrong_request(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("image,mask\n")
    with pytest.raises(RequestError, match="its columns are image, mask; scan and annotation"):
        Given.of(path)


def test_a_row_that_names_half_a_pair_is_a_wrong_request(tmp_path):
    with pytest.raises(RequestError, match="line 2: no annotation is named"):
        Given.of(table(tmp_path / "pairs.csv", "x.nii.gz,,"))


def test_annotations_that_are_not_there_are_a_wrong_request(tmp_path):
    with pytest.raises(MissingInput, match="neither a folder nor a table"):
        Given.of(tmp_path / "nothing")
