"""The command line as a user runs it: a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"


def medmask(*words, timeout=100):
    """Run medmask; its text streams are captured."""
    command = [sys.executable, "-m", "medmask", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, cwd=ROOT, check=False
    )
