"""Plain data -> a block of JSON that no page can mistake for markup."""

from __future__ import annotations

import json

from markupsafe import Markup

_ESCAPED = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


def json_block(value: object) -> Markup:
    """Return data as JSON for a ``<script type="application/json">``.

    Parameters
    ----------
    value : object
        Texts, finite numbers, lists and mappings of them.

    Returns
    -------
    Markup
        ASCII without ``<``, ``>`` and ``&``: nothing in it can end the block or begin another.

    Raises
    ------
    ValueError
        If a number is not finite: unknown is ``null``.
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_ESCAPED))  # noqa: S704 - escaped in the line itself
