import subprocess
import sys
import time

from medmask.cohort.cell import Cell, Order
from tests.cohort.tasks import Act, jobs
from tests.faults.night import ROOT, family, survivors

HANGS = """
import sys
from pathlib import Path
from medmask.cohort.cell import Cell, Order
from tests.cohort.tasks import Act, jobs
(job,) = jobs(Act(Path(sys.argv[1])), "hang")
cell = Cell()
print("up", flush=True)
cell.run(Order(job.scan, job.task), lambda mb: None)
"""


def test_a_child_at_work_ends_with_a_supervisor_that_is_killed(tmp_path):
    command = [sys.executable, "-c", HANGS, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as running:
        running.stdout.readline()
        time.sleep(0.5)  # the child has its scan by now
        children = family(running.pid)
        running.kill()
    assert len(children) >= 2, "a server and a child"
    assert survivors(children, wait_s=5.0) == []


def test_a_cell_answers_scan_after_scan(tmp_path):
    cell = Cell()
    for job in jobs(Act(tmp_path, tells_process=True), "fine-0", "fine-1"):
        cell.run(Order(job.scan, job.task), lambda _: None)
    told = {path.read_text().split()[1] for path in tmp_path.iterdir()}
    cell.close()
    assert len(told) == 1
