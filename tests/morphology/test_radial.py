import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from medmask.errors import NoSpacing
from medmask.grid import Grid
from medmask.morphology import Close, Dilate, Erode, Open, PackedMask, Site
from tests.morphology.grids import applied, ball, grid_of, masks, small_masks

ANY_MASK = st.one_of(masks(), small_masks())
STEPS = (1.5, 1.0, 0.8)
ALL = (Dilate, Erode, Open, Close)


def on(mask, steps=STEPS):
    return Site(grid_of(mask.shape, steps))


def beyond_the_edge(operation, mask, element):
    """Apply SciPy's operation to a mask that goes on as it is at its edge."""
    reach = [n - 1 for n in element.shape]  # twice the element's extent
    around = np.pad(mask, [(n, n) for n in reach], mode="edge")
    inner = tuple(slice(n, n + size) for n, size in zip(reach, mask.shape, strict=True))
    return operation(around, element)[inner]


@given(ANY_MASK, st.sampled_from([1.0, 2.1]))
def test_all_four_are_scipys_apart_from_the_edge(mask, radius_mm):
    element = Dilate(radius_mm).element_on(on(mask).grid).as_array()
    expected = {
        Dilate: ndimage.binary_dilation(mask, element),
        Erode: ndimage.binary_erosion(mask, element, border_value=1),
        Open: beyond_the_edge(ndimage.binary_opening, mask, element),
        Close: beyond_the_edge(ndimage.binary_closing, mask, element),
    }
    for step, answer in expected.items():
        assert np.array_equal(applied(step(radius_mm), mask, on(mask)), answer), step


@given(masks(high=9, columns=40), st.sampled_from([1.0, 2.1, 3.3]))
def test_on_a_sheared_grid_they_are_scipys_too(mask, radius_mm):
    affine = grid_of(mask.shape, STEPS).affine.copy()
    affine[:3, 0] += [0.4, -1.1, 0.0]  # slices lie aside of one another
    site = Site(Grid(mask.shape, affine))
    element = Dilate(radius_mm).element_on(site.grid).as_array()
    assert np.array_equal(
        applied(Open(radius_mm), mask, site), beyond_the_edge(ndimage.binary_opening, mask, element)
    )
    assert np.array_equal(
        applied(Close(radius_mm), mask, site),
        beyond_the_edge(ndimage.binary_closing, mask, element),
    )


@given(ANY_MASK)
def test_opening_never_grows_and_closing_never_shrinks(mask):
    assert not (applied(Open(2.0), mask, on(mask)) & ~mask).any()
    assert not (mask & ~applied(Close(2.0), mask, on(mask))).any()


@given(ANY_MASK)
def test_eroding_a_mask_is_dilating_its_background(mask):
    eroded = applied(Erode(iterations=2, element="cross"), mask, on(mask))
    dilated = applied(Dilate(iterations=2, element="cross"), ~mask, on(mask))
    assert np.array_equal(eroded, ~dilated)


@given(ANY_MASK)
def test_opening_a_mask_is_closing_its_background(mask):
    opened = applied(Open(1.5), mask, on(mask))
    assert np.array_equal(opened, ~applied(Close(1.5), ~mask, on(mask)))


@pytest.mark.parametrize("step", ALL)
@pytest.mark.parametrize("value", [False, True])
def test_empty_and_full_masks_stay_what_they_are(step, value):
    mask = np.full((5, 6, 70), value)
    assert np.array_equal(applied(step(iterations=2), mask, on(mask)), mask)


@pytest.mark.parametrize("step", ALL)
@given(mask=ANY_MASK)
def test_the_mask_given_stays_as_it_is(step, mask):
    before = mask.copy()
    result = applied(step(1.0), mask, on(mask))
    assert np.array_equal(mask, before)
    assert result.shape == mask.shape
    assert result.dtype == np.bool_


def test_a_voxel_dilated_on_an_anisotropic_grid_is_counted_by_hand():
    mask = np.zeros((9, 9, 9), np.bool_)
    mask[4, 4, 4] = True
    # 3 mm on 3 x 1.5 x 1.5 mm: one voxel up, one down; in the slice 13 voxels, 2 along each axis
    # and (1, 1) at 2.1 mm.
    assert applied(Dilate(3.0), mask, on(mask, (3.0, 1.5, 1.5))).sum() == 15


def test_a_ball_grown_by_a_ball_has_the_volume_of_both_radii():
    steps = (2.0, 1.0, 1.0)
    mask = ball((41, 81, 81), steps, 15.0)
    grown = applied(Dilate(10.0), mask, on(mask, steps)).sum() * 2.0
    assert grown == pytest.approx(4 / 3 * np.pi * 25.0**3, rel=0.03)


def test_a_gap_thinner_than_the_element_is_closed_and_a_wider_one_is_not():
    mask = np.zeros((3, 20, 40), np.bool_)
    mask[:, :, 5:15] = mask[:, :, 17:27] = mask[:, :, 32:36] = True
    closed = applied(Close(iterations=1, element="cross"), mask, on(mask))
    assert closed[:, :, 15:17].all()
    assert not closed[:, :, 27:32].any()


def test_opening_removes_a_speck_at_the_corner_and_keeps_a_slab_at_the_edge():
    mask = np.zeros((8, 30, 30), np.bool_)
    mask[:, :, :4] = True
    mask[3, 15, 29] = True
    opened = applied(Open(iterations=1, element="cross"), mask, on(mask))
    assert opened[:, :, :4].all()
    assert not opened[:, :, 4:].any()


def test_closing_eats_no_mask_at_the_edge_and_joins_none_to_it():
    mask = np.zeros((4, 10, 10), np.bool_)
    mask[:, :, 2:] = True
    assert np.array_equal(applied(Close(iterations=3), mask, on(mask)), mask)


def test_a_shell_that_leaves_the_array_is_not_eroded_from_its_end():
    mask = np.zeros((5, 11, 11), np.bool_)
    mask[:, 3:8, 3:8] = True
    eroded = applied(Erode(iterations=1), mask, on(mask))
    assert np.array_equal(eroded[0], eroded[2])
    assert eroded[0].sum() == 9


def test_a_picture_without_millimetres_takes_iterations():
    mask = np.zeros((1, 9, 9), np.bool_)
    mask[0, 4, 4] = True
    site = Site(Grid.plain(mask.shape))
    assert applied(Dilate(iterations=1, element="cross"), mask, site).sum() == 5
    assert applied(Dilate(iterations=1, element="box"), mask, site).sum() == 9


@pytest.mark.parametrize("step", ALL)
def test_a_picture_without_millimetres_refuses_a_radius(step):
    mask = np.ones((1, 9, 9), np.bool_)
    with pytest.raises(NoSpacing) as caught:
        applied(step(radius_mm=2), mask, Site(Grid.plain(mask.shape)))
    assert str(caught.value) == (
        f"{step.word}: radius_mm: 2 where the spacing of rows and columns is unknown; "
        "accepted: iterations: instead"
    )


def test_a_radiograph_of_unknown_thickness_takes_a_radius_in_its_plane():
    mask = np.zeros((1, 9, 9), np.bool_)
    mask[0, 4, 4] = True
    grid = grid_of(mask.shape, (1.0, 0.5, 0.5), spacing_known=(False, True, True))
    assert applied(Dilate(radius_mm=0.5), mask, Site(grid)).sum() == 5


def test_slices_of_unknown_distance_refuse_a_radius():
    grid = grid_of((4, 9, 9), spacing_known=(False, True, True))
    with pytest.raises(NoSpacing, match="where the spacing of slices is unknown"):
        applied(Open(radius_mm=2), np.ones((4, 9, 9), np.bool_), Site(grid))


def test_a_radius_of_less_than_a_voxel_is_a_warning_that_names_the_axis():
    (warning,) = Close(2.0).warnings(grid_of((48, 256, 256), (3.0, 1.5, 1.5)))
    assert warning.code == "radius_does_nothing"
    assert warning.message == ("close: a radius of 2 mm does not reach along slices (3 mm apart)")
    (warning,) = Open(1.0).warnings(grid_of((48, 256, 256), (3.0, 1.5, 1.25)))
    assert "slices (3 mm apart) or rows (1.5 mm apart) or columns (1.25 mm apart)" in (
        warning.message
    )


@pytest.mark.parametrize(
    ("step", "grid"),
    [
        (Open(2.0), grid_of((9, 9, 9))),
        (Open(iterations=1), grid_of((9, 9, 9), (3.0, 3.0, 3.0))),
        (Open(2.0), grid_of((1, 9, 9), (5.0, 1.0, 1.0))),
        (Open(2.0), Grid.plain((1, 9, 9))),
    ],
)
def test_there_is_nothing_to_warn_of_elsewhere(step, grid):
    assert step.warnings(grid) == ()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "open needs either radius_mm or iterations"),
        ({"radius_mm": 1.0, "iterations": 1}, "open needs either radius_mm or iterations"),
        ({"radius_mm": 0.0}, "open: radius_mm must be positive, got 0"),
        ({"radius_mm": float("nan")}, "open: radius_mm must be positive, got nan"),
        ({"iterations": 0}, "open: iterations must be at least 1, got 0"),
        ({"radius_mm": 1.0, "element": "box"}, "open: element: box goes with iterations only"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        Open(**given)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_within_slices_nothing_is_moved_across_them(axis):
    mask = np.zeros((9, 9, 9), bool)
    mask[4, 4, 4] = True
    turned = np.ascontiguousarray(np.moveaxis(mask, 0, axis))
    affine = np.eye(4)
    affine[:3, :3] = np.moveaxis(np.fliplr(np.eye(3)), 0, 1)
    order = [1, 2]
    order.insert(axis, 0)
    affine[:3, :3] = affine[:3, order]
    site = Site(Grid(turned.shape, affine))
    found = Dilate(radius_mm=2.0, where="slices").apply(PackedMask.of(turned), site).unpacked()
    disc = np.hypot(*np.mgrid[-4:5, -4:5]) <= 2.0
    assert np.array_equal(np.moveaxis(found, axis, 0)[4], disc)
    assert np.count_nonzero(found) == np.count_nonzero(disc)
