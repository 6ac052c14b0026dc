"""Folders -> the regular files below them, each once, and what was passed over and why."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from medmask.cohort.roots import Root, roots_of
from medmask.errors import MissingInput

_OUTPUT_MARKS = frozenset({"journal.sqlite", "run.json", "scans.csv"})
_LITTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})


@dataclass(frozen=True)
class Found:
    """One regular file.

    Attributes
    ----------
    path : Path
        Where it is.
    source : str
        Path relative to its input with ``/``, prefixed by the input's name if there are several;
        of a file that is an input its name. See `medmask.cohort.roots.roots_of`.
    """

    path: Path
    source: str


@dataclass
class Walk:
    """What lies below the inputs.

    Attributes
    ----------
    files : list of Found
        In the order of their sources.
    passed_over : Counter of str
        How many entries were passed over, by reason.
    """

    files: list[Found] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def walk(inputs: tuple[Path, ...], leave_out: Path | None = None) -> Walk:
    """List the regular files below some inputs.

    Each (device, inode) is listed once. Links are followed to regular files inside their own
    input only, never to folders. Hidden files, operating-system litter, pipes, sockets, devices
    and what an earlier run of medmask wrote are counted and never opened.

    Parameters
    ----------
    inputs : tuple of Path
        Folders or files.
    leave_out : Path, optional
        A folder that is not looked into: the run's own output.

    Raises
    ------
    MissingInput
        If an input does not exist or cannot be listed.
    """
    return walk_below(roots_of(inputs), leave_out)


def walk_below(roots: Sequence[Root], leave_out: Path | None = None) -> Walk:
    """List the regular files below some roots; see `walk`."""
    found = Walk()
    seen: set[tuple[int, int]] = set()
    output = None if leave_out is None else leave_out.resolve()
    for each in roots:
        root = _root(each.path)
        links: list[Path] = []
        for path in _entries(root, output, found.passed_over):
            if path.is_symlink() and path != root:
                links.append(path)
            else:
                _take(path, root, each.source, (found, seen))
        for path in links:
            reason = _why_not(path, root if root.is_dir() else root.parent)
            if reason:
                found.passed_over[reason] += 1
            else:
                _take(path, root, each.source, (found, seen))
    found.files.sort(key=lambda file: file.source)
    return found


def _root(given: Path) -> Path:
    try:
        root = given.resolve(strict=True)
        if root.is_dir():
            os.scandir(root).close()
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MissingInput(f"input {given}: {reason}") from error
    if not (root.is_dir() or root.is_file()):
        raise MissingInput(f"input {given}: neither a folder nor a regular file")
    return root if root.is_dir() else given.parent.resolve() / given.name  # of a link its own name


def _entries(root: Path, leave_out: Path | None, passed_over: Counter[str]) -> Iterator[Path]:
    """Yield files and links below a folder, by an explicit stack: depth is no limit."""
    if root.is_file():
        yield root
        return
    folders = [str(root)]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        except OSError:
            passed_over["folder not readable"] += 1
            continue
        if {entry.name for entry in entries} >= _OUTPUT_MARKS:
            passed_over["output of an earlier run"] += _count_files(folder)
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if Path(entry.path) == leave_out:
                    passed_over["own output"] += 1
                else:
                    folders.append(entry.path)
            elif entry.name.startswith(".") or "/." in folder[len(str(root)) :]:
                passed_over["hidden"] += 1
            elif entry.name.lower() in _LITTER:
                passed_over["litter of the operating system"] += 1
            else:
                yield Path(entry.path)


def _count_files(folder: str) -> int:
    return sum(len(files) for _, _, files in os.walk(folder))


def _take(path: Path, root: Path, source: str, into: tuple[Walk, set[tuple[int, int]]]) -> None:
    """List one file if it is regular and new."""
    found, seen = into
    try:
        facts = path.stat()
    except OSError:
        found.passed_over["not readable"] += 1
        return
    if not stat.S_ISREG(facts.st_mode):
        found.passed_over["not a regular file"] += 1
        return
    identity = (facts.st_dev, facts.st_ino)
    if identity in seen:
        found.passed_over["same file again"] += 1
        return
    seen.add(identity)
    below = "" if path == root else path.relative_to(root).as_posix()
    found.files.append(Found(path, "/".join(part for part in (source, below) if part)))


def _why_not(link: Path, root: Path) -> str:
    """Say why a link is not followed; empty if it leads to a regular file of the same input."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "broken link"
    if not target.is_relative_to(root):
        return "link out of the input"
    if target.is_dir():
        return "link to a folder"
    return ""
