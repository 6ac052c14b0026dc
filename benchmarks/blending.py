"""Time blending against a bare NumPy evaluation of the same formula, in the same run.

``python -m benchmarks.blending [--size 2048] [--layers 3] [--repeat 5]``: a picture of size x size
with layers of soft edges, each I = M*I1 + (1-M)*I2, in RGB.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from medmask.overlay import Layer, LayerStyle, blend, compose, feather

COLOURS = ("#ffb400", "#00a0ff", "#ff4fa3", "#009e73")


def main() -> None:
    """Print seconds and ratios."""
    arguments = _arguments()
    rng = np.random.default_rng(0)
    size, count = arguments.size, arguments.layers
    grey = rng.integers(0, 256, (size, size), np.uint8)
    masks = [_disc(size, n) for n in range(count)]
    soft = [feather(mask, 4.0) for mask in masks]
    styles = [LayerStyle("bone", COLOURS[n % len(COLOURS)], 0.5) for n in range(count)]
    rgb = np.repeat(grey[..., np.newaxis], 3, axis=2)
    firsts = [np.broadcast_to(np.array(s.rgb, np.uint8), rgb.shape).copy() for s in styles]
    layers = [Layer(m, s, w) for m, s, w in zip(masks, styles, soft, strict=True)]
    weights = [w * np.float32(0.5) for w in soft]
    bare = _seconds(arguments.repeat, lambda: _bare(rgb, firsts, weights))
    for name, work in (
        ("bare NumPy, float32", lambda: _bare(rgb, firsts, weights)),
        ("compose: layers on grey", lambda: compose(grey, layers, (1.0, 1.0))),
        ("blend: one RGB picture a layer", lambda: _blended(rgb, firsts, weights)),
    ):
        seconds = _seconds(arguments.repeat, work)
        print(f"{name:32}{seconds:8.3f} s{seconds / bare:8.2f} x", flush=True)


def _bare(
    rgb: NDArray[np.uint8], firsts: list[NDArray[np.uint8]], masks: list[NDArray[np.float32]]
) -> NDArray[np.uint8]:
    mixed = rgb.astype(np.float32)
    for first, mask in zip(firsts, masks, strict=True):
        weight = mask[..., np.newaxis]
        mixed = weight * first + (1 - weight) * mixed
    return np.rint(mixed).astype(np.uint8)


def _blended(
    rgb: NDArray[np.uint8], firsts: list[NDArray[np.uint8]], masks: list[NDArray[np.float32]]
) -> NDArray[np.uint8]:
    for first, mask in zip(firsts, masks, strict=True):
        rgb = blend(first, rgb, mask)
    return rgb


def _disc(size: int, number: int) -> NDArray[np.bool_]:
    rows, columns = np.ogrid[:size, :size]
    centre = size * (0.35 + 0.1 * number)
    disc: NDArray[np.bool_] = np.hypot(rows - centre, columns - centre) < size * 0.3
    return disc


def _seconds(repeat: int, work: Callable[[], object]) -> float:
    """Return the least of several times."""
    times = []
    for _ in range(repeat):
        before = time.perf_counter()
        work()
        times.append(time.perf_counter() - before)
    return min(times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2048)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
