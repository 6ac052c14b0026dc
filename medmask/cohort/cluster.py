"""Scans on other machines: dask carries each to a worker, whose own child works on it."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from medmask.cohort.allowance import MB
from medmask.cohort.answer import Answer
from medmask.cohort.cell import Order
from medmask.cohort.worker import Facts, Run, dismiss_here, facts_here, stop_here, work_here
from medmask.errors import MissingPackage, RequestError, RunBroken, ScanError, WorkerDied
from medmask.version import __version__

_FETCHING: Final = threading.Lock()
_LOOK_EVERY_S: Final = 0.2
_TELL_S: Final = 3.0
_PATIENCE_S: Final = 60.0  # for a scheduler, and for the first worker


@dataclass(frozen=True)
class Tls:
    """Files for an encrypted cluster, in PEM; all of them or none.

    Attributes
    ----------
    ca, cert, key : Path or None
        The authority's certificate, this client's own, and its key.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        given = [one is not None for one in (self.ca, self.cert, self.key)]
        if any(given) and not all(given):
            raise RequestError("--tls-ca, --tls-cert and --tls-key go together")

    def demand_files(self) -> None:
        """Refuse names behind which there is no file."""
        for name in ("ca", "cert", "key"):
            path = getattr(self, name)
            if path is not None and not path.is_file():
                raise RequestError(f"--tls-{name} {path}: no such file")


class Cluster:
    """A dask scheduler and its workers, which see the same folders by the same paths.

    Parameters
    ----------
    scheduler : str
        Its address (``tcp://host:8786``, ``tls://...``) or the path of its scheduler file.
    tls : Tls
    memory_gb : float or None
        What the scans of one worker may take together; ``None`` for the worker's own limit.

    Raises
    ------
    MissingPackage
        If distributed is not installed.
    RequestError
        If the scheduler does not answer, no worker comes, or workers are of another kind.
    """

    def __init__(self, scheduler: str, tls: Tls, memory_gb: float | None = None) -> None:
        if not scheduler:
            raise RequestError("--backend dask needs --scheduler ADDR")
        self.client = _connected(scheduler, tls)
        found: dict[str, Facts] = self.client.run(facts_here)
        _demand_fit(found)
        known = self.client.scheduler_info(n_workers=-1)["workers"]
        workers = {address: known[address] for address in found if address in known}
        if not workers:
            raise RequestError(f"--scheduler {scheduler}: its workers came and went")
        self.slots = sum(int(worker["nthreads"]) for worker in workers.values())
        hosts = Counter(worker["host"] for worker in workers.values())
        self.most_mb = min(
            _share_mb(worker, memory_gb, found[address].free_mb / hosts[worker["host"]])
            for address, worker in workers.items()
        )

    def close(self) -> None:
        """Leave the cluster; it stays as it is."""
        self.client.close()


class RemoteCells:
    """Cells on a cluster's workers, to a crew the same as those of this machine.

    Parameters
    ----------
    cluster : Cluster
    ground : Path
        A file of the run that workers must see, or else they would write where nobody looks.
    """

    def __init__(self, cluster: Cluster, ground: Path) -> None:
        self.most_mb = cluster.most_mb
        self._client = cluster.client
        self._run = Run(uuid.uuid4().hex, ground.resolve())
        self._over = threading.Event()

    def take(self) -> RemoteCell:
        """Return a cell; which worker it is on, dask decides."""
        return RemoteCell(self._client, self._run, self._over)

    def keep(self, cell: RemoteCell) -> None:
        """Do nothing: the worker keeps its child."""

    def drop(self, cell: RemoteCell) -> None:
        """Do nothing: the worker has dropped its child."""

    def stop(self) -> None:
        """Kill the children on all workers."""
        self._over.set()
        self._tell(stop_here)

    def dismiss(self) -> None:
        """Let the children on all workers end."""
        self._over.set()
        self._tell(dismiss_here)

    def _tell(self, what: Callable[[str], None]) -> None:
        """Tell all workers, and do not wait for those that are gone."""

        def tell() -> None:
            with contextlib.suppress(Exception):  # the scheduler is gone, and so are the children
                self._client.run(what, self._run.key, on_error="ignore")

        telling = threading.Thread(target=tell, daemon=True)
        telling.start()
        telling.join(_TELL_S)


class RemoteCell:
    """One scan on its way to a worker and back."""

    def __init__(self, client: Any, run: Run, over: threading.Event) -> None:  # noqa: ANN401
        self._client = client
        self._run = run
        self._over = over

    def run(self, order: Order, watch: Callable[[float], None]) -> Answer:
        """Work on one scan, see `Cell.run`; the worker enforces time and memory.

        Raises
        ------
        WorkerDied
            If workers died under it, more often than dask tries.
        RunBroken
            If the scheduler is gone.
        """
        watch(0.0)
        future = self._client.submit(work_here, order, self._run, pure=False)
        try:
            return self._awaited(future, order)
        finally:
            future.cancel()

    def _awaited(self, future: Any, order: Order) -> Answer:  # noqa: ANN401
        finished = threading.Event()
        future.add_done_callback(lambda _: finished.set())
        while True:
            finished.wait(_LOOK_EVERY_S)
            if self._over.is_set():
                raise WorkerDied(order.scan.source, "the run was stopped", "time")
            if future.done():
                with contextlib.suppress(TimeoutError):
                    return self._fetched(future, order)
            elif finished.is_set():  # the answer was lost with its worker, and is made again
                time.sleep(_LOOK_EVERY_S)

    def _fetched(self, future: Any, order: Order) -> Answer:  # noqa: ANN401
        """Return the answer that is there.

        One at a time: dask shares requests between threads, and who gives up takes the others'
        answers along.
        """
        from distributed import CancelledError, KilledWorker

        try:
            with _FETCHING:
                answer = future.result(timeout=_TELL_S)
        except ScanError:
            raise
        except KilledWorker as error:
            found = "the dask workers that worked on it died"
            raise WorkerDied(order.scan.source, found, "a scan that ends") from error
        except CancelledError as error:
            raise RunBroken("the dask scheduler is gone; the same command goes on") from error
        except Exception as error:  # whatever else a worker raises costs this scan alone
            if future.status != "error":
                raise
            found = f"the dask worker raised {type(error).__name__}: {error}"
            accepted = "a worker that can start children"
            raise WorkerDied(order.scan.source, found, accepted) from error
        assert isinstance(answer, Answer)
        return answer


def _connected(scheduler: str, tls: Tls) -> Any:  # noqa: ANN401
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError as error:
        raise MissingPackage("--backend dask", "distributed", "medmask[cluster]") from error
    tls.demand_files()
    security = None
    if tls.ca is not None:
        security = Security(  # type: ignore[no-untyped-call]
            tls_ca_file=str(tls.ca),
            tls_client_cert=str(tls.cert),
            tls_client_key=str(tls.key),
            require_encryption=True,
        )
    is_file = _is_file_in_time(scheduler)
    where = {"scheduler_file": scheduler} if is_file else {"address": scheduler}
    try:
        client = Client(  # type: ignore[no-untyped-call]
            **where, security=security, timeout=_PATIENCE_S, set_as_default=False, name="medmask"
        )
        client.wait_for_workers(1, timeout=_PATIENCE_S)
    except (TypeError, RuntimeError) as error:  # what dask raises for one without the other
        both = "a tls:// address and --tls-ca, --tls-cert, --tls-key go together"
        said = f"--scheduler {scheduler}: {error}; {both}"
    except (OSError, TimeoutError, ValueError) as error:
        said = f"--scheduler {scheduler}: {error or type(error).__name__}"
    else:
        return client
    gc.collect()  # a client that is half made waits for its loop for ever if it is met at exit
    raise RequestError(said)


def _is_file_in_time(scheduler: str) -> bool:
    """Tell whether a scheduler is given by its file, which it may not have written yet."""
    deadline = time.monotonic() + _PATIENCE_S
    while not Path(scheduler).is_file():
        if ":" in scheduler:
            return False
        if time.monotonic() > deadline:
            raise RequestError(
                f"--scheduler {scheduler}: no such file came in {_PATIENCE_S:.0f} s; accepted: "
                "an address such as tcp://host:8786, or the file that the scheduler writes"
            )
        time.sleep(_LOOK_EVERY_S)
    return True


def _demand_fit(found: dict[str, Facts]) -> None:
    for address, facts in found.items():
        if facts.version != __version__:
            raise RequestError(
                f"worker {address} has medmask {facts.version}, this is {__version__}"
            )
        if facts.is_daemon:
            raise RequestError(
                f"worker {address} may not have children: start it with --no-nanny, or with "
                "DASK_DISTRIBUTED__WORKER__DAEMON=False in its environment"
            )


def _share_mb(worker: dict[str, Any], memory_gb: float | None, free_mb: float) -> float:
    """Return what one scan may take on a worker: as asked, by its own limit, or of what is free."""
    limit = memory_gb * 1024 if memory_gb else int(worker["memory_limit"]) / MB
    return (limit or free_mb) / int(worker["nthreads"])
