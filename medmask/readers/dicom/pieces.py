"""Concatenations: one multi-frame instance kept in several pieces."""

from __future__ import annotations

from collections.abc import Sequence

from medmask.errors import MultiFrame
from medmask.readers.dicom.header import Header


def demand_all_pieces(headers: Sequence[Header]) -> list[Header]:
    """Return the pieces of a concatenation in their order, nothing if there are none.

    Parameters
    ----------
    headers : sequence of Header
        Of the instances of one scan, each once.

    Raises
    ------
    MultiFrame
        If a piece is missing, or an instance of something else lies among them.

    References
    ----------
    DICOM PS3.3 C.7.6.16.2.2.4, Concatenations.
    """
    if all(header.piece is None for header in headers):
        return []
    placed = sorted(headers, key=_offset)
    uids = {None if header.piece is None else header.piece.concatenation for header in headers}
    if len(uids) > 1:
        found = f"pieces of {len(uids)} objects"
        raise MultiFrame(headers[0].path.name, found, "the pieces of one concatenation")
    at = 0
    for header in placed:
        offset = _offset(header)
        if offset != at:
            found = f"a concatenation whose next piece begins with frame {offset}, not {at}"
            raise MultiFrame(header.path.name, found, "all pieces of a concatenation")
        at += header.layout.frames
    total = max((header.piece.total or 0) for header in headers if header.piece is not None)
    if total > len(headers):
        found = f"{len(headers)} of {total} pieces of a concatenation"
        raise MultiFrame(headers[0].path.name, found, "all of them")
    return placed


def _offset(header: Header) -> int:
    return -1 if header.piece is None or header.piece.offset is None else header.piece.offset
