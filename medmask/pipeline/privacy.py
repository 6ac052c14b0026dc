"""What is told of the people that scans are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from medmask.annotation import Annotation
from medmask.errors import RequestError, ScanError
from medmask.pipeline.veil import Veil, without_names
from medmask.readers import read_identity
from medmask.recipe import RecipeChoice
from medmask.scan import Format, Scan


@dataclass(frozen=True)
class Privacy:
    """Whether names are veiled, and whether identity is kept.

    Without either the user's own file and folder names name the scans, and nothing of a header
    that identifies somebody is told.

    Attributes
    ----------
    veil : Veil or None
        Hashes those names, too; drawings are numbered, sentences name no file.
    keeps_identity : bool
        ``scan.json`` tells of a DICOM scan's patient and study under ``identity``.
    """

    veil: Veil | None = None
    keeps_identity: bool = False

    @property
    def naming(self) -> str:
        """How scans are named; results named otherwise do not go into one output."""
        return "plain names" if self.veil is None else f"hashes by key {self.veil.hash('')[:4]}"

    def demand_none_named(self, recipes: RecipeChoice) -> None:
        """Demand that nothing is asked for that cannot be without a patient's name.

        Raises
        ------
        RequestError
            If a recipe asks for DICOM objects and names are veiled.
        """
        outputs = [recipe.outputs for _, recipe in recipes.recipes]
        if self.veil and any(one.dicom_seg or one.secondary_capture for one in outputs):
            raise RequestError(
                "outputs.dicom_seg and outputs.secondary_capture tell whose they are, as archives "
                "file them by patient; they cannot be had with --phi hash"
            )

    def error(self, error: ScanError, scan: Scan) -> ScanError:
        """Return an error that names no file, if names are veiled."""
        if self.veil is None:
            return error
        return error.reworded(lambda text: without_names(text, scan.all_files))

    def sentence(self, text: str, scan: Scan) -> str:
        """Return a sentence that names no file, if names are veiled."""
        return text if self.veil is None else without_names(text, scan.all_files)

    def drawings(self, drawn: Sequence[Annotation]) -> tuple[Annotation, ...]:
        """Return annotations numbered in place of their names, if names are veiled."""
        if self.veil is None:
            return tuple(drawn)
        return tuple(replace(one, name=f"annotation-{k}") for k, one in enumerate(drawn, 1))

    def document(self, document: dict[str, Any], scan: Scan) -> dict[str, Any]:
        """Return a scan's account with the identity that is kept, or without names of files."""
        if self.keeps_identity and scan.format is Format.DICOM:
            return {**document, "identity": read_identity(scan.files[0])}
        if self.veil is None:
            return document
        veiled: dict[str, Any] = self.veil.over_document(document, scan.all_files)
        return veiled

    def names(self, names: list[str]) -> list[str]:
        """Return what inputs are called in ``run.json``."""
        return names if self.veil is None else [f"input-{self.veil.hash(name)}" for name in names]

    def command(self, words: Sequence[str]) -> list[str]:
        """Return how the run was started; with veiled names its options without their values."""
        return [word for word in words if self.veil is None or word.startswith("-")]
