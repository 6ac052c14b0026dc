import pytest

from medmask.report.agreement import Agreement, agreement_words
from medmask.report.ratings import Rating


def said(rater, **verdicts):
    return [Rating(scan_id=name, rating=v, rater=rater) for name, v in verdicts.items()]


def test_kappa_is_that_of_the_textbook():
    # 50 proposals, both yes 20, both no 15, only the first 5, only the second 10: kappa 0.4
    pairs = [("pass", "pass")] * 20 + [("fail", "fail")] * 15
    pairs += [("pass", "fail")] * 5 + [("fail", "pass")] * 10
    found = Agreement.of(pairs)
    assert (found.scans, found.alike) == (50, 35)
    assert found.kappa == pytest.approx(0.4)


def test_full_agreement_on_several_words_is_one():
    assert Agreement.of([("pass", "pass"), ("fail", "fail")]).kappa == 1


def test_one_word_for_all_leaves_nothing_above_chance():
    assert Agreement.of([("pass", "pass")] * 5).kappa is None


def test_less_than_chance_is_negative():
    assert Agreement.of([("pass", "fail"), ("fail", "pass")]).kappa == -1


def test_each_pair_with_scans_in_common_gets_a_sentence():
    ratings = [
        *said("Ann", a="pass", b="fail", c="pass", d="doubtful"),
        *said("Ben", a="pass", b="fail", c="fail", e="pass"),
        *said("", z="pass"),
    ]
    assert agreement_words(ratings) == "Ann and Ben: 2 of 3 alike (67 %), Cohen's kappa 0.40."


def test_less_than_chance_is_told_with_a_true_minus():
    ratings = [*said("Ann", a="pass", b="fail"), *said("Ben", a="fail", b="pass")]
    assert agreement_words(ratings).endswith("kappa \N{MINUS SIGN}1.00.")


def test_what_was_taken_back_does_not_count():
    ratings = [*said("Ann", a="pass"), *said("Ben", a="pass"), *said("Ben", a="")]
    assert agreement_words(ratings) == ""
