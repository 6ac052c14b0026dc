"""The declared, reversible map between native values and the 0..255 levels of 32 and 64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from medmask.volume import Display

CT_HU_PER_LEVEL = 13.0
CT_HU_AT_LEVEL_0 = -606.0  # 32 -> -190 HU (lower end of fat), 64 -> 226 HU (lower end of bone)


@dataclass(frozen=True)
class Scale:
    """native = slope * level + intercept; nothing is clipped, so the map is reversible.

    Attributes
    ----------
    kind : str
        ``identity``, ``linear``, ``window`` or ``percentile``: where the numbers come from.
    slope : float
        Native units per level; negative where the picture is inverted (MONOCHROME1).
    intercept : float
        Native value at level 0.
    unit : str
        Unit of native values, empty if arbitrary.
    """

    kind: str
    slope: float
    intercept: float
    unit: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.slope) and np.isfinite(self.intercept)) or self.slope == 0:
            raise ValueError(f"no scale has slope {self.slope} and intercept {self.intercept}")

    @classmethod
    def identity(cls, unit: str = "") -> Self:
        """Return the scale of 8-bit pictures: a level is a native value."""
        return cls("identity", 1.0, 0.0, unit)

    @classmethod
    def ct(cls) -> Self:
        """Return the CT scale: 13 HU a level, 32 is -190 HU and 64 is 226 HU."""
        return cls("linear", CT_HU_PER_LEVEL, CT_HU_AT_LEVEL_0, "HU")

    @classmethod
    def through(cls, native_at_32: float, native_at_64: float, unit: str = "") -> Self:
        """Return the line on which 32 and 64 have the given native values."""
        slope = (native_at_64 - native_at_32) / 32.0
        return cls("linear", slope, native_at_32 - 32.0 * slope, unit)

    @classmethod
    def over(cls, kind: str, display: Display, unit: str = "") -> Self:
        """Return the scale that puts a display's black at 0 and its white at 255."""
        step = (display.high - display.low) / 255.0
        if display.inverted:
            return cls(kind, -step, display.high, unit)
        if step == 1.0 and display.low == 0.0:
            return cls.identity(unit)
        return cls(kind, step, display.low, unit)

    @property
    def inverted(self) -> bool:
        """Whether higher levels are lower native values."""
        return self.slope < 0

    def level(self, native: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return levels of native values, any shape, not clipped."""
        return (native - self.intercept) / self.slope

    def level_of(self, native: float) -> float:
        """Return the level of one native value."""
        return (native - self.intercept) / self.slope

    def native_of(self, level: float) -> float:
        """Return the native value of one level."""
        return self.slope * level + self.intercept
