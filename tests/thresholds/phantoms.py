"""Histograms for the strategies: from values, and from counts at levels."""

import numpy as np
from hypothesis import strategies as st

from medmask.grid import Grid
from medmask.histogram import Histogram
from medmask.scale import Scale
from medmask.volume import Volume

FLESH, BONE = (48.0, 6.0), (85.0, 12.0)  # mean and standard deviation in levels


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


def limb(exposure=1.0, noise=2.0, background=0.5, bone=0.3, size=300_000):
    """Return levels of a film: background at 18, flesh about 48 and bone about 85."""
    random = np.random.default_rng(0)
    bare = int(size * background)
    flesh = int((size - bare) * (1 - bone))
    levels = np.concatenate(
        [
            np.full(bare, 18.0),
            random.normal(*FLESH, flesh),
            random.normal(*BONE, size - bare - flesh),
        ]
    )
    noisy = exposure * levels + random.normal(0.0, noise, size)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


@st.composite
def pictures(draw, tallest_bits=16):
    """Draw integer voxels as scans have them: peaks, tails, combs, few values, 8 to 16 bits."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    top = 2 ** draw(st.sampled_from([b for b in (8, 10, 12, 16) if b <= tallest_bits])) - 1
    peaks = draw(st.integers(1, 4))
    sizes = random.integers(200, 8000, peaks)
    parts = [
        random.normal(random.uniform(0.1, 0.9), random.uniform(0.01, 0.12), size) for size in sizes
    ]
    if draw(st.booleans()):
        parts.append(random.exponential(0.08, 3000))
    values = np.rint(np.clip(np.concatenate(parts), 0, 1) * top).astype(np.int32)
    if draw(st.booleans()):
        step = max(2, top // draw(st.integers(3, 40)))
        values -= values % step
    values = values + draw(st.sampled_from([0, -1024]))
    return values if values.min() < values.max() else np.append(values, values.max() + 9)
