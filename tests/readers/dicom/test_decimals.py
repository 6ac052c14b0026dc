import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.readers.dicom.decimals import decimals, integers


@pytest.mark.parametrize(
    "text", [b"nan", b"inf", b"-1024,0", b"1_0", b"0x10", b"1e", b"1e999", b"1 2"]
)
def test_what_python_takes_and_the_standard_does_not_is_refused(text):
    with pytest.raises(ValueError, match=r"is no decimal string|is beyond all numbers"):
        decimals(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [(b"", ()), (b" 0.5 ", (0.5,)), (b"-1.\\.5\\+2E-1\0", (-1.0, 0.5, 0.2)), (b"  \0", ())],
)
def test_decimal_strings_are_read_with_their_padding(text, numbers):
    assert decimals(text) == numbers


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=4))
def test_numbers_come_back_as_they_were_written(numbers):
    assert decimals("\\".join(repr(n) for n in numbers).encode()) == tuple(numbers)


def test_integer_strings_take_no_fraction():
    assert integers(b"+2\\-3 ") == (2, -3)
    with pytest.raises(ValueError, match=r"'1\.5' is no integer string"):
        integers(b"1.5")
