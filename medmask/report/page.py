"""Outcomes -> the report's HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from jinja2 import Environment, PackageLoader, StrictUndefined

from medmask.outcome import Outcome
from medmask.report.facts import RunFacts, Tally
from medmask.report.row import rows_of
from medmask.report.words import glossary


def render(outcomes: Sequence[Outcome], facts: RunFacts) -> bytes:
    r"""Return the page as UTF-8.

    Parameters
    ----------
    outcomes : sequence of Outcome
        In any order; each is shown once.
    facts : RunFacts

    Notes
    -----
    Every text is escaped. A file name whose bytes are not UTF-8 comes as lone surrogates; those
    are shown as ``\udcXX``, since no page can hold them.
    """
    environment = Environment(
        loader=PackageLoader("medmask.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = environment.get_template("index.html.jinja").render(
        facts=facts,
        started=facts.started.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        lasted=duration(facts.seconds),
        tally=Tally.of(outcomes),
        rows=rows_of(outcomes),
        glossary=glossary(outcomes),
    )
    return html.encode("utf-8", "backslashreplace")


def duration(seconds: float | None) -> str:
    """Write a length of time for people, such as ``1 h 02 min``.

    Examples
    --------
    >>> duration(3720.0), duration(75.4), duration(3.21), duration(None)
    ('1 h 02 min', '1 min 15 s', '3.2 s', 'not known')
    """
    if seconds is None:
        return "not known"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
