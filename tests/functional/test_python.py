import subprocess
import sys

import numpy as np
import pytest

import medmask
from medmask.errors import MissingInput
from medmask.recipe import load
from tests.functional.commands import SAMPLES


def test_a_series_a_file_and_a_picture_are_read():
    series = medmask.read(SAMPLES / "scans" / "ct-thorax-like")
    assert (series.modality, series.voxels.shape) == ("CT", (48, 256, 256))
    picture = medmask.read(SAMPLES / "scans" / "hand-xray.png")
    assert picture.voxels.dtype == np.uint8


def test_a_folder_of_several_scans_is_refused_by_name():
    with pytest.raises(MissingInput, match="one scan was expected, 6 found: ct-thorax-like; "):
        medmask.read(SAMPLES / "scans")


def test_segment_takes_the_modalitys_preset_or_a_recipe():
    volume = medmask.read(SAMPLES / "scans" / "hand-xray.png")
    assert medmask.segment(volume).recipe.name == "xray"
    assert medmask.segment(volume, load("mr-body")).recipe.name == "mr-body"


def test_blend_is_the_formula():
    first, second = np.full((2, 2), 200, np.uint8), np.full((2, 2), 100, np.uint8)
    assert medmask.blend(first, second, np.full((2, 2), 0.25)).tolist() == [[125, 125], [125, 125]]


def test_run_needs_no_guard_around_the_users_script(tmp_path):
    script, film = tmp_path / "night.py", SAMPLES / "scans" / "hand-xray.png"
    script.write_text(
        "import medmask\n"
        f"rows = medmask.run({str(film)!r}, {str(tmp_path / 'out')!r})\n"
        "print([str(row.status) for row in rows])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "['done']", done.stderr


def test_what_is_not_there_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        medmask.nothing  # noqa: B018
