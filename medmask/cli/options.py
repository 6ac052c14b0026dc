"""Arguments and options that several commands take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medmask.cli.flag import flag
from medmask.errors import RequestError

if TYPE_CHECKING:
    from medmask.cohort import Manifest
    from medmask.recipe import RecipeChoice


def _known(modality: str) -> str:
    """Refuse a modality that DICOM has no word for."""
    from medmask.volume import known_modality

    try:
        return known_modality(modality)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Inputs = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="INPUT...", help="Folders or files; what they are is told by their content."
    ),
]
InputsAndOutput = Annotated[
    list[Path],
    typer.Argument(
        metavar="INPUT... OUTPUT",
        help="Folders or files to read, then the folder to write to (made if need be).",
    ),
]
RecipeOption = Annotated[
    str,
    typer.Option(
        "--recipe",
        metavar="auto|NAME|FILE",
        help="auto takes the preset of each scan's modality; `medmask recipe list` names them.",
    ),
]
ModalityOption = Annotated[
    str,
    typer.Option(
        metavar="CT|MR|...",
        callback=_known,
        help="For formats that do not say theirs, such as NIfTI. auto guesses, with a warning.",
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option("-j", "--jobs", min=1, metavar="N", help="Scans at a time. [default: one a core]"),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", min=0.1, metavar="S", help="Seconds that one scan may take."),
]
FreshOption = Annotated[bool, flag("--fresh", help="Do everything anew, also what is done.")]
QuietOption = Annotated[bool, flag("-q", "--quiet", help="No progress.")]
JsonOption = Annotated[bool, flag("--json", help="Results as JSON on stdout.")]


@dataclass(frozen=True)
class Listing:
    """The scans, and what is done to them."""

    manifest: Annotated[
        Path | None,
        typer.Option(
            "--manifest",
            metavar="CSV",
            help="Lists scans, in place of INPUT or beside it: columns path, and if wanted id, "
            "annotation, recipe, modality and places in a recipe such as thresholds.bone.native.",
        ),
    ] = None
    recipe: RecipeOption = "auto"
    modality: ModalityOption = "auto"

    def choice(self) -> RecipeChoice:
        """Return the recipe for scans that no manifest has another one for."""
        from medmask.recipe import RecipeChoice

        return RecipeChoice.of(self.recipe)

    def listed(self, usual: RecipeChoice) -> Manifest | None:
        """Return the manifest, if there is one."""
        from medmask.cohort import Manifest

        return None if self.manifest is None else Manifest.of(self.manifest, usual, self.modality)


def split(paths: list[Path], manifest: Path | None = None) -> tuple[tuple[Path, ...], Path]:
    """Return the inputs, of which a manifest needs none, and the output.

    Raises
    ------
    RequestError
        If there is no output.
    """
    if len(paths) < 2 and manifest is None:
        raise RequestError("an input and an output folder are needed: INPUT... OUTPUT")
    *inputs, output = paths
    return tuple(inputs), output


def warm_up_for(output: Path) -> None:
    """Let children load what they need while this process does; where all is done it needs none."""
    if not output.exists():
        from medmask.cohort.server import warm_up

        warm_up()
