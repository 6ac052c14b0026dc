"""What is known of a scan when the work on it has ended."""

from __future__ import annotations

from dataclasses import dataclass

from medmask.outcome import Outcome


@dataclass(frozen=True)
class Finished:
    """A scan's row, with what proves it.

    Attributes
    ----------
    outcome : Outcome
    inputs_sha256 : str
        Of the bytes that were worked on; empty if they could not be read.
    outputs : tuple of (str, str)
        Each file written, relative to the output folder, and its SHA-256.
    """

    outcome: Outcome
    inputs_sha256: str = ""
    outputs: tuple[tuple[str, str], ...] = ()
