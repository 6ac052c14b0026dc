from itertools import permutations, product

import numpy as np
import pytest

from medmask.annotation import Annotation
from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.overlay import MARGIN_PX, CodeCurve, Coder, ContactSheet, choose_display, planes_of
from tests.overlay.phantoms import SHAPE, STEPS, body, labels_of, stored_otherwise, volume_of

CURVE = CodeCurve(((-1024.0, 8.0), (1000.0, 255.0)))


def tile(sheet, layout, n):
    """The n-th picture without its margin."""
    high, wide = (extent + 2 * MARGIN_PX for extent in layout.tile)
    top, left = n // layout.columns * high + MARGIN_PX, n % layout.columns * wide + MARGIN_PX
    return sheet[top : top + layout.tile[0], left : left + layout.tile[1]]


def test_slices_are_evenly_spaced_from_head_to_foot():
    axial, coronal, sagittal = planes_of(body().grid)
    assert ContactSheet.of(body().grid, axial, 4, 100).at == (10, 7, 4, 1)
    assert ContactSheet.of(body().grid, coronal, 4, 100).at == (5, 15, 25, 35)
    assert ContactSheet.of(body().grid, sagittal, 4, 100).at == (6, 18, 30, 42)


def test_no_more_slices_are_shown_than_there_are():
    axial, _, _ = planes_of(body().grid)
    assert len(ContactSheet.of(body().grid, axial, 24, 100).at) == SHAPE[0]


def test_pictures_have_true_proportions_and_no_more_pixels_than_the_finest_step():
    _, coronal, _ = planes_of(body().grid)  # 60 mm down, 72 mm right, 1.5 mm at the finest
    assert ContactSheet.of(body().grid, coronal, 4, 36).tile == (30, 36)
    assert ContactSheet.of(body().grid, coronal, 4, 1000).tile == (40, 48)


def test_every_picture_stands_in_its_cell():
    volume, (axial, _, _) = body(), planes_of(body().grid)
    layout = ContactSheet.of(volume.grid, axial, 12, 1000)
    assert layout.tile == (53, 48)  # 80 mm by 1.5 mm, 72 mm by 1.5 mm
    sheet = layout.greys(Coder.of(CURVE, volume))
    assert sheet.shape == layout.shape
    for n, at in enumerate(layout.at):
        centre = tile(sheet, layout, n)[26, 24]
        assert centre == round(float(np.interp(40 + at, *np.array(CURVE.knots).T)))


def test_the_margin_goes_on_as_the_picture_ends():
    volume, (axial, _, _) = body(), planes_of(body().grid)
    layout = ContactSheet.of(volume.grid, axial, 3, 1000)
    sheet = layout.labels(LabelMap(np.ones(SHAPE, np.uint8), volume.grid))
    cells = np.ones((layout.tile[0] + 2 * MARGIN_PX, layout.tile[1] + 2 * MARGIN_PX))
    assert sheet.sum() == 3 * cells.sum()


@pytest.mark.parametrize(
    ("order", "flips"), [(p, f) for p in permutations(range(3)) for f in product((0, 1), repeat=3)]
)
def test_the_same_body_gives_the_same_sheets_however_it_is_stored(order, flips):
    here, there = body(), stored_otherwise(body(), order, tuple(map(bool, flips)))
    for one, other in zip(planes_of(here.grid), planes_of(there.grid), strict=True):
        a, b = (ContactSheet.of(v.grid, p, 48, 60) for v, p in ((here, one), (there, other)))
        np.testing.assert_array_equal(
            a.greys(Coder.of(CURVE, here)), b.greys(Coder.of(CURVE, there))
        )
        np.testing.assert_array_equal(a.labels(labels_of(here)), b.labels(labels_of(there)))


def test_labels_are_drawn_where_they_are():
    volume, (axial, _, _) = body(), planes_of(body().grid)
    layout = ContactSheet.of(volume.grid, axial, 12, 1000)
    drawn = tile(layout.labels(labels_of(volume)), layout, 12 - 1 - 5)  # slice 5, from the head
    assert (drawn == 2).any(axis=0).nonzero()[0].tolist() == list(range(8, 14))
    rows = (drawn == 2).any(axis=1).nonzero()[0] * STEPS[2] / STEPS[1]
    assert (rows.min(), rows.max()) == pytest.approx((10, 13), abs=1)


def annotation(voxels, value=1):
    return Annotation("a", "labelmap", "a.nii.gz", voxels, value, None)


def test_annotations_that_overlap_keep_a_bit_each():
    grid = Grid.plain((1, 4, 4))
    first, second, third = (np.zeros((1, 4, 4), np.uint8) for _ in range(3))
    first[0, :2], second[0, 1:3], third[0, 3] = 1, 1, 200
    layout = ContactSheet.film(grid, 100)
    layers = [[annotation(first), annotation(third, None)], [annotation(second)]]
    drawn = tile(layout.annotations(layers), layout, 0)
    assert drawn[:, 0].tolist() == [1, 3, 2, 1]


def test_a_film_is_drawn_at_its_own_size_or_smaller():
    film = volume_of(np.arange(600, dtype=np.uint16).reshape(1, 20, 30), "XR")
    coder = Coder.of(CodeCurve.of(film, choose_display(film), (0.0, 599.0)), film)
    layout = ContactSheet.film(film.grid, 1000)
    np.testing.assert_array_equal(tile(layout.greys(coder), layout, 0), coder.codes(film.voxels[0]))
    assert ContactSheet.film(film.grid, 15).tile == (10, 15)
