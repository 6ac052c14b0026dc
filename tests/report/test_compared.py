from medmask.report.compared import MARGIN, WIDTH, compared
from medmask.report.triage import Kin, Triage
from tests.report.cohorts import done, findings


def figures(mls):
    """The compared bone volumes of scans with these, by scan."""
    outcomes = [done(f"s{n}", bone_ml=ml) for n, ml in enumerate(mls)]
    triage = Triage.of(findings(outcomes))
    found = {}
    for judged in triage.judged:
        usual = triage.usual[Kin.of(judged.finding)]
        known = {each.measure.key: each for each in compared(judged, usual)}
        found[judged.finding.outcome.scan_id] = known["bone_ml"]
    return found


def test_a_figure_is_told_with_its_unit_and_place():
    found = figures([100, 200, 300, 400, 500])
    assert found["s1"].words == "200 ml"
    assert (found["s0"].range.here_x, found["s4"].range.here_x) == (MARGIN, WIDTH - MARGIN)
    assert found["s2"].range.here_x == found["s2"].range.median_x == WIDTH / 2
    assert found["s0"].range.lower_x == found["s1"].range.here_x
    assert found["s0"].range.words == "median 300 ml of 5, the middle half 200 ml to 400 ml"


def test_a_lonely_figure_has_no_range():
    assert figures([100])["s0"].range is None


def test_equal_figures_lie_in_the_middle():
    one = figures([7, 7, 7])["s0"].range
    assert one.here_x == WIDTH / 2
    assert one.words == "the same in all 3"


def test_what_is_a_reason_to_look_is_marked():
    found = figures([100, 101, 102, 103, 104, 2000])
    assert found["s5"].unusual
    assert not found["s0"].unusual
