"""Evenly spaced slices of a plane on one sheet each of greys and of masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medmask.annotation import Annotation
from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.overlay.codes import Coder
from medmask.overlay.planes import FILM, Plane
from medmask.overlay.tile import resize_nearest

MARGIN_PX = 2  # about every picture its own edge goes on, so that no neighbour shines in


@dataclass(frozen=True)
class ContactSheet:
    """Where the pictures of a plane lie on its sheets.

    Attributes
    ----------
    plane : Plane
    at : tuple of int
        Array indices along the plane's normal, in the order shown.
    tile : tuple of int
        Rows and columns of a picture, in pixels, without its margin.
    columns : int
        Pictures in a row.
    """

    plane: Plane
    at: tuple[int, ...]
    tile: tuple[int, int]
    columns: int

    @classmethod
    def of(cls, grid: Grid, plane: Plane, count: int, longest_px: int) -> ContactSheet:
        """Lay out a plane's slices.

        Parameters
        ----------
        grid : Grid
        plane : Plane
        count : int
            Slices wanted; fewer where the array has fewer.
        longest_px : int
            Of a picture's longer side. Nothing is drawn larger than a pixel for the smallest step.

        Returns
        -------
        ContactSheet
            Pictures in true proportions, as many in a row as make the sheet about square.
        """
        high, wide = plane.extent(grid)
        finest = float(min(grid.steps[axis.index] for axis in (plane.down, plane.right)))
        px_per_unit = min(longest_px / max(high, wide), 1.0 / finest)
        tile = (max(1, round(high * px_per_unit)), max(1, round(wide * px_per_unit)))
        extent = grid.shape[plane.normal.index]
        count = min(count, extent)
        at = [int((n + 0.5) * extent / count) for n in range(count)]
        square = round(np.sqrt(count * tile[0] / tile[1]))
        columns = min(max(1, square), count)
        return cls(plane, tuple(at[::-1] if plane.normal.flipped else at), tile, columns)

    @classmethod
    def film(cls, grid: Grid, longest_px: int) -> ContactSheet:
        """Lay out the one picture of a film, at its own size if that is not longer."""
        _, rows, columns = grid.shape
        shrink = min(1.0, longest_px / max(rows, columns))
        return cls(FILM, (0,), (max(1, round(rows * shrink)), max(1, round(columns * shrink))), 1)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the sheet, in pixels."""
        rows = -(-len(self.at) // self.columns)
        return rows * self._cell[0], min(self.columns, len(self.at)) * self._cell[1]

    def greys(self, coder: Coder) -> NDArray[np.uint8]:
        """Return the sheet of codes; where pictures shrink, codes are averaged.

        Parameters
        ----------
        coder : Coder
            Of the volume.
        """

        def draw(picture: NDArray[Any]) -> NDArray[np.uint8]:
            codes = coder.codes(picture)
            if codes.shape == self.tile:
                return codes
            return np.asarray(Image.fromarray(codes).resize(self._size, Image.Resampling.BILINEAR))

        return self._filled([coder.volume.voxels], draw)

    def labels(self, labels: LabelMap) -> NDArray[np.uint8]:
        """Return the sheet of a label map, shape (rows, columns), with its values as they are."""
        return self._filled([labels.voxels], lambda picture: resize_nearest(picture, self._size))

    def annotations(self, layers: Sequence[Sequence[Annotation]]) -> NDArray[np.uint8]:
        """Return the sheet of three layers at most, which may overlap.

        Parameters
        ----------
        layers : sequence of sequences of Annotation
            On the scan's grid. Each layer is the union of some.

        Returns
        -------
        ndarray of uint8, shape (rows, columns)
            The first layer is worth 1, the second 2, the third 4.
        """
        each = [(bit, one) for bit, several in enumerate(layers) for one in several]

        def draw(*pictures: NDArray[Any]) -> NDArray[np.uint8]:
            drawn = np.zeros(self.tile, np.uint8)
            for (bit, one), picture in zip(each, pictures, strict=True):
                drawn |= one.mask(resize_nearest(picture, self._size)).astype(np.uint8) << bit
            return drawn

        return self._filled([one.voxels for _, one in each], draw)

    @property
    def _size(self) -> tuple[int, int]:
        return self.tile[1], self.tile[0]

    @property
    def _cell(self) -> tuple[int, int]:
        return self.tile[0] + 2 * MARGIN_PX, self.tile[1] + 2 * MARGIN_PX

    def _filled(
        self, volumes: Sequence[NDArray[Any]], draw: Callable[..., NDArray[np.uint8]]
    ) -> NDArray[np.uint8]:
        """Return a sheet of what is drawn of each cut through some volumes."""
        sheet = np.zeros(self.shape, np.uint8)
        high, wide = self._cell
        for n, pictures in enumerate(zip(*(self._cuts(each) for each in volumes), strict=True)):
            top, left = n // self.columns * high, n % self.columns * wide
            cell = sheet[top : top + high, left : left + wide]
            cell[:] = np.pad(draw(*pictures), MARGIN_PX, mode="edge")
        return sheet

    def _cuts(self, voxels: NDArray[Any]) -> list[NDArray[Any]]:
        """Return the pictures; cuts across rows are gathered in one walk through the memory."""
        axis = self.plane.normal.index
        if axis == voxels.ndim - 1:
            gathered = np.take(voxels, self.at, axis=axis)
            return [self.plane.picture(gathered, n) for n in range(len(self.at))]
        return [self.plane.picture(voxels, at) for at in self.at]
