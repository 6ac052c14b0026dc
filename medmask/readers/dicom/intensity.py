"""From stored to native values: rescale and padding of a series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from medmask.errors import BadRescale
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.tables import Table, read_table
from medmask.rescale import Rescale
from medmask.volume import PaddingRange

_UNIT: Final = Rescale()
# PS3.3 C.11.1.1.2: HU if absent; unspecified is for the values to tell
_HOUNSFIELD_TYPES: Final = frozenset({"", "HU", "HU_MOD", "US"})


def rescale_of(header: Header) -> Rescale:
    """Return an instance's own line from stored to native values.

    Raises
    ------
    BadRescale
        If the slope is 0, only half of the line is there, or a look-up table as well. A table
        alone leaves nothing to rescale.

    References
    ----------
    DICOM PS3.3 C.11.1, Modality LUT; C.8.2.1, CT Image.
    """
    where, intensity = header.path.name, header.intensity
    slope, intercept = intensity.slope, intensity.intercept
    if intensity.modality_lut:
        if (slope, intercept) not in {(None, None), (1.0, 0.0)}:
            found = "both a Modality LUT Sequence (0028,3000) and a rescale"
            raise BadRescale(where, found, "one of them")
        return _UNIT
    if slope is None and intercept is None:
        return _UNIT
    if slope is None or intercept is None:
        raise BadRescale(where, "only one of rescale slope and intercept", "both or none")
    if slope == 0:
        raise BadRescale(where, "Rescale Slope (0028,1053) is 0", "any other slope")
    return Rescale(slope, intercept)


def demand_rescale_throughout(headers: Sequence[Header]) -> None:
    """Demand that all slices say how stored values become native ones, or none does.

    Raises
    ------
    BadRescale
        If some do not, whose values would mean something else.
    """
    without = [header for header in headers if not has_rescale(header)]
    if without and len(without) < len(headers):
        found = f"no rescale, nor have {len(without)} of {len(headers)} slices, where others do"
        raise BadRescale(without[0].path.name, found, "one in every slice, or in none")


def has_rescale(header: Header) -> bool:
    """Tell whether an instance has a line or a table from stored to native values."""
    intensity = header.intensity
    return intensity.modality_lut or intensity.slope is not None


def not_hounsfield(header: Header) -> str:
    """Return why the header of a CT gives no Hounsfield units, empty if it does.

    References
    ----------
    DICOM PS3.3 C.8.2.1.1.2, Rescale Type of CT; C.11.1.1.2.
    """
    if not has_rescale(header):
        return f"{header.path.name} is a CT without rescale (0028,1052) and (0028,1053)"
    kind = header.intensity.rescale_type
    if kind not in _HOUNSFIELD_TYPES:
        return f"{header.path.name} is a CT in units of {kind} (0028,1054)"
    return ""


def padding_of(header: Header) -> PaddingRange | None:
    """Return the stored values that an instance declares as padding.

    References
    ----------
    DICOM PS3.3 C.7.5.1.1.2, Pixel Padding Value and Range Limit.
    """
    value, limit = header.intensity.padding, header.intensity.padding_limit
    if value is None:
        return None
    low, high = sorted((value, value if limit is None else limit))
    return PaddingRange(low, high)


def same_rescale(lines: Sequence[Rescale]) -> bool:
    """Tell whether all instances share one line."""
    return all(line == lines[0] for line in lines)


def table_of(header: Header) -> Table | None:
    """Return the table that takes the place of an instance's line, if it has one."""
    if not header.intensity.modality_lut:
        return None
    return read_table(header, "modality_lut", signed=bool(header.layout.signed))
