import json
import os
import signal
import threading
import time
from dataclasses import replace

import pytest

from medmask.cohort import CrewOptions, Interrupted, Journal, Request, Silent, plan_run, run
from medmask.cohort.owner import Owner
from medmask.errors import MissingInput, OutputLocked, OutputUnwritable, RunBroken
from medmask.outcome import Status
from medmask.recipe import RecipeChoice
from medmask.writers import volume_nifti
from tests.cohort.tasks import Act
from tests.phantoms import ct_boxes, volume_of

NIFTI = volume_nifti(volume_of(ct_boxes()))


class Listener(Silent):
    """Remembers what it is told."""

    def __init__(self):
        self.to_do = self.kept = None
        self.rows = []

    def planned(self, standing):
        self.to_do, self.kept = standing.to_do, standing.kept

    def finished(self, row, standing):
        self.rows.append(row)


@pytest.fixture
def request_for(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()

    def make(*names, **fields):
        for name in names:
            (folder / f"{name}.nii.gz").write_bytes(NIFTI)
        defaults = {
            "inputs": (folder,),
            "output": tmp_path / "out",
            "recipes": RecipeChoice.of("ct"),
        }
        return Request(**{**defaults, "crew": CrewOptions(2, 3.0, 0), **fields})

    return make


def ran(request, **acts):
    listener = Listener()
    ended = run(request, Act(request.output, recipes=request.recipes, **acts), listener)
    return ended, listener


def test_a_run_ends_with_a_row_for_every_scan(request_for):
    ended, listener = ran(request_for("fine-1", "fine-2", "refuse-3", "exit-4", "skip-5"))
    counts = {status: ended.count(status) for status in Status}
    assert counts == {Status.DONE: 2, Status.FAILED: 2, Status.SKIPPED: 1}
    assert (listener.to_do, listener.kept, len(listener.rows)) == (5, 0, 5)


def test_the_same_request_again_does_only_what_is_not_done(request_for):
    request = request_for("fine-1", "fine-2", "refuse-3", "exit-4")
    first, _ = ran(request)
    again, listener = ran(request)
    assert listener.to_do == 1, "only the death, which may pass, is tried again"
    assert [row.scan_id for row in again.outcomes] == [row.scan_id for row in first.outcomes]


def test_failures_are_tried_again_when_asked(request_for):
    ran(request_for("fine-1", "refuse-2"))
    _, listener = ran(request_for(retry_failed=True))
    assert [row.code for row in listener.rows] == ["truncated"]


def test_fresh_does_everything(request_for):
    ran(request_for("fine-1", "refuse-2"))
    _, listener = ran(request_for(fresh=True))
    assert listener.to_do == 2


def test_a_changed_input_is_done_again(request_for, tmp_path):
    ran(request_for("fine-1", "fine-2"))
    other = volume_of(ct_boxes() + 1)
    (tmp_path / "in" / "fine-1.nii.gz").write_bytes(volume_nifti(other))
    _, listener = ran(request_for())
    assert [row.source for row in listener.rows] == ["fine-1.nii.gz"]


def test_sizes_times_and_first_bytes_may_stand_for_the_input(request_for, tmp_path):
    request = request_for("fine-1")
    file = tmp_path / "in" / "fine-1.nii.gz"
    file.write_bytes(NIFTI + bytes(8192))
    before = file.stat()
    ran(request)
    file.write_bytes(NIFTI + bytes(8191) + b"x")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    _, trusting = ran(request_for(trust_mtime=True))
    assert trusting.to_do == 0, "a change behind the first bytes, size and time as before"
    _, strict = ran(request)
    assert strict.to_do == 1
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    _, trusting = ran(request_for(trust_mtime=True))
    assert trusting.to_do == 1


def test_an_output_that_lost_a_byte_is_made_again(request_for, tmp_path):
    ended, _ = ran(request_for("fine-1", "fine-2"))
    file = tmp_path / "out" / f"{ended.outcomes[0].scan_id}.txt"
    file.write_bytes(file.read_bytes()[:-1])
    _, listener = ran(request_for())
    assert [row.source for row in listener.rows] == [ended.outcomes[0].source]


def test_another_recipe_does_everything_again(request_for):
    ran(request_for("fine-1"))
    _, listener = ran(request_for(recipes=RecipeChoice.of("xray")))
    assert listener.to_do == 1


def test_another_manner_of_work_does_everything_again(request_for):
    ran(request_for("fine-1"))
    _, listener = ran(request_for(), manner="levels")
    assert listener.to_do == 1


def test_scans_that_are_gone_leave_the_table(request_for, tmp_path):
    ran(request_for("fine-1", "fine-2"))
    (tmp_path / "in" / "fine-1.nii.gz").unlink()
    ended, _ = ran(request_for())
    assert [row.source for row in ended.outcomes] == ["fine-2.nii.gz"]


def test_only_the_scans_named_are_done(request_for):
    request = request_for("fine-1", "fine-2", only="*-2*")
    ended, _ = ran(request)
    assert [row.source for row in ended.outcomes] == ["fine-2.nii.gz"]


@pytest.mark.parametrize("gone", [True, False])
def test_a_scan_begun_anew_and_not_finished_is_listed_if_its_result_is_there(request_for, gone):
    request = request_for("fine-1", "fine-2")
    ended, _ = ran(request)
    first, second = ended.outcomes
    with Journal(request.output) as journal:
        journal.begin([second.scan_id])  # as a run of the first one alone does, with --fresh
    if gone:
        (request.output / f"{first.scan_id}.txt").unlink()
    ended, _ = ran(replace(request, only="*-2*"))
    assert [row.source for row in ended.outcomes] == ["fine-1.nii.gz"] * (not gone) + [
        "fine-2.nii.gz"
    ]
    ended, listener = ran(request)
    assert (listener.to_do, len(ended.outcomes)) == (int(gone), 2)


def test_a_plan_counts_and_writes_nothing(request_for, tmp_path):
    request = request_for("fine-1", "fine-2", only="*-2*")
    inventory, plan = plan_run(request, Act(request.output))
    assert (len(inventory.scans), len(plan.to_do), plan.left_out) == (2, 1, 1)
    assert not (tmp_path / "out").exists()


def test_a_plan_knows_what_is_done(request_for):
    ran(request_for("fine-1", "fine-2"))
    request = request_for("fine-3")
    _, plan = plan_run(request, Act(request.output, recipes=request.recipes))
    assert ([job.scan.source for job in plan.to_do], len(plan.kept)) == (["fine-3.nii.gz"], 2)


def test_the_folder_says_what_the_run_was(request_for, tmp_path):
    ran(request_for("fine-1", "raise-2", command=("run", "in", "out")))
    out = tmp_path / "out"
    document = json.loads((out / "run.json").read_text())
    assert document["counts"] == {"done": 1, "failed": 1}
    assert document["codes"] == {"internal": 1}
    assert document["inputs"] == ["in"]
    assert document["command"] == ["run", "in", "out"]
    assert document["recipes"]["ct"]["thresholds"]["bone"]["level"] == 64
    events = [json.loads(line) for line in (out / "run.log").read_text().splitlines()]
    assert [event["event"] for event in events] == ["started", "scan", "scan", "ended"]
    done = next(event for event in events if event.get("status") == "done")
    assert 0 < done["peak_rss_mb"] < done["forecast_mb"]
    assert (events[-1]["done"], events[-1]["failed"]) == (1, 1)
    faults = [event["fault"] for event in events if event.get("fault")]
    assert len(faults) == 1
    assert faults[0].startswith("ZeroDivisionError at ")
    assert json.loads((out / "dataset_description.json").read_text())["DatasetType"] == "derivative"


def test_scans_at_work_may_end_when_the_run_is_asked_to_stop(request_for):
    request = request_for("slow-1", "slow-2", "slow-3", "slow-4", crew=CrewOptions(2, None, 0))
    timers = []

    class Stopper(Listener):
        def planned(self, standing):
            timers.append(threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)))
            timers[0].start()

    listener = Stopper()
    with pytest.raises(Interrupted):
        run(request, Act(request.output), listener)
    assert [row.status for row in listener.rows] == [Status.DONE, Status.DONE]


def test_an_output_in_use_is_left_alone(request_for, tmp_path):
    request = request_for("fine-1")
    request.output.mkdir()
    with Journal(request.output) as journal:
        journal.claim(Owner.me())
        with pytest.raises(OutputLocked, match="in use by process"):
            ran(request)
    assert not (tmp_path / "out" / "scans.csv").exists()


def test_a_missing_input_starts_nothing(request_for, tmp_path):
    with pytest.raises(MissingInput):
        ran(request_for(inputs=(tmp_path / "gone",)))
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_made_starts_nothing(request_for, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputUnwritable, match="Not a directory"):
        ran(request_for("fine-1", output=tmp_path / "file" / "out"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_run_and_the_next_one_goes_on(request_for, tmp_path, number):
    request = request_for("fine-1", "hang-2", crew=CrewOptions(1, None, 0))
    killer = threading.Timer(1.5, os.kill, (os.getpid(), number))
    killer.start()
    start = time.monotonic()
    with pytest.raises(Interrupted) as caught:
        ran(request)
    assert caught.value.signal_number == number
    assert time.monotonic() - start < 10
    with Journal(request.output) as journal:
        assert journal.owner() is None
    assert (tmp_path / "out" / "scans.csv").is_file()
    (tmp_path / "in" / "hang-2.nii.gz").unlink()
    ended, listener = ran(request_for("fine-3", crew=CrewOptions(1, None, 0)))
    assert ended.count(Status.DONE) == 2
    assert "fine-3.nii.gz" in [row.source for row in listener.rows]


@pytest.mark.parametrize("lost", ["in", "out"])
def test_a_run_whose_folder_is_lost_ends_with_one_error(request_for, tmp_path, lost):
    request = request_for(*[f"slow-{k}" for k in range(9)], patience_s=0.1)

    class Loser(Listener):
        def finished(self, row, standing):
            super().finished(row, standing)
            if len(self.rows) == 1:
                (tmp_path / lost).rename(tmp_path / "elsewhere")

    listener = Loser()
    with pytest.raises(RunBroken, match="No such file or directory"):
        run(request, Act(request.output), listener)
    assert len(listener.rows) < 9
    assert not (tmp_path / "out").exists() or lost == "in"
