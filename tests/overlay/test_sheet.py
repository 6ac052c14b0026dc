import pytest

from medmask.overlay.sheet import bar_length_mm


@pytest.mark.parametrize(
    ("px_per_mm", "length_mm"), [(1.0, 50), (0.96, 100), (4.8, 20), (96, 1), (100, 0.5), (0.1, 500)]
)
def test_the_scale_bar_is_the_longest_round_length_that_fits_96_pixels(px_per_mm, length_mm):
    assert bar_length_mm(px_per_mm) == pytest.approx(length_mm)
