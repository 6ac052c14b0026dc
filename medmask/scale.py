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
    """native = slope * level + intercept, or a monotone curve; nothing is clipped.

    So the map is reversible. Only where a curve is level, many native values share one level.

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
    knots : tuple of (float, float)
        Native values, rising, and levels, never turning: a curve of straight pieces, of which
        slope and intercept are the line through both ends and its continuation beyond them.
        Empty if the line is all.
    """

    kind: str
    slope: float
    intercept: float
    unit: str = ""
    knots: tuple[tuple[float, float], ...] = ()

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
        if display.curve:
            return cls._along(kind, display, unit)
        step = (display.high - display.low) / 255.0
        if display.inverted:
            return cls(kind, -step, display.high, unit)
        if step == 1.0 and display.low == 0.0:
            return cls.identity(unit)
        return cls(kind, step, display.low, unit)

    @classmethod
    def _along(cls, kind: str, display: Display, unit: str) -> Self:
        """Return the scale of a display's curve."""
        natives = np.array(display.curve)[:, 0]
        levels = 255.0 * display.share(natives)
        slope = float((natives[-1] - natives[0]) / (levels[-1] - levels[0]))
        knots = tuple(zip(natives.tolist(), levels.tolist(), strict=True))
        return cls(kind, slope, float(natives[0] - slope * levels[0]), unit, knots)

    @property
    def inverted(self) -> bool:
        """Whether higher levels are lower native values."""
        return self.slope < 0

    def level(self, native: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return levels of native values, any shape, not clipped."""
        if not self.knots:
            return (native - self.intercept) / self.slope
        natives, levels = np.array(self.knots).T
        beyond = native - np.clip(native, natives[0], natives[-1])
        along: NDArray[np.float64] = np.interp(native, natives, levels) + beyond / self.slope
        return along

    def level_of(self, native: float) -> float:
        """Return the level of one native value."""
        return float(self.level(np.array([native]))[0])

    def native_of(self, level: float) -> float:
        """Return the native value of one level.

        Where a curve is level, it is the one from which on levels are higher, so that being
        strictly above a level and strictly beyond its native value are the same.
        """
        if not self.knots:
            return self.slope * level + self.intercept
        natives, levels = np.array(self.knots)[:: -1 if self.inverted else 1].T
        for is_beyond, end in ((level < levels[0], 0), (level >= levels[-1], -1)):
            if is_beyond:
                return float(natives[end] + self.slope * (level - levels[end]))
        k = int(np.searchsorted(levels, level, side="right"))  # so levels[k - 1] < levels[k]
        share = (level - levels[k - 1]) / (levels[k] - levels[k - 1])
        return float(natives[k - 1] + share * (natives[k] - natives[k - 1]))
