"""The command line as a user runs it: a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"


def medmask(*words, timeout=100, traced=True):
    """Run medmask; its text streams are captured.

    Coverage follows it unless it is not traced: long runs take twice as long under a tracer.
    """
    command = [sys.executable, "-m", "medmask", *map(str, words)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        env=None if traced else untraced(),
        check=False,
    )


def untraced():
    """The environment of a process that coverage does not follow."""
    return {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
