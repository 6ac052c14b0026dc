"""What a strategy answers, and the question it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from medmask.histogram import Histogram


@dataclass(frozen=True)
class Threshold:
    """One threshold on both of a scan's scales; foreground lies strictly above the level.

    Attributes
    ----------
    level : float
        On the 0..255 scale.
    native : float
        The same intensity in native units. On an inverted scale foreground lies below it.
    evidence : float or None
        How sure the strategy is, in its own measure; ``None`` if it has none.
    """

    level: float
    native: float
    evidence: float | None = None


class Strategy(Protocol):
    """A way to find a threshold in a histogram; its fields are its parameters."""

    def choose(self, histogram: Histogram) -> Threshold:
        """Return the threshold.

        Parameters
        ----------
        histogram : Histogram
            Counts of valid voxels, with levels on the scan's scale.

        Raises
        ------
        NoThreshold
            If the histogram does not hold what the strategy looks for.
        """
        ...
