"""The stacks of frames in one multi-frame instance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from medmask.errors import MultiFrame
from medmask.readers.dicom.functional_groups import expanded
from medmask.readers.dicom.header import FrameAxis, Header
from medmask.readers.dicom.part import Part, distinct, joined
from medmask.readers.dicom.phases import by_phase
from medmask.readers.dicom.views import by_plane


def stacks_of(instances: Sequence[Header]) -> list[Part]:
    """Part the frames of an instance into volumes, each with a key.

    Frames are parted by their stack id, by the way they look, and, where several lie at one
    position, by what tells them apart there. Moments in time are left together.

    Parameters
    ----------
    instances : sequence of Header
        Of a multi-frame instance, or of its pieces; copies may be among them.

    Returns
    -------
    list of Part
        Headers of frames; the key is empty if there is one volume only.
    """
    stacks: dict[str, list[Header]] = defaultdict(list)
    frames = tuple(frame for header in instances for frame in expanded(header))
    if any(frame.position is None for frame in frames) or _are_moments(frames):
        return [Part("", frames)]
    for frame in frames:
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


def frames_of(instances: Sequence[Header], stack: str) -> tuple[Header, ...]:
    """Return the frames of one stack, or one of several moments.

    Parameters
    ----------
    instances : sequence of Header
        Of a multi-frame instance, or of its pieces, each once.
    stack : str
        The key of `stacks_of`, or one of `moment_names`.

    Raises
    ------
    MultiFrame
        If there is no such stack.
    """
    stacks = {part.key: part.headers for part in stacks_of(instances)}
    names = moment_names(instances)
    if stack in names:
        return (stacks[""][names.index(stack)],)
    if stack not in stacks:
        found = f"{len(stacks)} stacks of frames in one instance, none called {stack!r}"
        accepted = f"one of {', '.join(map(repr, stacks))}"
        raise MultiFrame(instances[0].path.name, found, accepted)
    return stacks[stack]


def moment_names(instances: Sequence[Header]) -> list[str]:
    """Return a name for each frame of an instance whose frames are moments in time, else none."""
    frames = [frame for header in instances for frame in expanded(header)]
    return [f"frame-{k + 1}" for k in range(len(frames))] if _are_moments(frames) else []


def _are_moments(frames: Sequence[Header]) -> bool:
    return len(frames) > 1 and frames[0].frame_axis is FrameAxis.TIME


def _stack_key(number: int, count: int) -> str:
    return f"stack-{number}" if count > 1 else ""


def _natural(stack_id: str) -> tuple[int, str]:
    """Order stack ids as the numbers that they usually are."""
    return (int(stack_id) if stack_id.isdigit() else 0), stack_id
