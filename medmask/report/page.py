"""A judged cohort -> the report's first page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from medmask.report.agreement import agreement_words
from medmask.report.before import Pair
from medmask.report.block import json_block
from medmask.report.facts import RunFacts, Tally
from medmask.report.policy import POLICY, RATINGS_ADDRESS
from medmask.report.ratings import Said, latest
from medmask.report.row import COLUMNS, Value, address, row_of, shown
from medmask.report.single import Single
from medmask.report.strips import HEIGHT, MARGIN, WIDTH, boards_of
from medmask.report.triage import Judged, Triage
from medmask.report.words import Term

_FEWEST_IN_STUDY = 2  # a study of one scan is no filter
_MOST_STUDIES = 500  # a longer list is searched sooner than read


@dataclass(frozen=True)
class Choice:
    """One entry of a filter.

    Attributes
    ----------
    value, words : str
    count : int
        Scans that it leaves.
    """

    value: str
    words: str
    count: int


def render(
    triage: Triage,
    facts: RunFacts,
    said: Said,
    pairs: Sequence[Pair] = (),
    single: Single | None = None,
) -> bytes:
    r"""Return the page as UTF-8.

    Parameters
    ----------
    triage : Triage
        Every scan is shown once, in this order.
    facts : RunFacts
    said : Said
        What is known of ratings.
    pairs : sequence of Pair
        Results beside those that they replaced because of a rating.
    single : Single, optional
        Puts style, scripts and pictures into the page, and leaves out links to other files.

    Notes
    -----
    Every text is escaped, and the rows are data in a block that is never run. A file name whose
    bytes are not UTF-8 comes as lone surrogates; those are shown as ``\udcXX``.
    """
    terms = _terms(triage)
    html = (
        environment()
        .get_template("index.html.jinja")
        .render(
            facts=facts,
            started=facts.started.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            lasted=duration(facts.seconds),
            tally=Tally.of(triage),
            data=json_block(_data(triage, terms, facts, said, single)),
            boards=boards_of(triage),
            strip={"width": WIDTH, "height": HEIGHT, "margin": MARGIN},
            modalities=_choices(Counter(each.finding.outcome.modality for each in triage.judged)),
            studies=_studies(triage),
            codes=_codes(triage, terms),
            said=said.trouble or agreement_words(said.ratings),
            pairs=pairs,
            picture=address if single is None else single.picture,
            single=single,
            glossary=[term for term in terms.values() if term.meaning],
        )
    )
    return html.encode("utf-8", "backslashreplace")


def environment() -> Environment:
    """Return how the report's templates are filled: escaped, and with no name left open."""
    made = Environment(
        loader=PackageLoader("medmask.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    plain = {"policy": POLICY, "ratings_address": RATINGS_ADDRESS}
    made.globals |= {name: Markup(text) for name, text in plain.items()}  # noqa: S704 - constants
    return made


def _data(
    triage: Triage, terms: dict[str, Term], facts: RunFacts, said: Said, single: Single | None
) -> dict[str, object]:
    digests = [each.finding.account.recipe_sha256 for each in triage.judged]
    recipes = [digest for digest in dict.fromkeys(digests) if digest]
    place = {digest: index for index, digest in enumerate(recipes)}
    rows = [
        row_of(each, place.get(digest), facts.command)
        for each, digest in zip(triage.judged, digests, strict=True)
    ]
    if single is not None:
        rows = [_alone(row, each, single) for row, each in zip(rows, triage.judged, strict=True)]
    return {
        "columns": COLUMNS,
        "rows": rows,
        "recipes": recipes,
        "terms": {code: [term.words, term.meaning] for code, term in terms.items()},
        "ratings": [rating.model_dump(mode="json") for rating in latest(said.ratings)],
    }


def _alone(row: list[Value], judged: Judged, single: Single) -> list[Value]:
    """Return a row that leads to no other file and brings its picture along."""
    instead = {"thumb": single.picture(judged.finding.thumb), "page": "", "labels": ""}
    return [instead.get(name, value) for name, value in zip(COLUMNS, row, strict=True)]


def _said(judged: Judged) -> list[str]:
    row = judged.finding.outcome
    reason = [row.code] if row.code else []
    return [*reason, *(doubt.code for doubt in judged.doubts), *row.warnings]


def _terms(triage: Triage) -> dict[str, Term]:
    """Return what occurs, by code; figures that are unusual bring words of their own."""
    terms = {code: Term.of(code) for each in triage.judged for code in _said(each)}
    odd = {doubt.code: doubt for each in triage.judged for doubt in each.doubts}
    for code, doubt in odd.items():
        if not terms[code].meaning:
            terms[code] = Term(code, doubt.words, doubt.meaning)
    return dict(sorted(terms.items()))


def _codes(triage: Triage, terms: dict[str, Term]) -> list[Choice]:
    counted = Counter(code for each in triage.judged for code in set(_said(each)))
    return [Choice(code, terms[code].words, count) for code, count in counted.most_common()]


def _studies(triage: Triage) -> list[Choice]:
    counted = Counter(shown(each.finding.outcome.study_id) for each in triage.judged)
    several = Counter({name: n for name, n in counted.items() if n >= _FEWEST_IN_STUDY})
    return _choices(several) if len(several) <= _MOST_STUDIES else []


def _choices(counted: Counter[str]) -> list[Choice]:
    return [Choice(name, name, count) for name, count in sorted(counted.items()) if name]


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
