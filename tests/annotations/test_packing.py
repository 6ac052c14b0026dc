import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from medmask.annotations.packing import Packing

SHAPE = (3, 4, 5)
MASKS = st.lists(arrays(np.bool_, SHAPE), max_size=6)


@settings(max_examples=60, deadline=None)
@given(MASKS)
def test_every_mask_is_found_again_on_its_sheet(masks):
    packing = Packing(SHAPE)
    places = [packing.add(mask) for mask in masks]
    sheets = packing.sheets()
    for mask, (sheet, value) in zip(masks, places, strict=True):
        np.testing.assert_array_equal(sheets[sheet] == value, mask)


def test_masks_that_touch_nowhere_share_a_sheet():
    packing = Packing(SHAPE)
    for k in range(3):
        mask = np.zeros(SHAPE, bool)
        mask[k] = True
        packing.add(mask)
    assert len(packing.sheets()) == 1


def test_more_masks_than_a_byte_can_number_take_another_sheet():
    packing = Packing((1, 1, 300))
    places = []
    for k in range(300):
        mask = np.zeros((1, 1, 300), bool)
        mask[0, 0, k] = True
        places.append(packing.add(mask))
    assert {sheet for sheet, _ in places} == {0, 1}
