"""Options of what a run may take: time, memory, machines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medmask.cli import options

if TYPE_CHECKING:
    from medmask.cohort import Cluster, CrewOptions


class Backend(StrEnum):
    """Where scans are worked on."""

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True)
class Effort:
    """Time and memory."""

    jobs: options.JobsOption = None
    mem_gb: Annotated[
        float | None,
        typer.Option(
            "--mem-gb",
            min=0.1,
            metavar="G",
            help="Memory for all scans at work together. [default: 80 % of what is available]",
        ),
    ] = None
    timeout: options.TimeoutOption = None
    retries: Annotated[
        int,
        typer.Option("--retries", min=0, metavar="N", help="Further tries after a process died."),
    ] = 1
    wait: Annotated[
        float,
        typer.Option(
            "--wait",
            min=0.0,
            metavar="S",
            help="Seconds to wait for space, or for a folder that was lost, before the run ends.",
        ),
    ] = 60.0

    def crew(self, cluster: Cluster | None) -> CrewOptions:
        """Return how scans are worked on: as many at a time as there are cores, or slots."""
        import joblib

        from medmask.cohort import CrewOptions, allowed_mb

        here = CrewOptions(1, self.timeout, self.retries, allowed_mb(self.mem_gb))
        if cluster is None:
            return replace(here, jobs=self.jobs or joblib.cpu_count())
        slots = self.jobs or cluster.slots
        return replace(
            here, jobs=slots, allowed_mb=slots * cluster.most_mb, share_mb=cluster.most_mb
        )


@dataclass(frozen=True)
class Machines:
    """Other machines."""

    backend: Annotated[
        Backend, typer.Option("--backend", help="This machine, or the workers of a dask scheduler.")
    ] = Backend.LOCAL
    scheduler: Annotated[
        str,
        typer.Option(
            "--scheduler", metavar="ADDR", help="tcp://host:8786, tls://..., or its scheduler file."
        ),
    ] = ""
    tls_ca: Annotated[Path | None, typer.Option("--tls-ca", metavar="PEM", help="For tls://.")] = (
        None
    )
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", metavar="PEM")] = None
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="PEM")] = None

    @property
    def is_this_one(self) -> bool:
        """Whether scans are worked on here."""
        return self.backend is Backend.LOCAL

    def cluster(self, mem_gb: float | None) -> Cluster:
        """Reach the machines of which each may take so much memory."""
        from medmask.cohort import Cluster, Tls

        return Cluster(self.scheduler, Tls(self.tls_ca, self.tls_cert, self.tls_key), mem_gb)
