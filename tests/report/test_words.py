import inspect
import re
from pathlib import Path

import pytest

import medmask
from medmask import errors
from medmask.report.words import MEANINGS, Term

SCAN_CODES = sorted(
    cls.code
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.ScanError)
)


@pytest.mark.parametrize("code", SCAN_CODES)
def test_every_reason_for_which_a_scan_ends_is_explained(code):
    assert MEANINGS[code].endswith(".")


def test_every_warning_and_flag_that_the_package_raises_is_explained():
    sources = [path.read_text() for path in Path(medmask.__file__).parent.rglob("*.py")]
    codes = {
        code
        for source in sources
        for code in re.findall(r"(?:ScanWarning|Flag)\(\s*\"([a-z_]+)\"", source)
    }
    assert codes <= set(MEANINGS)
    assert len(codes) > 3


def test_a_code_is_shown_with_blanks():
    assert Term.of("empty_mask") == Term("empty_mask", "empty mask", MEANINGS["empty_mask"])
