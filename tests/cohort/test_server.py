import importlib
import os
import signal
import subprocess
import sys
import time

from medmask.cohort import server

HEAVY = ("scipy", "nibabel", "SimpleITK", "highdicom")


def said_by(program, **options):
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, **options
    ).stdout


def test_what_children_are_to_load_is_there():
    for name in server.LOADED:
        importlib.import_module(name)


def test_who_looks_at_headers_loads_nothing_heavy():
    program = "import sys, medmask.cli, medmask.cohort.runner; print(*sys.modules)"
    assert set(HEAVY) & set(said_by(program).split()) == set()


def test_the_server_is_started_before_anything_else_is_loaded():
    program = "import sys, medmask.cohort.server; print(*sys.modules)"
    assert {"numpy", "pydicom", "pydantic"} & set(said_by(program).split()) == set()


def test_an_interrupt_does_not_reach_a_server_that_is_loading():
    program = (
        "import time\nfrom medmask.cohort.server import warm_up\n"
        "try:\n    warm_up()\n    print('up', flush=True)\n    time.sleep(10)\n"
        "except KeyboardInterrupt:\n    time.sleep(1)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as running:
        running.stdout.readline()
        time.sleep(0.25)
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert said == b""
