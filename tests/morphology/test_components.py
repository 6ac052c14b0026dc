import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from medmask.morphology import PackedMask, partition, runs
from medmask.morphology.components import LINKS, Components
from medmask.morphology.runs import Runs
from tests.morphology.grids import masks

CONNECTIVITIES = pytest.mark.parametrize(("connectivity", "rank"), [(6, 1), (18, 2), (26, 3)])
ANY_MASK = st.one_of(masks(columns=9), masks(columns=200))


@pytest.fixture(params=["by links", "by voxels"], autouse=True)
def _way(request, monkeypatch):
    monkeypatch.setattr(partition, "DENSE", 2 if request.param == "by links" else 0)
    monkeypatch.setattr(partition, "SLAB_VOXELS", 300)
    monkeypatch.setattr(runs, "CUT", 7)


def of(mask, connectivity=26):
    return Components.of(PackedMask.of(mask), connectivity)


def two_bars():
    """Return a bar of 3 voxels along the columns, and one of 4 along the slices."""
    mask = np.zeros((5, 6, 100), np.bool_)
    mask[0, 1, 97:] = True
    mask[1:, 4, 70] = True
    return mask


@pytest.mark.parametrize(("connectivity", "parts"), [(6, 3), (18, 2), (26, 1)])
def test_faces_edges_and_corners_connect_as_asked(connectivity, parts):
    mask = np.zeros((3, 3, 3), np.bool_)
    mask[0, 0, 0] = mask[0, 1, 1] = mask[1, 2, 2] = True  # an edge, then a corner
    assert len(of(mask, connectivity).sizes) == parts


@CONNECTIVITIES
def test_parts_are_scipys_in_the_order_of_their_first_voxels(connectivity, rank):
    @given(mask=ANY_MASK)
    def check(mask):
        parts = of(mask, connectivity)
        expected, count = ndimage.label(mask, ndimage.generate_binary_structure(3, rank))
        _, firsts, sizes = np.unique(expected[mask], return_index=True, return_counts=True)
        assert parts.sizes.tolist() == sizes[np.argsort(firsts)].tolist()
        for number in range(0, count, 1 + count // 5):
            one = parts.where(np.arange(count) == number).unpacked()
            assert np.unique(expected[one]).size == 1
            assert one.sum() == parts.sizes[number]

    check()


@given(mask=ANY_MASK, connectivity=st.sampled_from([6, 18, 26]))
def test_both_ways_come_to_the_same(mask, connectivity):
    packed = PackedMask.of(mask)
    found, links = Runs.of(packed), LINKS[connectivity]
    by_voxels = partition.first_by_voxels(packed, found, links)
    assert np.array_equal(partition.first_by_links(found, links), by_voxels)


def test_boxes_and_faces_are_those_of_each_part():
    parts = of(two_bars())
    assert parts.sizes.tolist() == [3, 4]
    assert parts.boxes.tolist() == [[[0, 1], [1, 2], [97, 100]], [[1, 5], [4, 5], [70, 71]]]
    assert parts.faces.tolist() == [
        [[True, False], [False, False], [False, True]],
        [[False, True], [False, False], [False, False]],
    ]


def test_parts_that_hold_a_voxel_of_another_mask_are_told():
    seeds = np.zeros((5, 6, 100), np.bool_)
    seeds[3, 4, 70] = seeds[0, 1, 96] = True  # the second one lies just beside the first part
    assert of(two_bars()).holding(PackedMask.of(seeds)).tolist() == [False, True]


def test_a_mask_of_nothing_has_no_parts():
    parts = of(np.zeros((2, 3, 70), np.bool_))
    assert parts.sizes.size == 0
    assert parts.boxes.shape == parts.faces.shape == (0, 3, 2)
    assert not parts.where(np.zeros(0, np.bool_)).any()
