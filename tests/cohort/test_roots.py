from pathlib import Path

import numpy as np
import pytest

from medmask.cohort import Given, take_inventory
from medmask.cohort.roots import called, roots_of
from medmask.cohort.walk import walk
from medmask.readers import ReadOptions
from medmask.writers import png
from tests.cohort.test_annotations import SERIES, scan_file
from tests.dicom_files import write_series


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to stand in, with files in two folders that share a name."""
    for name in ("x/a.nii", "x/b.nii", "y/a.nii", "y/c.nii", "z/d.nii", "ct/e.nii", "z/ct/f.nii"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("inputs", "sources"),
    [
        ("x/a.nii", ["a.nii"]),
        ("x", ["a.nii", "b.nii"]),
        ("x/a.nii z/d.nii", ["a.nii", "d.nii"]),
        ("x/a.nii x/b.nii y/a.nii y/c.nii", ["a.nii", "b.nii", "~2/a.nii", "~2/c.nii"]),
        ("y/c.nii x/a.nii y/a.nii z/d.nii", ["c.nii", "~2/a.nii", "a.nii", "d.nii"]),
        ("x y/a.nii", ["x/a.nii", "x/b.nii", "a.nii"]),
        ("ct z/ct", ["ct/e.nii", "ct~2/f.nii"]),
        ("x/../ct .", ["ct/e.nii"]),
        ("x/a.nii x/a.nii x", ["a.nii", "x/b.nii"]),
    ],
)
def test_inputs_are_called_by_their_names(here, inputs, sources):
    given = tuple(map(Path, inputs.split()))
    found = {file.path: file.source for file in walk(given).files}
    listed = [path for one in given for path in ([one] if one.is_file() else sorted(one.iterdir()))]
    named = [found[path.resolve()] for path in listed if path.is_file()]
    assert list(dict.fromkeys(named)) == sources


def test_files_and_folders_of_one_name_are_told_apart(here):
    (here / "one").mkdir()
    (here / "one/ct").write_text("no folder")
    roots = roots_of([Path("ct"), Path("one/ct"), Path("z/ct")])
    assert [root.source for root in roots] == ["ct", "~2/ct", "ct~2"]


def test_no_path_above_an_input_is_told(here):
    (root,) = roots_of([here / "x/a.nii"])
    assert root.source == "a.nii"
    assert [called(Path(name)) for name in ("x/", "x/..", ".", "/")] == [
        "x",
        here.name,
        here.name,
        "root",
    ]


def test_a_link_that_is_an_input_keeps_its_own_name(here):
    (here / "store").mkdir()
    (here / "store/SHA256E-s7").write_text("stored")
    (here / "scan.nii").symlink_to("store/SHA256E-s7")
    (here / "latest").symlink_to("x")
    found = walk((Path("scan.nii"), Path("latest"))).files
    assert [file.source for file in found] == ["latest/a.nii", "latest/b.nii", "scan.nii"]


def test_slices_given_one_by_one_are_a_series(tmp_path):
    write_series(tmp_path / "s", SERIES)
    inventory = take_inventory(tuple(sorted((tmp_path / "s").iterdir())))
    assert [(scan.source, len(scan.files)) for scan in inventory.scans] == [(".", len(SERIES))]


def test_a_mask_goes_with_the_scan_of_its_own_folder(tmp_path):
    for site in ("one", "two"):
        scan_file(tmp_path / site / "p.nii.gz")
        scan_file(tmp_path / site / "p_seg.nii.gz", labels=True)
    files = sorted(tmp_path.rglob("*.gz"))
    scans = take_inventory(tuple(files)).scans
    assert {scan.source: [one.source for one in scan.annotations] for scan in scans} == {
        "p.nii.gz": ["p_seg.nii.gz"],
        "~2/p.nii.gz": ["~2/p_seg.nii.gz"],
    }


def test_pictures_of_two_folders_given_one_by_one_are_two_stacks(tmp_path):
    for name in ("one/1", "one/2", "two/3", "two/4", "three/5"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.png").write_bytes(png(np.eye(9, dtype=np.uint8) * 200))
    files = tuple(sorted(tmp_path.rglob("*.png"), key=lambda path: path.name))
    scans = take_inventory(files, reading=ReadOptions(stacks=True)).scans
    assert sorted([path.stem for path in scan.files] for scan in scans) == [
        ["1", "2"],
        ["3", "4"],
        ["5"],
    ]
    assert len({scan.scan_id for scan in scans}) == 3


def test_a_table_names_a_file_that_is_a_link(tmp_path):
    scan_file(tmp_path / "store/object.nii.gz")
    (tmp_path / "p.nii.gz").symlink_to("store/object.nii.gz")
    scan_file(tmp_path / "drawn/any.nii.gz", labels=True)
    (tmp_path / "pairs.csv").write_text("scan,annotation\np.nii.gz,drawn/any.nii.gz\n")
    given = Given.of(tmp_path / "pairs.csv")
    (scan,) = take_inventory((tmp_path / "p.nii.gz",), given=given).scans
    assert [one.name for one in scan.annotations] == ["any"]
