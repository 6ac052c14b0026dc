"""A file that is an annotation, whatever scan it is for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medmask.annotations.pair_files import name_of
from medmask.annotations.tables import table_of
from medmask.scan import AnnotationFile, AnnotationKind, Format

_PICTURES: Final = frozenset({Format.PNG, Format.JPEG, Format.TIFF})
_STRUCTURE_SET: Final = "1.2.840.10008.5.1.4.1.1.481.3"


@dataclass(frozen=True)
class Drawn:
    """A drawing's files.

    Attributes
    ----------
    source : str
        As rows and accounts call it.
    format : Format
    files : tuple of Path
        The drawing, then its data file if it has one.
    sop_class : str
        Of a DICOM instance.
    place : str
        Path below the folder it was looked for in.
    """

    source: str
    format: Format
    files: tuple[Path, ...]
    sop_class: str = ""
    place: str = ""

    @property
    def kind(self) -> AnnotationKind:
        """What sort of drawing it is, by its format."""
        if self.format is Format.DICOM:
            is_set = self.sop_class == _STRUCTURE_SET
            return AnnotationKind.RTSTRUCT if is_set else AnnotationKind.SEG
        return AnnotationKind.PICTURE if self.format in _PICTURES else AnnotationKind.LABEL_MAP

    def called(self, name: str, paired_by: str) -> AnnotationFile:
        """Return the annotation under a name, with its table of labels if it has one."""
        kind = self.kind
        table = table_of(self.files[0]) if kind is AnnotationKind.LABEL_MAP else None
        files = (*self.files, *((table,) if table is not None else ()))
        called = name or name_of(self.source)
        return AnnotationFile(self.source, kind, self.format, files, called, paired_by)
