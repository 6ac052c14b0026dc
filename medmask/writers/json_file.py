"""Plain data -> JSON bytes, the same for the same data."""

from __future__ import annotations

import json
from collections.abc import Mapping


def json_bytes(document: Mapping[str, object]) -> bytes:
    """Return a document as indented JSON in ASCII; NaN and infinity are refused.

    Parameters
    ----------
    document : mapping
        Of texts, numbers, lists and mappings.

    Raises
    ------
    ValueError
        If a number is not finite: unknown is ``null``.
    """
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode("ascii")
