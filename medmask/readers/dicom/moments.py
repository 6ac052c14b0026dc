"""Frames of one plane over time: which of them make the scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from medmask.errors import TimeSeries
from medmask.outcome import ScanWarning
from medmask.readers.dicom.header import FrameAxis, Header
from medmask.readers.dicom.instance import read_header
from medmask.readers.dicom.stacks import moment_names
from medmask.readers.options import ReadOptions


@dataclass(frozen=True)
class Chosen:
    """Those frames that make a scan.

    Attributes
    ----------
    headers : tuple of Header
    is_mean : bool
        Whether they are moments whose mean is the scan, rather than its slices.
    warnings : tuple of ScanWarning
        ``first_of_series``, ``one_of_series`` or ``mean_of_series``.
    """

    headers: tuple[Header, ...]
    is_mean: bool = False
    warnings: tuple[ScanWarning, ...] = ()


def choose_moments(headers: Sequence[Header], options: ReadOptions, key: str) -> Chosen:
    """Return those frames that make the scan: all slices, but only some of several moments.

    Parameters
    ----------
    headers : sequence of Header
        Of slices, or of the frames of one instance.
    options : ReadOptions
    key : str
        One of `moment_names` if the frame was chosen when the scan was found.

    Raises
    ------
    TimeSeries
        If there are several moments and ``time_series`` is ``skip``.
    """
    first = headers[0]
    count = first.layout.frames
    if count == 1 or first.frame_axis is not FrameAxis.TIME:
        return Chosen(tuple(headers))
    if len(headers) == 1:
        text = f"this is {key.replace('-', ' ')} of {count} in the file"
        return Chosen((first,), warnings=(ScanWarning("one_of_series", text),))
    if options.time_series == "mean":
        text = f"the mean of {count} frames was taken, as float32"
        return Chosen(tuple(headers), True, (ScanWarning("mean_of_series", text),))
    if options.time_series == "first":
        text = f"the first of {count} frames was taken"
        return Chosen((first,), warnings=(ScanWarning("first_of_series", text),))
    accepted = "one frame, or `time_series: first`, `mean` or `each`"
    raise TimeSeries(first.path.name, f"{count} frames over time", accepted)


def moments_in(path: Path) -> list[str]:
    """Return names of the moments that a DICOM file holds, nothing if it is no time series.

    Raises
    ------
    ScanError
        If the header is not understood.
    """
    return moment_names([read_header(path)])
