import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from skimage.filters import apply_hysteresis_threshold

from medmask.morphology import PackedMask, grown
from tests.morphology.grids import masks

SHARES = st.sampled_from([0, 0.01, 0.3])


@pytest.mark.parametrize(("connectivity", "rank"), [(6, 1), (18, 2), (26, 3)])
@given(mask=masks(columns=130), seed=st.integers(0, 2**32 - 1), share=SHARES)
def test_it_is_scipys_propagation_on_any_mask(connectivity, rank, mask, seed, share):
    seeds = np.random.default_rng(seed).random(mask.shape) < share
    structure = ndimage.generate_binary_structure(3, rank)
    expected = ndimage.binary_propagation(seeds & mask, structure, mask)
    found = grown(PackedMask.of(seeds), PackedMask.of(mask), connectivity)
    assert np.array_equal(found.unpacked(), expected)


@given(shape=st.tuples(*[st.integers(1, 9)] * 3), seed=st.integers(0, 2**32 - 1))
def test_it_is_scikit_images_hysteresis_through_faces(shape, seed):
    image = np.random.default_rng(seed).normal(size=shape)
    found = grown(PackedMask.of(image > 1.2), PackedMask.of(image > -0.1), 6)
    assert np.array_equal(found.unpacked(), apply_hysteresis_threshold(image, -0.1, 1.2))
