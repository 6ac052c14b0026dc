"""The order of pictures in a stack, by the numbers in their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

from medmask.errors import MissingSlices
from medmask.outcome import ScanWarning


def in_natural_order(files: Sequence[Path]) -> list[Path]:
    """Return files so that ``slice2`` comes before ``slice10``."""
    return sorted(files, key=_natural)


def gap_warning(
    ordered: Sequence[Path], irregular: Literal["resample", "refuse"]
) -> tuple[ScanWarning, ...]:
    """Return a warning if the numbers in names leave some out, as if a slice were missing.

    Parameters
    ----------
    ordered : sequence of Path
        In natural order.
    irregular : {"resample", "refuse"}
        What becomes of gaps; none can be filled where distances are not known.

    Raises
    ------
    MissingSlices
        If gaps are refused.
    """
    named = [re.fullmatch(r"(.*?)(\d+)(\D*)", path.stem) for path in ordered]
    numbers = [int(match[2]) for match in named if match is not None]
    alike = len({(match[1], match[3]) for match in named if match is not None}) == 1
    if len(numbers) < len(ordered) or not alike or len(numbers) < 3:
        return ()
    steps = [after - before for before, after in pairwise(numbers)]
    wide = next((k for k, step in enumerate(steps) if step > min(steps)), None)
    if wide is None:
        return ()
    before, after = ordered[wide].name, ordered[wide + 1].name
    found = f"{after} follows {before}, where numbers elsewhere go on by {min(steps)}"
    if irregular == "refuse":
        raise MissingSlices(after, f"{found}: a slice may be missing", "numbers without a gap")
    message = f"{found}; the slices were stacked without a gap, and one may be missing"
    return (ScanWarning("stack_gap", message),)


def _natural(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    parts = re.findall(r"\d+|\D+", path.name.lower())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts], path.name
