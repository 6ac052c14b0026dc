"""How well a mask agrees with a reference, in voxels, millilitres and millimetres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.quality.surfaces import Surface, surfaces

TOLERANCE_MM = 2.0


@dataclass(frozen=True)
class Agreement:
    """Two masks compared; ``None`` is "unknown" or "does not apply".

    Attributes
    ----------
    voxels, reference_voxels, common_voxels : int
        Set in the mask, in the reference, in both.
    dice : float or None
        0 (nothing in common) to 1 (equal); ``None`` if both are empty.
    volume_ml, reference_ml, difference_ml : float or None
        The difference is mask minus reference; ``None`` where the spacing is unknown.
    hd95_mm : float or None
        The 95th percentile of distances from either surface to the other, the greater of the two;
        ``None`` if a mask is empty or the spacing unknown, as for the next one.
    mean_surface_mm : float or None
        The mean distance from all elements of both surfaces to the other one.
    surface_dice : float or None
        The share of both surfaces that lies within the tolerance of the other one; 0 if one mask
        is empty, ``None`` if both are, or where the spacing is unknown.
    tolerance_mm : float
        Of the surface Dice.
    """

    voxels: int
    reference_voxels: int
    common_voxels: int
    dice: float | None
    volume_ml: float | None
    reference_ml: float | None
    difference_ml: float | None
    hd95_mm: float | None
    mean_surface_mm: float | None
    surface_dice: float | None
    tolerance_mm: float


def agree(
    mask: NDArray[np.bool_],
    reference: NDArray[np.bool_],
    grid: Grid,
    tolerance_mm: float = TOLERANCE_MM,
) -> Agreement:
    """Compare a mask with a reference on one grid.

    Parameters
    ----------
    mask, reference : ndarray of bool, shape (slices, rows, columns)
    grid : Grid
        Of both. Steps may differ and lean.
    tolerance_mm : float, default 2
        Surfaces no farther apart than this count as one in the surface Dice; 0 or more.

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError
        If shapes or types differ, or the tolerance is no length.

    Notes
    -----
    Surface elements, their areas, the area-weighted percentile and the surface Dice are those of
    [1]_. Of a single slice outlines are compared, element by element of their length. All is
    measured in the box around both masks, and no distance map is made: memory follows the
    surfaces, not the volume.

    References
    ----------
    .. [1] S. Nikolov et al., "Clinically applicable segmentation of head and neck anatomy for
       radiotherapy", J Med Internet Res 23(7):e26151, 2021. doi:10.2196/26151

    Examples
    --------
    >>> import numpy as np
    >>> from medmask.grid import Grid
    >>> mask = np.array([[[True, True, False]]])
    >>> agree(mask, np.roll(mask, 1), Grid.plain(mask.shape)).dice
    0.5
    """
    _check(mask, reference, grid, tolerance_mm)
    box = _box(mask, reference)
    mask, reference = mask[box], reference[box]
    voxels, expected = int(np.count_nonzero(mask)), int(np.count_nonzero(reference))
    common = sum(int(np.count_nonzero(a & b)) for a, b in zip(mask, reference, strict=True))
    each = grid.voxel_ml
    measured = _Distances(None, None, None)
    if _has_millimetres(grid) and voxels and expected:
        measured = _distances(surfaces(mask, reference, grid), tolerance_mm)
    elif _has_millimetres(grid) and voxels + expected:
        measured = _Distances(None, None, 0.0)
    return Agreement(
        voxels=voxels,
        reference_voxels=expected,
        common_voxels=common,
        dice=2 * common / (voxels + expected) if voxels + expected else None,
        volume_ml=None if each is None else voxels * each,
        reference_ml=None if each is None else expected * each,
        difference_ml=None if each is None else (voxels - expected) * each,
        hd95_mm=measured.hd95_mm,
        mean_surface_mm=measured.mean_mm,
        surface_dice=measured.surface_dice,
        tolerance_mm=tolerance_mm,
    )


@dataclass(frozen=True)
class _Distances:
    """What the surfaces tell, ``None`` where there is nothing to measure."""

    hd95_mm: float | None
    mean_mm: float | None
    surface_dice: float | None


def _distances(both: tuple[Surface, Surface], tolerance_mm: float) -> _Distances:
    total = sum(float(one.sizes.sum()) for one in both)
    summed = sum(float(one.sizes @ one.distances_mm) for one in both)
    near = sum(one.within(tolerance_mm) for one in both)
    hd95_mm = max(one.percentile_mm(95) for one in both)
    return _Distances(hd95_mm, summed / total, min(1.0, near / total))


def _has_millimetres(grid: Grid) -> bool:
    """Tell whether surfaces can be measured: of a single slice its thickness does not matter."""
    return all(grid.spacing_known[1:] if grid.is_2d else grid.spacing_known)


def _box(mask: NDArray[np.bool_], reference: NDArray[np.bool_]) -> tuple[slice, slice, slice]:
    """Return the least box that holds both masks, empty if both are."""
    slices, rows, columns = (np.zeros(n, np.bool_) for n in mask.shape)
    for at, (one, other) in enumerate(zip(mask, reference, strict=True)):
        in_rows = one.any(axis=1) | other.any(axis=1)
        slices[at] = in_rows.any()
        if slices[at]:
            rows |= in_rows
            columns |= one.any(axis=0) | other.any(axis=0)
    return _extent(slices), _extent(rows), _extent(columns)


def _extent(held: NDArray[np.bool_]) -> slice:
    at = np.flatnonzero(held)
    return slice(int(at[0]), int(at[-1]) + 1) if at.size else slice(0, 0)


def _check(
    mask: NDArray[np.bool_], reference: NDArray[np.bool_], grid: Grid, tolerance_mm: float
) -> None:
    for one in (mask, reference):
        if one.shape != grid.shape or one.dtype.kind != "b":
            raise ValueError(
                f"a mask is {one.dtype} of shape {one.shape}; "
                f"accepted: bool of the grid's shape {grid.shape}"
            )
    if not (math.isfinite(tolerance_mm) and tolerance_mm >= 0):
        raise ValueError(f"tolerance_mm {tolerance_mm}; accepted: 0 or more")
