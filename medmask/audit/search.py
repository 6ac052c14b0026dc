"""Identifying values of inputs, looked for in every file of an output."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from medmask.audit.contents import texts
from medmask.audit.identity import identifying
from medmask.audit.words import Sought, folded, sought, vocabulary, words_of
from medmask.cohort.roots import called
from medmask.cohort.walk import walk
from medmask.errors import MissingInput


@dataclass(frozen=True)
class Finding:
    """An identifying value that was found.

    Attributes
    ----------
    file : str
        Path below the output.
    keyword : str
        Of the input's element or field that holds the value.
    value : str
        Folded: without case, accents and punctuation.
    in_own_names : bool
        Whether the input's own files, folders or drawings are called so: the user chose the names.
    """

    file: str
    keyword: str
    value: str
    in_own_names: bool


@dataclass(frozen=True)
class Audit:
    """What an audit came to.

    Attributes
    ----------
    values : int
        Different values that were looked for.
    left_out : int
        Values that are words of medmask's own, so that finding them would tell nothing.
    files : int
        Files that were looked through.
    findings : tuple of Finding
    """

    values: int
    left_out: int
    files: int
    findings: tuple[Finding, ...]


def audit(output: Path, inputs: tuple[Path, ...]) -> Audit:
    """Look for the identifying values of inputs in all that an output holds.

    Parameters
    ----------
    output : Path
    inputs : tuple of Path

    Raises
    ------
    MissingInput
        If there is no such input or output.
    """
    if not output.is_dir():
        raise MissingInput(f"{output}: no folder that a run has written")
    found = walk(inputs, output).files
    wanted = {
        one
        for file in found
        for keyword, value in identifying(file.path)
        for one in sought(keyword, value)
    }
    ours = vocabulary()
    telling = {one for one in wanted if not ours.issuperset(one.words)}
    index = _Index(telling)
    names = [*(file.source for file in found), *(called(path) for path in inputs)]
    own = {word for name in names for word in words_of(folded(name))}
    findings: list[Finding] = []
    files = sorted(path for path in output.rglob("*") if path.is_file())
    for path in files:
        name = path.relative_to(output).as_posix()
        hits = {one for text in (name, *texts(path)) for one in index.found_in(text)}
        findings += (
            Finding(
                name, one.keyword, " ".join(one.words), one.is_own_name or own.issuperset(one.words)
            )
            for one in sorted(hits, key=lambda one: (one.keyword, one.words))
        )
    values, left_out = len({one.words for one in telling}), len(wanted) - len(telling)
    return Audit(values, left_out, len(files), tuple(findings))


class _Index:
    """Finds sought values in texts by their first words."""

    def __init__(self, wanted: set[Sought]) -> None:
        self._by_first: dict[str, list[Sought]] = defaultdict(list)
        for one in wanted:
            self._by_first[one.words[0]].append(one)

    def found_in(self, text: str) -> set[Sought]:
        """Return the values whose words stand side by side in a text."""
        words = words_of(folded(text))
        return {
            one
            for k, word in enumerate(words)
            for one in self._by_first.get(word, ())
            if tuple(words[k : k + len(one.words)]) == one.words
        }
