import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as hnp

from medmask.overlay.contour import contour
from medmask.overlay.hatch import PERIOD_PX, WIDTH_PX, hatch


@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=20)))
def test_a_hatch_lies_within_its_mask_and_holds_its_edge(mask):
    lines = hatch(mask)
    assert not (lines & ~mask).any()
    assert (lines >= contour(mask)).all()


def test_lines_are_evenly_spaced():
    lines = hatch(np.ones((64, 64), bool))
    assert lines.mean() == WIDTH_PX / PERIOD_PX
    assert (lines[1:, :-1] == lines[:-1, 1:]).all()  # up to the right
