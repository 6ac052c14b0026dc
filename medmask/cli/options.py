"""Arguments and options that several commands take."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from medmask.errors import RequestError


def _known(modality: str) -> str:
    """Refuse a modality that DICOM has no word for."""
    from medmask.volume import MODALITIES

    if modality != "auto" and modality.upper() not in MODALITIES:
        known = ", ".join(sorted(MODALITIES))
        raise typer.BadParameter(f"{modality!r} is not known; auto or one of {known} is")
    return modality


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
ManifestOption = Annotated[
    Path | None,
    typer.Option(
        "--manifest",
        metavar="CSV",
        help="Lists scans, in place of INPUT or beside it: columns path, and if wanted id, "
        "annotation, recipe, modality and places in a recipe such as thresholds.bone.native.",
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
AnnotationsOption = Annotated[
    Path | None,
    typer.Option(
        "--annotations",
        metavar="DIR|CSV",
        help="Annotations apart from the scans: a folder with the same paths below it, or a table "
        "with the columns scan, annotation and, if wanted, name.",
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option("-j", "--jobs", min=1, metavar="N", help="Scans at a time. [default: one a core]"),
]
MemoryOption = Annotated[
    float | None,
    typer.Option(
        "--mem-gb",
        min=0.1,
        metavar="G",
        help="Memory for all scans at work together. [default: 80 % of what is available]",
    ),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", min=0.1, metavar="S", help="Seconds that one scan may take."),
]
RetriesOption = Annotated[
    int,
    typer.Option("--retries", min=0, metavar="N", help="Further tries after a process died."),
]
WaitOption = Annotated[
    float,
    typer.Option(
        "--wait",
        min=0.0,
        metavar="S",
        help="Seconds to wait for space, or for a folder that was lost, before the run ends.",
    ),
]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Do everything anew, also what is done.")
]
RetryFailedOption = Annotated[
    bool, typer.Option("--retry-failed", help="Try again what failed, although nothing changed.")
]
TrustMtimeOption = Annotated[
    bool,
    typer.Option(
        "--trust-mtime",
        help="Take an input for unchanged by sizes, times and first bytes, not by all its bytes.",
    ),
]
OnlyOption = Annotated[
    str,
    typer.Option("--only", metavar="GLOB", help="Only scans whose source matches: 'site1/*'."),
]


class Rated(StrEnum):
    """What people say of results, as `medmask.report.ratings.Verdict` has it."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    DOUBTFUL = "doubtful"
    FAIL = "fail"


OnlyRatedOption = Annotated[
    list[Rated] | None,
    typer.Option(
        "--only-rated",
        help="Mask anew the scans rated so in `OUTPUT/ratings.csv`, and only those.",
    ),
]
ShardOption = Annotated[
    str,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Work on part I of N only, as one of a job array; `medmask report` merges.",
    ),
]


class Phi(StrEnum):
    """What is told of the people that scans are of."""

    HASH = "hash"
    KEEP = "keep"


PhiOption = Annotated[
    Phi | None,
    typer.Option(
        "--phi",
        help="hash: keyed hashes in place of your files' and folders' names. keep: patient and "
        "study in scan.json. [default: your names, and nothing from the headers]",
    ),
]


class Backend(StrEnum):
    """Where scans are worked on."""

    LOCAL = "local"
    DASK = "dask"


BackendOption = Annotated[
    Backend, typer.Option("--backend", help="This machine, or the workers of a dask scheduler.")
]
SchedulerOption = Annotated[
    str,
    typer.Option(
        "--scheduler", metavar="ADDR", help="tcp://host:8786, tls://..., or its scheduler file."
    ),
]
TlsCaOption = Annotated[Path | None, typer.Option("--tls-ca", metavar="PEM", help="For tls://.")]
TlsCertOption = Annotated[Path | None, typer.Option("--tls-cert", metavar="PEM")]
TlsKeyOption = Annotated[Path | None, typer.Option("--tls-key", metavar="PEM")]
OnFinishOption = Annotated[
    str,
    typer.Option(
        "--on-finish", metavar="CMD", help="Run this at the end, with a summary as JSON on stdin."
    ),
]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")]
VerboseOption = Annotated[bool, typer.Option("-v", "--verbose", help="A line for every scan.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Results as JSON on stdout.")]


def split(paths: list[Path], manifest: Path | None = None) -> tuple[tuple[Path, ...], Path]:
    """Return the inputs, of which a manifest needs none, and the output.

    Raises
    ------
    RequestError
        If there is no output, or it is one of the inputs, or inputs lie in it.
    """
    if len(paths) < 2 and manifest is None:
        raise RequestError("an input and an output folder are needed: INPUT... OUTPUT")
    *inputs, output = paths
    if output.is_file():
        raise RequestError(f"output {output}: a file; a folder is needed")
    for given in inputs:
        if given.resolve() == output.resolve():
            raise RequestError(f"input {given} is the output as well")
        if given.exists() and given.resolve().is_relative_to(output.resolve()):
            raise RequestError(f"input {given} lies inside the output {output}")
    return tuple(inputs), output


def warm_up_for(output: Path) -> None:
    """Let children load what they need while this process does; where all is done it needs none."""
    if not output.exists():
        from medmask.cohort.server import warm_up

        warm_up()


def jobs_or_all(jobs: int | None) -> int:
    """Return the number of scans at a time: as asked, or one for each core that may be used."""
    if jobs is not None:
        return jobs
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else (os.cpu_count() or 1)
