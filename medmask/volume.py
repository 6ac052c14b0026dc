"""The voxels of one scan in the file's own numbers, with what those numbers mean."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.rescale import Rescale

RADIOGRAPH_MODALITIES = frozenset({"CR", "DX", "MG", "RG", "RF", "XA", "IO", "PX", "XR"})
MODALITIES = RADIOGRAPH_MODALITIES | {
    "CT",
    "MR",
    "PT",
    "NM",
    "US",
    "OT",
}  # PS3.3 C.7.3.1.1.1, and XR


def known_modality(word: str) -> str:
    """Return a modality as DICOM writes it; ``auto``, which leaves it to the file, stays.

    Raises
    ------
    ValueError
        If DICOM has no such word.

    Examples
    --------
    >>> known_modality("ct"), known_modality("auto")
    ('CT', 'auto')
    """
    if word.lower() == "auto":
        return "auto"
    if word.upper() not in MODALITIES:
        known = ", ".join(sorted(MODALITIES))
        raise ValueError(f"{word!r} is not known; auto or one of {known} is")
    return word.upper()


class Family(StrEnum):
    """What a modality's numbers mean, as far as scale and preset are concerned."""

    CT = "ct"
    RADIOGRAPH = "radiograph"
    MR = "mr"
    OTHER = "other"

    @classmethod
    def of(cls, modality: str) -> Family:
        """Return the family of a DICOM modality word, such as ``CT`` or ``DX``."""
        if modality in RADIOGRAPH_MODALITIES:
            return cls.RADIOGRAPH
        return {"CT": cls.CT, "MR": cls.MR}.get(modality, cls.OTHER)


@dataclass(frozen=True)
class Display:
    """The native interval that a radiograph or picture shows as black to white.

    Attributes
    ----------
    low, high : float
        Native values shown at the two ends, ``low < high``; what lies beyond is clipped on a
        screen, yet keeps its native value here.
    inverted : bool
        Whether ``low`` is shown white (MONOCHROME1).
    curve : tuple of (float, float)
        Native values from ``low`` to ``high``, rising, and the shares of white, 0 to 1 and never
        falling, at which they are shown before they are inverted; straight lines lie between.
        Empty for one straight line.
    """

    low: float
    high: float
    inverted: bool = False
    curve: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"a display needs low < high, got {self.low} and {self.high}")
        if self.curve:
            natives, shares = np.array(self.curve).T
            if not (np.diff(natives) > 0).all() or (natives[0], natives[-1]) != (
                self.low,
                self.high,
            ):
                raise ValueError("the curve of a display must rise from low to high")
            if not (np.diff(shares) >= 0).all() or not 0 <= shares[0] < shares[-1] <= 1:
                raise ValueError("the shares of a display must rise within 0 to 1")

    def share(self, native: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how white native values are shown, 0 to 1, same shape."""
        if self.curve:
            natives, shares = np.array(self.curve).T
            white: NDArray[np.float64] = np.interp(native, natives, shares)
        else:
            white = np.clip((native - self.low) / (self.high - self.low), 0.0, 1.0)
        return 1.0 - white if self.inverted else white


@dataclass(frozen=True)
class PaddingRange:
    """An inclusive range of stored values that are not image, such as (0028,0120)..(0028,0121)."""

    low: float
    high: float


@dataclass(frozen=True)
class SpaceCodes:
    """A NIfTI file's qform and sform codes, given back when a mask is written on its grid."""

    qform: int
    sform: int


@dataclass(frozen=True, eq=False)
class Volume:
    """Voxels on a grid, in the file's own type.

    Attributes
    ----------
    voxels : ndarray, shape (slices, rows, columns)
        Stored values: an integer type, or float32/float64 where the file holds floats or its
        slices are rescaled differently. NaN and infinity are outside.
    grid : Grid
        Where the voxels lie.
    modality : str
        DICOM's word: ``CT``, ``MR``, ``CR``, ``DX``, ...; ``XR`` for pictures, ``OT`` if unknown.
    rescale : Rescale
        From stored to native values, the same line for every voxel.
    unit : str
        Unit of native values: ``HU`` for CT, empty if arbitrary.
    padding : tuple of PaddingRange
        Stored values that are not image.
    display : Display or None
        How the values are meant to be shown, where the file says so.
    warnings : tuple of ScanWarning
        What the reader repaired, assumed or left out.
    space_codes : SpaceCodes or None
        The codes of a NIfTI source.
    """

    voxels: NDArray[Any]
    grid: Grid
    modality: str
    rescale: Rescale = field(default_factory=Rescale)
    unit: str = ""
    padding: tuple[PaddingRange, ...] = ()
    display: Display | None = None
    warnings: tuple[ScanWarning, ...] = ()
    space_codes: SpaceCodes | None = None

    def __post_init__(self) -> None:
        if self.voxels.shape != self.grid.shape:
            raise ValueError(f"voxels {self.voxels.shape} do not fit the grid {self.grid.shape}")
        if self.voxels.dtype.kind not in "iuf":
            raise ValueError(f"voxels must be integers or floats, got {self.voxels.dtype}")

    @property
    def family(self) -> Family:
        """What the numbers mean."""
        return Family.of(self.modality)

    @property
    def is_integer(self) -> bool:
        """Whether stored values are integers."""
        return self.voxels.dtype.kind in "iu"

    def valid(self, stored: NDArray[Any]) -> NDArray[np.bool_] | None:
        """Tell which stored values are image, same shape; ``None`` means all of them.

        Parameters
        ----------
        stored : ndarray
            Some of this volume's voxels, any shape.
        """
        outside: NDArray[np.bool_] | None = None
        if not self.is_integer:
            finite = np.isfinite(stored.astype(np.float64, copy=False))
            outside = None if finite.all() else ~finite
        for low, high in self._padding_met(stored):
            here = (stored >= low) & (stored <= high)
            outside = here if outside is None else outside | here
        return None if outside is None else ~outside

    def _padding_met(self, stored: NDArray[Any]) -> list[tuple[Any, Any]]:
        """Return the padding that can be among some stored values, going by their ends."""
        bounds = self._padding_bounds()
        if not (bounds and stored.size and self.is_integer):
            return bounds
        least, greatest = stored.min(), stored.max()
        return [(low, high) for low, high in bounds if low <= greatest and high >= least]

    def valid_range(self) -> tuple[float, float] | None:
        """Return the least and greatest valid stored value, ``None`` if no voxel is valid.

        Of integer voxels they are Python integers.
        """
        lows, highs = [], []
        for slab in self.voxels:
            inside = self.valid(slab)
            image = slab if inside is None else slab[inside]
            if image.size:
                lows.append(image.min().item())
                highs.append(image.max().item())
        return (min(lows), max(highs)) if lows else None

    def above(self, native: float) -> NDArray[np.bool_]:
        """Return where native values are strictly above a threshold, padding left out.

        Parameters
        ----------
        native : float
            The threshold in native units.

        Returns
        -------
        ndarray of bool, shape (slices, rows, columns)

        Notes
        -----
        Nothing is converted: the threshold is turned once, in exact arithmetic, into the
        neighbouring stored number.
        """
        return self._gathered(self.above_by_slices(native))

    def below(self, native: float) -> NDArray[np.bool_]:
        """Return where native values are strictly below a threshold, padding left out.

        Parameters
        ----------
        native : float
            The threshold in native units.

        Returns
        -------
        ndarray of bool, shape (slices, rows, columns)
        """
        return self._gathered(self.below_by_slices(native))

    def above_by_slices(self, native: float) -> Iterator[NDArray[np.bool_]]:
        """Yield `above` slice by slice, each of shape (1, rows, columns)."""
        return self._beyond(native, upwards=self.rescale.slope > 0)

    def below_by_slices(self, native: float) -> Iterator[NDArray[np.bool_]]:
        """Yield `below` slice by slice, each of shape (1, rows, columns)."""
        return self._beyond(native, upwards=self.rescale.slope < 0)

    def _gathered(self, slices: Iterator[NDArray[np.bool_]]) -> NDArray[np.bool_]:
        mask = np.empty(self.voxels.shape, np.bool_)
        for here, found in zip(mask, slices, strict=True):
            here[...] = found[0]
        return mask

    def _beyond(self, native: float, *, upwards: bool) -> Iterator[NDArray[np.bool_]]:
        bound = self._bound(native, upwards=upwards)
        mixed = isinstance(bound, bool) or self._pads_beyond(bound, upwards=upwards)
        for slab in self.voxels:
            if isinstance(bound, bool):
                mask = np.full(slab.shape, bound)
            else:
                mask = slab > bound if upwards else slab < bound
            inside = self.valid(slab) if mixed else None
            if inside is not None:
                np.logical_and(mask, inside, out=mask)
            yield mask[np.newaxis]

    def _bound(self, native: float, *, upwards: bool) -> Any:  # noqa: ANN401 - of the voxels' own type, or bool
        """Return what stored values are compared with, or what all of them give."""
        exact = self.rescale.stored_at(native)
        kind = self.voxels.dtype
        if self.is_integer:
            bound = math.floor(exact) if upwards else math.ceil(exact)
            limits = np.iinfo(kind)
            if not limits.min <= bound <= limits.max:
                return (bound < limits.min) if upwards else (bound > limits.max)
            return kind.type(bound)
        near = kind.type(float(exact))
        if upwards and float(near) > exact:
            near = np.nextafter(near, kind.type(-np.inf))
        elif not upwards and float(near) < exact:
            near = np.nextafter(near, kind.type(np.inf))
        return near

    def _pads_beyond(self, bound: Any, *, upwards: bool) -> bool:  # noqa: ANN401
        """Tell whether what is not image can lie on the foreground's side of a bound."""
        ends = [(high if upwards else low) for low, high in self._padding_bounds()]
        return not self.is_integer or any(e > bound if upwards else e < bound for e in ends)

    def _padding_bounds(self) -> list[tuple[Any, Any]]:
        """Return padding as scalars of the voxels' type; ranges beyond that type are dropped."""
        kind = self.voxels.dtype
        if not self.is_integer:
            return [(kind.type(span.low), kind.type(span.high)) for span in self.padding]
        limits = np.iinfo(kind)
        return [
            (
                kind.type(max(math.ceil(span.low), limits.min)),
                kind.type(min(math.floor(span.high), limits.max)),
            )
            for span in self.padding
            if span.high >= limits.min and span.low <= limits.max
        ]
