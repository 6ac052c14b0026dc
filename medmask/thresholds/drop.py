"""Where the steep fall from a film's background ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.mixture import Matter, Mixture
from medmask.thresholds.threshold import Threshold

FLAT = math.log(1.25)  # a fall that loses no more is none
JUST_BELOW = 4.0  # levels below the range at which a fall may end: then the range's end is taken
ONE_VALUE = 0.99  # more of a kind at one value are padding or a collimator's rim

# What makes a fall doubtful, found on films of noise 0.5 to 10, exposures 0.55 to 2 and backgrounds
# of 2 to 95 % (tests/thresholds/phantoms.py): each of these turned thresholds that were more than 4
# levels off into refusals.
LONGEST = 31.0  # levels from the peak to the end
SLENDER, PLUMP = 0.5, 0.66  # of slope times distance: a Gaussian falls by half of it, smoothed 0.6
JUDGED_FROM = 14.0  # shorter falls have the shape of what smooths them
ALIKE = 0.55  # how sharp the next peak is, as a share: flesh is broader than a background
SURE, BRIGHTEST = -8.0, 4.5  # from `near`: a peak darker is background, one brighter is not
FLESH = 2.6  # times the peak between these: half of what is above must be brighter
CUT_OFF, CUT_OFF_FROM = 0.03, 16.0  # share at the darkest value that makes a longer fall doubtful


@dataclass(frozen=True)
class Drop:
    """The level at which the steep fall from the background's peak ends.

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
    The histogram is taken apart into kinds of matter (`Mixture`). The darkest is the background,
    if it is not all of one value as a collimator's rim is, and its fall ends where the logarithm of
    the histogram bends upwards most: there tissue becomes as frequent as background, be it ever so
    rare. Rosin's method [1]_ looks for the same corner by the distance from a line, which depends
    on how far the brightest voxel lies away.

    A histogram does not say what its peaks are. Where flesh may be taken for the background, where
    there may be two backgrounds, or background and flesh are one peak, there is no answer.

    References
    ----------
    .. [1] P. L. Rosin, "Unimodal thresholding", Pattern Recognition 34 (2001) 2083-2096,
       :doi:`10.1016/S0031-3203(00)00136-9`
    """

    near: float = 32.0
    within: float = 24.0
    sigma: float = 2.5

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
            If the darkest fall does not end where it may, or it is doubtful whether it is the
            background's and nothing else's.
        """
        mixture = Mixture.of(histogram, self.near, self.sigma)
        kinds = _without_rims(mixture, histogram)
        end = self._end(mixture, kinds)
        fall = _Fall(mixture, kinds[0])
        fall.demand_one_peak()
        self._demand_one_background(mixture, kinds)
        self._demand_no_flesh(mixture.centre(kinds[0]), end, histogram)
        if fall.length > CUT_OFF_FROM:
            _demand_all_of_it(histogram, end)
        return Threshold(end, histogram.scale.native_of(end), fall.lost / math.log(10.0))

    def _end(self, mixture: Mixture, kinds: tuple[Matter, ...]) -> float:
        low, high = self.near - self.within, self.near + self.within
        if len(kinds) < 2:
            raise _refusal(f"no fall of the histogram ends within {low:g}..{high:g}")
        end = mixture.end(kinds[0])
        if not low - JUST_BELOW <= end <= high:
            raise _refusal(f"the darkest fall ends at {end:g}, outside {low:g}..{high:g}")
        return max(end, low)

    def _demand_one_background(self, mixture: Mixture, kinds: tuple[Matter, ...]) -> None:
        """Refuse a second peak as narrow as the first, whose fall ends in the range as well."""
        one, other = kinds[:2]
        is_last = other is kinds[-1] or mixture.end(other) > self.near + self.within
        sharpness = mixture.bend[other.centre] / mixture.bend[one.centre]
        if not is_last and sharpness > ALIKE:
            raise _refusal(
                f"two peaks, at {mixture.centre(one):g} and {mixture.centre(other):g}, are as "
                "narrow as a background's"
            )

    def _demand_no_flesh(self, peak: float, end: float, histogram: Histogram) -> None:
        """Refuse a peak so bright that it may be flesh, and the fall that from flesh to bone."""
        if peak > self.near + BRIGHTEST:
            raise _refusal(f"the darkest peak, at {peak:g}, is too bright for a background")
        if peak > self.near + SURE:
            levels, counts = histogram.levels, histogram.level_counts
            reached = np.cumsum(np.where(levels > end, counts, 0))
            middle = float(levels[int(np.searchsorted(reached, reached[-1] / 2))])
            if middle < FLESH * peak:
                raise _refusal(
                    f"the darkest peak, at {peak:g}, may be flesh: half of what is above it is "
                    f"darker than {middle:.3g}"
                )


def _refusal(reason: str) -> NoThreshold:
    return NoThreshold("drop", reason)


def _without_rims(mixture: Mixture, histogram: Histogram) -> tuple[Matter, ...]:
    """Return the kinds from the darkest on that is not all of one value, all if there is none."""
    levels, counts = histogram.levels, histogram.level_counts
    for n, kind in enumerate(mixture.kinds[:-1]):
        low, high = np.searchsorted(levels, (mixture.levels[kind.first], mixture.end(kind)))
        own = counts[low:high]
        if own.size == 0 or own.max() <= ONE_VALUE * own.sum():
            return mixture.kinds[n:]
    return mixture.kinds


def _demand_all_of_it(histogram: Histogram, end: float) -> None:
    """Refuse a background of which the dark side is cut off, so that its width is not seen."""
    levels, counts = histogram.levels, histogram.level_counts
    darkest = float(levels[np.flatnonzero(counts)[0]])
    share = counts[levels < darkest + 0.5].sum() / counts[levels <= end].sum()
    if share > CUT_OFF:
        raise _refusal(
            f"{share:.0%} of what is below {end:g} lie at the darkest value, {darkest:g}"
        )


class _Fall:
    """The flank of a peak, from its top to where the next kind takes over."""

    def __init__(self, mixture: Mixture, kind: Matter) -> None:
        self._mixture, self._kind = mixture, kind
        self.length = mixture.end(kind) - mixture.centre(kind)
        self.lost = float(mixture.density[kind.centre] - mixture.density[kind.end])

    def demand_one_peak(self) -> None:
        """Refuse what does not fall, or not as one peak does."""
        top, end = self._mixture.centre(self._kind), self._mixture.end(self._kind)
        if self.lost < FLAT:
            raise _refusal(f"the histogram does not fall from {top:g} to {end:g}")
        if self.length > LONGEST:
            raise _refusal(f"the fall from {top:g} to {end:g} is longer than {LONGEST:g} levels")
        if self.length > JUDGED_FROM and not SLENDER <= self._plumpness() <= PLUMP:
            raise _refusal(f"the fall from {top:g} to {end:g} is not that of one peak")

    def _plumpness(self) -> float:
        """Return what is lost to the steepest place, as a share of slope times distance."""
        density, top = self._mixture.density, self._kind.centre
        slopes = -np.gradient(density[: self._kind.end + 1])[top:]
        steepest = int(slopes.argmax())
        lost = float(density[top] - density[top + steepest])
        return lost / max(float(slopes[steepest]) * steepest, 1e-9)
