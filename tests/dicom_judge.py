"""``dciodvfy`` of David Clunie's dicom3tools as the judge of DICOM objects."""

import shutil
import subprocess

import pytest

needs_judge = pytest.mark.skipif(
    shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed"
)


def faults(path):
    """Return the errors that dciodvfy finds in a file."""
    done = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if "Error" in line]
