"""The line between stored numbers and native values, with exact comparisons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rescale:
    """Native value = slope * stored value + intercept.

    Attributes
    ----------
    slope : float
        Native units per stored unit; not 0.
    intercept : float
        Native value of the stored value 0.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.intercept)) or self.slope == 0:
            raise ValueError(f"no line has slope {self.slope} and intercept {self.intercept}")

    @property
    def is_identity(self) -> bool:
        """Whether stored values are native values."""
        return self.slope == 1.0 and self.intercept == 0.0

    def native(self, stored: NDArray[np.generic]) -> NDArray[np.float64]:
        """Return native values of stored ones, any shape, as float64. Keep the array small."""
        return stored.astype(np.float64) * self.slope + self.intercept

    def native_of(self, stored: float) -> float:
        """Return the native value of one stored value."""
        return float(stored) * self.slope + self.intercept

    def stored_at(self, native: float) -> Fraction:
        """Return the exact stored value, not rounded, whose native value is ``native``.

        Both numbers of the line are taken as the decimals they print as: a header says ``0.1``
        and means a tenth, not the nearest binary fraction.
        """
        if self.is_identity:
            return Fraction(native)
        return (_decimal(native) - _decimal(self.intercept)) / _decimal(self.slope)


def _decimal(value: float) -> Fraction:
    return Fraction(repr(float(value)))
