"""Where the steep fall from a film's background ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.density import BINS_PER_LEVEL, log_density
from medmask.thresholds.threshold import Threshold

AHEAD_LEVELS = 6.0  # steep and flat are told by how much is lost over so many levels
STEEP = math.log(3.0)  # steep: the density falls to a third
FLAT = math.log(1.25)  # flat: no more than a fifth of it is still to be lost
DOUBTFUL = math.log(1.5)  # a fall in which less is lost at the steepest is none but noise
LEAST_ABOVE = 1e-3  # less than this share of the voxels above the fall is no object


@dataclass(frozen=True)
class Drop:
    """The level at which the steep fall from the background's peak flattens out.

    Parameters
    ----------
    near : float
        The level about which the fall ends.
    within : float
        By how many levels the end may differ from ``near``.
    sigma : float
        Standard deviation in levels of the Gaussian that smooths the logarithm of the histogram.

    Notes
    -----
    The histogram is shared out to half levels, its logarithm smoothed, and for each level the
    loss over the next 6 levels taken. A fall is a run of levels that each lose more than a fifth
    of the density; it ends where no more than that is still to be lost, so that tissue is at
    least four times as frequent as background from there on if the floor behind it is flat. The
    darkest fall that ends where it may is taken, if two thirds are lost at its steepest: where
    background and tissue run into one another it is refused, as the next fall would be the one
    from tissue to bone. The logarithm is smoothed rather than the counts, as the width of a
    Gaussian peak stays what it is then.

    Rosin's method [1]_ looks for the same corner by the distance from a line, which depends on how
    far the brightest voxel lies away.

    References
    ----------
    .. [1] P. L. Rosin, "Unimodal thresholding", Pattern Recognition 34 (2001) 2083-2096,
       :doi:`10.1016/S0031-3203(00)00136-9`
    """

    near: float = 32.0
    within: float = 24.0
    sigma: float = 2.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.near):
            raise ValueError(f"near must be a finite level, got {self.near}")
        for name, value in (("within", self.within), ("sigma", self.sigma)):
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be a positive number of levels, got {value}")

    def choose(self, histogram: Histogram) -> Threshold:
        """Return the end of the fall; the evidence is the decades lost since its beginning.

        Raises
        ------
        NoThreshold
            If no fall ends where it may, the darkest that does is not steep, or next to nothing
            lies above it.
        """
        levels, density = log_density(histogram, self.near, self.sigma)
        low, high = self.near - self.within, self.near + self.within
        falls = [fall for fall in _falls(density) if low <= levels[fall.end] <= high]
        if not falls:
            raise NoThreshold("drop", f"no fall of the histogram ends within {low:g}..{high:g}")
        darkest = falls[0]
        end = float(levels[darkest.end])
        if darkest.steepest < STEEP:
            raise NoThreshold(
                "drop",
                f"the fall that ends at {end:g} is not steep: "
                f"it loses {1.0 - math.exp(-darkest.steepest):.0%} in {AHEAD_LEVELS:g} levels",
            )
        return self._at(end, float(density[darkest.first] - density[darkest.end]), histogram)

    def _at(self, level: float, lost: float, histogram: Histogram) -> Threshold:
        above = histogram.above(level)
        if above < LEAST_ABOVE * histogram.total:
            raise NoThreshold(
                "drop", f"only {above} of {histogram.total} voxels lie above the fall at {level:g}"
            )
        return Threshold(level, histogram.scale.native_of(level), lost / math.log(10.0))


class _Fall(NamedTuple):
    """A run of bins over which the density is being lost."""

    first: int
    end: int  # the first bin at which it has flattened out
    steepest: float  # the greatest loss over 6 levels, as a natural logarithm


def _falls(density: NDArray[np.float64]) -> list[_Fall]:
    """Return the falls of a logarithm of a density, from dark to bright."""
    from scipy import ndimage

    ahead = round(AHEAD_LEVELS * BINS_PER_LEVEL)
    padded = np.pad(density, (0, ahead), mode="edge")
    least = np.lib.stride_tricks.sliding_window_view(padded, ahead + 1).min(axis=1)
    loss = density - least
    runs, _ = ndimage.label(loss > FLAT)
    falls = [
        _Fall(run.start, run.stop, float(loss[run].max())) for (run,) in ndimage.find_objects(runs)
    ]
    return [fall for fall in falls if fall.steepest > DOUBTFUL]
