"""A report on this computer's own address, whose ratings go to ``ratings.csv``."""

from __future__ import annotations

import secrets
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Final

from medmask.errors import MissingInput, RequestError
from medmask.report.handler import Handler
from medmask.report.ratings import (
    RATINGS,
    Rating,
    append_rating,
    check_appendable,
    read_ratings,
)

ADDRESS: Final = "127.0.0.1"


class ReportDesk:
    """One output, whoever looks at it.

    Parameters
    ----------
    output : Path
        Of a run that has a report.
    scan_ids : frozenset of str
        Scans that may be rated.

    Raises
    ------
    MissingInput
        If there is no report.
    RequestError
        If ratings cannot be added to the table that is there.
    """

    def __init__(self, output: Path, scan_ids: frozenset[str]) -> None:
        self.output = output.resolve()
        if not (self.output / "report" / "index.html").is_file():
            raise MissingInput(f"{output}: no report/index.html; `medmask report` draws it")
        self._table = self.output / RATINGS
        check_appendable(self._table)
        self.token = secrets.token_urlsafe(16)
        self._scan_ids = scan_ids
        self._writing = threading.Lock()

    def rate(self, rating: Rating) -> None:
        """Add a line to the table.

        Raises
        ------
        RequestError
            If there is no such scan.
        WriteFailed
            If the line cannot be written whole.
        """
        if rating.scan_id not in self._scan_ids:
            raise RequestError("a rating of a scan that this output does not hold")
        with self._writing:
            append_rating(self._table, rating)

    def ratings(self) -> tuple[Rating, ...]:
        """Return the table's lines.

        Raises
        ------
        RequestError
            If it has been edited into something else.
        """
        with self._writing:
            return read_ratings(self._table)


class ReportServer(ThreadingHTTPServer):
    """Serves a desk to whoever knows its token.

    Parameters
    ----------
    desk : ReportDesk
    port : int
        0 takes a free one.

    Raises
    ------
    RequestError
        If the port cannot be had.

    Notes
    -----
    Other users of this computer do not know the token. Other sites that a browser is on cannot read
    what is served, as no permission across origins is given, and a name of theirs that resolves to
    this computer is refused by the host that the browser then states.
    """

    daemon_threads = True

    def __init__(self, desk: ReportDesk, port: int = 0) -> None:
        self.desk = desk
        try:
            super().__init__((ADDRESS, port), Handler)
        except OSError as error:
            raise RequestError(f"port {port}: {error.strerror or error}") from error

    @property
    def url(self) -> str:
        """The address of the report, with the token."""
        return f"http://{ADDRESS}:{self.server_address[1]}/{self.desk.token}/report/index.html"
