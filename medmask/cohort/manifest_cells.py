"""What the cells of a manifest may say."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from medmask.cohort.names import LONGEST
from medmask.volume import known_modality

_LONGEST_ID: Final = LONGEST + 9  # as long as those that are made of sources
_SAFE: Final = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_DEVICES: Final = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)


def _safe(name: str) -> str:
    """Refuse what cannot be a folder's name on every file system."""
    if _DEVICES.fullmatch(name):
        raise ValueError(f"{name!r} is a device on some systems; accepted: another word")
    if len(name) > _LONGEST_ID:
        raise ValueError(f"{len(name)} characters; accepted: {_LONGEST_ID} at most")
    if not _SAFE.fullmatch(name):
        like = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
        such = f", such as {like}" if like else ""
        raise ValueError(f"{name!r}; accepted: letters, digits and single hyphens{such}")
    return name


def _parts(cell: Any) -> Any:  # noqa: ANN401
    return tuple(part for one in str(cell).split(";") if (part := one.strip()))


class Cells(BaseModel):
    """The cells of one line, apart from those that change the recipe.

    Attributes
    ----------
    path : str
        A file, or a folder that holds scans.
    id : str
        The scan's, empty for one made of the path.
    annotation : tuple of str
        Files, told apart by semicolons in the cell.
    recipe : str
        ``auto``, a preset or a file; empty for the run's.
    modality : str
        For formats that do not say theirs; empty for the run's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(min_length=1)]
    id: Annotated[str, AfterValidator(_safe)] = ""
    annotation: Annotated[tuple[str, ...], BeforeValidator(_parts)] = ()
    recipe: str = ""
    modality: Annotated[str, AfterValidator(known_modality)] = ""
