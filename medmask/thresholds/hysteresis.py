"""A second, lower threshold for what hangs together with what lies above the first."""

from __future__ import annotations

import math
from dataclasses import dataclass

from medmask.scale import Scale
from medmask.thresholds.threshold import Threshold


@dataclass(frozen=True)
class Hysteresis:
    """Also take what lies above a lower threshold and is connected to what lies above the first.

    Connected is what shares faces, edges or corners. One threshold either loses the spongy inside
    of a bone or takes in what is merely bright; of two, the higher one says where bone is and the
    lower one how far it goes [1]_.

    Parameters
    ----------
    low_native : float or None
        The lower threshold in native units, such as 130 HU.
    low_level : float or None
        The same on the 0..255 scale. Exactly one of the two is given.

    References
    ----------
    .. [1] J. Canny, "A computational approach to edge detection", IEEE Transactions on Pattern
       Analysis and Machine Intelligence 8 (1986) 679-698, :doi:`10.1109/TPAMI.1986.4767851`
    """

    low_native: float | None = None
    low_level: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.low_native, self.low_level) if value is not None]
        if len(given) != 1:
            raise ValueError("hysteresis needs either low_native or low_level")
        if not math.isfinite(given[0]):
            raise ValueError(f"hysteresis: a threshold must be a finite number, got {given[0]}")

    def low(self, scale: Scale) -> Threshold:
        """Return the lower threshold on both scales; the number stated is passed on as it is.

        Parameters
        ----------
        scale : Scale
            The scan's.
        """
        if self.low_level is not None:
            return Threshold(self.low_level, scale.native_of(self.low_level))
        assert self.low_native is not None
        return Threshold(scale.level_of(self.low_native), self.low_native)
