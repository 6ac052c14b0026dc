"""Where the frames of a DICOM segmentation lie: frames to planes, planes to a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from medmask.annotations.data_set import numbers, sequence
from medmask.errors import BadGeometry, MissingGeometry, TooLarge, UnevenSlices
from medmask.grid import Grid

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_DIRECTION: Final = 1e-3  # of unit vectors, between frames
_ONE_PLACE_MM: Final = 0.05  # decimals of positions differ by less, slices by more
_ONE_PLACE: Final = 0.2  # of a step that is stated
_OFF_STEP: Final = 0.1  # of a step, between a plane and the even line through all
_MOST_PLANES: Final = 1 << 14


@dataclass(frozen=True, eq=False)
class SegPlanes:
    """A grid on which every frame of a segmentation is a slice.

    Attributes
    ----------
    grid : Grid
        Slices that no frame describes are empty.
    slice_of : tuple of int
        For each frame its slice.
    moved_mm : float
        How far a frame at most lies from its slice, where uneven ones were put onto the scan's.
    """

    grid: Grid
    slice_of: tuple[int, ...]
    moved_mm: float = 0.0


def planes_of(dataset: Dataset, shape: tuple[int, int], scan: Grid, where: str) -> SegPlanes:
    """Return the grid of a segmentation's frames.

    Parameters
    ----------
    dataset : Dataset
    shape : tuple of int
        Rows and columns of a frame.
    scan : Grid
        The scan's, whose slices count where the frames' positions are uneven.
    where : str
        Names the file in errors.

    Raises
    ------
    MissingGeometry
        If frames do not say where they lie, and there is more than one place.
    BadGeometry
        If they are not parallel, or lie beside each other.
    UnevenSlices
        If their steps are uneven, and the scan's slices do not explain them.
    """
    frames = [_Place.of(dataset, frame, where) for frame in _frames(dataset)]
    known = [frame for frame in frames if frame is not None]
    if not known:
        return SegPlanes(Grid.plain((1, *shape)), (0,) * len(frames))
    if len(known) < len(frames):
        found = f"{len(frames) - len(known)} of {len(frames)} frames without position"
        raise MissingGeometry(where, found, "position, orientation and spacing of every frame")
    first = known[0]
    if any(not first.is_parallel(other) for other in known):
        raise BadGeometry(where, "frames of several orientations or spacings", "parallel frames")
    positions = np.array([frame.position for frame in known])
    line = _Line.through(positions, first, scan, where)
    affine = np.eye(4)
    affine[:3, 0] = line.step
    affine[:3, 1] = first.down * first.spacing[0]
    affine[:3, 2] = first.across * first.spacing[1]
    affine[:3, 3] = line.origin
    grid = Grid((line.count, *shape), affine)
    _demand_one_line(grid, positions, line, where)
    return SegPlanes(grid, tuple(int(k) for k in line.slice_of), line.moved_mm)


@dataclass(frozen=True, eq=False)
class _Place:
    """Position, directions and spacing of one frame, and the step that it states."""

    position: NDArray[np.float64]
    across: NDArray[np.float64]
    down: NDArray[np.float64]
    spacing: tuple[float, float]
    step_mm: float | None

    @classmethod
    def of(cls, dataset: Dataset, frame: Dataset, where: str) -> _Place | None:
        def macro(name: str) -> Dataset:
            shared = sequence(dataset, "SharedFunctionalGroupsSequence")
            for group in (frame, *shared[:1]):
                for item in sequence(group, name):
                    return item
            return dataset

        measures = macro("PixelMeasuresSequence")
        plane = macro("PlanePositionSequence")
        position = numbers(plane, "ImagePositionPatient", 3, where)
        turned = macro("PlaneOrientationSequence")
        cosines = numbers(turned, "ImageOrientationPatient", 6, where)
        spacing = numbers(measures, "PixelSpacing", 2, where)
        if position is None or cosines is None or spacing is None:
            return None
        across, down = np.array(cosines[:3]), np.array(cosines[3:])
        lengths = float(np.linalg.norm(across)), float(np.linalg.norm(down))
        if (
            max(abs(length - 1) for length in lengths) > _DIRECTION
            or abs(float(across @ down)) > _DIRECTION
            or min(spacing) <= 0
        ):
            found = f"an orientation {cosines} with pixels of {spacing} mm"
            raise BadGeometry(where, found, "two unit vectors at right angles, positive lengths")
        stated = [
            numbers(measures, keyword, 1, where)
            for keyword in ("SpacingBetweenSlices", "SliceThickness")
        ]
        steps = [one[0] for one in stated if one is not None and one[0] > 0]
        return cls(
            np.array(position),
            across / lengths[0],
            down / lengths[1],
            (spacing[0], spacing[1]),
            steps[0] if steps else None,
        )

    @property
    def normal(self) -> NDArray[np.float64]:
        return np.cross(self.across, self.down)

    def is_parallel(self, other: _Place) -> bool:
        turned = np.abs(np.stack([self.across - other.across, self.down - other.down])).max()
        same = np.allclose(self.spacing, other.spacing, rtol=_DIRECTION, atol=0)
        return bool(turned <= _DIRECTION and same)


@dataclass(frozen=True, eq=False)
class _Line:
    """Evenly spaced slices through the places of all frames."""

    origin: NDArray[np.float64]
    step: NDArray[np.float64]
    count: int
    slice_of: NDArray[np.intp]
    moved_mm: float = 0.0

    @classmethod
    def through(
        cls, positions: NDArray[np.float64], frame: _Place, scan: Grid, where: str
    ) -> _Line:
        heights = positions @ frame.normal
        near = _ONE_PLACE_MM if frame.step_mm is None else _ONE_PLACE * frame.step_mm
        order = np.argsort(heights, kind="stable")
        begins = np.diff(heights[order], prepend=-np.inf) > min(near, _ONE_PLACE_MM)
        plane_of = np.empty(len(heights), np.intp)
        plane_of[order] = np.cumsum(begins) - 1
        firsts = order[begins]
        steps = np.diff(heights[firsts])
        if not steps.size:
            normal = frame.normal * (frame.step_mm or _step_along(scan, frame.normal))
            return cls(positions[firsts[0]], normal, 1, plane_of)
        counts = _even(steps, frame.step_mm)
        if counts is None:
            return _on_scan(positions, frame, scan, where)
        places = np.concatenate([[0], np.cumsum(counts)])
        if places[-1] >= _MOST_PLANES:
            raise TooLarge(where, f"{places[-1] + 1} slices", f"at most {_MOST_PLANES}")
        step = (positions[firsts[-1]] - positions[firsts[0]]) / places[-1]
        return cls(positions[firsts[0]], step, int(places[-1]) + 1, places[plane_of])


def _even(steps: NDArray[np.float64], stated: float | None) -> NDArray[np.intp] | None:
    """Return each step in units of an even one, ``None`` if there is no such unit."""
    for unit in (stated, float(steps.min())):
        if unit is None:
            continue
        counts = np.maximum(np.rint(steps / unit), 1)
        even = steps.sum() / counts.sum()
        line = np.cumsum(steps) - np.cumsum(counts) * even
        if max(np.abs(line).max(), np.abs(steps - counts * even).max()) <= _OFF_STEP * even:
            return counts.astype(np.intp)
    return None


def _on_scan(positions: NDArray[np.float64], frame: _Place, scan: Grid, where: str) -> _Line:
    """Return the scan's own slices, of which each frame takes the nearest."""
    direction = scan.affine[:3, :3] / scan.steps
    aside = np.abs(direction[:, 1:].T @ frame.normal).max()
    at = (positions - scan.affine[:3, 3]) @ frame.normal / (scan.affine[:3, 0] @ frame.normal)
    if not scan.oriented or aside > _DIRECTION or np.abs(at - np.rint(at)).max() > 0.5:
        gaps = np.unique(np.diff(np.sort(positions @ frame.normal)).round(3))
        found = f"frames at uneven steps of {gaps[gaps > _ONE_PLACE_MM][:6].tolist()} mm"
        raise UnevenSlices(where, found, "even steps, or frames on the scan's slices")
    nearest = np.rint(at).astype(np.intp)
    first, last = int(nearest.min()), int(nearest.max())
    lowest = int(at.argmin())
    origin = positions[lowest] + scan.affine[:3, 0] * (nearest[lowest] - at[lowest])
    moved = float(np.abs(at - nearest).max() * scan.steps[0])
    return _Line(origin, scan.affine[:3, 0], last - first + 1, nearest - first, moved)


def _step_along(scan: Grid, normal: NDArray[np.float64]) -> float:
    """Return how far the scan's slices are apart along a direction, at least a little."""
    return float(np.abs(scan.affine[:3, :3].T @ normal).max())


def _demand_one_line(grid: Grid, positions: NDArray[np.float64], line: _Line, where: str) -> None:
    """Demand that frames lie behind each other, not beside each other."""
    zeros = np.zeros(len(positions))
    expected = grid.world(np.stack([line.slice_of, zeros, zeros], axis=1))
    pixels = (positions - expected) @ np.linalg.inv(grid.affine[:3, :3]).T
    worst = float(np.abs(pixels[:, 1:]).max())
    if worst > 0.5:
        found = f"frames beside each other, by up to {worst:.1f} pixels"
        raise BadGeometry(where, found, "frames along one line, each with all rows and columns")


def _frames(dataset: Dataset) -> tuple[Dataset, ...]:
    """Return what each frame says of itself."""
    import pydicom

    per_frame = sequence(dataset, "PerFrameFunctionalGroupsSequence")
    return per_frame or (pydicom.Dataset(),)
