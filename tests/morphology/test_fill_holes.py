import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from scipy import ndimage

from medmask.errors import NoSpacing
from medmask.grid import Grid
from medmask.morphology import FillHoles, PackedMask, Site
from tests.morphology.grids import applied, grid_of, masks


def site(mask):
    return Site(grid_of(mask.shape, (2.0, 1.0, 1.0)))


def tube():
    """Return a tube of 3 x 3 voxels' width, open at both ends."""
    mask = np.zeros((6, 9, 9), np.bool_)
    mask[:, 2:7, 2:7] = True
    mask[:, 3:6, 3:6] = False
    return mask


@given(masks(low=2, columns=12))
def test_holes_of_the_volume_are_scipys(mask):
    assume(1 not in mask.shape)  # what is one voxel thin is filled within its plane, see below
    expected = ndimage.binary_fill_holes(mask)
    assert np.array_equal(applied(FillHoles(), mask, site(mask)), expected)


@given(masks(columns=12))
def test_holes_of_the_slices_are_scipys(mask):
    assume(1 not in mask.shape[1:])
    expected = np.stack([ndimage.binary_fill_holes(one) for one in mask])
    assert np.array_equal(applied(FillHoles("slices"), mask, site(mask)), expected)


def test_an_open_tube_is_filled_in_slices_only():
    mask = tube()
    assert np.array_equal(applied(FillHoles(), mask, site(mask)), mask)
    assert applied(FillHoles("slices"), mask, site(mask)).sum() == 6 * 25


@pytest.mark.parametrize("where", ["volume", "slices"])
@pytest.mark.parametrize("thin", [0, 1, 2])
def test_a_scan_one_voxel_thin_is_filled_within_its_plane(thin, where):
    mask = np.moveaxis(tube()[:1], 0, thin)
    assert applied(FillHoles(where), mask, Site(Grid.plain(mask.shape))).sum() == 25


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_slices_are_the_patients_however_the_array_is_stored(order):
    mask = np.random.default_rng(3).random((6, 9, 11)) < 0.6
    grid = grid_of(mask.shape, (2.0, 1.0, 1.5))
    stored = Grid(tuple(mask.shape[k] for k in order), grid.affine[:, [*order, 3]])
    filled = applied(FillHoles("slices"), mask.transpose(order), Site(stored))
    assert np.array_equal(filled, applied(FillHoles("slices"), mask, Site(grid)).transpose(order))


def test_larger_holes_are_left():
    mask = tube()
    mask[0] = mask[5] = False
    mask[1, 2:7, 2:7] = mask[4, 2:7, 2:7] = True  # closed: a hole of 2 x 9 voxels, 36 mm3
    assert applied(FillHoles(largest_mm3=36.0), mask, site(mask)).sum() == mask.sum() + 18
    assert np.array_equal(applied(FillHoles(largest_mm3=35.9), mask, site(mask)), mask)
    in_slices = applied(FillHoles("slices", largest_mm3=18.0), mask, site(mask))
    assert in_slices.sum() == mask.sum() + 18


def test_an_empty_mask_stays_empty_and_the_mask_given_as_it_is():
    mask = tube()
    before = mask.copy()
    applied(FillHoles("slices"), mask, site(mask))
    assert np.array_equal(mask, before)
    assert not applied(FillHoles(), np.zeros_like(mask), site(mask)).any()


def test_a_largest_hole_without_millimetres_is_refused():
    mask = tube()[:1]
    with pytest.raises(NoSpacing) as caught:
        applied(FillHoles(largest_mm3=5), mask, Site(Grid.plain(mask.shape)))
    assert str(caught.value) == (
        "fill_holes: largest_mm3: 5 where a voxel's volume is unknown; accepted: no largest_mm3"
    )


def test_there_is_nothing_to_warn_of():
    assert FillHoles().warnings(grid_of((3, 3, 3))) == ()


def test_a_largest_hole_of_nothing_is_refused():
    with pytest.raises(ValueError, match="fill_holes: largest_mm3 must be positive, got 0"):
        FillHoles(largest_mm3=0.0)


def cube_shell(side, steps=(1.0, 1.0, 1.0)):
    """A cube of background in a box that is one voxel thick."""
    mask = np.zeros((side + 4,) * 3, bool)
    mask[1:-1, 1:-1, 1:-1] = True
    mask[2:-2, 2:-2, 2:-2] = False
    return mask, Site(grid_of(mask.shape, steps))


@pytest.mark.parametrize("thick", [1.0, 5.0])
@pytest.mark.parametrize(("largest_mm2", "is_filled"), [(99.0, False), (100.0, True)])
def test_an_area_does_not_hang_on_the_thickness_of_slices(thick, largest_mm2, is_filled):
    mask, site = cube_shell(10, (thick, 1.0, 1.0))
    step = FillHoles("slices", largest_mm2=largest_mm2)
    filled = step.apply(PackedMask.of(mask), site).unpacked()
    assert filled[5, 5, 5] == is_filled


def test_what_is_enclosed_in_both_planes_across_is_filled_though_its_slices_are_open():
    mask, site = cube_shell(10)
    mask[5, :7, 6] = False  # a way out of one slice only
    opened = PackedMask.of(mask)
    assert not FillHoles("slices").apply(opened, site).unpacked()[5, 5, 5]
    assert FillHoles("planes").apply(opened, site).unpacked()[5, 5, 5]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_tube_is_filled_by_planes_only_if_it_runs_along_the_patient(axis):
    mask = np.zeros((12, 12, 12), bool)
    mask[:, 3:9, 3:9] = True
    mask[:, 4:8, 4:8] = False
    turned = np.ascontiguousarray(np.moveaxis(mask, 0, axis))
    filled = FillHoles("planes").apply(PackedMask.of(turned), Site(grid_of(turned.shape)))
    assert filled.unpacked()[6, 6, 6] == (axis == 0)


def test_planes_are_the_patients_in_any_order_of_the_axes():
    mask, site = cube_shell(10, (3.0, 1.0, 2.0))
    mask[:7, 5, 5] = False
    step = FillHoles("planes", largest_mm2=250.0)
    filled = step.apply(PackedMask.of(mask), site).unpacked()
    for order in ((2, 0, 1), (1, 2, 0), (2, 1, 0)):
        affine = site.grid.affine.copy()
        affine[:3, :3] = affine[:3, order]
        turned = np.ascontiguousarray(mask.transpose(order))
        again = step.apply(PackedMask.of(turned), Site(Grid(turned.shape, affine)))
        assert np.array_equal(again.unpacked(), filled.transpose(order))


def test_an_area_needs_a_spacing_and_planes():
    with pytest.raises(ValueError, match="largest_mm2 goes with where: slices or planes"):
        FillHoles("volume", largest_mm2=10.0)
    plain = Site(Grid.plain((1, 9, 9)))
    ring = np.ones((1, 9, 9), bool)
    ring[0, 4, 4] = False
    with pytest.raises(NoSpacing, match="largest_mm2: 10 where a pixel's area is unknown"):
        FillHoles("slices", largest_mm2=10.0).apply(PackedMask.of(ring), plain)


def canal():
    """A tube along the slices, open in one of them to the side, and cut by the array's ends."""
    mask = np.zeros((30, 24, 24), bool)
    mask[:, 6:18, 6:18] = True
    mask[:, 9:15, 9:15] = False
    mask[13:19, 9:15, 15:18] = False
    return mask


@pytest.mark.parametrize(("passage_mm", "is_filled"), [(4.0, False), (12.0, True)])
def test_a_tube_that_a_wide_way_leads_out_of_is_left(passage_mm, is_filled):
    step = FillHoles("slices", passage_mm=passage_mm)
    filled = step.apply(PackedMask.of(canal()), Site(grid_of((30, 24, 24)))).unpacked()
    assert filled[3, 12, 12] == is_filled


def test_marrow_with_a_wide_pore_far_off_is_filled():
    mask = np.zeros((90, 24, 24), bool)
    mask[:, 6:18, 6:18] = True
    mask[:, 9:15, 9:15] = False
    mask[1:7, 9:15, 15:18] = False
    step = FillHoles("slices", passage_mm=4.0)
    filled = step.apply(PackedMask.of(mask), Site(grid_of(mask.shape))).unpacked()
    assert not filled[10, 12, 12]
    assert filled[60:, 12, 12].all()


@pytest.mark.parametrize("steps", [(1.0, 1.0, 1.0), (5.0, 1.0, 1.0), (2.5, 2.0, 2.0)])
def test_a_pore_is_as_far_off_as_it_is_in_mm(steps):
    n = round(90.0 / steps[0])
    mask = np.zeros((n, *(round(24.0 / s) for s in steps[1:])), bool)
    along, rows, columns = np.meshgrid(
        *((np.arange(size) + 0.5) * s for size, s in zip(mask.shape, steps, strict=True)),
        indexing="ij",
    )
    mask[:] = (abs(rows - 12.0) < 10.0) & (abs(columns - 12.0) < 10.0)
    mask[(abs(rows - 12.0) < 6.0) & (abs(columns - 12.0) < 6.0)] = False
    mask[(along < 15.0) & (abs(rows - 12.0) < 6.0) & (columns > 12.0)] = False
    step = FillHoles("slices", passage_mm=8.0)
    filled = step.apply(PackedMask.of(mask), Site(grid_of(mask.shape, steps))).unpacked()
    middle = filled[:, mask.shape[1] // 2, mask.shape[2] // 2]
    assert not middle[: round(35.0 / steps[0])].any()
    assert middle[round(60.0 / steps[0]) :].all()


def test_a_cavity_below_a_hole_too_large_is_its_end_and_left():
    mask = np.zeros((20, 30, 30), bool)
    mask[:18, 1:-1, 1:-1] = True
    for k in range(16):  # a vault: 24 x 24 mm below, narrowing towards its top
        half = min(12, (30 - 2 * k) // 2 if k > 3 else 12)
        if half > 2:
            mask[k, 15 - half : 15 + half, 15 - half : 15 + half] = False
    step = FillHoles("slices", largest_mm2=500.0, passage_mm=4.0)
    filled = step.apply(PackedMask.of(mask), Site(grid_of(mask.shape))).unpacked()
    assert np.array_equal(filled[:9], mask[:9])


def test_the_scans_ends_are_no_way_out_of_a_shaft():
    mask = canal()
    mask[13:19, 9:15, 15:18] = True
    step = FillHoles("planes", passage_mm=4.0)
    filled = step.apply(PackedMask.of(mask), Site(grid_of(mask.shape))).unpacked()
    assert filled[:, 12, 12].all()


def test_the_width_of_a_way_needs_a_spacing():
    ring = np.ones((1, 9, 9), bool)
    ring[0, 4, 4] = False
    step = FillHoles("slices", passage_mm=4.0)
    with pytest.raises(NoSpacing, match="passage_mm: 4 where the spacing is unknown"):
        step.apply(PackedMask.of(ring), Site(Grid.plain((1, 9, 9))))
