"""Two images and a mask -> one image: I = M*FIRST + (1-M)*SECOND."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from medmask.errors import Mismatch
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.overlay import Painted, blend_straight, feather
from medmask.pipeline.matched import matched
from medmask.pipeline.weights import Weights, weights_of
from medmask.placement import Placement, difference
from medmask.readers import Raster


@dataclass(frozen=True)
class MixOptions:
    """How two images are blended.

    Attributes
    ----------
    feather_mm, feather_px : float
        Standard deviation of the Gaussian that softens the mask, at most one of them; pixels are
        those of rows and columns. 0 leaves it as it is.
    resample : bool
        Bring the first image and the mask onto the second one's grid by their places in the world.
    mask_white : float or None
        The value of the mask that means 1.
    """

    feather_mm: float = 0.0
    feather_px: float = 0.0
    resample: bool = False
    mask_white: float | None = None


@dataclass(frozen=True, eq=False)
class Mixed:
    """A blended image and how it came about.

    Attributes
    ----------
    raster : Raster
        On the second image's grid, in the type of the deeper of both.
    weights : Weights
        As used: on that grid, feathered.
    warnings : tuple of ScanWarning
    """

    raster: Raster
    weights: Weights
    warnings: tuple[ScanWarning, ...]


def mix(first: Raster, second: Raster, mask: Raster | None, options: MixOptions) -> Mixed:
    """Blend two images by a mask, or by the first one's own opacity.

    Parameters
    ----------
    first, second : Raster
        ``first`` is seen where the mask is 1, ``second`` where it is 0.
    mask : Raster or None
        ``None`` takes the first one's alpha channel.
    options : MixOptions

    Raises
    ------
    Mismatch
        If shapes or grids differ and are not to be resampled, or cannot be.
    UnclearMask
        If the mask's values may mean several things.
    """
    shown = first if mask is not None else replace(first, alpha=None)
    weights = _weights(first, second, mask, options)
    (one, two), said = matched(shown, second)
    path = _Path.between(first, first.grid, second, resample=options.resample)
    mask_path = _Path.between(mask or first, weights.grid, second, resample=options.resample)
    values = np.where(path.reaches(), mask_path.lay(weights.values), np.float32(0))
    soft = replace(weights, values=_feathered(values, second, options), grid=second.grid)
    painted = blend_straight(
        Painted(path.lay(one.samples), None if one.alpha is None else path.lay(one.alpha)),
        Painted(two.samples, two.alpha),
        soft.values,
    )
    volume = replace(two.volume, voxels=painted.colours[..., 0])
    raster = replace(two, samples=painted.colours, alpha=painted.alpha, volume=volume)
    moved = dict.fromkeys((*path.warnings(), *mask_path.warnings()))
    read = (*first.volume.warnings, *second.volume.warnings)
    return Mixed(raster, soft, (*read, *weights.warnings, *said, *moved))


def _weights(first: Raster, second: Raster, mask: Raster | None, options: MixOptions) -> Weights:
    """Return the weights with the grid that they lie on; a mask without a place takes FIRST's."""
    if mask is None:
        if first.alpha is None:
            found = f"{first.name} has no alpha channel"
            raise Mismatch(f"{found}; accepted: --mask, or a picture with one")
        largest = np.float32(np.iinfo(first.alpha.dtype).max)
        values = first.alpha.astype(np.float32) / largest
        return Weights(values, first.grid, f"opacity of {first.name}")
    weights = weights_of(mask, options.mask_white)
    if mask.grid.oriented:
        return weights
    for image in (first, second):
        if image.grid.shape == mask.grid.shape:
            return replace(weights, grid=image.grid)
    raise Mismatch(_shapes(mask, second))


@dataclass(frozen=True, eq=False)
class _Path:
    """How an image is brought onto another one's grid."""

    name: str
    placement: Placement

    @classmethod
    def between(cls, image: Raster, grid: Grid, second: Raster, *, resample: bool) -> Self:
        placement = Placement.between(grid, second.grid)
        has_places = grid.oriented and second.grid.oriented
        if not (placement.is_one_to_one or (resample and has_places)):
            if grid.shape != second.grid.shape:
                raise Mismatch(_shapes(image, second))
            apart = difference(grid, second.grid)
            raise Mismatch(
                f"{image.name} and {second.name} lie on different grids: {apart}; "
                f"accepted: one grid, or --resample"
            )
        return cls(image.name, placement)

    def lay(self, voxels: NDArray[Any]) -> NDArray[Any]:
        """Return voxels (slices, rows, columns), and channels, on the target."""
        if self.placement.is_one_to_one:
            return self.placement.reordered(voxels)
        if voxels.ndim == 4:
            return np.stack([self.lay(voxels[..., k]) for k in range(voxels.shape[-1])], axis=-1)
        return self.placement.linear(voxels)

    def reaches(self) -> NDArray[np.bool_]:
        """Return where the target has something of the source."""
        return self.placement.covered()

    def warnings(self) -> tuple[ScanWarning, ...]:
        if not self.placement.is_one_to_one:
            share = 100 * float(self.reaches().mean())
            message = f"{self.name} was interpolated linearly; it covers {share:.1f} % of the image"
            return (ScanWarning("resampled", message),)
        if not self.placement.is_identity:
            message = f"the array of {self.name} runs another way through the same voxels"
            return (ScanWarning("axes_reordered", message),)
        return ()


def _shapes(image: Raster, second: Raster) -> str:
    """Return the sentence that refuses two shapes."""
    named = [f"{r.name} has {_extent(r.grid)}" for r in (image, second)]
    accepted = "one shape, nothing is resized; or --resample where both have a place in the world"
    return f"{named[0]} and {named[1]}; accepted: {accepted}"


def _extent(grid: Grid) -> str:
    slices, rows, columns = grid.shape
    return f"{columns} x {rows} pixels" + (f" in {slices} slices" if slices > 1 else "")


def _feathered(
    weights: NDArray[np.float32], second: Raster, options: MixOptions
) -> NDArray[np.float32]:
    if options.feather_px:
        return feather(weights, (0.0, options.feather_px, options.feather_px))
    if not options.feather_mm:
        return weights
    spacing = second.grid.spacing_mm
    known = spacing[1:] if second.grid.is_2d else spacing
    if None in known:
        found = f"--feather-mm {options.feather_mm:g}, but {second.name} has no spacing"
        raise Mismatch(f"{found}; accepted: --feather-px, or an image with spacing")
    sigma = tuple(options.feather_mm / step for step in known if step is not None)
    return feather(weights, (0.0, *sigma) if second.grid.is_2d else sigma)
