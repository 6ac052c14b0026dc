"""What the rows of a manifest hold, by small files."""

import pytest
from PIL import Image

from medmask.cohort import Inventory, Manifest, take_inventory, take_listed
from medmask.errors import ManifestError
from medmask.readers import ReadOptions
from medmask.recipe import RecipeChoice
from medmask.scan import AnnotationKind
from tests.annotations.dicom_drawings import structure_set, write_drawing
from tests.cohort.test_annotations import scan_file
from tests.dicom_files import uid, write_series
from tests.phantoms import ct_boxes

AUTO = RecipeChoice.of("auto")
NOTHING = Inventory((), (), ())
SERIES = ct_boxes((5, 6, 7))


def manifest(root, *lines):
    (root / "m.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return Manifest.of(root / "m.csv", AUTO)


def listed(root, *lines, found_too=NOTHING):
    return take_listed(manifest(root, *lines), found_too)


def drawn(inventory):
    return {
        scan.source: [(file.source, file.name) for file in scan.annotations]
        for scan in inventory.scans
    }


def faults(root, *lines, found_too=NOTHING):
    with pytest.raises(ManifestError) as caught:
        listed(root, *lines, found_too=found_too)
    return str(caught.value).splitlines()


def test_a_file_and_a_folder_of_any_format_are_scans_under_their_ids(tmp_path):
    scan_file(tmp_path / "a/x.nii.gz")
    write_series(tmp_path / "b/ct", SERIES)
    scan_file(tmp_path / "a/not-listed.nii.gz")
    found = listed(tmp_path, "path,id", "b,p2", "a/x.nii.gz,p1")
    assert [(scan.scan_id, scan.source, scan.line) for scan in found.scans] == [
        ("p1", "a/x.nii.gz", 3),
        ("p2", "b/ct", 2),
    ]
    nifti, dicom = found.scans
    assert nifti.study_id == "p1"
    assert dicom.study_id.startswith("study-"), "which other scans may share"


def test_a_row_without_an_id_is_called_as_if_the_manifests_folder_were_the_input(tmp_path):
    scan_file(tmp_path / "a/x.nii.gz")
    write_series(tmp_path / "b/ct", SERIES)
    below = take_inventory((tmp_path,))
    found = listed(tmp_path, "path", "a/x.nii.gz", "b")
    assert [scan.scan_id for scan in found.scans] == [scan.scan_id for scan in below.scans]


def test_the_order_of_rows_changes_nothing_but_their_numbers(tmp_path):
    rows = [f"s{k}.nii.gz,s{k}_x.nii.gz" for k in range(4)]
    for k in range(4):
        scan_file(tmp_path / f"s{k}.nii.gz")
        scan_file(tmp_path / f"s{k}_x.nii.gz", labels=True)
    there = listed(tmp_path, "path,annotation", *rows)
    back = listed(tmp_path, "path,annotation", *reversed(rows))
    assert drawn(there) == drawn(back)
    assert [scan.line for scan in there.scans] == [2, 3, 4, 5]
    assert [scan.line for scan in back.scans] == [5, 4, 3, 2]


def test_what_a_folder_holds_is_paired_as_below_an_input_and_what_is_stated_is_added(tmp_path):
    for name in ("p/x.nii.gz", "p/x_mask_lungs.nii.gz", "drawn/liver.nii.gz"):
        scan_file(tmp_path / name, labels="x.nii" not in name)
    found = listed(tmp_path, "path,annotation", "p,drawn/liver.nii.gz")
    assert drawn(found) == {
        "p/x.nii.gz": [("drawn/liver.nii.gz", "liver"), ("p/x_mask_lungs.nii.gz", "lungs")]
    }
    assert found.scans[0].annotations[0].paired_by == "the request"


def test_what_is_stated_within_the_folder_is_no_scan_whatever_its_name(tmp_path):
    for name in ("p/x.nii.gz", "p/other.nii.gz"):
        scan_file(tmp_path / name, labels="other" in name)
    found = listed(tmp_path, "path,id,annotation", "p,p1,p/other.nii.gz")
    assert drawn(found) == {"p/x.nii.gz": [("p/other.nii.gz", "other")]}


def test_one_file_may_be_drawn_on_several_scans(tmp_path):
    for name in ("x.nii.gz", "y.nii.gz", "both.nii.gz"):
        scan_file(tmp_path / name, labels="both" in name)
    found = listed(tmp_path, "path,annotation", "x.nii.gz,both.nii.gz", "y.nii.gz,both.nii.gz")
    assert {name for names in drawn(found).values() for name, _ in names} == {"both.nii.gz"}


def test_among_several_series_a_structure_set_goes_by_its_images(tmp_path):
    write_series(tmp_path / "p/one", SERIES)
    write_series(tmp_path / "p/two", SERIES, series="other")
    write_drawing(tmp_path / "rt.dcm", structure_set(instances=[uid("series/0")]))
    found = listed(tmp_path, "path,annotation", "p,rt.dcm")
    (annotated,) = (scan for scan in found.scans if scan.annotations)
    assert annotated.source == "p/one"
    assert annotated.annotations[0].kind is AnnotationKind.RTSTRUCT


def test_among_several_scans_other_drawings_are_refused(tmp_path):
    for name in ("p/x.nii.gz", "p/y.nii.gz", "z.nii.gz"):
        scan_file(tmp_path / name, labels="z" in name)
    assert faults(tmp_path, "path,annotation", "p,z.nii.gz") == [
        (
            "m.csv:2: annotation: z.nii.gz: p holds 2 scans, in p/x.nii.gz, p/y.nii.gz; accepted: "
            "a path that holds one scan, or a drawing that names its images"
        )
    ]


def test_an_annotation_that_cannot_be_read_is_a_row_and_costs_no_scan(tmp_path):
    scan_file(tmp_path / "x.nii.gz")
    (tmp_path / "notes.txt").write_text("words")
    found = listed(tmp_path, "path,annotation", "x.nii.gz,notes.txt")
    assert drawn(found) == {"x.nii.gz": []}
    assert [(row.source, row.code) for row in found.refused] == [
        ("notes.txt", "unsupported_format")
    ]


def test_rows_that_are_not_so_are_told_together(tmp_path):
    for name in ("p/x.nii.gz", "p/y.nii.gz", "m_mask.nii.gz"):
        scan_file(tmp_path / name, labels="mask" in name)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("words")
    write_drawing(tmp_path / "rt.dcm", structure_set(instances=[uid("gone/0")]))
    said = faults(tmp_path, "path,id", "p,p1", "empty,", "notes.txt,", "rt.dcm,")
    assert said[:3] == [
        (
            "m.csv:2: id: 'p1' is one name, and p holds 2 scans, in p/x.nii.gz, p/y.nii.gz; "
            "accepted: a path that holds one scan, or no id: each is then named for its source"
        ),
        "m.csv:3: path: empty holds no scan",
        "m.csv:4: path: notes.txt holds no scan (1 files: text beside the scans)",
    ]
    assert said[3].startswith("m.csv:5: path: rt.dcm holds no scan (rt.dcm: ")


def test_a_file_that_cannot_be_read_is_a_row_under_its_id(tmp_path):
    scan_file(tmp_path / "x.nii.gz")
    (tmp_path / "cut.nii.gz").write_bytes((tmp_path / "x.nii.gz").read_bytes()[:40])
    (tmp_path / "odd.dcm").write_bytes(bytes(128) + b"DICM" + b"\xff" * 40)
    found = listed(tmp_path, "path,id", "odd.dcm,p1", "x.nii.gz,p2")
    assert [scan.scan_id for scan in found.scans] == ["p2"]
    assert [(row.scan_id, row.source) for row in found.refused] == [("p1", "odd.dcm")]


def test_scans_of_one_name_from_elsewhere_need_ids(tmp_path):
    for place in ("data/1/ct.nii.gz", "data/2/ct.nii.gz"):
        scan_file(tmp_path / place)
    lists = tmp_path / "lists"
    lists.mkdir()
    rows = [f"{tmp_path}/data/{k}/ct.nii.gz" for k in (1, 2)]
    (said,) = faults(lists, "path", *rows)
    assert said.startswith("m.csv:3: id: ct-")
    assert said.endswith("is what ct.nii.gz of line 2 is called, too; accepted: an id of its own")
    found = listed(lists, "path,id", f"{rows[0]},one", f"{rows[1]},two")
    assert [(scan.scan_id, scan.source) for scan in found.scans] == [
        ("one", "ct.nii.gz"),
        ("two", "ct.nii.gz"),
    ]


def test_listed_scans_join_those_below_inputs(tmp_path):
    scan_file(tmp_path / "a/x.nii.gz")
    scan_file(tmp_path / "b/y.nii.gz")
    below = take_inventory((tmp_path / "a",))
    found = listed(tmp_path, "path,id", "b/y.nii.gz,p1", found_too=below)
    assert [(scan.source, scan.line) for scan in found.scans] == [
        ("b/y.nii.gz", 2),
        ("x.nii.gz", 0),
    ]
    taken = below.scans[0].scan_id
    (said,) = faults(tmp_path, "path,id", f"b/y.nii.gz,{taken}", found_too=below)
    assert said == (
        f"m.csv:2: id: {taken} is what x.nii.gz of an input is called, too; "
        "accepted: an id of its own"
    )


def test_each_row_is_looked_at_by_its_own_recipe(tmp_path):
    for folder in "ab":
        (tmp_path / folder).mkdir()
        for k in range(3):
            Image.new("L", (8, 9), 40 * k).save(tmp_path / folder / f"{k}.png")
    found = listed(tmp_path, "path,id,input.stacks", "a,p1,true", "b,,")
    assert [(scan.source, len(scan.files)) for scan in found.scans] == [
        ("a", 3),
        ("b/0.png", 1),
        ("b/1.png", 1),
        ("b/2.png", 1),
    ]


def test_an_inventory_below_inputs_is_as_ever(tmp_path):
    scan_file(tmp_path / "x.nii.gz")
    (scan,) = take_inventory((tmp_path,), reading=ReadOptions()).scans
    assert scan.line == 0
