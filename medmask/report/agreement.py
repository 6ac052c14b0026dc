"""Two raters' words on the same scans -> how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from medmask.report.ratings import Rating, latest

_MOST_PAIRS = 6  # told; more are for a statistician


@dataclass(frozen=True)
class Agreement:
    """How far two raters agree.

    Attributes
    ----------
    scans : int
        Rated by both.
    alike : int
        Rated the same by both.
    kappa : float or None
        Cohen's kappa: what the agreement exceeds chance by, of what it could [1]_. ``None`` where
        chance alone gives full agreement: both gave one and the same rating to all.

    References
    ----------
    .. [1] J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
       Measurement, 1960, :doi:`10.1177/001316446002000104`.
    """

    scans: int
    alike: int
    kappa: float | None

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]]) -> Agreement:
        """Return the agreement over pairs of ratings, at least one.

        Examples
        --------
        >>> Agreement.of([("pass", "pass"), ("pass", "fail"), ("fail", "fail")])
        Agreement(scans=3, alike=2, kappa=0.4)
        """
        count = len(pairs)
        alike = sum(one == other for one, other in pairs)
        first, second = (Counter(words) for words in zip(*pairs, strict=True))
        by_chance = sum(first[word] * second[word] for word in first)  # out of count squared
        if by_chance == count * count:
            return cls(count, alike, None)
        return cls(count, alike, (alike * count - by_chance) / (count * count - by_chance))


def agreement_words(ratings: Sequence[Rating]) -> str:
    """Return a sentence for each two raters with scans in common; empty if there are none.

    Parameters
    ----------
    ratings : sequence of Rating
        All lines of a table; of each rater and scan the last one counts.
    """
    by_rater: dict[str, dict[tuple[str, str, str], str]] = {}
    for rating in latest(ratings):
        if rating.rating:
            by_rater.setdefault(rating.rater, {})[rating.about] = rating.rating
    said = []
    for (one, first), (other, second) in combinations(sorted(by_rater.items()), 2):
        common = [(first[about], second[about]) for about in first if about in second]
        if common:
            said.append(_sentence(one, other, Agreement.of(common)))
    return " ".join(said[:_MOST_PAIRS])


def _sentence(one: str, other: str, found: Agreement) -> str:
    share = f"{found.alike} of {found.scans} alike ({100 * found.alike / found.scans:.0f} %)"
    value = "" if found.kappa is None else f"{found.kappa:.2f}".replace("-", "\N{MINUS SIGN}")
    kappa = f", Cohen's kappa {value}" if value else ""
    return f"{one or 'unnamed'} and {other or 'unnamed'}: {share}{kappa}."
