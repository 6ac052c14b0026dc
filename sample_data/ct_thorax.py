"""A thorax in Hounsfield units: no noise, every bone a closed shell, arms, and a table below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from shapes import Mask, Space, Values, cylinder, ellipsoid

SHAPE = (48, 256, 256)
SPACING_MM = (3.0, 1.5, 1.5)

AIR, PADDING, LUNG = -1000, -2000, -850
FAT, SKIN, MUSCLE, HEART, CORD = -100, 5, 55, 45, 35
YELLOW_MARROW, RED_MARROW, RIB_MARROW = -60, 160, 120
CORTEX = 900
TABLE_CORE, TABLE_SHELL = 60, 300

TORSO, WALL = (120.0, 85.0), (94.0, 63.0)  # radii in mm of the skin and of the rib cage
VERTEBRAE_MM = (-49.5, -16.5, 16.5, 49.5)
RIBS_MM = (-33.0, 0.0, 33.0)


def thorax() -> tuple[NDArray[np.int16], Mask, Mask]:
    """Return Hounsfield units, the body and its bones, each of shape (slices, rows, columns).

    Returns
    -------
    hounsfield : ndarray of int16
        -2000 outside the circle that a scanner reconstructs.
    body, bone : ndarray of bool
        The body is all that lies within the skin, lungs and bones included; bone is cortical
        bone with the marrow it encloses.
    """
    room = Space.centred(SHAPE, SPACING_MM)
    at = room.moved(y=-20.0)  # the patient lies above the middle, the table below
    hounsfield = np.full(SHAPE, AIR, np.int16)
    hounsfield[np.broadcast_to(np.hypot(room.x, room.y) > 190.0, SHAPE)] = PADDING
    _paint_table(hounsfield, at)
    body = _paint_flesh(hounsfield, at)
    bone = np.zeros(SHAPE, np.bool_)
    for outer, inner, marrow in _bones(at):
        hounsfield[outer] = CORTEX
        hounsfield[inner] = marrow
        bone |= outer
    return hounsfield, body, bone


def _paint_table(hounsfield: NDArray[np.int16], at: Space) -> None:
    """Lay a curved table 6 mm below the back; its shell is as dense as bone."""
    depth = at.y - (TORSO[1] + 6.0 - 0.0008 * at.x**2)
    depth = np.broadcast_to(depth, SHAPE)
    across = np.broadcast_to(np.abs(at.x), SHAPE)
    hounsfield[(depth >= 0.0) & (depth <= 24.0) & (across <= 150.0)] = TABLE_SHELL
    hounsfield[(depth >= 3.0) & (depth <= 21.0) & (across <= 147.0)] = TABLE_CORE


def _arm(at: Space, side: int) -> Space:
    """Return coordinates about an arm's axis: hanging free below, touching the chest above."""
    rise = np.clip((at.z - 12.0) / 48.0, 0.0, 1.0)
    axis: Values = side * (153.0 - 16.0 * rise * rise * (3.0 - 2.0 * rise))
    return Space(at.z, at.y, at.x - axis)


def _paint_flesh(hounsfield: NDArray[np.int16], at: Space) -> Mask:
    """Paint skin, fat, muscle, lungs and heart; return all that lies within the skin."""
    arms = [_arm(at, side) for side in (-1, 1)]
    body = np.broadcast_to(cylinder(at, *TORSO), SHAPE).copy()
    for arm in arms:
        body |= cylinder(arm, 27.0, 27.0)
    hounsfield[body] = SKIN
    hounsfield[np.broadcast_to(cylinder(at, TORSO[0] - 3.0, TORSO[1] - 3.0), SHAPE)] = FAT
    for arm in arms:
        hounsfield[cylinder(arm, 24.0, 24.0)] = FAT
        hounsfield[cylinder(arm, 19.0, 19.0)] = MUSCLE
    hounsfield[np.broadcast_to(cylinder(at, TORSO[0] - 15.0, TORSO[1] - 12.0), SHAPE)] = MUSCLE
    for side in (-1, 1):
        hounsfield[ellipsoid(at.moved(x=side * 44.0, y=-4.0), 38.0, 46.0, 62.0)] = LUNG
    hounsfield[ellipsoid(at.moved(x=10.0, y=-22.0, z=-8.0), 36.0, 30.0, 44.0)] = HEART
    hounsfield[np.broadcast_to(cylinder(at.moved(y=28.0), 27.0, 30.0), SHAPE)] = MUSCLE
    hounsfield[np.broadcast_to(cylinder(at.moved(y=48.5), 6.0, 5.0), SHAPE)] = CORD
    return body


def _bones(at: Space) -> list[tuple[Mask, Mask, int]]:
    """Return each bone's outer shape, its marrow, and the marrow's Hounsfield units.

    No bone leaves the volume and none makes a ring, so that its marrow, and nothing else, is
    enclosed in every plane along every axis.
    """
    bones: list[tuple[Mask, Mask, int]] = []
    for level in VERTEBRAE_MM:
        bones += _vertebra(at.moved(z=level))
    for level in RIBS_MM:
        bones += [
            (_rib(at, level, side), _rib_marrow(at, level, side), RIB_MARROW) for side in (-1, 1)
        ]
    sternum = at.moved(y=-66.0)
    bones.append(
        (ellipsoid(sternum, 19.0, 7.0, 54.0), ellipsoid(sternum, 13.0, 3.0, 46.0), RED_MARROW)
    )
    for side in (-1, 1):
        arm = _arm(at, side)
        bones.append(
            (cylinder(arm, 11.0, 11.0, 60.0), cylinder(arm, 6.5, 6.5, 55.0), YELLOW_MARROW)
        )
    return bones


def _vertebra(at: Space) -> list[tuple[Mask, Mask, int]]:
    """Return a vertebral body, two laminae that leave the canal open, and a spinous process."""
    centre, nothing = at.moved(y=28.0), np.zeros(SHAPE, np.bool_)
    parts = [(cylinder(centre, 19.0, 15.0, 12.0), cylinder(centre, 15.5, 11.5, 8.0), RED_MARROW)]
    laminae = [ellipsoid(at.moved(x=side * 14.0, y=44.5), 5.5, 9.0, 9.0) for side in (-1, 1)]
    parts += [(lamina, nothing, 0) for lamina in laminae]
    parts.append((ellipsoid(at.moved(y=65.0), 4.5, 10.0, 10.0), nothing, 0))
    return parts


def _rib(at: Space, level: float, side: int) -> Mask:
    return _arc(at, level, side, radii=(6.0, 8.0), degrees=(24.0, 152.0))


def _rib_marrow(at: Space, level: float, side: int) -> Mask:
    return _arc(at, level, side, radii=(2.4, 2.6), degrees=(30.0, 146.0))


def _arc(
    at: Space, level: float, side: int, radii: tuple[float, float], degrees: tuple[float, float]
) -> Mask:
    """Return a rib, falling from beside the spine (0 degrees) to the sternum (180)."""
    angle = np.degrees(np.arctan2(side * at.x / WALL[0], at.y / WALL[1]))
    rho = np.hypot(at.x / WALL[0], at.y / WALL[1])
    outward = (rho - 1.0) * np.hypot(at.x, at.y) / np.maximum(rho, 1e-9)
    upward = at.z - (level + 0.3 * at.y)
    within = (outward / radii[0]) ** 2 + (upward / radii[1]) ** 2 <= 1.0
    return np.asarray(within & (angle >= degrees[0]) & (angle <= degrees[1]))
