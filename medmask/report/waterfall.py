"""What each step made of a mask -> bars as numbers that a template draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medmask.report.scan_account import Change, ScanAccount

WIDTH, HEIGHT = 240, 14  # of one step's picture, in its own units


@dataclass(frozen=True)
class Bar:
    """A mask after one step.

    Attributes
    ----------
    step, amount, change : str
        The step, the mask's volume after it, and by how much that is more or less than before.
    x, wide : float
        Of the bar: from 0 for the threshold's own, from the volume before for a step's.
    kind : str
        ``start``, ``gain``, ``loss`` or ``same``.
    """

    step: str
    amount: str
    change: str
    x: float
    wide: float
    kind: str


@dataclass(frozen=True)
class Waterfall:
    """One mask, step by step; ``name`` says which."""

    name: str
    bars: tuple[Bar, ...]


def waterfalls(account: ScanAccount) -> list[Waterfall]:
    """Return the masks of which more is known than what their threshold gave.

    Parameters
    ----------
    account : ScanAccount
    """
    masks = (("body", account.body_changes), ("bone", account.bone_changes))
    return [Waterfall(name, tuple(_bars(steps))) for name, steps in masks if len(steps) > 1]


def _bars(changes: Sequence[Change]) -> Iterator[Bar]:
    most = max(each.voxels for each in changes) or 1
    before = 0
    for n, each in enumerate(changes):
        low, high = sorted((before, each.voxels))
        kind = "start" if n == 0 else "gain" if each.voxels > before else "loss"
        yield Bar(
            step=each.step.replace("_", " "),
            amount=_amount(each),
            change="" if n == 0 else _difference(before, each.voxels),
            x=round(low / most * WIDTH, 1),
            wide=max(round((high - low) / most * WIDTH, 1), 1.0),
            kind="same" if n and low == high else kind,
        )
        before = each.voxels


def _amount(change: Change) -> str:
    if change.volume_ml is None:
        return f"{change.voxels:,} px"
    return f"{change.volume_ml:,.1f} ml"


def _difference(before: int, after: int) -> str:
    """Write a change as a share of what there was before.

    Examples
    --------
    >>> _difference(200, 250), _difference(200, 150), _difference(7, 7), _difference(0, 9)
    ('+25.0 %', '\N{MINUS SIGN}25.0 %', 'no change', 'from nothing')
    """
    if before == after:
        return "no change"
    if not before:
        return "from nothing"
    return f"{100 * (after - before) / before:+.1f} %".replace("-", "\N{MINUS SIGN}")
