"""Numbers in DICOM text, read as strictly as the standard writes them."""

from __future__ import annotations

import re
from typing import Final

# PS3.5 6.2: digits, sign, E e and the full stop; float() would also take "nan", "inf" and "1_0"
_DECIMAL: Final = re.compile(rb"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_INTEGER: Final = re.compile(rb"[+-]?\d+")


def decimals(value: bytes) -> tuple[float, ...]:
    r"""Return the numbers of a Decimal String.

    Parameters
    ----------
    value : bytes
        Raw value; numbers are parted by backslashes, spaces around them do not count.

    Returns
    -------
    tuple of float
        Empty if there is no value.

    Raises
    ------
    ValueError
        If anything but finite decimal numbers is there.

    References
    ----------
    DICOM PS3.5 6.2, value representation DS.

    Examples
    --------
    >>> decimals(b"0.8\\-2.5E1 ")
    (0.8, -25.0)
    """
    numbers = []
    for part in _parts(value):
        if not _DECIMAL.fullmatch(part):
            raise ValueError(f"{_shown(value)} is no decimal string")
        number = float(part)
        if number in {float("inf"), float("-inf")}:
            raise ValueError(f"{_shown(value)} is beyond all numbers")
        numbers.append(number)
    return tuple(numbers)


def integers(value: bytes) -> tuple[int, ...]:
    """Return the numbers of an Integer String.

    Parameters
    ----------
    value : bytes
        Raw value.

    Raises
    ------
    ValueError
        If anything but integers is there.

    References
    ----------
    DICOM PS3.5 6.2, value representation IS.
    """
    parts = _parts(value)
    if not all(_INTEGER.fullmatch(part) for part in parts):
        raise ValueError(f"{_shown(value)} is no integer string")
    return tuple(int(part) for part in parts)


def _parts(value: bytes) -> list[bytes]:
    stripped = value.strip(b" \0")
    return [part.strip(b" \0") for part in stripped.split(b"\\")] if stripped else []


def _shown(value: bytes) -> str:
    return repr(value[:40].decode("ascii", "replace").strip(" \0"))
