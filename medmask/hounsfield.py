"""What Hounsfield units can be."""

from __future__ import annotations

from typing import Final

LOWEST_HU: Final = -1024.0  # what lies below is fill outside the scanner's circle
HIGHEST_HU: Final = 60_000.0  # extended scales of metal end below; unsigned readings of signed air
# lie above


def contradiction(native_min: float, native_max: float) -> str:
    """Return why values cannot be Hounsfield units, empty if they may be.

    Parameters
    ----------
    native_min, native_max : float
        Of the voxels of a CT that are image.
    """
    if native_max > HIGHEST_HU:
        return f"values up to {native_max:g}, where the densest metal has about 30000 HU"
    if native_min >= 0:
        return (
            f"values from {native_min:g} to {native_max:g} and none below 0 HU, neither air nor "
            "fat, as if an offset were missing"
        )
    return ""
