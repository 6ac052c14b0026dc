"""A threshold that is stated, not sought."""

from __future__ import annotations

import math
from dataclasses import dataclass

from medmask.histogram import Histogram
from medmask.thresholds.threshold import Threshold


@dataclass(frozen=True)
class Fixed:
    """The same threshold for every scan, as a level or in native units.

    Parameters
    ----------
    level : float or None
        On the 0..255 scale, such as 32 and 64.
    native : float or None
        In native units, such as -190 HU. Exactly one of the two is given.
    """

    level: float | None = None
    native: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.level, self.native) if value is not None]
        if len(given) != 1:
            raise ValueError("a fixed threshold needs either level or native")
        if not math.isfinite(given[0]):
            raise ValueError(f"a fixed threshold must be a finite number, got {given[0]}")

    def choose(self, histogram: Histogram) -> Threshold:
        """Return the threshold stated, converted by the histogram's scale.

        The number that was stated is passed on as it is, so that it is compared exactly.
        """
        scale = histogram.scale
        if self.level is not None:
            return Threshold(self.level, scale.native_of(self.level))
        assert self.native is not None
        return Threshold(scale.level_of(self.native), self.native)
