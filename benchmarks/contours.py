"""How fast a contour is filled: ``python -m benchmarks.contours`` (needs the extra ``bench``)."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from medmask.annotations.scanline import fill

SIZE = 512
POINTS = 400
ROUNDS = 15


def circle() -> NDArray[np.float64]:
    """Return a circle of 400 points, 200 pixels across its radius, as (row, column)."""
    angle = np.arange(POINTS) * 2 * np.pi / POINTS
    return np.stack([255.3 + 200.2 * np.sin(angle), 255.7 + 200.2 * np.cos(angle)], axis=1)


def by_matplotlib(points: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Ask of every pixel centre whether it lies inside."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    centres = np.stack([rows.ravel(), columns.ravel()], axis=1)
    return Path(points).contains_points(centres).reshape(shape)


def median_ms(work: Callable[[], object]) -> float:
    """Return the median of several runs in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))


def main() -> None:
    """Print the times of both, and how many pixels they differ in."""
    points, shape = circle(), (SIZE, SIZE)
    different = np.count_nonzero(fill([points], shape) != by_matplotlib(points, shape))
    ours = median_ms(lambda: fill([points], shape))
    theirs = median_ms(lambda: by_matplotlib(points, shape))
    print(f"a circle of {POINTS} points on {SIZE} x {SIZE} pixels, medians of {ROUNDS} runs")
    print(f"medmask {ours:.2f} ms, matplotlib.path {theirs:.1f} ms: {theirs / ours:.0f} times")
    print(f"{different} pixels differ")


if __name__ == "__main__":
    main()
