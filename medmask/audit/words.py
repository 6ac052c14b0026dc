"""Values -> what is looked for, so that the same name is found however it is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from importlib import resources
from typing import Final

_WORDS: Final = re.compile(r"[^\W_]+")
_UID: Final = re.compile(r"\d+(?:\.\d+){3,}")
_SPOKEN: Final = frozenset({".py", ".jinja", ".js", ".css", ".yaml"})
_LEAST: Final = 4  # letters of a word that stands for somebody
_LEAST_DIGITS: Final = 6  # of a number that does
_NAMES_OF_DRAWINGS: Final = frozenset({"SegmentLabel", "ROIName", "SegmentDescription"})
_ISO_DATE: Final = re.compile(r"\b((?:18|19|20)\d\d)-(\d\d)-(\d\d)\b")


@dataclass(frozen=True)
class Sought:
    """One identifying value.

    Attributes
    ----------
    keyword : str
        Of the element or field it comes from.
    words : tuple of str
        To be found side by side, folded; a UID is one word.
    """

    keyword: str
    words: tuple[str, ...]

    @property
    def is_own_name(self) -> bool:
        """Whether it is what somebody called a drawing, which layers and files are named by."""
        return self.keyword in _NAMES_OF_DRAWINGS


def folded(text: str) -> str:
    """Return text without case and accents, dates without hyphens."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _ISO_DATE.sub(r"\1\2\3", plain.casefold())


def words_of(text: str) -> list[str]:
    """Return the words of a folded text in their order, UIDs whole."""
    found = []
    start = 0
    for uid in _UID.finditer(text):
        found += [*_WORDS.findall(text, start, uid.start()), uid.group()]
        start = uid.end()
    return [*found, *_WORDS.findall(text, start)]


def vocabulary() -> frozenset[str]:
    """Return the words that medmask itself uses: that they are found tells nothing."""
    with resources.as_file(resources.files("medmask")) as package:
        files = [path for path in package.rglob("*") if path.suffix in _SPOKEN]
        words = {w for path in files for w in words_of(folded(path.read_text(encoding="utf-8")))}
    return frozenset(word for word in words if not word[:1].isdigit())


def sought(keyword: str, value: str) -> list[Sought]:
    """Return what to look for of a value: all of it; of a person's name each part, too.

    Short words and numbers stand for nobody: they are found everywhere.
    """
    words = tuple(words_of(folded(value)))
    found = [Sought(keyword, words)] if _tells(words) else []
    if "^" in value or keyword.endswith("Name"):
        parts = [(word,) for word in words if not word.isdigit() and len(word) >= _LEAST]
        found += [Sought(keyword, part) for part in parts if part != words]
    return found


def _tells(words: tuple[str, ...]) -> bool:
    joined = "".join(words)
    if joined.isdigit():
        return len(joined) >= _LEAST_DIGITS
    has_digit = any(letter.isdigit() for letter in joined)
    return len(joined) >= _LEAST or (has_digit and len(joined) == _LEAST - 1)
