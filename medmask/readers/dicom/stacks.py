"""The stacks of frames in one multi-frame instance."""

from __future__ import annotations

from collections import defaultdict

from medmask.errors import MultiFrame
from medmask.readers.dicom.functional_groups import expanded
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.part import Part, distinct, joined
from medmask.readers.dicom.phases import by_phase
from medmask.readers.dicom.views import by_plane


def stacks_of(header: Header) -> list[Part]:
    """Part the frames of an instance into volumes, each with a key.

    Frames are parted by their stack id, by the way they look, and, where several lie at one
    position, by what tells them apart there.

    Parameters
    ----------
    header : Header
        Of an instance with functional groups.

    Returns
    -------
    list of Part
        Headers of frames; the key is empty if there is one volume only.
    """
    stacks: dict[str, list[Header]] = defaultdict(list)
    for frame in expanded(header):
        stacks[frame.stack_id].append(frame)
    parts = [
        Part(joined(_stack_key(number, len(stacks)), view.key, phase.key), phase.headers)
        for number, name in enumerate(sorted(stacks, key=_natural), start=1)
        for view in by_plane(stacks[name])
        for phase in by_phase(view.headers)
    ]
    if len(parts) == 1:
        return [Part("", parts[0].headers)]
    return sorted(distinct(parts), key=lambda part: part.key)


def frames_of(header: Header, stack: str) -> tuple[Header, ...]:
    """Return the frames of one stack.

    Parameters
    ----------
    header : Header
        Of an instance with functional groups.
    stack : str
        Its key.

    Raises
    ------
    MultiFrame
        If there is no such stack.
    """
    stacks = {part.key: part.headers for part in stacks_of(header)}
    if stack not in stacks:
        found = f"{len(stacks)} stacks of frames in one instance, none called {stack!r}"
        raise MultiFrame(header.path.name, found, f"one of {', '.join(map(repr, stacks))}")
    return stacks[stack]


def _stack_key(number: int, count: int) -> str:
    return f"stack-{number}" if count > 1 else ""


def _natural(stack_id: str) -> tuple[int, str]:
    """Order stack ids as the numbers that they usually are."""
    return (int(stack_id) if stack_id.isdigit() else 0), stack_id
