"""One request to a served report -> its answer."""

from __future__ import annotations

import hmac
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from medmask.errors import MedmaskError
from medmask.report.agreement import agreement_words
from medmask.report.policy import connected
from medmask.report.ratings import Rating, latest

_HOSTS: Final = frozenset({"127.0.0.1", "localhost"})
_OPEN: Final = frozenset({"report", "scans", "before"})  # folders of an output that are shown
_TABLES: Final = frozenset({"scans.csv", "ratings.csv"})
_LONGEST_BODY: Final = 16_384
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".png": "image/png",
}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Desk(Protocol):
    """What answers are made from.

    Attributes
    ----------
    output : Path
        Resolved.
    token : str
    """

    output: Path
    token: str

    def rate(self, rating: Rating) -> None:
        """Keep a rating; raise `RequestError` if there is no such scan."""

    def ratings(self) -> tuple[Rating, ...]:
        """Return all ratings kept."""


class Refused(Exception):
    """A request that is answered with a status and a reason.

    Parameters
    ----------
    status : HTTPStatus
    reason : str
    """

    def __init__(self, status: HTTPStatus, reason: str = "") -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason


class Handler(BaseHTTPRequestHandler):
    """Answers one connection; its server's attribute ``desk`` is a `Desk`."""

    server_version, sys_version = "medmask", ""
    protocol_version = "HTTP/1.1"
    timeout = 30

    @property
    def desk(self) -> Desk:
        """What answers are made from."""
        desk: Desk = self.server.desk  # type: ignore[attr-defined]
        return desk

    def do_GET(self) -> None:
        """Answer with a file of the output, or with the ratings."""
        self._answered(self._get)

    def do_POST(self) -> None:
        """Take a rating."""
        self._answered(self._post)

    def log_message(self, *_: object) -> None:
        """Say nothing: a line would hold the token."""

    def _answered(self, work: Callable[[str], None]) -> None:
        try:
            work(self._below())
        except Refused as refusal:
            self.close_connection = True  # there may be a body that was not read
            self._send(refusal.reason.encode(), "text/plain; charset=utf-8", refusal.status)

    def _below(self) -> str:
        """Return the path below the token, if host and token are right."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if host not in _HOSTS:  # a name that another site made resolve to this computer
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "only 127.0.0.1 is served")
        token, _, below = urlsplit(self.path).path.removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), self.desk.token.encode()):
            raise Refused(HTTPStatus.NOT_FOUND)
        return unquote(below, errors="surrogateescape")

    def _get(self, below: str) -> None:
        if below == "ratings":
            self._send_ratings()
            return
        path = self._file(below)
        kind = _TYPES.get(path.suffix, "application/octet-stream")
        if path.suffix == ".html":
            self._send(connected(path.read_bytes(), f"/{self.desk.token}/ratings"), kind)
            return
        with path.open("rb") as file:
            self._head(HTTPStatus.OK, kind, path.stat().st_size)
            shutil.copyfileobj(file, self.wfile)

    def _file(self, below: str) -> Path:
        """Return a file of the output that is meant to be seen."""
        try:
            path = (self.desk.output / below).resolve()
            parts = path.relative_to(self.desk.output).parts
        except ValueError as error:  # outside, or no path at all
            raise Refused(HTTPStatus.NOT_FOUND) from error
        if not path.is_file() or not (parts[0] in _OPEN or below in _TABLES):
            raise Refused(HTTPStatus.NOT_FOUND)
        return path

    def _post(self, below: str) -> None:
        if below != "ratings":
            raise Refused(HTTPStatus.NOT_FOUND)
        origin = self.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.headers["Host"]:
            raise Refused(HTTPStatus.FORBIDDEN, "ratings are taken from the report's own pages")
        if self.headers.get_content_type() != "application/json":  # what no plain form can send
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a rating is sent as application/json")
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "a rating takes a few hundred bytes")
        self._take(self.rfile.read(int(length)))
        self._send_ratings()

    def _take(self, body: bytes) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            said = Rating.model_validate_json(body)
            self.desk.rate(said.model_copy(update={"time": now}))
        except ValidationError as error:
            fields = ", ".join(str(what["loc"][:1]) for what in error.errors())
            raise Refused(HTTPStatus.BAD_REQUEST, f"not a rating: {fields}") from error
        except MedmaskError as error:
            raise Refused(HTTPStatus.CONFLICT, str(error)) from error

    def _send_ratings(self) -> None:
        try:
            ratings = self.desk.ratings()
        except MedmaskError as error:
            raise Refused(HTTPStatus.CONFLICT, str(error)) from error
        state = {
            "ratings": [rating.model_dump(mode="json") for rating in latest(ratings)],
            "agreement": agreement_words(ratings),
        }
        self._send(json.dumps(state).encode(), "application/json")

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._head(status, kind, len(body))
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, length: int) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()
