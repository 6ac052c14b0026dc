import numpy as np
import pytest

from medmask.grid import Grid
from medmask.scale import Scale
from medmask.thresholds import Fixed, Local, Threshold
from medmask.volume import Volume
from tests.thresholds.phantoms import histogram_of


def above(film, local=None, scale=None, level=32.0):
    """Return what a local threshold takes of a picture's levels above a level."""
    scale = scale or Scale.identity()
    volume = Volume(np.asarray(film)[None], Grid.plain((1, *np.shape(film))), "XR")
    threshold = Threshold(level, scale.native_of(level))
    (found,) = (local or Local()).above_by_slices(volume, scale, threshold)
    return found[0]


def hand(noise=2.0, size=(400, 300)):
    """Return a film with a thin part and a thick one, bones in both, and where the bones are.

    The flesh of the thick part is brighter than the bone of the thin one.
    """
    rows, columns = np.mgrid[: size[0], : size[1]]
    film = np.full(size, 12.0)
    inside = np.abs(columns - 150) < 110
    film[inside] = 44.0 + 50.0 * np.clip((rows[inside] - 120) / 160, 0.0, 1.0)
    bones = inside & (np.abs((columns - 150) % 50 - 25) < 6) & (rows > 20)
    film[bones] *= 1.35
    noisy = film + np.random.default_rng(1).normal(0.0, noise, size)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8), bones


def dice(found, wanted):
    return 2 * np.count_nonzero(found & wanted) / (found.sum() + wanted.sum())


def test_bone_of_thick_and_thin_parts_is_found_where_no_one_level_finds_it():
    film, bones = hand()
    best = max(dice(film > level, bones) for level in range(256))
    assert best < 0.75
    assert dice(above(film), bones) > 0.95


def test_the_skins_edge_is_no_bone():
    film, bones = hand(noise=0.0)
    found = above(film)
    assert not found[film < 32].any()
    assert not (found & ~bones).any()


def test_an_inverted_film_has_the_same_bone():
    film, _ = hand()
    upright = above(film)
    inverted = above(255 - film, scale=Scale("window", -1.0, 255.0))
    assert np.array_equal(upright, inverted)


def test_bits_do_not_matter():
    film, _ = hand()
    deep = above(film.astype(np.uint16) * 257, scale=Scale("window", 257.0, 0.0))
    assert np.count_nonzero(deep != above(film)) <= 5


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (401, 307)])
def test_an_even_picture_has_nothing_that_is_brighter_than_the_rest(size):
    assert not above(np.full(size, 90, np.uint8)).any()
    assert above(np.full(size, 90, np.uint8), Local(brighter=0.0)).sum() == 0


def test_means_of_tiles_come_close_to_means_of_pixels():
    film, _ = hand(noise=0.0, size=(401, 307))
    levels, inside = film.astype(float), film > 32
    window = 31
    sums, counts = levels * inside, inside.astype(float)
    for axis in (0, 0, 1, 1):
        sums, counts = (
            np.apply_along_axis(lambda line: np.convolve(line, np.ones(window), "same"), axis, one)
            for one in (sums, counts)
        )
    wanted = inside & (levels > 1.05 * sums / np.maximum(counts, 1e-6))
    assert np.count_nonzero(above(film) != wanted) < 0.01 * np.count_nonzero(inside)


def test_what_is_at_or_below_the_threshold_is_not_looked_at():
    film, _ = hand()
    chosen = Fixed(level=60.0).choose(histogram_of(film))
    assert not above(film, level=chosen.level)[film <= 60].any()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"window_share": 0.0}, r"local: window_share must be within 0\.\.1, got 0"),
        ({"window_share": 1.5}, r"local: window_share must be within 0\.\.1, got 1\.5"),
        ({"brighter": -0.1}, r"local: brighter must not be negative, got -0\.1"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        Local(**given)
