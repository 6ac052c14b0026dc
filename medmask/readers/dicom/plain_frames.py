"""Where frames lie that have no functional groups.

Old multi-frame objects (nuclear medicine, angiography, ultrasound, secondary capture) say once for
all frames what they are frames of, and where they lie, if they say it at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadHeader, Truncated
from medmask.readers.dicom.elements import Elements
from medmask.readers.dicom.header import Frame, Layout, Triple
from medmask.readers.dicom.values import DETECTORS, Values


def plain_frames(elements: Elements, layout: Layout, values: Values) -> tuple[Frame, ...]:
    """Return a frame for each of an instance without functional groups.

    Parameters
    ----------
    elements : Elements
    layout : Layout
        Of more than one frame.
    values : Values
        Blamed if there cannot be so many frames, or other offsets than frames.

    Returns
    -------
    tuple of Frame
        With positions if the instance states that of its first frame, an orientation, and offsets
        along the normal or their spacing; else they say nothing.

    References
    ----------
    DICOM PS3.3 C.8.4.14, NM Detector; C.8.4.15, NM Reconstruction; C.8.8.3.2, Grid Frame Offset
    Vector.
    """
    count, available = layout.frames, layout.span.available if layout.span else 0
    if count > available:  # before as many are made
        values.blame(Truncated, f"{count} frames in {available} bytes of pixel data", "all frames")
        return ()
    detectors = elements.sequences.get(DETECTORS, ())
    stated = values.of(detectors[0].values) if len(detectors) == 1 else values
    position, orientation = stated.triple("position"), stated.floats("orientation", 6)
    if position is None or orientation is None:
        return (Frame(),) * count
    normal = np.cross(orientation[:3], orientation[3:])
    offsets = _offsets(values, count, float(normal[2]))
    if offsets is None:
        return (Frame(),) * count
    places = np.array(position) + np.outer(offsets, normal)
    return tuple(Frame(position=_triple(place), orientation=orientation) for place in places)


def _offsets(values: Values, count: int, upwards: float) -> NDArray[np.float64] | None:
    """Return how far along the normal each frame lies from the first, ``None`` if unknown."""
    grid = values.decimals("grid_offsets")
    numbers = values.shorts("slice_vector")
    for name, stated in (("Grid Frame Offset", grid), ("Slice", numbers)):
        if stated and len(stated) != count:
            found = f"a {name} Vector of {len(stated)} values for {count} frames"
            values.blame(BadHeader, found, "one for each frame")
            return None
    if grid:  # from the first frame, or heights in the patient where slices are axial
        if grid[0] == 0:
            return np.array(grid, np.float64)
        return np.subtract(grid, grid[0]) * upwards if abs(upwards) > 1 - 1e-6 else None
    spacing = values.first("spacing_between")
    if not spacing or (spacing < 0 and not numbers):  # only NM counts downwards by a sign
        return None
    places = np.subtract(numbers, numbers[0]) if numbers else np.arange(count)
    return np.asarray(places * spacing, np.float64)


def _triple(place: NDArray[np.float64]) -> Triple:
    x, y, z = place.tolist()
    return x, y, z
