"""Histograms for the strategies: from values, and from counts at levels."""

import numpy as np

from medmask.grid import Grid
from medmask.histogram import Histogram
from medmask.scale import Scale
from medmask.volume import Volume


def histogram_of(values, scale=None):
    """Count values of any shape as a picture's."""
    flat = np.asarray(values).reshape(1, 1, -1)
    return Histogram.of(Volume(flat, Grid.plain(flat.shape), "XR")).on(scale or Scale.identity())


def film(exposure=1.0, noise=3.0, background=0.5, size=200_000, seed=7):
    """Return noisy 8-bit levels of a film and which of them are the object.

    At exposure 1 the background is 18, soft tissue 36..60 and bone 64..150, evenly.
    """
    random = np.random.default_rng(seed)
    counts = int(size * background), int(size * (1 - background) * 0.65)
    levels = np.concatenate(
        [
            np.full(counts[0], 18.0),
            random.uniform(36.0, 60.0, counts[1]),
            random.uniform(64.0, 150.0, size - sum(counts)),
        ]
    )
    noisy = exposure * levels + random.normal(0.0, noise, size)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8), np.arange(size) >= counts[0]
