"""A hand as a radiograph shows it: background under 32, soft tissue to 64, bone above."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt
from shapes import Mask, Values, along

ROWS, COLUMNS = 640, 512
NOISE_LEVELS = 3.5
SKIN_LEVEL, BONE_EDGE_LEVEL = 39.0, 73.0  # far enough from 32 and 64 for the noise

Point = tuple[float, float]


@dataclass(frozen=True)
class Bone:
    """A long bone seen from the side, (x, y) in pixels; the ends are wider than the shaft."""

    start: Point
    end: Point
    shaft: float
    ends: float


@dataclass(frozen=True)
class Ray:
    """A metacarpal and the phalanges it carries, in pixels and degrees from upright."""

    base: Point
    knuckle: Point
    degrees: float
    lengths: tuple[float, ...]
    girth: float

    def bones(self) -> list[Bone]:
        """Return the metacarpal and the phalanges, from the wrist to the tip."""
        bones = [Bone(self.base, self.knuckle, 0.44 * self.girth, 0.66 * self.girth)]
        towards = (math.sin(math.radians(self.degrees)), -math.cos(math.radians(self.degrees)))
        x, y = self.knuckle
        before = bones[0].ends
        for number, length in enumerate(self.lengths):
            ends = (0.58 - 0.08 * number) * self.girth
            reach = before + 4.0 + ends  # a joint space of 4 pixels between two round ends
            x, y = x + reach * towards[0], y + reach * towards[1]
            tip = (x + length * towards[0], y + length * towards[1])
            bones.append(Bone((x, y), tip, 0.66 * ends, ends))
            (x, y), before = tip, ends
        return bones


RAYS = (
    Ray((208.0, 436.0), (152.0, 378.0), -42.0, (46.0, 30.0), 22.0),  # thumb
    Ray((224.0, 420.0), (192.0, 306.0), -9.0, (62.0, 32.0, 18.0), 20.0),
    Ray((250.0, 416.0), (243.0, 294.0), -2.0, (70.0, 38.0, 19.0), 21.0),
    Ray((275.0, 420.0), (293.0, 304.0), 5.0, (64.0, 36.0, 19.0), 20.0),
    Ray((298.0, 428.0), (339.0, 330.0), 14.0, (48.0, 22.0, 16.0), 18.0),
)
FOREARM = (
    Bone((226.0, 548.0), (234.0, 720.0), 21.0, 31.0),  # radius
    Bone((292.0, 552.0), (288.0, 720.0), 13.0, 18.0),  # ulna
)
CARPALS = (  # x, y and the two radii
    (206.0, 467.0, 15.0, 13.0),
    (236.0, 459.0, 12.0, 15.0),
    (263.0, 461.0, 13.0, 18.0),
    (292.0, 466.0, 13.0, 15.0),
    (212.0, 498.0, 17.0, 14.0),
    (246.0, 499.0, 14.0, 16.0),
    (276.0, 501.0, 12.0, 14.0),
    (299.0, 497.0, 8.0, 11.0),
)


def film() -> tuple[Values, Mask, Mask]:
    """Return levels with noise, the hand and its bones, each of shape (rows, columns).

    Returns
    -------
    levels : ndarray of float64
        Not rounded, within 0..255.
    hand, bone : ndarray of bool
        What the film shows, without the noise; bone lies within the hand.
    """
    y, x = np.mgrid[0.0:ROWS, 0.0:COLUMNS]
    bones = [bone for ray in RAYS for bone in ray.bones()] + list(FOREARM)
    hand = _hand(y, x)
    thickness = np.zeros(hand.shape)
    for bone in bones:
        thickness = np.maximum(thickness, _bone_thickness(bone, y, x))
    for carpal in CARPALS:
        thickness = np.maximum(thickness, _carpal_thickness(carpal, y, x))
    is_bone = thickness > 0
    haze = 12.0 + 9.0 * np.exp(-distance_transform_edt(~hand) / 40.0)  # scatter about the hand
    depth = np.minimum(distance_transform_edt(hand) / 30.0, 1.0)
    flesh = SKIN_LEVEL + 15.0 * np.sqrt(depth * (2.0 - depth))
    levels = np.where(hand, flesh, haze)
    levels = np.where(is_bone, BONE_EDGE_LEVEL + 16.0 * thickness**0.72, levels)
    noise = np.random.default_rng(20200101).normal(0.0, NOISE_LEVELS, levels.shape)
    return np.clip(levels + noise, 0.0, 255.0), hand, is_bone


def _hand(y: Values, x: Values) -> Mask:
    """Return the outline: fingers about their bones, the palm about the metacarpals, the arm."""
    hand = along(y, x, (252.0, 520.0), (262.0, 720.0))[0] <= 66.0
    hand |= along(y, x, (252.0, 440.0), (255.0, 560.0))[0] <= 70.0
    for ray in RAYS:
        metacarpal, *phalanges = ray.bones()
        distance, share = along(y, x, metacarpal.start, metacarpal.end)
        hand |= distance <= 42.0 - 14.0 * share
        before = metacarpal.end
        for bone in phalanges:
            hand |= along(y, x, before, bone.end)[0] <= 1.06 * ray.girth
            before = bone.end
    return hand


def _bone_thickness(bone: Bone, y: Values, x: Values) -> Values:
    """Return how much bone a ray passes, in pixels: a cortical tube, thinner towards its ends."""
    distance, share = along(y, x, bone.start, bone.end)
    flare = (2.0 * share - 1.0) ** 4
    return _tube(distance, bone.shaft + (bone.ends - bone.shaft) * flare, 0.58 + 0.22 * flare)


def _carpal_thickness(carpal: tuple[float, float, float, float], y: Values, x: Values) -> Values:
    cx, cy, rx, ry = carpal
    radius = math.sqrt(rx * ry)
    distance = radius * np.hypot((x - cx) / rx, (y - cy) / ry)
    return _tube(distance, np.full(distance.shape, radius), np.full(distance.shape, 0.82))


def _tube(distance: Values, outer: Values, hollow: Values) -> Values:
    """Return the compact bone passed at a distance from the axis; marrow counts a third of it."""
    whole = np.sqrt(np.maximum(outer**2 - distance**2, 0.0))
    marrow = np.sqrt(np.maximum((hollow * outer) ** 2 - distance**2, 0.0))
    return np.asarray(whole - 0.66 * marrow)
