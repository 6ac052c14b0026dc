"""What BIDS names say of files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medmask.readers.modality import stem

_ADDED: Final = frozenset(  # entities that a derivative may have beside those of its source
    ["atlas", "den", "desc", "from", "hemi", "label", "mode", "res", "scale", "seg", "space", "to"]
)
_SUFFIXES: Final = frozenset({"dseg", "probseg", "mask", "roi"})
_LARGEST_SIDECAR: Final = 1 << 20


@dataclass(frozen=True)
class BidsName:
    """A file's entities and suffix, such as ``sub-01_ses-2_desc-brain_mask``."""

    entities: Mapping[str, str]
    suffix: str

    @classmethod
    def of(cls, path: Path) -> BidsName | None:
        """Return what a name says, ``None`` if it is no BIDS name."""
        *pairs, suffix = stem(path).split("_")
        entities = dict(pair.split("-", 1) for pair in pairs if "-" in pair)
        if "sub" not in entities or len(entities) != len(pairs):
            return None
        return cls(entities, suffix)

    @property
    def is_annotation(self) -> bool:
        """Whether the suffix is that of a mask or segmentation."""
        return self.suffix in _SUFFIXES

    @property
    def of_source(self) -> frozenset[tuple[str, str]]:
        """The entities that a derivative shares with its source: all but those it may add."""
        return frozenset(pair for pair in self.entities.items() if pair[0] not in _ADDED)

    def is_other_subject(self, other: BidsName) -> bool:
        """Tell whether two files name different subjects."""
        return self.entities["sub"] != other.entities["sub"]


def stated_sources(path: Path) -> tuple[str, ...]:
    """Return the names of the files that a derivative's sidecar says it was made from.

    Parameters
    ----------
    path : Path
        The derivative.

    References
    ----------
    BIDS 1.10, "Metadata conventions" of derivatives: Sources, RawSources.
    """
    sidecar = path.with_name(stem(path) + ".json")
    try:
        if sidecar.stat().st_size > _LARGEST_SIDECAR:
            return ()
        facts = json.loads(sidecar.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    stated: list[str] = []
    for key in ("Sources", "RawSources"):
        value = facts.get(key, ()) if isinstance(facts, dict) else ()
        several = [value] if isinstance(value, str) else value
        stated += [one for one in several if isinstance(one, str)]
    return tuple(dict.fromkeys(re.split(r"[/:]", one)[-1] for one in stated))
