import time

import numpy as np
import pytest

from medmask.pipeline.decide import decide
from medmask.recipe import loads
from medmask.thresholds import STRATEGIES
from tests.phantoms import ct_boxes, volume_of

PLAIN = loads("", "plain.yaml")
FLAT = np.full((2, 3, 4), -1000, np.int16)


def test_every_strategy_is_a_candidate_of_both_thresholds():
    decided = decide(volume_of(ct_boxes()), PLAIN)
    for decision, level in ((decided.soft_tissue, 32), (decided.bone, 64)):
        assert [candidate.strategy for candidate in decision.candidates] == list(STRATEGIES)
        assert decision.candidates[0].level == level


def test_a_candidate_is_known_in_levels_and_native_units():
    decided = decide(volume_of(ct_boxes()), PLAIN)
    (otsu,) = (c for c in decided.soft_tissue.candidates if c.strategy == "otsu")
    assert otsu.native == pytest.approx(13 * otsu.level - 606)
    assert -1000 < otsu.native < 700


def test_a_candidate_that_failed_says_why():
    decided = decide(volume_of(FLAT), PLAIN)
    (otsu,) = (c for c in decided.soft_tissue.candidates if c.strategy == "otsu")
    assert (otsu.level, otsu.native, otsu.reason) == (None, None, "all 24 voxels have one value")


def test_what_both_thresholds_have_in_common_is_found_once():
    decided = decide(volume_of(ct_boxes()), PLAIN)
    shared = zip(decided.soft_tissue.candidates[1:], decided.bone.candidates[1:], strict=True)
    assert all(ours is theirs for ours, theirs in shared)


def test_the_candidates_of_a_16_bit_ct_take_less_than_a_tenth_of_a_second():
    random = np.random.default_rng(0)
    voxels = random.normal(-400, 500, (4, 128, 128)).clip(-1024, 3000).astype(np.int16)
    voxels[0, 0, :] = 30_000
    volume, spent = volume_of(voxels), []
    for _ in range(5):
        before = time.process_time()
        decide(volume, PLAIN)
        spent.append(time.process_time() - before)
    assert min(spent) < 0.1
