"""Regions of the body whose bone is known, scanned at any resolution, noise and contrast.

Harsher than those of `ct_phantoms`: thin cortex, partial volume, unlike contrast, cut shafts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from medmask.volume import Volume
from tests import ct_phantoms as ct
from tests.ct_phantoms import Scene, ball, box, rod

Truth = NDArray[np.bool_]
# Voxels of this size and larger are painted finer by so much, so that they hold partial volumes. It
# is odd, so that no voxel is half bone.
COARSE_MM, FINER = (3.0, 1.5, 1.5), (5, 3, 3)


@dataclass(frozen=True)
class Scan:
    """How a phantom is scanned.

    Attributes
    ----------
    steps : tuple of float
        Voxel size (slice, row, column) in mm.
    noise_hu : float
    grain_mm : float
        Standard deviation of the kernel that gives the noise its grain; 0: every voxel for itself.
    blur_mm : float
        Standard deviation of the blur within slices.
    seed : int
    turned_degrees : float
        By how much the patient lies askew in the volume.
    """

    steps: tuple[float, float, float] = (1.5, 1.5, 1.5)
    noise_hu: float = 15.0
    grain_mm: float = 0.0
    blur_mm: float = 0.5
    seed: int = 1
    turned_degrees: float = 0.0

    def of(self, region: str, **how: float) -> tuple[Volume, Truth]:
        """Return the scan of a region, and its bone."""
        image, truth, grid = _painted(
            region, self.steps, self.blur_mm, self.turned_degrees, tuple(how.items())
        )
        image = np.clip(np.rint(image + self.noise(image.shape)), -1024, 3071).astype(np.int16)
        return Volume(image, grid, "CT", unit="HU"), truth

    def noise(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Return noise of the asked strength and grain."""
        noise = np.random.default_rng(self.seed).standard_normal(shape, np.float32)
        if self.grain_mm:
            noise = ndimage.gaussian_filter(noise, [self.grain_mm / step for step in self.steps])
            noise /= noise.std()
        return np.asarray(noise * np.float32(self.noise_hu))


@lru_cache(maxsize=2)
def _painted(region, steps, blur_mm, turned, how):
    """Return a region's HU without noise, its bone and its grid."""
    extent_mm, paint = REGIONS[region]
    factors = tuple(
        n if step >= least else 1 for step, n, least in zip(steps, FINER, COARSE_MM, strict=True)
    )
    shape = tuple(int(mm / step) * n for mm, step, n in zip(extent_mm, steps, factors, strict=True))
    scene = Scene.empty(shape, tuple(step / n for step, n in zip(steps, factors, strict=True)))
    scene.turned = turned
    paint(scene, **dict(how))
    within = [blur_mm / step for step in scene.steps[1:]]
    image = _mean(ndimage.gaussian_filter(scene.hounsfield, (0.0, *within)), factors)
    truth = _mean(scene.bone.astype(np.float32), factors) > 0.5
    return image, truth, replace(scene, hounsfield=image, steps=steps).grid


def _mean(image: NDArray[np.float32], factors: tuple[int, ...]) -> NDArray[np.float32]:
    for axis, n in enumerate(factors):
        size = image.shape[axis] // n
        image = np.add.reduceat(image, np.arange(size) * n, axis=axis) / np.float32(n)
    return image


def abdomen(
    scene: Scene,
    contrast: float = 45.0,
    marrow: float = 170.0,
    shell: float = 3.0,
    cortex: float = 900.0,
) -> None:
    """A trunk on a table; aorta and cava against the spine, kidneys, liver, calcified plaques."""
    wide, deep = 150.0, 95.0
    scene.flesh(rod(0.0, 0.0, deep, wide), ct.FAT)
    scene.flesh(rod(0.0, 0.0, deep - 16.0, wide - 16.0), ct.MUSCLE)
    scene.flesh(ball(10.0, -15.0, -70.0, 60.0, 45.0, 55.0), 60.0 + 0.15 * contrast)  # liver
    for side in (-1, 1):
        scene.flesh(ball(-10.0, 20.0, side * 75.0, 45.0, 20.0, 18.0), 30.0 + 0.6 * contrast)
    scene.flesh(rod(9.0, -18.0, 13.0, 13.0), contrast)
    scene.flesh(rod(8.0, 16.0, 11.0, 14.0), 0.6 * contrast + 20.0)
    if contrast > 100.0:
        for z0 in (-40.0, 0.0, 30.0):
            scene.flesh(ball(z0, 9.0, -30.0, 6.0, 5.0, 2.0), ct.PLAQUE)
    for z0 in np.arange(-35.0, 36.0, 35.0):
        ct.vertebra(scene, float(z0), 38.0, marrow, shell, cortex)
    for z0 in np.arange(-42.0, 43.0, 28.0):
        for side in (-1, 1):
            rib(scene, float(z0), side, marrow, min(shell, 1.5), cortex)
    ct.table(scene, 94.0, curve=0.0008, wide=170.0)


def rib(scene: Scene, z0: float, side: int, marrow: float, shell: float, cortex: float) -> None:
    """A rib of 12 mm."""
    ct.rib(scene, z0, side, 128.0, 73.0, radius=6.0, marrow=marrow, shell=shell, cortex=cortex)


def chest(
    scene: Scene, contrast: float = 45.0, marrow: float = 150.0, cortex: float = 700.0
) -> None:
    """Lungs, a heart with contrast, thin ribs and shoulder blades, a sternum of little density."""
    wide, deep = 150.0, 95.0
    scene.flesh(rod(0.0, 0.0, deep, wide), ct.FAT)
    scene.flesh(rod(0.0, 0.0, deep - 12.0, wide - 12.0), ct.MUSCLE)
    for side in (-1, 1):
        scene.flesh(ball(0.0, -5.0, side * 68.0, 110.0, 58.0, 52.0), ct.LUNG)
    scene.flesh(ball(-20.0, -25.0, 18.0, 50.0, 38.0, 42.0), 0.5 * contrast + 30.0)
    scene.flesh(ball(-20.0, -25.0, 28.0, 32.0, 22.0, 24.0), contrast)
    scene.flesh(rod(16.0, -22.0, 13.0, 13.0), contrast)
    for z0 in np.arange(-30.0, 31.0, 30.0):
        ct.vertebra(scene, float(z0), 42.0, marrow, 1.0, cortex)
    for z0 in np.arange(-42.0, 43.0, 28.0):
        for side in (-1, 1):
            rib(scene, float(z0), side, marrow, 1.0, cortex)
    scene.skeleton(box((-82.0, -70.0), (-17.0, 17.0), (-60.0, 90.0)), 0.7 * cortex)
    scene.skeleton(box((-81.0, -71.0), (-16.0, 16.0), (-59.0, 89.0)), marrow - 30.0)
    for side in (-1, 1):  # shoulder blades
        blade = box(
            (60.0, 63.5),
            (min(side * 55.0, side * 105.0), max(side * 55.0, side * 105.0)),
            (-10.0, 80.0),
        )
        scene.skeleton(blade, cortex)


def pelvis(
    scene: Scene, contrast: float = 45.0, marrow: float = 30.0, cortex: float = 800.0
) -> None:
    """Thin iliac wings with fatty marrow, sacrum, femoral heads, a bladder and vessels."""
    wide, deep = 175.0, 105.0
    scene.flesh(rod(0.0, 0.0, deep, wide), ct.FAT)
    scene.flesh(rod(0.0, 0.0, deep - 20.0, wide - 20.0), ct.MUSCLE)
    scene.flesh(ball(-45.0, -20.0, 0.0, 30.0, 32.0, 38.0), max(contrast, 10.0))
    for side in (-1, 1):
        scene.flesh(rod(-25.0, side * 62.0, 6.0, 6.0), contrast)
        wing(scene, side, marrow, cortex)
        scene.skeleton(ball(-38.0, 0.0, side * 92.0, 24.0, 24.0, 24.0), cortex)
        scene.skeleton(ball(-38.0, 0.0, side * 92.0, 22.5, 22.5, 22.5), 280.0)
        scene.skeleton(rod(10.0, side * 118.0, 17.0, 17.0, -100.0, 50.0), cortex)
        scene.skeleton(rod(10.0, side * 118.0, 12.0, 12.0, -100.0, 48.0), ct.YELLOW_MARROW)
    scene.skeleton(ball(25.0, 60.0, 0.0, 60.0, 20.0, 48.0), 0.6 * cortex)
    scene.skeleton(ball(25.0, 60.0, 0.0, 58.8, 18.8, 46.8), marrow + 50.0)


def wing(scene: Scene, side: int, marrow: float, cortex: float) -> None:
    """An iliac wing: a bent plate of 9 mm with a cortex of 1.5 mm."""

    def plate(half: float, rim: float) -> ct.Claim:
        def inside(z: Truth, y: Truth, x: Truth) -> Truth:
            middle = 85.0 + 0.35 * (z - 20.0) - 0.003 * (y + 10.0) ** 2
            off = (side * x - middle) / 1.06
            return (abs(off) <= half) & (abs(z - 20.0) <= 60.0 - rim) & (abs(y - 5.0) <= 50.0 - rim)

        return inside

    scene.skeleton(plate(4.5, 0.0), cortex)
    scene.skeleton(plate(3.0, 1.5), marrow)


def head(scene: Scene, contrast: float = 45.0, cortex: float = 1000.0) -> None:
    """Scalp, a skull with diploe, orbits and sinuses with thin walls, teeth, a filling, vessels."""
    scene.flesh(rod(0.0, 0.0, 98.0, 78.0), ct.FAT)
    scene.flesh(rod(0.0, 0.0, 95.0, 75.0), ct.MUSCLE)
    scene.skeleton(ball(10.0, 0.0, 0.0, 100.0, 90.0, 70.0), cortex)
    scene.skeleton(ball(10.0, 0.0, 0.0, 98.5, 88.5, 68.5), 300.0)
    scene.skeleton(ball(10.0, 0.0, 0.0, 95.5, 85.5, 65.5), cortex)
    scene.flesh(ball(10.0, 0.0, 0.0, 94.0, 84.0, 64.0), 35.0)
    for side in (-1, 1):
        scene.flesh(ball(-20.0, -10.0, side * 20.0, 40.0, 3.0, 3.0), contrast)
        scene.skeleton(ball(-35.0, -65.0, side * 32.0, 20.0, 24.0, 20.0), 0.6 * cortex)
        scene.flesh(ball(-35.0, -66.0, side * 32.0, 19.0, 24.0, 19.0), 10.0)
        scene.skeleton(
            box((-70.0, -35.0), (side * 24.0 - 14.0, side * 24.0 + 14.0), (-78.0, -56.0)),
            0.6 * cortex,
        )
        inner = scene.where(
            box((-69.0, -36.0), (side * 24.0 - 13.0, side * 24.0 + 13.0), (-77.0, -57.0))
        )
        scene.hounsfield[inner] = ct.AIR
        scene.bone &= ~inner
    for x in (-20.0, -10.0, 0.0, 10.0, 20.0):
        scene.skeleton(rod(-75.0 + 0.03 * x**2, x, 4.0, 4.0, -65.0, 7.0), 1800.0)
    scene.skeleton(rod(-63.0, 20.0, 3.0, 3.0, -65.0, 4.0), ct.METAL)
    ct.headrest(scene)


def knees(scene: Scene, marrow: float = -50.0, cortex: float = 1200.0, wall: float = 4.0) -> None:
    """Two shafts that the scan cuts, with thin ends towards the joint."""
    for side in (-1, 1):
        scene.flesh(rod(0.0, side * 75.0, 62.0, 62.0), ct.FAT)
        scene.flesh(rod(0.0, side * 75.0, 52.0, 52.0), ct.MUSCLE)
        for z0, toward in ((60.0, 1.0), (-60.0, -1.0)):
            shaft(scene, side * 75.0, z0, toward, (marrow, cortex, wall))
    scene.flesh(rod(25.0, 75.0, 4.0, 4.0), 300.0)


def shaft(
    scene: Scene, x0: float, z0: float, toward: float, made: tuple[float, float, float]
) -> None:
    """A shaft that widens towards the joint at z = 0, its wall thinning to a millimetre."""
    marrow, cortex, wall = made

    def cone(outer: bool) -> ct.Claim:
        def inside(z: Truth, y: Truth, x: Truth) -> Truth:
            near = np.clip(1.0 - (toward * z - 3.0) / 60.0, 0.0, 1.0)
            radius = 13.0 + 14.0 * near**2
            cut = 3.0
            if not outer:
                radius = radius - (1.0 + (wall - 1.0) * (1.0 - near))
                cut = 4.2
            return (np.hypot(y - 3.0, x - x0) <= radius) & (toward * z >= cut)

        return inside

    del z0
    scene.skeleton(cone(outer=True), cortex)
    scene.skeleton(cone(outer=False), marrow)


REGIONS = {
    "abdomen": ((60.0, 240.0, 310.0), abdomen),
    "chest": ((60.0, 200.0, 310.0), chest),
    "pelvis": ((130.0, 220.0, 360.0), pelvis),
    "head": ((150.0, 230.0, 190.0), head),
    "knees": ((80.0, 130.0, 280.0), knees),
}
