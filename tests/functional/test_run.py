import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

import nibabel as nib
import numpy as np
import psutil
import pytest
from PIL import Image

from medmask.cohort import JOURNAL, Journal
from tests.functional.commands import ROOT, SAMPLES, medmask, untraced

PHANTOMS = {
    "ct-thorax-like": ("ct-thorax-like_on-dicom-grid.nii.gz", 0.99, 0.99),
    "ct-thorax-like.nii.gz": ("ct-thorax-like_on-nifti-grid.nii.gz", 0.99, 0.99),
    "hand-xray.png": ("hand-xray.png", 0.97, 0.97),
    "hand-xray-16bit.png": ("hand-xray.png", 0.97, 0.97),
    "mr-head-like_T1w.nii.gz": ("mr-head-like_T1w.nii.gz", 0.97, None),
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "out"
    done = medmask("run", SAMPLES / "scans", out, "-j", "2")
    return out, done


@pytest.fixture(scope="module")
def table(ran):
    out, _ = ran
    with (out / "scans.csv").open(newline="", encoding="utf-8") as file:
        return {row["source"]: row for row in csv.DictReader(file)}


def dice(one, two):
    return 2 * np.count_nonzero(one & two) / (np.count_nonzero(one) + np.count_nonzero(two))


def voxels_of(path):
    if path.suffix == ".png":
        with Image.open(path) as image:
            return np.asarray(image)
    return np.asarray(nib.load(path).dataobj)


def test_one_broken_sample_makes_it_exit_with_1_and_no_traceback(ran):
    _, done = ran
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "5 done, 1 failed, 0 skipped" in done.stdout
    assert "1 truncated, such as truncated.nii.gz" in done.stdout


@pytest.mark.parametrize("source", PHANTOMS)
def test_masks_meet_the_phantoms_true_label_maps(ran, table, source):
    out, _ = ran
    truth_name, soft_wanted, bone_wanted = PHANTOMS[source]
    truth = voxels_of(SAMPLES / "truth" / truth_name)
    labels = out / table[source]["labels"]
    found = voxels_of(labels.with_name("labels.png") if truth.ndim == 2 else labels)
    assert dice(found == 1, truth == 1) >= soft_wanted
    if bone_wanted is None:
        assert not (found == 2).any()
    else:
        assert dice(found == 2, truth == 2) >= bone_wanted


def test_dicom_and_nifti_twins_have_the_same_labels_in_the_world(ran, table):
    out, _ = ran
    one, two = (
        nib.as_closest_canonical(nib.load(out / table[name]["labels"]))
        for name in ("ct-thorax-like", "ct-thorax-like.nii.gz")
    )
    assert np.allclose(one.affine, two.affine, atol=1e-3)
    assert (np.asarray(one.dataobj) == np.asarray(two.dataobj)).all()


def test_every_file_of_the_input_is_accounted_for(ran, table):
    out, _ = ran
    assert set(table) == {*PHANTOMS, "truncated.nii.gz"}
    assert table["truncated.nii.gz"]["status"] == "failed"
    assert json.loads((out / "run.json").read_text())["not_used"] == {}


def test_an_annotation_beside_a_film_is_drawn_on_it_and_written_on_its_grid(ran, table):
    out, _ = ran
    row = table["hand-xray.png"]
    assert row["annotations"] == "2"  # a ring and an arrow, in two colours
    account = json.loads((out / "scans" / row["scan_id"] / "scan.json").read_text())
    drawn = account["annotations"]
    assert {one["source"] for one in drawn} == {"hand-xray_annotation.png"}
    alpha = np.asarray(Image.open(SAMPLES / "scans/hand-xray_annotation.png"))[..., 3]
    files = [nib.load(out / "scans" / row["scan_id"] / one["file"]) for one in drawn]
    together = sum(image.get_fdata()[..., 0].T for image in files)
    np.testing.assert_allclose(together, alpha / 255, atol=1e-6)
    assert sum(one["voxels"] for one in drawn) == np.count_nonzero(alpha >= 128)


def test_failures_come_with_the_command_that_tries_them_again(ran):
    out, done = ran
    assert f"again   medmask run {SAMPLES / 'scans'} {out} -j 2 --retry-failed" in done.stdout


def test_a_command_is_told_how_the_run_ended(tmp_path):
    out, told = tmp_path / "out", tmp_path / "told.json"
    bad = tmp_path / "bad.nii.gz"
    bad.write_bytes((SAMPLES / "scans" / "truncated.nii.gz").read_bytes())
    done = medmask("run", bad, out, "-q", "--no-report", "--on-finish", f"cat > {told}; exit 9")
    assert done.returncode == 1, "the command changes nothing"
    assert "ended with 9" in done.stderr
    summary = json.loads(told.read_text())
    assert (summary["exit_code"], summary["failed"], summary["left"]) == (1, 1, 0)
    assert summary["codes"] == {"truncated": 1}
    told.unlink()
    medmask("run", tmp_path / "gone", out, "--on-finish", f"cat > {told}")
    assert not told.exists(), "nothing was started"


def test_nothing_temporary_is_left(ran):
    out, _ = ran
    assert not [p for p in out.rglob("*") if p.name.endswith((".tmp", ".part", "~"))]


def test_the_report_shows_every_scan_with_its_picture(ran, table):
    out, _ = ran
    page = out / "report" / "index.html"
    text = page.read_text(encoding="utf-8")
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)[1]
    data = json.loads(block)
    rows = [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]
    assert {row["source"][0][0] for row in rows} == set(table)
    for row in rows:
        assert bool(row["thumb"]) == (row["status"] == "done")
        assert not row["thumb"] or (page.parent / row["thumb"]).is_file()


def test_no_name_from_a_tag_is_in_any_output(ran):
    out, _ = ran
    for path in out.rglob("*"):
        if path.is_file():
            assert b"Phantom^" not in path.read_bytes(), path


def test_another_number_of_jobs_gives_the_same_bytes(ran, tmp_path):
    out, _ = ran
    medmask("run", SAMPLES / "scans", tmp_path / "out", "-j", "1", "-q", traced=False)
    made = [p.relative_to(out) for p in out.rglob("*") if p.suffix in {".gz", ".png"}]
    assert len(made) > 10
    for name in made:
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes(), name


def test_again_there_is_nothing_to_do(ran):
    out, _ = ran
    again = medmask("run", SAMPLES / "scans", out, "--json", "-q")
    facts = json.loads(again.stdout)
    assert (again.returncode, facts["worked_on"], facts["done"]) == (1, 0, 5)


def test_the_report_can_be_drawn_again_from_the_journal(ran, table):
    out, _ = ran
    before = (out / "scans.csv").read_bytes()
    (out / "report" / "index.html").unlink()
    (out / "scans.csv").unlink()
    assert medmask("report", out).returncode == 0
    assert (out / "scans.csv").read_bytes() == before
    assert (out / "report" / "index.html").is_file()


def test_status_tells_how_a_run_ended(ran):
    out, _ = ran
    facts = json.loads(medmask("status", out, "--json").stdout)
    assert facts["running"] is False
    assert (facts["rows"], facts["expected"]) == (6, 6)
    assert facts["counts"] == {"done": 5, "failed": 1}
    assert "6 of 6: 5 done, 1 failed; 0 left" in medmask("status", out).stdout


def test_status_tells_how_far_a_run_is(tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "medmask", "run", str(SAMPLES / "scans"), str(out), "-q"]
    with subprocess.Popen(command, cwd=ROOT, env=untraced()) as running:
        wait_for(lambda: sign_of(out))
        running.send_signal(signal.SIGSTOP)  # or it has ended before it is looked at
        said = medmask("status", out).stdout
        running.kill()
    assert f"running: process {running.pid} on " in said
    assert re.search(r"^\d+ s ago: \d/6: ", said, re.MULTILINE)
    assert "not running" in medmask("status", out).stdout


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(tmp_path):
    done = medmask("run", SAMPLES / "scans", tmp_path / "out", "--dry-run", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["to_do"] == 6
    assert not (tmp_path / "out").exists()


def test_one_file_can_be_run_by_itself(tmp_path):
    out = tmp_path / "out"
    done = medmask("run", SAMPLES / "scans" / "hand-xray.png", out, "--no-report", "-q")
    assert done.returncode == 0
    assert not (out / "report").exists()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["run", "gone", "{out}"], 2, "input gone: No such file or directory"),
        (["run", "{samples}", "{out}", "--recipe", "xrya"], 2, "no recipe 'xrya'"),
        (["run", "{samples}", "{out}", "--recipe", "{bad}"], 2, "bad.yaml:1: nmae: unknown key"),
        (["run", "{samples}", "{bad}/out"], 2, "Not a directory"),
        (["run", "{samples}", "{bad}"], 2, "a file; a folder is needed"),
        (["run", "{samples}", "{samples}"], 2, "is the output as well"),
        (["run", "{samples}"], 2, "an input and an output folder are needed"),
        (["run", "{samples}", "{out}", "--jobs", "0"], 2, "--jobs"),
        (["run", "{samples}", "{out}", "--modality", "banana"], 2, "'banana' is not known; auto"),
        (["report", "{out}"], 2, "no journal.sqlite"),
        (["status", "{out}"], 2, "no journal.sqlite"),
        (["recipe", "check", "{bad}"], 2, "bad.yaml:1: nmae: unknown key (nearest known: name)"),
        (["inspect", "gone"], 2, "input gone: No such file or directory"),
    ],
)
def test_a_wrong_request_is_one_clear_sentence_and_starts_nothing(tmp_path, words, code, sentence):
    bad = tmp_path / "bad.yaml"
    bad.write_text("nmae: x\n")
    places = {"out": tmp_path / "out", "samples": SAMPLES / "scans", "bad": bad}
    done = medmask(*[word.format(**places) for word in words])
    assert done.returncode == code
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_soon_and_the_same_command_goes_on(tmp_path, number):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "medmask", "run", str(SAMPLES / "scans"), str(out), "-j", "1"]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=untraced()
    ) as running:
        wait_for((out / "run.log").exists)
        start = time.monotonic()
        os.kill(running.pid, number)
        _, said = running.communicate(timeout=20)
    assert time.monotonic() - start < 10
    assert running.returncode == 128 + number
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    assert medmask(*command[3:], "-q", traced=False).returncode == 1


def test_an_input_without_a_scan_is_said_aloud(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("words")
    done = medmask("run", tmp_path / "in", tmp_path / "out", "-q")
    assert done.returncode == 0
    assert "no scan was found" in done.stdout
    assert "No scan was found" in (tmp_path / "out" / "report" / "index.html").read_text()


def test_nohup_lets_it_outlive_its_terminal(tmp_path):
    out = tmp_path / "out"
    script = (
        "import os, signal, threading\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "threading.Timer(0.8, os.kill, (os.getpid(), signal.SIGHUP)).start()\n"
        f"import sys; sys.argv = ['medmask', 'run', {str(SAMPLES / 'scans')!r}, {str(out)!r}]\n"
        "from medmask.cli import main; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "5 done, 1 failed, 0 skipped" in done.stdout


def test_children_end_with_a_coordinator_that_is_killed(tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "medmask", "run", str(SAMPLES / "scans"), str(out), "-q"]
    with subprocess.Popen(command, cwd=ROOT, env=untraced()) as running:
        children = wait_for(lambda: psutil.Process(running.pid).children(recursive=True))
        running.kill()
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert gone
    assert not alive
    assert medmask(*command[3:], traced=False).returncode == 1


def test_of_several_at_once_one_runs_and_the_others_name_it(tmp_path):
    command = [sys.executable, "-m", "medmask", "run", str(SAMPLES / "scans"), str(tmp_path / "o")]
    started = [
        subprocess.Popen(
            [*command, "-q"], cwd=ROOT, stderr=subprocess.PIPE, text=True, env=untraced()
        )
        for _ in range(5)
    ]
    ended = [(one.communicate(timeout=100)[1], one.returncode) for one in started]
    assert {code for _, code in ended} == {1, 3}, ended
    assert all("in use by process" in said for said, code in ended if code == 3)


def sign_of(out):
    """The run's sign of life, once there is a journal."""
    if not (out / JOURNAL).exists():
        return None
    with Journal(out) as journal:
        return journal.last_sign()


def wait_for(look):
    """Return what a look finds as soon as it finds anything."""
    deadline = time.monotonic() + 30
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def test_looking_for_scans_loads_nothing_that_only_voxels_need(tmp_path):
    code = (
        "import sys; from medmask.cli.app import app\n"
        f"words = ['run', {str(SAMPLES / 'scans')!r}, {str(tmp_path / 'out')!r}, '--dry-run']\n"
        "app(words, standalone_mode=False)\n"
        "print({'pydicom', 'nibabel', 'scipy', 'SimpleITK'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "too large: 0" in done.stdout
    assert done.stdout.splitlines()[-1] == "set()"
