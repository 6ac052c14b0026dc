import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from medmask.morphology import PackedMask
from medmask.morphology.runs import BitCount, Link, Runs
from tests.morphology.grids import masks, small_masks

ANY_MASK = st.one_of(masks(), small_masks())


def test_runs_counted_by_hand():
    mask = np.zeros((2, 3, 130), np.bool_)
    mask[0, 2, 60:70] = mask[1, 0, 0] = mask[1, 0, 129] = True
    runs = Runs.of(PackedMask.of(mask))
    assert runs.lengths().tolist() == [10, 1, 1]
    assert np.stack(runs.at(), axis=1).tolist() == [[0, 2, 60], [1, 0, 0], [1, 0, 129]]


@given(ANY_MASK, st.integers(0, 2**32 - 1))
def test_what_is_painted_are_the_runs_chosen(mask, seed):
    runs = Runs.of(PackedMask.of(mask))
    assert np.array_equal(runs.painted(np.ones(runs.starts.size, np.bool_)).unpacked(), mask)
    chosen = np.random.default_rng(seed).random(runs.starts.size) < 0.5
    expected = np.zeros_like(mask)
    for k, j, i, length in zip(*(at[chosen] for at in (*runs.at(), runs.lengths())), strict=True):
        expected[k, j, i : i + length] = True
    assert np.array_equal(runs.painted(chosen).unpacked(), expected)


@given(
    masks(high=4, columns=80),
    st.builds(Link, st.just(1), st.integers(-1, 1), st.integers(0, 1))
    | st.builds(Link, st.just(0), st.just(1), st.integers(0, 1)),
)
def test_linked_are_the_runs_that_reach_each_other(mask, link):
    runs = Runs.of(PackedMask.of(mask))
    k, j, i = runs.at()
    stop = i + runs.lengths()
    expected = {
        (a, b)
        for a in range(k.size)
        for b in np.flatnonzero(
            (k == k[a] + link.slices)
            & (j == j[a] + link.rows)
            & (i < stop[a] + link.gap)
            & (stop > i[a] - link.gap)
        ).tolist()
    }
    assert set(zip(*(of.tolist() for of in runs.linked(link)), strict=True)) == expected


@given(ANY_MASK, st.integers(0, 2**32 - 1), st.integers(16, 200))
def test_holding_is_told_run_by_run_however_the_other_mask_is_packed(mask, seed, spare):
    others = np.random.default_rng(seed).random(mask.shape) < 0.1
    runs = Runs.of(PackedMask.of(mask))
    expected = [
        bool(others[k, j, i : i + length].any())
        for k, j, i, length in zip(*runs.at(), runs.lengths(), strict=True)
    ]
    assert runs.holding(PackedMask.of(others).with_spare(spare)).tolist() == expected


def test_bits_are_counted_up_to_and_at_a_place():
    count = BitCount(np.array([0b1010, 1 << 63], np.uint64))
    assert count.up_to(np.array([-1, 0, 1, 2, 3, 63, 126, 127])).tolist() == [
        0,
        0,
        1,
        1,
        2,
        2,
        2,
        3,
    ]
