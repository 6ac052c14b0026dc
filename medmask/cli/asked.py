"""What ``medmask run`` can be asked, in groups, and the request that it comes to."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medmask.cli import options
from medmask.cli.effort import Effort, Machines
from medmask.cli.flag import flag
from medmask.cli.phi import Phi, privacy_of

if TYPE_CHECKING:
    from medmask.cohort import Given, Request, Shard


class Rated(StrEnum):
    """What people say of results, as `medmask.report.ratings.Verdict` has it."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    DOUBTFUL = "doubtful"
    FAIL = "fail"


@dataclass(frozen=True)
class Scans(options.Listing):
    """The scans, and what is done to them."""

    annotations: Annotated[
        Path | None,
        typer.Option(
            "--annotations",
            metavar="DIR|CSV",
            help="Annotations apart from the scans: a folder with the same paths below it, or a "
            "table with the columns scan, annotation and, if wanted, name.",
        ),
    ] = None

    def given(self) -> Given | None:
        """Return the annotations, if any are given."""
        from medmask.cohort import Given

        return None if self.annotations is None else Given.of(self.annotations)


@dataclass(frozen=True)
class Part:
    """Some of the scans, or what is done already."""

    only: Annotated[
        str,
        typer.Option("--only", metavar="GLOB", help="Only scans whose source matches: 'site1/*'."),
    ] = ""
    only_rated: Annotated[
        list[Rated] | None,
        typer.Option(
            "--only-rated",
            metavar="pass|doubtful|fail",
            help="Mask anew the scans rated so in `OUTPUT/ratings.csv`, and only those.",
        ),
    ] = None
    shard: Annotated[
        str,
        typer.Option(
            "--shard",
            metavar="I/N",
            help="Work on part I of N only, as one of a job array; `medmask report` merges.",
        ),
    ] = ""
    fresh: options.FreshOption = False
    retry_failed: Annotated[
        bool,
        flag("--retry-failed", help="Try again what failed, although nothing changed."),
    ] = False
    trust_mtime: Annotated[
        bool,
        flag(
            "--trust-mtime",
            help="Take an input for unchanged by sizes, times and first bytes, not by all its "
            "bytes.",
        ),
    ] = False

    def of_whole(self) -> Shard | None:
        """Return the part of the cohort that is worked on, ``None`` for the whole."""
        from medmask.cohort import Shard

        return Shard.of(self.shard) if self.shard else None

    def anew(self, output: Path) -> frozenset[str] | None:
        """Return the scans that are rated so in the output's table, ``None`` if all will do."""
        if not self.only_rated:
            return None
        from medmask.report.rated import rated_scans
        from medmask.report.ratings import Verdict

        return rated_scans(output, {Verdict(each.value) for each in self.only_rated})


@dataclass(frozen=True)
class Results:
    """What is written."""

    no_report: Annotated[bool, flag("--no-report", help="Leave the report out.")] = False
    report_slices: Annotated[
        int,
        typer.Option(
            "--report-slices",
            min=0,
            max=200,
            metavar="N",
            help="Slices of each plane in the report, at most; beyond 24 a scan weighs more.",
        ),
    ] = 24
    phi: Annotated[
        Phi | None,
        typer.Option(
            "--phi",
            help="hash: keyed hashes in place of your files' and folders' names. keep: patient and "
            "study in scan.json. [default: your names, and nothing from the headers]",
        ),
    ] = None
    dry_run: Annotated[bool, flag("--dry-run", help="Say what would be done; write nothing.")] = (
        False
    )


@dataclass(frozen=True)
class Asked:
    """All that a run can be asked, but what it says meanwhile."""

    scans: Scans = field(default_factory=Scans)
    part: Part = field(default_factory=Part)
    effort: Effort = field(default_factory=Effort)
    machines: Machines = field(default_factory=Machines)
    results: Results = field(default_factory=Results)

    def request(self, inputs: tuple[Path, ...], output: Path) -> Request:
        """Return the request, checked; a cluster is reached unless nothing is to be done.

        Raises
        ------
        RequestError
        """
        from medmask.cohort import Request

        choice = self.scans.choice()
        listed = self.scans.listed(choice)
        privacy = privacy_of(self.results.phi)
        is_here = self.machines.is_this_one or self.results.dry_run
        cluster = None if is_here else self.machines.cluster(self.effort.mem_gb)
        return Request(
            inputs=inputs,
            output=output,
            recipes=choice,
            crew=self.effort.crew(cluster),
            cluster=cluster,
            modality=self.scans.modality,
            patience_s=self.effort.wait,
            annotations=self.scans.given(),
            manifest=listed,
            fresh=self.part.fresh,
            retry_failed=self.part.retry_failed,
            trust_mtime=self.part.trust_mtime,
            only=self.part.only,
            anew=self.part.anew(output),
            shard=self.part.of_whole(),
            privacy=privacy,
            command=tuple(sys.argv[1:]),
        )
