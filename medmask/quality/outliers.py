"""Figures of a cohort -> how far one of them lies from the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

FEWEST = 5  # with fewer figures two odd ones are half of them, and the median is one of the two
OUTLYING = 3.5  # deviations: the usual limit for the median and its absolute deviation
_TO_SIGMA = 1.4826  # the deviation of a normal distribution is 1.4826 times its MAD
_SMALL = {5: 1.206, 6: 1.200, 7: 1.140, 8: 1.129, 9: 1.107}  # what MAD falls short of by, on few


@dataclass(frozen=True)
class Spread:
    """Where the figures of a cohort lie.

    Attributes
    ----------
    count : int
        How many figures there are.
    least, lower, median, upper, greatest : float
        The smallest, the quartiles and the largest.
    deviation : float
        A robust standard deviation: 1.4826 times the median absolute deviation, corrected for
        small numbers [1]_. 0 where more than half of the figures are the same.

    References
    ----------
    .. [1] C. Croux and P. J. Rousseeuw, "Time-efficient algorithms for two highly robust estimators
       of scale", Computational Statistics, 1992, :doi:`10.1007/978-3-662-26811-7_58`.
    """

    count: int
    least: float
    lower: float
    median: float
    upper: float
    greatest: float
    deviation: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Self | None:
        """Return the spread of some figures, ``None`` if there are none.

        Parameters
        ----------
        figures : sequence of float
            Finite, in any order.
        """
        if not figures:
            return None
        values = np.asarray(figures, np.float64)
        least, lower, median, upper, greatest = np.quantile(
            values, (0, 0.25, 0.5, 0.75, 1)
        ).tolist()
        count = values.size
        correction = _SMALL.get(count, count / (count - 0.8))
        deviation = _TO_SIGMA * correction * float(np.median(np.abs(values - median)))
        return cls(count, least, lower, median, upper, greatest, deviation)

    def distance(self, figure: float, least_deviation: float) -> float | None:
        """Return how many deviations a figure lies above the median, below it as a negative [1]_.

        Parameters
        ----------
        figure : float
        least_deviation : float
            Greater than 0: a difference of this size is never more than one deviation, however
            alike the figures are. So a cohort with fixed thresholds, whose deviation is 0, has
            finite distances, and a difference that does not matter is no outlier.

        Returns
        -------
        float or None
            ``None`` if there are too few figures to call one of them odd.

        References
        ----------
        .. [1] C. Leys et al., "Detecting outliers: Do not use standard deviation around the mean,
           use absolute deviation around the median", Journal of Experimental Social Psychology,
           2013, :doi:`10.1016/j.jesp.2013.03.013`.
        """
        if self.count < FEWEST:
            return None
        return (figure - self.median) / max(self.deviation, least_deviation)
