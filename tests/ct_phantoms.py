"""CT scans whose patient and bones are known: every part is painted with what it is.

A scene is painted in Hounsfield units on an axial grid whose origin is the middle of the volume,
x towards the left, y towards the back (down, as one looks at it), z towards the head.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from medmask.grid import Grid
from medmask.volume import Volume

AIR, LUNG, FOAM, FAT, MUSCLE, BLOOD = -1000, -850, -930, -100, 50, 45
RED_MARROW, YELLOW_MARROW, CORTEX, CARBON, METAL = 170, -60, 900, 180, 3000
CONTRAST, PLAQUE, RUBBER, PLASTIC = 320, 800, 250, 110

Claim = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass
class Scene:
    """A scan while it is painted, with what is patient and what is bone in it.

    ``turned`` tells by how many degrees the patient lies askew, about two axes one after the other.
    """

    hounsfield: np.ndarray
    body: np.ndarray
    bone: np.ndarray
    steps: tuple
    tilt: float = 0.0
    turned: float = 0.0

    @classmethod
    def empty(cls, shape=(40, 200, 200), steps=(3.0, 2.0, 2.0), tilt=0.0):
        """Air, in slices that a gantry tilted by so many degrees would scan."""
        nothing = np.zeros(shape, bool)
        return cls(np.full(shape, AIR, np.float32), nothing, nothing.copy(), steps, tilt)

    @property
    def axes(self):
        """Coordinates z, y, x in mm, shaped so that they broadcast."""
        k, j, i = (
            ((np.arange(n) - (n - 1) / 2) * step).astype(np.float32)
            for n, step in zip(self.hounsfield.shape, self.steps, strict=True)
        )
        tilt = np.radians(self.tilt)
        z, y = k[:, None, None] + j[None, :, None] * np.sin(tilt), j[None, :, None] * np.cos(tilt)
        x = i[None, None, :]
        if self.turned:
            c, s = np.cos(np.radians(self.turned)), np.sin(np.radians(self.turned))
            z, y = c * z - s * y, s * z + c * y
            z, x = c * z - s * x, s * z + c * x
        return z, y, x

    def where(self, inside):
        """Evaluate a claim about z, y, x for every voxel."""
        return np.broadcast_to(inside(*self.axes), self.hounsfield.shape)

    def thing(self, inside, value):
        """Paint what is not the patient, around the patient."""
        self.hounsfield[self.where(inside) & ~self.body] = value

    def flesh(self, inside, value):
        """Paint what is the patient's and no bone."""
        where = self.where(inside)
        self.hounsfield[where] = value
        self.body |= where
        self.bone &= ~where

    def skeleton(self, inside, value=CORTEX):
        """Paint bone or its marrow."""
        where = self.where(inside)
        self.hounsfield[where] = value
        self.body |= where
        self.bone |= where

    def scanned(self, noise=15.0, blur=0.5, seed=1, rim=None):
        """Return the volume: blurred by so many voxels, with noise, and padded beyond a circle."""
        random = np.random.default_rng(seed)
        image = ndimage.gaussian_filter(self.hounsfield, (0.0, blur, blur))
        image += random.normal(0.0, noise, image.shape).astype(np.float32)
        image = np.clip(np.rint(image), -1024, 3071).astype(np.int16)
        if rim is not None:
            radius_mm, fill = rim
            _, y, x = self.axes
            beyond = np.broadcast_to(np.hypot(y, x) > radius_mm, image.shape)
            image[beyond] = fill
            self.body &= ~beyond
            self.bone &= ~beyond
        return Volume(image, self.grid, "CT", unit="HU")

    @property
    def grid(self):
        """An axial grid; a tilted gantry's is sheared, as the table goes on along z."""
        affine, tilt = np.eye(4), np.radians(self.tilt)
        k, j, i = self.steps
        affine[:3, :3] = [[0, 0, i], [0, j * np.cos(tilt), 0], [k, j * np.sin(tilt), 0]]
        return Grid(self.hounsfield.shape, affine)


def rod(y0, x0, ry, rx, z0=0.0, half=np.inf):
    """An upright elliptical cylinder."""
    return lambda z, y, x: (
        (((y - y0) / ry) ** 2 + ((x - x0) / rx) ** 2 <= 1) & (abs(z - z0) <= half)
    )


def ball(z0, y0, x0, rz, ry, rx):
    """An ellipsoid."""
    return lambda z, y, x: ((z - z0) / rz) ** 2 + ((y - y0) / ry) ** 2 + ((x - x0) / rx) ** 2 <= 1


def box(ys, xs, zs=(-np.inf, np.inf)):
    """A box from one corner to the other."""
    return lambda z, y, x: (
        (y >= ys[0]) & (y <= ys[1]) & (x >= xs[0]) & (x <= xs[1]) & (z >= zs[0]) & (z <= zs[1])
    )


def long_bone(scene, y0, x0, radius, cortex=4.0, marrow=YELLOW_MARROW, half=np.inf):
    """A tube of cortex, closed where it ends inside the scan."""
    scene.skeleton(rod(y0, x0, radius, radius, half=half))
    scene.skeleton(rod(y0, x0, radius - cortex, radius - cortex, half=half - cortex), marrow)


def trunk(scene, wide=150.0, deep=95.0, contrast=False, waist=0.0):
    """An abdomen and chest: fat, muscle, lungs, spine with a canal, ribs, aorta.

    ``waist`` lifts the back off the table by up to so many mm in the middle of the scan.
    """

    def outline(inset):
        def inside(z, y, x):
            lift = waist * np.exp(-((z / 40.0) ** 2))
            return (
                ((y + lift / 2) / (deep - inset - lift / 2)) ** 2 + (x / (wide - inset)) ** 2
            ) <= 1

        return inside

    scene.flesh(outline(0.0), FAT)
    scene.flesh(outline(16.0), MUSCLE)
    for side in (-1, 1):
        scene.flesh(ball(50.0, -8.0, side * 0.4 * wide, 70.0, 0.48 * deep, 0.28 * wide), LUNG)
    vessel = CONTRAST if contrast else BLOOD
    scene.flesh(rod(6.0, -22.0, 13.0, 13.0), vessel)
    if contrast:
        for z0 in (-30.0, 0.0, 30.0):  # calcified plaques in its wall
            scene.flesh(ball(z0, 6.0, -34.0, 6.0, 5.0, 2.5), PLAQUE)
        for side in (-1, 1):
            scene.flesh(ball(-40.0, 20.0, side * 75.0, 25.0, 20.0, 18.0), 190)  # kidneys
    for z0 in np.arange(-70.0, 71.0, 35.0):
        vertebra(scene, z0, 30.0)
    for z0 in np.arange(-70.0, 71.0, 28.0):
        for side in (-1, 1):
            rib(scene, z0, side, wide - 22.0, deep - 22.0)


def vertebra(scene, z0, y0, marrow=RED_MARROW, shell=3.0, cortex=CORTEX):
    """A body of marrow in a shell, a canal, and a spinous process."""
    scene.skeleton(rod(y0, 0.0, 17.0, 21.0, z0, 13.0), cortex)
    scene.skeleton(rod(y0, 0.0, 17.0 - shell, 21.0 - shell, z0, 13.0 - shell), marrow)
    arch = rod(y0 + 24.0, 0.0, 14.0, 15.0, z0, 9.0)
    canal = rod(y0 + 24.0, 0.0, 8.0, 10.0, z0, 9.0)
    front = y0 + 14.0
    scene.skeleton(lambda z, y, x: arch(z, y, x) & ~canal(z, y, x) & (y > front), cortex)
    scene.skeleton(box((y0 + 36.0, y0 + 46.0), (-4.0, 4.0), (z0 - 8.0, z0 + 8.0)), cortex)


def rib(scene, z0, side, wide, deep, *, radius=6.5, marrow=RED_MARROW, shell=3.0, cortex=CORTEX):
    """A rib from beside the spine to the front, with marrow in a thin shell."""

    def tube(radius):
        def inside(z, y, x):
            rho = np.hypot(x / wide, y / deep)
            outward = (rho - 1.0) * np.hypot(x, y) / np.maximum(rho, 1e-6)
            angle = np.degrees(np.arctan2(side * x / wide, y / deep))
            rise = z - z0 - 0.25 * y
            return (np.hypot(outward, rise) <= radius) & (angle > 25.0) & (angle < 150.0)

        return inside

    scene.skeleton(tube(radius), cortex)
    scene.skeleton(tube(radius - shell), marrow)


def arms(scene, gap, wide=150.0, radius=38.0):
    """Two arms beside the trunk; a gap of 0 mm or less touches it."""
    for side in (-1, 1):
        x0 = side * (wide + gap + radius)
        scene.flesh(rod(15.0, x0, radius, radius), FAT)
        scene.flesh(rod(15.0, x0, radius - 8.0, radius - 8.0), MUSCLE)
        long_bone(scene, 15.0, x0, 12.0)


def table(scene, top, *, curve=0.0, wide=230.0, thick=40.0, shell=2.0, core=FOAM):
    """A carbon shell about a foam core; ``curve`` makes its top a trough (per mm)."""

    def slab(inset):
        def inside(z, y, x):
            del z
            depth = y - (top - curve * x**2)
            return (depth >= inset) & (depth <= thick - inset) & (abs(x) <= wide - inset)

        return inside

    scene.thing(slab(0.0), CARBON)
    scene.thing(slab(shell), core)


def head(scene, hollow=False):
    """A head: scalp, skull, brain, or the bare skull of a phantom."""
    if not hollow:
        scene.flesh(rod(0.0, 0.0, 98.0, 78.0), MUSCLE)
    scene.skeleton(rod(0.0, 0.0, 92.0, 72.0))
    inner = rod(0.0, 0.0, 86.0, 66.0)
    if hollow:
        where = scene.where(inner)
        scene.hounsfield[where] = AIR
        scene.bone &= ~where
        scene.flesh(rod(10.0, 20.0, 15.0, 15.0), MUSCLE)
    else:
        scene.flesh(inner, 35)


def headrest(scene, radius=118.0, thick=6.0):
    """A cradle of plastic about the back of the head, with a foam pad in it."""

    def ring(z, y, x):
        rho = np.hypot(y, x)
        return (rho >= radius) & (rho <= radius + thick) & (y > 20.0) & (z > -np.inf)

    scene.thing(lambda z, y, x: (np.hypot(y, x) < radius) & (y > 20.0) & (z > -np.inf), FOAM)
    scene.thing(ring, PLASTIC)


def legs(scene):
    """Two legs with thick cortex and yellow marrow, one with a nail in it."""
    for side in (-1, 1):
        scene.flesh(rod(0.0, side * 85.0, 75.0, 75.0), FAT)
        scene.flesh(rod(0.0, side * 85.0, 62.0, 62.0), MUSCLE)
        long_bone(scene, 5.0, side * 85.0, 16.0, cortex=5.0)


def leads(scene, wide=150.0, deep=95.0):
    """Three cables along the front of the chest."""
    for x in (-60.0, -20.0, 30.0):
        y = -np.sqrt(1.0 - (x / wide) ** 2) * deep - 2.0
        scene.thing(rod(y, x, 2.2, 2.2), 400)


def implant(scene, y0, x0, radius, half=np.inf, streaks=700.0, rays=9):
    """A rod of metal in bone, with the streaks that it throws over its slices.

    Rays of too much and too little, ``streaks`` HU at the metal, which fade over 60 mm.
    """
    inside = rod(y0, x0, radius, radius, half=half)

    def glare(z, y, x):
        away = np.hypot(y - y0, x - x0)
        rays_here = np.cos(rays * np.arctan2(y - y0, x - x0))
        return streaks * rays_here * np.exp(-away / 60.0) * (abs(z) <= half)

    scene.hounsfield += np.broadcast_to(glare(*scene.axes), scene.hounsfield.shape)
    scene.skeleton(inside, METAL)
