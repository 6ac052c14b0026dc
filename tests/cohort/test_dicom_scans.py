import shutil
from pathlib import Path

from medmask.cohort.inventory import take_inventory
from medmask.readers import ReadOptions, survey
from tests.dicom_files import write_series
from tests.phantoms import ct_boxes


def found(root, tmp_path):
    return take_inventory((root,), tmp_path / "out")


def test_a_series_spread_over_folders_is_one_scan(tmp_path):
    paths = write_series(tmp_path / "in" / "a", ct_boxes())
    (tmp_path / "in" / "b").mkdir()
    for path in paths[::2]:
        path.rename(tmp_path / "in" / "b" / path.name)
    scans = found(tmp_path / "in", tmp_path).scans
    assert [(scan.source, len(scan.files)) for scan in scans] == [(".", len(paths))]


def test_copies_of_a_series_are_scans_of_their_own(tmp_path):
    write_series(tmp_path / "in" / "a", ct_boxes())
    shutil.copytree(tmp_path / "in" / "a", tmp_path / "in" / "b")
    scans = found(tmp_path / "in", tmp_path).scans
    assert [scan.source for scan in scans] == ["a", "b"]
    assert len({scan.scan_id for scan in scans}) == 2
    assert len({scan.study_id for scan in scans}) == 1


def test_a_single_instance_is_named_by_its_file(tmp_path):
    write_series(tmp_path / "in", ct_boxes()[:1])
    (scan,) = found(tmp_path / "in", tmp_path).scans
    assert scan.source == Path(scan.files[0]).name


def test_a_scan_is_as_large_as_a_survey_of_its_files_tells(tmp_path):
    paths = write_series(tmp_path / "in" / "even", ct_boxes())
    write_series(tmp_path / "in" / "uneven", ct_boxes(), leave_out=(3,), series="uneven")
    scans = found(tmp_path / "in", tmp_path).scans
    assert scans[0].extent.voxels == ct_boxes().size
    assert [scan.extent for scan in scans] == [survey(scan, ReadOptions()).extent for scan in scans]
    assert len(scans[1].files) < len(paths), "it is resampled onto as many slices"
    assert scans[1].extent == scans[0].extent


def test_a_scan_that_headers_refuse_has_no_extent(tmp_path):
    write_series(tmp_path / "in", ct_boxes(), leave_out=tuple(range(2, 7)))
    (scan,) = found(tmp_path / "in", tmp_path).scans
    assert scan.extent is None


def test_a_file_that_cannot_be_read_is_told_to_the_series_beside_it(tmp_path):
    paths = write_series(tmp_path / "in", ct_boxes())
    paths[-1].write_bytes(paths[-1].read_bytes()[:300])
    inventory = found(tmp_path / "in", tmp_path)
    (scan,) = inventory.scans
    assert [warning.code for warning in scan.warnings] == ["damaged_file_beside"]
    assert paths[-1].name in scan.warnings[0].message
    assert [row.source for row in inventory.refused] == [paths[-1].name]


def test_parts_of_a_series_say_so(tmp_path):
    write_series(tmp_path / "in", ct_boxes())
    for path in write_series(tmp_path / "more", ct_boxes()[:4, ::2, ::2], origin=(0, 0, 900)):
        path.rename(tmp_path / "in" / f"small-{path.name}")
    inventory = found(tmp_path / "in", tmp_path)
    assert len(inventory.scans) == 2
    assert {w.code for scan in inventory.scans for w in scan.warnings} == {"series_split"}
