"""Output files -> all text in them, unpacked."""

from __future__ import annotations

import gzip
import html
import json
import re
import sqlite3
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pydicom
from PIL import Image

_PLAIN: Final = frozenset({".csv", ".tsv", ".log", ".txt", ".md", ".css", ".js", ".svg", ".yaml"})
_RUNS: Final = re.compile(rb"[\x20-\x7e\x80-\xff]{4,}")
_NIFTI_HEADER: Final = 64 << 10  # header and extensions; behind them lie voxels


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file: of what it packs, stores in tables, escapes or hides in chunks.

    Parameters
    ----------
    path : Path
        Voxels and pixels are left out: they are no text.
    """
    kind = path.suffix.lower()
    try:
        yield from _READERS.get(kind, _plain if kind in _PLAIN else _runs)(path)
    except (OSError, EOFError, ValueError, sqlite3.Error, zlib.error, SyntaxError):
        yield from _runs(path)  # not what its name says: whatever can be read in it


def _plain(path: Path) -> Iterator[str]:
    yield path.read_bytes().decode("utf-8", "replace")


def _html(path: Path) -> Iterator[str]:
    yield html.unescape(path.read_bytes().decode("utf-8", "replace"))


def _json(path: Path) -> Iterator[str]:
    yield from _strings(json.loads(path.read_bytes()))


def _json_lines(path: Path) -> Iterator[str]:
    for line in path.read_bytes().splitlines():
        try:
            yield from _strings(json.loads(line))
        except ValueError:
            yield line.decode("utf-8", "replace")


def _strings(node: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)
    elif isinstance(node, str):
        yield node


def _gzip(path: Path) -> Iterator[str]:
    with gzip.open(path) as stream:
        yield from _in_bytes(stream.read(_NIFTI_HEADER))
    with path.open("rb") as file:
        yield from _in_bytes(file.read(512))  # gzip keeps a file's name


def _sqlite(path: Path) -> Iterator[str]:
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        named = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in named:
            for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - its own tables' names
                for cell in row:
                    yield from _cell(cell)
    finally:
        db.close()
    yield from _runs(path)  # pages that rows were deleted from


def _cell(cell: object) -> Iterator[str]:
    if isinstance(cell, str):
        yield cell
        if cell[:1] in "{[":
            yield from _strings(json.loads(cell))


def _picture(path: Path) -> Iterator[str]:
    with Image.open(path) as image:
        facts = (*image.info.items(), *image.getexif().items())
        for name, value in facts:
            yield str(name)
            yield value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _dicom(path: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        for element in (*header.file_meta, *header.iterall()):
            yield str(element.value)


def _runs(path: Path) -> Iterator[str]:
    yield from _in_bytes(path.read_bytes())


def _in_bytes(content: bytes) -> Iterator[str]:
    for run in _RUNS.findall(content):
        yield run.decode("utf-8", "replace")


_READERS: Final = {
    ".html": _html,
    ".json": _json,
    ".log": _json_lines,
    ".gz": _gzip,
    ".sqlite": _sqlite,
    ".png": _picture,
    ".webp": _picture,
    ".jpg": _picture,
    ".dcm": _dicom,
}
