"""What a histogram is made of: kinds of matter, and where one takes over from the next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from medmask.histogram import Histogram
from medmask.thresholds.density import BINS_PER_LEVEL, per_half_level
from medmask.thresholds.smoothing import gaussian

LEAST_BEND = 0.003  # per level squared: noise of 18 levels, upside down
SIGNIFICANT = 4.0  # standard errors that a bend must have
LEAST_SHARE = 1e-3  # of the voxels: less is no kind of matter


@dataclass(frozen=True)
class Matter:
    """A stretch of the histogram that one kind of matter accounts for.

    Attributes
    ----------
    first, end : int
        Its bins, from the first up to the one at which the next kind takes over.
    centre : int
        The bin of its peak; of its shoulder, if it has none.
    share : float
        Of all voxels, 0..1.
    """

    first: int
    end: int
    centre: int
    share: float


@dataclass(frozen=True, eq=False)
class Mixture:
    """Kinds of matter from dark to bright.

    Attributes
    ----------
    levels : ndarray of float64, shape (n,)
        Centres of half levels.
    density : ndarray of float64, shape (n,)
        Smoothed natural logarithm of the counts there.
    bend : ndarray of float64, shape (n,)
        Its second derivative per level squared.
    kinds : tuple of Matter
        Those with at least a thousandth of the voxels.

    Notes
    -----
    The logarithm of a Gaussian peak bends downwards everywhere, by 1 / width^2. Where a second
    peak takes over it bends upwards, most of all where both are equally frequent: with w the
    share of the brighter one, at a distance d, the bend is w (1 - w) (d / width^2)^2 - 1 / width^2,
    greatest at w = 1/2 however rare either of them is as a whole. So a shoulder is found as well
    as a valley, if its distance is more than two widths. Bhattacharya [1]_ separates peaks by the
    same derivative.

    References
    ----------
    .. [1] C. G. Bhattacharya, "A simple method of resolution of a distribution into Gaussian
       components", Biometrics 23 (1967) 115-135, :doi:`10.2307/2528285`
    """

    levels: NDArray[np.float64]
    density: NDArray[np.float64]
    bend: NDArray[np.float64]
    kinds: tuple[Matter, ...]

    @classmethod
    def of(cls, histogram: Histogram, near: float, sigma: float) -> Self:
        """Take a histogram apart.

        Parameters
        ----------
        histogram : Histogram
        near : float
            The level about which is looked.
        sigma : float
            Standard deviation in levels of the Gaussian that smooths.
        """
        levels, counts = per_half_level(histogram, near)
        width = sigma * BINS_PER_LEVEL
        raw = np.log1p(counts)
        density = gaussian(raw, width)
        bend = gaussian(raw, width, bend=True) * BINS_PER_LEVEL**2
        cuts = _bends(bend, np.maximum(LEAST_BEND, SIGNIFICANT * _error(counts, width)))
        return cls(levels, density, bend, tuple(_kinds(cuts, counts, density, bend)))

    def centre(self, kind: Matter) -> float:
        """Return the level of a kind's peak or shoulder."""
        return float(self.levels[kind.centre])

    def end(self, kind: Matter) -> float:
        """Return the level at which the next kind takes over."""
        return float(self.levels[min(kind.end, self.levels.size - 1)])


def _error(counts: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Return the standard error of the bend that chance in counting causes.

    A count of c varies by the root of c, the logarithm of c + 1 by that divided by c + 1; the
    integral of the square of a Gaussian's second derivative is 3 / (8 root(pi) width^5).
    """
    variance = gaussian(counts / (counts + 1.0) ** 2, width)
    factor = 3.0 / (8.0 * math.sqrt(math.pi) * width**5)
    return np.asarray(np.sqrt(variance * factor) * BINS_PER_LEVEL**2)


def _bends(bend: NDArray[np.float64], least: NDArray[np.float64]) -> list[int]:
    """Return where the curve bends upwards most, once for each stretch on which it does."""
    changes = np.flatnonzero(np.diff(bend > 0, prepend=False, append=False))
    stretches = zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True)
    tops = [first + int(bend[first:end].argmax()) for first, end in stretches]
    return [top for top in tops if bend[top] > least[top]]


def _kinds(
    cuts: list[int],
    counts: NDArray[np.float64],
    density: NDArray[np.float64],
    bend: NDArray[np.float64],
) -> list[Matter]:
    total, found, first = counts.sum(), [], 0
    for end in (*cuts, counts.size):
        share = counts[first:end].sum() / total if total else 0.0
        if share >= LEAST_SHARE:
            centre = first + int(density[first:end].argmax())
            if centre in (first, end - 1):
                centre = first + int(bend[first:end].argmin())
            found.append(Matter(first, end, centre, float(share)))
        if share >= LEAST_SHARE or not found:
            first = end
    return found
