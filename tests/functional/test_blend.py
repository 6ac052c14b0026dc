import json

import numpy as np
import SimpleITK as sitk
from PIL import Image

from tests.functional.commands import SAMPLES, medmask

FILM = SAMPLES / "scans" / "hand-xray.png"
DRAWING = SAMPLES / "scans" / "hand-xray_annotation.png"


def test_a_drawing_is_laid_over_a_film(tmp_path):
    done = medmask("blend", DRAWING, FILM, "--out", tmp_path / "out.png", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["channels"], told["type"], told["alpha"]) == (3, "uint8", False)
    made, film = np.asarray(Image.open(tmp_path / "out.png")), np.asarray(Image.open(FILM))
    drawing = np.asarray(Image.open(DRAWING))
    drawn = drawing[..., 3] == 255
    assert 0.002 < drawn.mean() < 0.01
    np.testing.assert_array_equal(made[drawn], drawing[drawn][:, :3])
    clear = drawing[..., 3] == 0
    np.testing.assert_array_equal(made[clear], np.repeat(film[clear][:, None], 3, axis=1))


def test_16_bit_colours_are_written_as_others_read_them(tmp_path):
    deep = SAMPLES / "scans" / "hand-xray-16bit.png"
    assert medmask("blend", DRAWING, deep, "--out", tmp_path / "out.png").returncode == 0
    made = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "out.png")))
    film = np.asarray(Image.open(deep))
    assert made.dtype == np.uint16
    clear = np.asarray(Image.open(DRAWING))[..., 3] == 0
    np.testing.assert_array_equal(made[clear], np.repeat(film[clear][:, None], 3, axis=1))


def test_what_does_not_fit_is_a_wrong_request_and_writes_nothing(tmp_path):
    Image.fromarray(np.full((4, 5), 255, np.uint8)).save(tmp_path / "mask.png")
    words = ("blend", FILM, FILM, "--mask", tmp_path / "mask.png")
    done = medmask(*words, "--out", tmp_path / "out.png")
    assert done.returncode == 2
    assert "mask.png has 5 x 4 pixels and hand-xray.png has 512 x 640 pixels" in done.stderr
    assert not (tmp_path / "out.png").exists()


def test_an_input_is_never_written_over(tmp_path):
    copy = tmp_path / "a.png"
    copy.write_bytes(FILM.read_bytes())
    done = medmask("blend", DRAWING, copy, "--out", copy)
    assert done.returncode == 2
    assert "that is one of the inputs" in done.stderr
    assert copy.read_bytes() == FILM.read_bytes()
