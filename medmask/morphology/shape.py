"""What the connected parts of a mask look like from above: how long, how flat, how straight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.packed import PackedMask, Words

COLUMN = 2


@dataclass(frozen=True)
class Shape:
    """One connected part, measured slice by slice of the patient (`Grid.axial_axis`).

    Attributes
    ----------
    number : int
        Of the part.
    voxels : int
    slices : int
        How many slices it runs through.
    length : float
        The same in mm.
    extent : float
        The longer side of its bounding box within the slices, in mm.
    area : float
        Its mean area in a slice, in mm2.
    footprint : float
        The area of all its slices laid on one another, in mm2.
    """

    number: int
    voxels: int
    slices: int
    length: float
    extent: float
    area: float
    footprint: float

    @property
    def flatness(self) -> float:
        """The area as a share of the square about it: a disc has 0.8, a plate next to nothing."""
        return self.area / self.extent**2

    @property
    def straightness(self) -> float:
        """1 for a part whose slices lie exactly on one another, as those of a table do."""
        return self.area / self.footprint

    @property
    def reach(self) -> float:
        """The longest side of its bounding box in mm."""
        return max(self.length, self.extent)


def shapes(parts: Components, grid: Grid, steps: NDArray[np.float64], least: int) -> list[Shape]:
    """Measure the parts of a mask, the largest first.

    Parameters
    ----------
    parts : Components
    grid : Grid
        Of the mask.
    steps : ndarray of float64, shape (3,)
        Lengths of a voxel along (slice, row, column).
    least : int
        Parts with fewer voxels are left out.
    """
    chosen = np.flatnonzero(parts.sizes >= least)
    order = chosen[np.argsort(-parts.sizes[chosen], kind="stable")]
    boxes = parts.boxes
    return [_measured(parts, int(n), boxes[n], grid.axial_axis, steps) for n in order]


def laid_on(mask: PackedMask, axis: int) -> NDArray[np.int64]:
    """Return in how many slices each place of the plane across an axis is in a mask.

    Notes
    -----
    64 places are counted at a time: the sums are kept one binary digit to a plane of words, and a
    slice is added to them as in a half adder, which seldom carries far.
    """
    if axis == COLUMN:
        return np.asarray(np.bitwise_count(mask.words).sum(axis=COLUMN, dtype=np.int64))
    digits: list[Words] = []
    for words in np.moveaxis(mask.words, axis, 0):
        carry = words
        for digit in digits:
            carry, digit[...] = digit & carry, digit ^ carry
            if not carry.any():
                break
        else:
            digits.append(carry.copy())
    counted = np.zeros([n for a, n in enumerate(mask.shape) if a != axis], np.int64)
    for place, digit in enumerate(digits):
        counted += _plane(digit, mask.columns).astype(np.int64) << place
    return counted


def shadow(mask: PackedMask, axis: int) -> NDArray[np.bool_]:
    """Return which places of the plane across an axis are in a mask in any slice."""
    if axis == COLUMN:
        return np.asarray(mask.words.any(axis=COLUMN))
    return _plane(np.bitwise_or.reduce(mask.words, axis=axis), mask.columns)


def _plane(words: Words, columns: int) -> NDArray[np.bool_]:
    return np.asarray(PackedMask(np.ascontiguousarray(words)[np.newaxis], columns).unpacked()[0])


def _measured(
    parts: Components, number: int, box: NDArray[np.int32], axis: int, steps: NDArray[np.float64]
) -> Shape:
    sides = box[:, 1] - box[:, 0]
    within = [a for a in range(3) if a != axis]
    pixel = float(np.prod(steps[within]))
    voxels, slices = int(parts.sizes[number]), int(sides[axis])
    return Shape(
        number=number,
        voxels=voxels,
        slices=slices,
        length=slices * float(steps[axis]),
        extent=max(float(sides[a] * steps[a]) for a in within),
        area=voxels / slices * pixel,
        footprint=_footprint(parts, number, axis) * pixel,
    )


def _footprint(parts: Components, number: int, axis: int) -> int:
    only = np.zeros(parts.sizes.size, np.bool_)
    only[number] = True
    return int(np.count_nonzero(shadow(parts.where(only), axis)))
