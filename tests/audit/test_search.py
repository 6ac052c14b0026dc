import gzip
import json
import sqlite3

import nibabel as nib
import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from pydicom.dataset import Dataset

from medmask.audit import audit
from medmask.errors import MissingInput
from tests.dicom_files import slice_dataset, write_slice

LEAKS = {
    "PatientName": "of MULLER-LUDENSCHEIDT here",
    "PatientID": "zx-4711",
    "StudyDate": "on 2026-11-21",
    "InstitutionName": "st vincent klinik",
    "PersonName": "dr igor quacksalber",
    "private (0009,1001)": "is privately Geheim42",
}
NAME = "Müller-Lüdenscheidt^Hildegard"


@pytest.fixture
def inputs(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    one = slice_dataset(
        np.zeros((4, 4), np.int16),
        PatientName=NAME,
        PatientID="ZX-4711",
        StudyDate="20261121",
        InstitutionName="St. Vincent Klinik",
    )
    nested = Dataset()
    nested.PersonName = "Quacksalber^Igor"
    one.RequestAttributesSequence = [nested]
    one.add_new(0x00091001, "LO", "privately Geheim42")
    write_slice(folder / "a.dcm", one)
    return folder


@pytest.fixture
def output(tmp_path):
    folder = tmp_path / "out"
    (folder / "scans").mkdir(parents=True)
    return folder


def nifti_extension(path, text):
    image = nib.Nifti1Image(np.zeros((2, 2, 2), np.uint8), np.eye(4))
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", text.encode()))
    image.to_filename(path)


def database(path, text):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (x TEXT)")
    db.execute("INSERT INTO t VALUES (?)", (json.dumps({"a": text}),))
    db.commit()
    db.close()


def picture(path, text):
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Comment", text, zip=True)
    Image.new("L", (4, 4)).save(path, pnginfo=facts)


def packed(path, text):
    path.write_bytes(gzip.compress(text.encode()))


def instance(path, text):
    write_slice(
        path, slice_dataset(np.zeros((4, 4), np.int16), PatientName=None, ImageComments=text)
    )


@pytest.mark.parametrize(
    ("name", "leak"),
    [
        ("scans.csv", lambda path, text: path.write_text(f"a,{text},b")),
        ("run.log", lambda path, text: path.write_text(json.dumps({"m": text}) + "\n{torn")),
        ("scan.json", lambda path, text: path.write_text(json.dumps({"a": [{"b": text}]}))),
        ("index.html", lambda path, text: path.write_text(f"<p>{text.replace('ü', '&uuml;')}</p>")),
        ("labels.nii.gz", nifti_extension),
        ("journal.sqlite", database),
        ("overlay.png", picture),
        ("notes.gz", packed),
        ("seg.dcm", instance),
        ("odd.bin", lambda path, text: path.write_bytes(b"\0\1" + text.encode() + b"\0")),
    ],
)
def test_values_are_found_wherever_and_however_they_are_written(inputs, output, name, leak):
    leak(output / "scans" / name, " | ".join(LEAKS.values()))
    found = audit(output, (inputs,)).findings
    assert set(LEAKS) <= {one.keyword for one in found if one.file == f"scans/{name}"}


def test_a_uid_is_found_whole_and_not_as_a_part_of_another(inputs, output):
    uid = str(slice_dataset(np.zeros((4, 4), np.int16)).StudyInstanceUID)
    (output / "a.txt").write_text(uid)
    (output / "b.txt").write_text(uid + "1")
    files = {one.file for one in audit(output, (inputs,)).findings}
    assert files == {"a.txt"}


def test_a_name_of_a_file_is_a_place_to_look(inputs, output):
    (output / "scans" / "hildegard").mkdir()
    (output / "scans" / "hildegard" / "x.txt").write_text("")
    (found,) = audit(output, (inputs,)).findings
    assert found.file == "scans/hildegard/x.txt"


def test_names_that_the_user_chose_are_told_apart(inputs, output):
    inputs.rename(inputs.with_name("Hildegard"))
    (output / "a.txt").write_text("hildegard ZX-4711")
    found = audit(output, (inputs.with_name("Hildegard"),)).findings
    assert {one.value: one.in_own_names for one in found} == {"hildegard": True, "zx 4711": False}


def test_words_and_numbers_that_are_everywhere_tell_nobody(inputs, output):
    (output / "a.txt").write_text("modality st 4711 2026 11 21 0 1 2")
    result = audit(output, (inputs,))
    assert result.findings == ()
    assert result.values > 5


def test_an_output_that_is_none_is_refused(inputs, tmp_path):
    with pytest.raises(MissingInput):
        audit(tmp_path / "gone", (inputs,))
