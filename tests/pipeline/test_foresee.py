import numpy as np
import pytest
from PIL import Image

from medmask.cohort import take_inventory
from medmask.errors import NoSpacing, NotHounsfield, UnevenSlices
from medmask.pipeline import foresee
from medmask.readers import ReadOptions
from medmask.recipe import RecipeChoice, loads
from tests.dicom_files import write_series

VOXELS = np.arange(5 * 6 * 7, dtype=np.int16).reshape(5, 6, 7)
AUTO = RecipeChoice.of("auto")


def foreseen(folder, recipe=AUTO, **options):
    (scan,) = take_inventory((folder,)).scans
    return foresee(scan, ReadOptions(**options), recipe)


def recipe_of(text):
    return RecipeChoice.always(loads(text, "a.yaml"))


def test_what_headers_tell_comes_back(tmp_path):
    write_series(tmp_path, VOXELS)
    facts = foreseen(tmp_path)
    assert (facts.grid.shape, facts.modality, facts.not_hounsfield) == (VOXELS.shape, "CT", "")


def test_a_ct_without_rescale_fails_unless_the_recipe_says_what_its_values_mean(tmp_path):
    write_series(tmp_path, VOXELS, slope=None, intercept=None)
    with pytest.raises(NotHounsfield, match="is a CT without rescale"):
        foreseen(tmp_path)
    stated = recipe_of("scale: {kind: linear, native_at_32: 10, native_at_64: 90}")
    assert foreseen(tmp_path, stated).not_hounsfield


def test_a_picture_that_is_called_a_ct_fails(tmp_path):
    Image.fromarray(VOXELS[0].astype(np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(NotHounsfield, match=r"a\.png is a picture, without values below 0"):
        foreseen(tmp_path, modality="CT")


def test_steps_in_millimetres_fail_where_there_are_none(tmp_path):
    Image.fromarray(VOXELS[0].astype(np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(NoSpacing, match="the spacing of rows and columns is unknown"):
        foreseen(tmp_path, recipe_of("masks: {body: [{step: open, radius_mm: 2}]}"))
    assert foreseen(tmp_path, recipe_of("masks: {body: [{step: open, iterations: 2}]}"))


def test_a_gap_beside_a_file_that_cannot_be_read_fails(tmp_path):
    files = write_series(tmp_path, VOXELS)
    assert foreseen(tmp_path).grid.shape[0] == 5
    files[2].write_bytes(b"")
    with pytest.raises(UnevenSlices, match="1 of 3 steps are odd"):
        foreseen(tmp_path)


def test_steps_that_ask_the_values_are_not_foreseen(tmp_path):
    write_series(tmp_path, VOXELS - 1024)
    assert foreseen(tmp_path, RecipeChoice.of("ct-bone")).modality == "CT"
