"""Tell contrast medium from bone: bone wears a shell that is denser than what is in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.dilation import dilated, eroded
from medmask.morphology.element import Element
from medmask.morphology.noise import TO_SD
from medmask.morphology.packed import PackedMask
from medmask.morphology.radial import Close, Open
from medmask.morphology.remove_small import RemoveSmall
from medmask.morphology.smooth import Smooth
from medmask.morphology.step import Site
from medmask.morphology.window import Window
from medmask.volume import Volume


class _Pass(NamedTuple):
    """What is looked for: half its width, the HU that it must not exceed, and whether it is closed.

    Of an organ that is hardly dense enough noise leaves a sponge, whose pores are closed.
    """

    radius_mm: float
    limit_hu: float
    is_closed: bool = False


# Vessels from 6 mm on, and wider ones that narrower contacts join; below 450 HU cortex parts a
# vessel from the marrow that it lies next to; an angiography leaves 250 to 600 HU in arteries.
PASSES = (
    _Pass(3.0, 450.0),
    _Pass(3.0, 650.0),
    _Pass(5.0, 450.0, is_closed=True),
    _Pass(5.0, 650.0),
)
SHELL_MM = 3.0  # a denser shell is looked for so far around
DENSER_HU, DENSER_NOISE = 80.0, 2.0  # it is denser by this, and by so many standard deviations
THICK_SHELL_MM = 5.0  # half the thickness of the thickest cortex: what is thicker is no shell
LEAST_SHELL_MM3 = 60.0  # less is a speck of noise
SHELLED = 0.45  # share of the surface with a shell about it: bones have 0.6 to 1, vessels 0 to 0.3
EVEN_HU, EVEN_NOISE = 40.0, 1.2  # half the span of two thirds of its values; bone has 50 to 300
# Chambers and vessels of unlike contrast hang together. Each is even: voxels so far apart are
# alike, but for noise. As a vessel may hang together with a vertebra, hardly any surface may have
# a shell.
APART_MM, ALIKE_HU, HARDLY_SHELLED = 4.0, 25.0, 0.15
LEAST_ML = 0.2
SURFACE_MM, SURFACE_VOXELS = 1.5, 1.0  # of partial volume about a vessel


@dataclass(frozen=True, eq=False)
class _Scene:
    """What pools are looked for in.

    Attributes
    ----------
    volume : Volume
    dense : PackedMask
        What may be bone or contrast.
    denser_hu : float
        By how much a shell is denser, in this volume's noise.
    noise : float
        Standard deviation in HU.
    """

    volume: Volume
    dense: PackedMask
    denser_hu: float
    noise: float


def contrast_pools(volume: Volume, dense: PackedMask, noise: float) -> PackedMask:
    """Return the vessels, kidneys, bowel and bladder that contrast medium makes as dense as bone.

    Parameters
    ----------
    volume : Volume
        A CT.
    dense : PackedMask
        What is dense enough to be bone.
    noise : float
        Standard deviation in HU.

    Notes
    -----
    The mask is eroded until thin contacts break; of each part that is left two things are asked.
    Is it even? And does it wear a shell: is there something denser, no thicker than cortex, next
    to most of its surface? Trabecular bone has its cortex, blood has none but a plaque here and
    there. Where it is not even as a whole, such as the chambers of a heart, it must be so from
    place to place, and all but bare. What is even and bare is a pool; it is grown back by what was
    eroded and the voxels of its blurred edge. Implants are above the limit and stay.
    """
    scene = _Scene(volume, dense, max(DENSER_HU, DENSER_NOISE * noise), noise)
    pools = PackedMask.empty(dense.shape)
    for sought in PASSES:
        rest = _sought(scene, sought, dense.without(pools))
        for pool in _pools(scene, rest, sought.radius_mm):
            pools = pools | pool
    return pools


def _sought(scene: _Scene, sought: _Pass, rest: PackedMask) -> PackedMask:
    """Return what is not too dense, without specks and pits, and pores if they are closed."""
    volume, site = scene.volume, Site(scene.volume.grid)
    too_dense = PackedMask.of_slabs(volume.above_by_slices(sought.limit_hu), rest.shape)
    smooth = Smooth(radius_mm=SURFACE_MM).apply(rest.without(too_dense), site)
    return Close(radius_mm=SURFACE_MM).apply(smooth, site) if sought.is_closed else smooth


def _pools(scene: _Scene, rest: PackedMask, radius_mm: float) -> Iterator[PackedMask]:
    grid = scene.volume.grid
    assert grid.voxel_ml is not None
    parts = Components.of(_inner(rest, grid, radius_mm), 6)
    for number in np.flatnonzero(parts.sizes * grid.voxel_ml >= LEAST_ML):
        chosen = np.zeros(parts.sizes.size, np.bool_)
        chosen[number] = True
        pool = _pool(scene, parts.where(chosen), radius_mm)
        if pool is not None:
            yield pool


def _inner(mask: PackedMask, grid: Grid, radius_mm: float) -> PackedMask:
    """Erode a mask; by a voxel at least, as slices thicker than the radius touch as well."""
    ball = Element.ball_mm(grid, radius_mm)
    inner = eroded(mask, ball)
    if min(ball.reach) > 0:
        return inner
    k, j, i = (n if reach == 0 else 1 for n, reach in zip(grid.shape, ball.reach, strict=True))
    return eroded(inner, Element.of_voxels(replace(grid, shape=(k, j, i)), "cross", 1))


def _pool(scene: _Scene, core: PackedMask, radius_mm: float) -> PackedMask | None:
    """Return the pool about a core, ``None`` if it is none."""
    margin = radius_mm + SHELL_MM + THICK_SHELL_MM
    window = Window.about(core, Element.ball_mm(scene.volume.grid, margin).reach)
    assert window is not None
    part, core = _cut(scene.volume, window), window.cut(core)
    found = _spread_hu(part, core)
    is_even = (found.high - found.low) / 2 <= math.hypot(EVEN_HU, EVEN_NOISE * scene.noise)
    if not is_even and not _is_alike(part, core, EVEN_NOISE * scene.noise):
        return None
    denser = _denser(part, found.middle + scene.denser_hu)
    if _shelled(core, denser, part.grid, radius_mm) >= SHELLED:
        return None
    if not is_even:
        denser = _denser(part, found.high + scene.denser_hu)
        if _shelled(core, denser, part.grid, radius_mm) >= HARDLY_SHELLED:
            return None
    edge_mm = max(SURFACE_MM, SURFACE_VOXELS * float(part.grid.steps.max()))
    about = dilated(core, Element.ball_mm(part.grid, radius_mm + edge_mm)).without(denser)
    return window.put_back(about, scene.dense.shape) & scene.dense


class _Spread(NamedTuple):
    """The median of some values, between the ends of two thirds of them, in HU."""

    low: float
    middle: float
    high: float


def _spread_hu(part: Volume, core: PackedMask) -> _Spread:
    stored = np.percentile(part.voxels[core.unpacked()], (15.9, 50.0, 84.1))
    return _Spread(*sorted(part.rescale.native(stored).tolist()))


def _denser(part: Volume, least_hu: float) -> PackedMask:
    denser = PackedMask.of_slabs(part.above_by_slices(least_hu), part.grid.shape)
    return RemoveSmall(volume_mm3=LEAST_SHELL_MM3).apply(denser, Site(part.grid))


def _is_alike(part: Volume, core: PackedMask, noise_hu: float) -> bool:
    """Tell whether most voxels of a core are like those a little apart, whatever the whole is."""
    inside, apart = core.unpacked(), []
    for axis, step in enumerate(part.grid.steps):
        n = max(round(APART_MM / step), 1)
        here, voxels = np.moveaxis(inside, axis, 0), np.moveaxis(part.voxels, axis, 0)
        both = here[n:] & here[:-n]
        apart.append(np.abs(voxels[n:][both].astype(np.float32) - voxels[:-n][both]))
    pairs = np.concatenate(apart)
    if pairs.size == 0:
        return False
    apart_hu = float(np.median(pairs) * TO_SD * abs(float(part.rescale.slope)))
    most_hu = math.hypot(ALIKE_HU, noise_hu)
    return apart_hu <= most_hu


def _shelled(core: PackedMask, denser: PackedMask, grid: Grid, radius_mm: float) -> float:
    """Return the share of a core's surface that has something dense and thin next to it."""
    shell = denser.without(Open(radius_mm=THICK_SHELL_MM).apply(denser, Site(grid)))
    near = dilated(shell, Element.ball_mm(grid, radius_mm + SHELL_MM))
    surface = core.without(eroded(core, Element.of_voxels(grid, "cross", 1)))
    return (surface & near).count() / max(surface.count(), 1)


def _cut(volume: Volume, window: Window) -> Volume:
    """Return a window's part of a volume; its place in the world does not matter here."""
    voxels = volume.voxels[window.slices, window.rows, window.columns]
    grid = volume.grid
    shape = (voxels.shape[0], voxels.shape[1], voxels.shape[2])
    return replace(
        volume, voxels=voxels, grid=Grid(shape, grid.affine, grid.spacing_known, grid.oriented)
    )
