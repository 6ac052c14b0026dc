"""Keyed hashes in place of the names that a user's files and folders have."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from medmask.outcome import Outcome, ScanWarning
from medmask.scan import AnnotationFile, Scan

NAME: Final = "(name)"
_LEAST: Final = 3  # letters of a name that is taken out of sentences
_DIGITS: Final = 16


@dataclass(frozen=True)
class Veil:
    """Tells scans apart without telling what they are called.

    Parameters
    ----------
    key : str
        Who has it can find out which name a hash stands for, by trying names; keep it elsewhere
        than the output. The same key gives the same hashes in every run.
    """

    key: str

    def hash(self, text: str) -> str:
        """Return 16 hexadecimal digits of a text's HMAC-SHA256."""
        message = text.encode("utf-8", "surrogateescape")
        return hmac.new(self.key.encode(), message, hashlib.sha256).hexdigest()[:_DIGITS]

    def over_scan(self, scan: Scan) -> Scan:
        """Return a scan by other names; its files stay where they are."""
        return replace(
            scan,
            scan_id=f"scan-{self.hash(scan.scan_id)}",
            study_id=f"study-{self.hash(scan.study_id)}",
            source=f"scan-{self.hash(scan.scan_id)}",
            warnings=tuple(self.over_warning(one, scan.all_files) for one in scan.warnings),
            annotations=tuple(_numbered(scan.annotations)),
        )

    def over_row(self, row: Outcome) -> Outcome:
        """Return a refused file's row by other names, its sentence without its own."""
        own = f"file-{self.hash(row.scan_id)}"
        message = without_names(row.message, [Path(row.source)])
        study = f"study-{self.hash(row.study_id)}"
        return replace(row, scan_id=own, study_id=study, source=own, message=message)

    def over_warning(self, warning: ScanWarning, files: Iterable[Path]) -> ScanWarning:
        """Return a warning whose sentence names no file."""
        return replace(warning, message=without_names(warning.message, files))

    def over_document(self, node: Any, files: Iterable[Path]) -> Any:  # noqa: ANN401
        """Return plain data whose texts name no file; keys and numbers stay."""
        if isinstance(node, dict):
            return {key: self.over_document(value, files) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [self.over_document(value, files) for value in node]
        return without_names(node, files) if isinstance(node, str) and " " in node else node


def without_names(text: str, files: Iterable[Path]) -> str:
    """Return a sentence in which names of files and of folders above them are taken out.

    Examples
    --------
    >>> without_names("doe-jane.nii: 4 of 8 bytes", [Path("site/doe-jane.nii")])
    '(name): 4 of 8 bytes'
    """
    names = {part for path in files for part in path.parts}
    names |= {Path(name).stem for name in names} | {name.split(".")[0] for name in names}
    told = sorted((name for name in names if len(name) >= _LEAST), key=len, reverse=True)
    if not told:
        return text
    either = "|".join(re.escape(name) for name in told)
    return re.sub(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])", NAME, text)


def _numbered(files: Iterable[AnnotationFile]) -> Iterable[AnnotationFile]:
    for number, file in enumerate(files, start=1):
        name = f"annotation-{number}"
        yield replace(file, source=name, name=name, paired_by="")
