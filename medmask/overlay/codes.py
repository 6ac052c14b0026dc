"""Native values in eight bits, with a window still to be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.volume import Display, Family, Volume

OUTSIDE = 0  # the code of padding, NaN and infinity
LEAST_CODE, GREATEST_CODE = 8, 255  # lossy pictures blur codes by a few: outside stays outside
# Between fat and muscle 3.5 HU a code, in bone 20: an eight-bit picture of a 400 HU window has 1.6.
CT_KNOTS = ((-1024.0, 9.0), (-200.0, 46.0), (300.0, 188.0), (1500.0, 246.0))
_BESIDE = 24  # codes for what lies on either side of the displayed interval
_BLOCK = 1 << 18  # voxels worked on at a time, so that no float copy of a film is made


@dataclass(frozen=True)
class CodeCurve:
    """The map from native values to codes: straight pieces, rising, so that it can be reversed.

    Attributes
    ----------
    knots : tuple of (float, float)
        Native values and codes, both rising; the codes run from 8 to 255. Code 0 is left for what
        is no image.
    """

    knots: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        natives, codes = np.array(self.knots).T
        if not ((np.diff(natives) > 0).all() and (np.diff(codes) > 0).all()):
            raise ValueError(f"the knots of a code curve must rise, got {self.knots}")
        if (codes[0], codes[-1]) != (LEAST_CODE, GREATEST_CODE):
            raise ValueError(f"codes must run from 8 to 255, got {codes[0]:g} to {codes[-1]:g}")

    @classmethod
    def of(cls, volume: Volume, display: Display, native_range: tuple[float, float]) -> CodeCurve:
        """Return the curve that suits a volume: dense where a reviewer looks, coarse beside it.

        Parameters
        ----------
        volume : Volume
        display : Display
            The native interval shown first. For all but CT most codes lie in it.
        native_range : tuple of float
            The least and the greatest native value of the volume.
        """
        low, high = native_range
        if not low < high:
            low, high = low - 0.5, high + 0.5
        inner = CT_KNOTS if volume.family is Family.CT else _around(display)
        kept = [(native, code) for native, code in inner if low < native < high]
        return cls(((low, float(LEAST_CODE)), *kept, (high, float(GREATEST_CODE))))


@dataclass(frozen=True, eq=False)
class Coder:
    """A curve applied to one volume's stored values.

    Attributes
    ----------
    curve : CodeCurve
    volume : Volume
        Tells what the stored values mean.
    table : ndarray of uint8 or None
        The code of every stored value by its bits, for types of one or two bytes.
    """

    curve: CodeCurve
    volume: Volume
    table: NDArray[np.uint8] | None

    @classmethod
    def of(cls, curve: CodeCurve, volume: Volume) -> Coder:
        """Prepare for a volume."""
        kind = volume.voxels.dtype
        if not volume.is_integer or kind.itemsize > 2:
            return cls(curve, volume, None)
        each = np.arange(np.iinfo(kind).min, np.iinfo(kind).max + 1).astype(kind)
        table = np.empty(each.size, np.uint8)
        table[_bits(each)] = _codes(curve, volume, each)
        return cls(curve, volume, table)

    def codes(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the codes of some of the volume's voxels, shape (rows, columns)."""
        codes = np.empty(stored.shape, np.uint8)
        step = max(1, _BLOCK // max(1, stored[:1].size))
        for start in range(0, stored.shape[0], step):
            block = slice(start, start + step)
            if self.table is None:
                codes[block] = _codes(self.curve, self.volume, stored[block])
            else:
                codes[block] = self.table.take(_bits(stored[block]))
        return codes


def _bits(stored: NDArray[Any]) -> NDArray[Any]:
    bits: NDArray[Any] = stored.astype(f"u{stored.dtype.itemsize}")
    return bits


def _codes(curve: CodeCurve, volume: Volume, stored: NDArray[Any]) -> NDArray[np.uint8]:
    inside = volume.valid(stored)
    image = stored if inside is None else np.where(inside, stored, stored.dtype.type(0))
    natives, marks = np.array(curve.knots).T
    exact = np.interp(volume.rescale.native(image), natives, marks)
    codes: NDArray[np.uint8] = np.rint(exact).astype(np.uint8)
    if inside is not None:
        codes[~inside] = OUTSIDE
    return codes


def _around(display: Display) -> tuple[tuple[float, float], ...]:
    least, greatest = float(LEAST_CODE + _BESIDE), float(GREATEST_CODE - _BESIDE)
    return ((display.low, least), (display.high, greatest))
