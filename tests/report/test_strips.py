import pytest

from medmask.report import Finding
from medmask.report.strips import HEIGHT, MARGIN, WIDTH, boards_of
from medmask.report.triage import Triage
from tests.report.cohorts import done, failed, findings


def boards(outcomes):
    return boards_of(Triage.of(findings(outcomes)))


def strip(outcomes, key):
    (board,) = boards(outcomes)
    (one,) = (each for each in board.strips if each.measure.key == key)
    return one


def test_dots_lie_where_their_figures_do():
    bones = {"a": 100.0, "b": 200.0, "c": 500.0}
    one = strip([done(name, bone_ml=ml) for name, ml in bones.items()], "bone_ml")
    inner = WIDTH - 2 * MARGIN
    assert [dot.x for dot in one.dots] == [MARGIN, MARGIN + inner / 4, MARGIN + inner]
    assert (one.least, one.median, one.greatest) == ("100 ml", "200 ml", "500 ml")
    assert one.median_x == MARGIN + inner / 4


def test_every_scan_with_a_figure_has_a_dot_and_others_have_none():
    outcomes = [done("a", bone_ml=1.0), done("b", bone_ml=2.0), done("c", bone_ml=None)]
    one = strip([*outcomes, failed("d")], "bone_ml")
    order = [
        j.finding.outcome.scan_id for j in Triage.of(findings([*outcomes, failed("d")])).judged
    ]
    assert [order[dot.index] for dot in one.dots] == ["a", "b"]


def test_figures_that_are_the_same_in_all_are_told_in_words():
    (board,) = boards([done("a"), done("b")])
    assert board.strips == ()
    assert "bone threshold level 64" in board.same
    assert "bone volume 312 ml" in board.same


def test_modalities_have_boards_of_their_own_those_of_the_most_scans_first():
    outcomes = [done(f"mr-{n}", modality="MR") for n in range(3)]
    found = boards([*outcomes, done("ct-1"), done("ct-2"), done("xr", modality="XR")])
    assert [(board.kin.modality, board.count) for board in found] == [("MR", 3), ("CT", 2)]


@pytest.mark.parametrize("count", [2, 100, 3000])
def test_piles_of_dots_stay_within_the_strip(count):
    outcomes = [done(f"s{n}", bone_ml=10.0 + (n % 2)) for n in range(count)]
    one = strip(outcomes, "bone_ml")
    assert len(one.dots) == count
    assert all(0 < dot.y < HEIGHT - 14 for dot in one.dots)


def test_what_is_odd_is_marked_and_empty_masks_do_not_move_what_is_usual():
    usual = [done(f"s{n}", bone_ml=300.0 + n) for n in range(7)]
    empty = [done(f"e{n}", bone_ml=0.0, flags=("no_bone",)) for n in range(9)]
    one = strip([*usual, *empty, done("odd", bone_ml=3000.0)], "bone_ml")
    assert sum(dot.unusual for dot in one.dots) == 10
    assert (one.least, one.median, one.greatest) == ("0.0 ml", "304 ml", "3,000 ml")


def test_what_is_measured_in_pixels_is_compared_by_its_share():
    outcomes = [
        done(n, soft_ml=None, bone_ml=None, soft_voxels=v) for n, v in (("a", 9), ("b", 99_999_9))
    ]
    keys = [each.measure.key for each in boards(outcomes)[0].strips]
    assert "body_share" in keys
    assert "body_ml" not in keys


def test_no_scan_is_no_board():
    assert boards([]) == boards([failed("a")]) == []
    assert Finding(done("a")).voxels == 512 * 512 * 40
