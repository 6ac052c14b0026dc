import numpy as np
import pytest
from hypothesis import given
from scipy import ndimage

from medmask.morphology.components import Components
from medmask.morphology.packed import PackedMask
from tests.morphology.grids import masks


@pytest.mark.parametrize(("connectivity", "parts"), [(6, 3), (18, 2), (26, 1)])
def test_faces_edges_and_corners_connect_as_asked(connectivity, parts):
    mask = np.zeros((3, 3, 3), np.bool_)
    mask[0, 0, 0] = mask[0, 1, 1] = mask[1, 2, 2] = True  # an edge, then a corner
    assert len(Components.of(PackedMask.of(mask), connectivity).sizes) == parts + 1


@pytest.mark.parametrize(("connectivity", "rank"), [(6, 1), (18, 2), (26, 3)])
@given(mask=masks(columns=9))
def test_parts_are_scipys_in_the_order_of_their_first_voxels(connectivity, rank, mask):
    parts = Components.of(PackedMask.of(mask), connectivity)
    expected, count = ndimage.label(mask, ndimage.generate_binary_structure(3, rank))
    assert parts.sizes.sum() == mask.size
    assert parts.sizes.size == count + 1
    firsts = [np.flatnonzero(parts.labels == n)[0] for n in range(1, count + 1)]
    assert firsts == sorted(firsts)
    pairs = np.unique(np.stack([parts.labels.ravel(), expected.ravel()]), axis=1)
    assert pairs.shape[1] == np.unique(expected).size
