import inspect

import pytest

from medmask import errors
from medmask.report.words import MEANINGS, Term, glossary
from tests.report.cohorts import done, failed

SCAN_CODES = sorted(
    cls.code
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.ScanError)
)


@pytest.mark.parametrize("code", SCAN_CODES)
def test_every_reason_for_which_a_scan_ends_is_explained(code):
    assert MEANINGS[code].endswith(".")


def test_a_code_is_shown_with_blanks():
    assert Term.of("empty_mask") == Term("empty_mask", "empty mask", "Nothing was found.")


def test_the_glossary_holds_what_occurs_once_and_in_order():
    outcomes = [done("a", warnings=("modality_guessed",)), failed("b"), failed("c"),
                done("d", flags=("unheard_of",))]  # fmt: skip
    assert [term.code for term in glossary(outcomes)] == ["modality_guessed", "truncated"]
