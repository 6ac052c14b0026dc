"""Dilate, erode, open and close: what a structuring element of some reach does to a mask."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from medmask.errors import NoSpacing
from medmask.grid import Grid
from medmask.morphology.dilation import dilated, eroded
from medmask.morphology.element import Element, Kind
from medmask.morphology.packed import PackedMask
from medmask.morphology.step import Site
from medmask.morphology.window import Window, within_extent
from medmask.outcome import ScanWarning

AXES = ("slices", "rows", "columns")


@dataclass(frozen=True)
class Reach(ABC):
    """How far a step reaches; the steps below differ in what they do with it.

    Parameters
    ----------
    radius_mm : float or None
        Radius of a ball in mm.
    iterations : int or None
        Reach in voxels, along every axis the same. Exactly one of the two is given.
    element : str
        For ``iterations``: ``cross`` and ``box`` are what so many passes through faces, or through
        faces, edges and corners, amount to; ``ball`` has that radius in voxels.
    where : str
        ``volume``: in all directions; ``slices``: within the patient's axial slices only
        (`Grid.axial_axis`), so that a gap in a bone's ring is closed and the one to the next
        vertebra is not.
    """

    word: ClassVar[str]
    goes_on_beyond_the_edge: ClassVar[bool] = False

    radius_mm: float | None = None
    iterations: int | None = None
    element: Kind = "ball"
    where: Literal["volume", "slices"] = "volume"

    def __post_init__(self) -> None:
        if (self.radius_mm is None) == (self.iterations is None):
            raise ValueError(f"{self.word} needs either radius_mm or iterations")
        if self.radius_mm is not None and not (
            math.isfinite(self.radius_mm) and self.radius_mm > 0
        ):
            raise ValueError(f"{self.word}: radius_mm must be positive, got {self.radius_mm:g}")
        if self.iterations is not None and self.iterations < 1:
            raise ValueError(f"{self.word}: iterations must be at least 1, got {self.iterations}")
        if self.radius_mm is not None and self.element != "ball":
            raise ValueError(f"{self.word}: element: {self.element} goes with iterations only")

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the mask after the step; the mask given stays as it is.

        Raises
        ------
        NoSpacing
            If the radius is in mm and the spacing is unknown along an axis of several voxels.
        """
        element = self.element_on(site.grid)
        goes_on = self.goes_on_beyond_the_edge
        margins = element.reach if element.is_upright or not goes_on else _twice(element)
        window = Window.about(mask, margins)
        if window is None:
            return mask
        part = self._worked(window.cut(mask, repeat_edge=goes_on), element)
        return window.put_back(part, mask.shape, repeat_edge=goes_on)

    @abstractmethod
    def _worked(self, mask: PackedMask, element: Element) -> PackedMask:
        """Return what the step makes of the part of a mask in its window."""

    def element_on(self, grid: Grid) -> Element:
        """Return the structuring element on a grid.

        Raises
        ------
        NoSpacing
            If the radius is in mm and the spacing is unknown along an axis of several voxels.
        """
        grid = self._reached(grid)
        if self.iterations is not None:
            return Element.of_voxels(grid, self.element, self.iterations)
        assert self.radius_mm is not None
        unknown = [AXES[axis] for axis in grid.unmeasured_axes]
        if unknown:
            raise NoSpacing(
                self.word,
                f"radius_mm: {self.radius_mm:g} where the spacing of {' and '.join(unknown)} "
                "is unknown",
                "iterations: instead",
            )
        return Element.ball_mm(grid, self.radius_mm)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Tell along which axes the radius does not reach the next voxel."""
        grid = self._reached(grid)
        if self.radius_mm is None or grid.unmeasured_axes:
            return ()
        reach = Element.ball_mm(grid, self.radius_mm).reach
        idle = [
            f"{name} ({step:.4g} mm apart)"
            for name, step, n, size in zip(AXES, grid.steps, reach, grid.shape, strict=True)
            if n == 0 and size > 1
        ]
        if not idle:
            return ()
        axes = " or ".join(idle)
        text = f"{self.word}: a radius of {self.radius_mm:g} mm does not reach along {axes}"
        return (ScanWarning("radius_does_nothing", text),)

    def _reached(self, grid: Grid) -> Grid:
        """Return the grid as far as the element reaches: one slice, where it keeps to slices."""
        if self.where == "volume":
            return grid
        k, j, i = (1 if axis == grid.axial_axis else n for axis, n in enumerate(grid.shape))
        return replace(grid, shape=(k, j, i))


class Dilate(Reach):
    """Add all that lies within reach of the mask."""

    word = "dilate"

    def _worked(self, mask: PackedMask, element: Element) -> PackedMask:
        return dilated(mask, element)


class Erode(Reach):
    """Remove all that lies within reach of the background.

    The array's edge is not background: what lies beyond it counts as inside.
    """

    word = "erode"

    def _worked(self, mask: PackedMask, element: Element) -> PackedMask:
        return eroded(mask, element)


class Open(Reach):
    """Remove what the element does not fit into: erode, then dilate.

    Beyond the array the mask goes on as it is at its edge, so that opening never grows a mask and
    leaves one that is cut off by the edge as it is.
    """

    word = "open"
    goes_on_beyond_the_edge = True

    def _worked(self, mask: PackedMask, element: Element) -> PackedMask:
        return dilated(eroded(mask, element), element)


class Close(Reach):
    """Fill what the element does not fit into: dilate, then erode.

    Beyond the array the mask goes on as it is at its edge, so that closing never shrinks a mask
    and joins it to the edge nowhere.
    """

    word = "close"
    goes_on_beyond_the_edge = True

    def _worked(self, mask: PackedMask, element: Element) -> PackedMask:
        # Near the window's sides there is nothing to erode from, and nothing to fill either.
        return within_extent(eroded(dilated(mask, element), element), mask)


def _twice(element: Element) -> tuple[int, int, int]:
    k, j, i = element.reach
    return 2 * k, 2 * j, 2 * i
