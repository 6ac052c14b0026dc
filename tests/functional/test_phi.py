import csv
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from tests.dicom_files import slice_dataset, write_slice
from tests.functional.commands import ROOT, SAMPLES, medmask
from tests.phantoms import ct_boxes

NAMES = ("Hildegard", "Zwiebelturm", "Oberstdorf")


@pytest.fixture
def inputs(tmp_path):
    """A series in a folder named for its patient, a cut file, a film with its mask."""
    folder = tmp_path / "in" / "Hildegard-Zwiebelturm"
    folder.mkdir(parents=True)
    for index, voxels in enumerate(ct_boxes() + 1024):
        one = slice_dataset(
            voxels.astype(np.uint16),
            index=index,
            PatientName="Zwiebelturm^Hildegard",
            PatientID="ZX-4711",
            InstitutionName="Klinik Oberstdorf",
        )
        write_slice(folder / f"Hildegard{index}.dcm", one)
    cut = (SAMPLES / "scans" / "truncated.nii.gz").read_bytes()
    (tmp_path / "in" / "Oberstdorf-7.nii.gz").write_bytes(cut)
    for file in (SAMPLES / "scans").glob("hand-xray*.png"):
        if "16bit" not in file.name:
            shutil.copy(file, tmp_path / "in" / file.name.replace("hand-xray", "Zwiebelturm"))
    return tmp_path / "in"


def masked(inputs, output, *words, key="k" * 40):
    command = [sys.executable, "-m", "medmask", "run", str(inputs), str(output), "-q", *words]
    environment = os.environ | {"MEDMASK_PHI_KEY": key}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def rows_of(output):
    with (output / "scans.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def findings(output, inputs):
    said = medmask("audit-phi", output, "--against", inputs, "--json")
    return json.loads(said.stdout)["findings"], said.returncode


def test_hashed_names_leave_nothing_of_a_file_or_a_header(inputs, tmp_path):
    output = tmp_path / "out"
    done = masked(inputs, output, "--phi", "hash")
    assert done.returncode == 1, done.stderr
    assert findings(output, inputs) == ([], 0)
    for path in output.rglob("*"):
        text = str(path.relative_to(output)).encode()
        text += path.read_bytes() if path.is_file() else b""
        assert not any(name.lower().encode() in text.lower() for name in NAMES), path
    rows = rows_of(output)
    assert sorted(row["status"] for row in rows) == ["done", "done", "failed"]
    (failed,) = (row for row in rows if row["status"] == "failed")
    assert failed["message"].startswith("(name): ")
    again = masked(inputs, output, "--phi", "hash")
    assert again.returncode == 1
    assert "0 worked on" in again.stdout


def test_the_same_key_gives_the_same_hashes_and_another_key_others(inputs, tmp_path):
    ids = []
    for number, key in enumerate(("a" * 40, "a" * 40, "b" * 40)):
        masked(inputs, tmp_path / str(number), "--phi", "hash", "--no-report", key=key)
        ids.append({row["scan_id"] for row in rows_of(tmp_path / str(number))})
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2]


def test_by_default_the_users_own_names_are_kept_and_nothing_else(inputs, tmp_path):
    output = tmp_path / "out"
    masked(inputs, output)
    found, code = findings(output, inputs)
    assert code == 0
    assert found
    assert all(one["in_own_names"] for one in found)
    assert any("Hildegard-Zwiebelturm" in row["source"] for row in rows_of(output))


def test_kept_identity_lies_in_the_scans_account(inputs, tmp_path):
    output = tmp_path / "out"
    masked(inputs, output, "--phi", "keep")
    (row,) = (row for row in rows_of(output) if row["format"] == "dicom")
    account = json.loads((output / "scans" / row["scan_id"] / "scan.json").read_text())
    assert account["identity"]["PatientName"] == "Zwiebelturm^Hildegard"
    assert account["identity"]["PatientID"] == "ZX-4711"
    assert findings(output, inputs)[1] == 1


def test_veiled_and_plain_names_do_not_go_into_one_output(inputs, tmp_path):
    output = tmp_path / "out"
    masked(inputs, output, "--no-report")
    second = masked(inputs, output, "--phi", "hash")
    assert second.returncode == 2
    assert "choose another output folder" in second.stderr


def test_dicom_objects_cannot_be_had_without_a_name(inputs, tmp_path):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("outputs: {secondary_capture: true}\n")
    done = masked(inputs, tmp_path / "out", "--phi", "hash", "--recipe", str(recipe))
    assert done.returncode == 2
    assert "cannot be had with --phi hash" in done.stderr
    assert not (tmp_path / "out").exists()
