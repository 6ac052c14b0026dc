import csv
import dataclasses
import io

import pytest

from medmask.outcome import Outcome, Status
from medmask.writers import convert_csv, scans_csv

HEADER = (
    "scan_id,study_id,source,format,modality,status,code,message,warnings,flags,columns,rows,slices,"
    "spacing_x_mm,spacing_y_mm,spacing_z_mm,native_min,native_max,scale,soft_level,bone_level,"
    "soft_native,bone_native,soft_voxels,bone_voxels,soft_ml,bone_ml,annotations,attempts,seconds,"
    "peak_rss_mb,labels,overlay"
)
ROW = Outcome("a-1", "a-1", "a.nii", "nifti")


def cells(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_the_header_is_the_contract_to_the_letter():
    assert scans_csv([]).decode() == HEADER + "\r\n"


def test_a_conversion_has_the_image_in_place_of_the_last_two():
    header = convert_csv([]).decode().strip()
    assert header == HEADER.removesuffix("labels,overlay") + "image"
    assert (
        cells(convert_csv([dataclasses.replace(ROW, labels="x.nii.gz")]))[0]["image"] == "x.nii.gz"
    )


def test_unknown_is_an_empty_cell_and_numbers_are_plain():
    row = dataclasses.replace(ROW, columns=512, spacing_x_mm=0.7, native_min=-1024.0)
    cell = cells(scans_csv([row]))[0]
    assert (cell["columns"], cell["spacing_x_mm"], cell["native_min"]) == ("512", "0.7", "-1024")
    assert cell["spacing_z_mm"] == ""
    assert cell["status"] == "done"


@pytest.mark.parametrize("text", ["=cmd|calc.nii", "+1.nii", "-rf.nii", "@x.nii", "\tx.nii"])
def test_what_a_spreadsheet_would_run_is_defused(text):
    cell = cells(scans_csv([dataclasses.replace(ROW, source=text)]))[0]
    assert cell["source"] == "'" + text


def test_codes_are_joined_and_lines_kept_whole():
    row = dataclasses.replace(
        ROW, status=Status.FAILED, warnings=("a", "b"), message='two\nlines, "quoted"'
    )
    cell = cells(scans_csv([row]))[0]
    assert cell["warnings"] == "a;b"
    assert cell["message"] == 'two lines, "quoted"'


def test_a_name_that_is_not_unicode_loses_no_row():
    row = dataclasses.replace(ROW, source=b"caf\xe9.nii".decode("utf-8", "surrogateescape"))
    assert cells(scans_csv([row, ROW]))[1]["source"] == "caf\\udce9.nii"


def test_rows_are_in_the_order_of_their_sources():
    rows = [dataclasses.replace(ROW, source=name) for name in ("b", "a")]
    assert [cell["source"] for cell in cells(scans_csv(rows))] == ["a", "b"]
