import pytest

from medmask.cli.compare import _numbers
from medmask.errors import RequestError


def test_labels_are_numbers_and_ranges():
    assert _numbers("") == ()
    assert _numbers("2") == (2,)
    assert _numbers("25-27,91") == (25, 26, 27, 91)


@pytest.mark.parametrize("text", ["two", "1-", "1;2", "-3"])
def test_other_words_are_refused(text):
    with pytest.raises(RequestError, match="accepted: numbers and ranges"):
        _numbers(text)
