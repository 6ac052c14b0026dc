"""Histograms for the strategies: from values, and from counts at levels."""

import numpy as np
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.stats import norm

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


def limb(exposure=1.0, noise=2.0, background=0.5, bone=0.3, size=300_000, seed=0):
    """Return levels of a film: background at 18, flesh about 48 and bone about 85."""
    random = np.random.default_rng(seed)
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


def limb_ends(exposure, noise, background, bone):
    """Return where the object is as frequent as background, and bone as frequent as flesh.

    Flesh and bone as `limb` has them; the first is looked for beyond the background's mean, the
    other one between the means of both.
    """
    at = np.arange(exposure * 18.0, exposure * BONE[0], 0.01)
    bare = background * norm.pdf(at, exposure * 18.0, noise)
    flesh, hard = (
        (1 - background) * share * norm.pdf(at, exposure * mean, np.hypot(exposure * sd, noise))
        for share, (mean, sd) in ((1 - bone, FLESH), (bone, BONE))
    )
    between = at >= exposure * FLESH[0]
    return at[np.argmax(flesh + hard > bare)], at[between][np.argmax((hard > flesh)[between])]


BEFORE = {
    "plain": lambda level, y: level,
    "two backgrounds": lambda level, y: np.where((y > 0.1) & (level == 18), 9.0, level),
    "sloping background": lambda level, y: np.where(level == 18, 18 + 8 * y, level),
    "cut off at 0": lambda level, y: level - 18,
}
AFTER = {
    "cut off at 120": lambda level, y: np.minimum(level, 120.0),
    "padded": lambda level, y: np.where(abs(y) > 0.35, 0.0, level),
}


def picture(kind="plain", exposure=1.0, noise=2.0, width=0.6, seed=0):
    """Return levels of a blurred film of a limb, and which pixels are limb and which bone.

    Its flesh and its two bones are thicker in their middles. The width is a share of the film's.
    """
    shape = (210, 256)
    y, x = ((np.arange(n) - n / 2) / n for n in shape)
    y, x = y[:, None], np.broadcast_to(x, shape)
    flesh = _rod(x, 0.0, width / 2)
    hard = np.maximum(_rod(x, 0.1 * width, 0.12 * width), 0.9 * _rod(x, -0.15 * width, 0.1 * width))
    level = np.where(flesh > 0, 30.0 + 28.0 * flesh, 18.0)
    level = np.where(hard > 0, level + 18.0 + 45.0 * hard, level)
    level = gaussian_filter(BEFORE.get(kind, BEFORE["plain"])(level, y), 1.2) * exposure
    level = level + np.random.default_rng(seed).normal(0.0, noise, shape)
    level = AFTER.get(kind, BEFORE["plain"])(level, y).clip(0, 255)
    is_shown = np.broadcast_to((abs(y) <= 0.35) | (kind != "padded"), shape)
    return level, (flesh > 0) & is_shown, (hard > 0) & is_shown


def _rod(x, middle, radius):
    return np.sqrt(np.clip(1.0 - ((x - middle) / radius) ** 2, 0.0, None))


def best_levels(level, is_above, slack=5e-3):
    """Return between which levels a threshold errs by hardly more voxels than the best one."""
    steps = np.arange(0.0, 255.0, 0.5)
    missed = np.searchsorted(np.sort(level[is_above]), steps, side="right")
    false = np.count_nonzero(~is_above) - np.searchsorted(
        np.sort(level[~is_above]), steps, side="right"
    )
    errors = missed + false
    good = np.flatnonzero(errors <= errors.min() + slack * level.size)
    return steps[good[0]], steps[good[-1]]


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
