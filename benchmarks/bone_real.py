"""A CT whose bones were drawn by a network, as other scanners would have made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.interpolate import make_interp_spline

from medmask.grid import Grid
from medmask.volume import Volume
from tests.bone_phantoms import Scan, Truth
from tests.drawn_ct import BONES, DATA, PHASES, Floats, drawn_ct, enhanced

FINE = (1.5, 1.5, 1.5)

_loaded = cache(drawn_ct)


@dataclass(frozen=True)
class Variant:
    """How the CT is changed.

    Attributes
    ----------
    phase : str
        Of `tests.drawn_ct.PHASES`: which organs contrast medium makes how dense.
    scan : str
        Of `tests.drawn_ct.DRAWN`.
    steps : tuple of float or None
        Voxel size (slice, row, column) in mm; ``None``: as it is.
    nearest : bool
        Whether labels are resampled by the nearest voxel rather than to where half is bone.
    blur_mm, noise_hu, grain_mm : float
        Standard deviations; see `Scan`.
    slices : tuple of int
        From the first up to the last that is kept.
    aside : int
        Voxels cut off at all four sides.
    """

    phase: str = ""
    scan: str = "example_ct"
    steps: tuple[float, float, float] | None = None
    nearest: bool = False
    blur_mm: float = 0.0
    noise_hu: float = 0.0
    grain_mm: float = 0.0
    slices: tuple[int, int] = (0, 10**6)
    aside: int = 0

    def of(self) -> tuple[Volume, Truth]:
        """Return the changed scan, and its bone."""
        volume, labels = _loaded(self.scan)
        aside = slice(self.aside, -self.aside or None)
        cut = (slice(*self.slices), aside, aside)
        hounsfield = enhanced(volume.voxels.astype(np.float32), labels, self.phase)[cut]
        truth = np.isin(labels, BONES)[cut]
        steps, affine = volume.grid.steps, volume.grid.affine.copy()
        if self.blur_mm:
            hounsfield = ndimage.gaussian_filter(hounsfield, self.blur_mm / steps)
        if self.steps is not None:
            factors = steps / self.steps
            hounsfield = _resampled(hounsfield, factors, 3)
            truth = _resampled(truth.astype(np.float32), factors, 0 if self.nearest else 1) > 0.5
            affine[:3, :3] /= factors
            steps = np.array(self.steps)
        scanner = Scan((steps[0], steps[1], steps[2]), self.noise_hu, self.grain_mm)
        hounsfield = hounsfield + scanner.noise(hounsfield.shape)
        image = np.clip(np.rint(hounsfield), -1024, 3500).astype(np.int16)
        return Volume(image, Grid(image.shape, affine), "CT", unit="HU"), truth


def _resampled(image: Floats, factors: NDArray[np.float64], order: int) -> Floats:
    """Sample at voxel centres, averaging where the new voxels are larger."""
    wide = np.maximum(1 / factors, 1.0)
    if order and (wide > 1).any():
        image = ndimage.uniform_filter(image, np.rint(wide).astype(int))
    for axis, factor in enumerate(factors):
        n = round(image.shape[axis] * factor)
        image = _along(image, axis, (np.arange(n) + 0.5) / factor - 0.5, order)
    return image


def _along(image: Floats, axis: int, where: NDArray[np.float64], order: int) -> Floats:
    """Sample along an axis: by the nearest voxel (0), or by a spline; beyond the ends as there."""
    where = np.clip(where, 0, image.shape[axis] - 1)
    if order == 0:
        return np.take(image, np.floor(where + 0.5).astype(int), axis)
    spline = make_interp_spline(np.arange(image.shape[axis]), image, k=order, axis=axis)
    return np.asarray(spline(where), np.float32)


def real_cases() -> dict[str, Callable[[], tuple[Volume, Truth]]]:
    """Return all variants by name; none where the data are absent."""
    if not DATA.is_dir():
        return {}
    variants: dict[str, Variant] = {}
    for phase in PHASES:
        variants[f"3 mm {phase}"] = Variant(phase)
        variants[f"30 slices {phase}"] = Variant(phase, "example_ct_sm")
        variants[f"1.5 mm {phase}"] = Variant(phase, steps=FINE)
    variants["1.5 mm nearest labels"] = Variant(steps=FINE, nearest=True)
    variants["1 mm"] = Variant(steps=(1.0, 1.0, 1.0))
    variants["5/1.5 mm"] = Variant(steps=(5.0, 1.5, 1.5))
    variants["5/1 mm arterial"] = Variant("arterial", steps=(5.0, 1.0, 1.0))
    variants["3 mm blur 2 mm"] = Variant(blur_mm=2.0)
    for noise in (20.0, 40.0, 60.0, 80.0):
        variants[f"1.5 mm noise {noise:g}"] = Variant(steps=FINE, noise_hu=noise)
    variants["1.5 mm noise 40 arterial"] = Variant("arterial", steps=FINE, noise_hu=40.0)
    variants["1.5 mm noise 40 grainy"] = Variant(steps=FINE, noise_hu=40.0, grain_mm=1.2)
    variants["3 mm noise 20"] = Variant(noise_hu=20.0)
    variants["3 mm noise 40"] = Variant(noise_hu=40.0)
    for start in (0, 25, 50, 75):
        slices = start, start + 25
        variants[f"3 mm slices {start}-{start + 25}"] = Variant(slices=slices)
        variants[f"1.5 mm slices {start}-{start + 25}"] = Variant(slices=slices, steps=FINE)
    variants["3 mm cut aside"] = Variant(aside=25)
    return {f"real {name}".strip(): variant.of for name, variant in variants.items()}
