"""``scan.json`` as far as the cohort page needs it; what it does not say is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)


class Lenient(BaseModel):
    """Outside text: keys may be missing, and there may be more of them."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _or_empty(value: object) -> object:
    return {} if value is None else value


class MaskAccount(Lenient):
    """Figures of one mask; see `medmask.quality.MaskFigures`."""

    voxels: int | None = None
    volume_ml: float | None = None
    share_of_body: float | None = None
    native_mean: float | None = None
    components: int | None = Field(None, validation_alias=AliasChoices("parts", "components"))
    border: tuple[str, ...] = ()


class ThresholdAccount(Lenient):
    """One threshold; of its stability the largest change, as a share of the voxels above it."""

    level: float | None = None
    native: float | None = None
    fewer: float | None = Field(None, validation_alias=AliasPath("stability", "fewer"))
    more: float | None = Field(None, validation_alias=AliasPath("stability", "more"))

    @property
    def change(self) -> float | None:
        """By what share the mask changes at most when the threshold is moved."""
        known = [share for share in (self.fewer, self.more) if share is not None]
        return max(known, default=None)


class Note(Lenient):
    """A warning or a flag, with the sentence that was said of this scan."""

    code: str
    message: str = ""


_Mask = Annotated[MaskAccount, BeforeValidator(_or_empty)]
_Threshold = Annotated[ThresholdAccount, BeforeValidator(_or_empty)]


class Account(Lenient):
    """One scan's own account."""

    recipe: str = ""
    recipe_sha256: str = Field("", validation_alias=AliasPath("provenance", "recipe_sha256"))
    inputs_sha256: str = Field("", validation_alias=AliasPath("provenance", "inputs_sha256"))
    soft_tissue: _Mask = Field(MaskAccount(), validation_alias=AliasPath("figures", "soft_tissue"))
    bone: _Mask = Field(MaskAccount(), validation_alias=AliasPath("figures", "bone"))
    soft_threshold: _Threshold = Field(
        ThresholdAccount(), validation_alias=AliasPath("thresholds", "soft_tissue")
    )
    bone_threshold: _Threshold = Field(
        ThresholdAccount(), validation_alias=AliasPath("thresholds", "bone")
    )
    warnings: tuple[Note, ...] = ()
    flags: tuple[Note, ...] = ()
    outputs: dict[str, str] = {}

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return what a scan's folder tells of it.

        Parameters
        ----------
        folder : Path
            ``scans/<scan_id>`` of an output.

        Returns
        -------
        Account
            With nothing known where there is no ``scan.json``, or none that can be understood: the
            journal's row stands all the same.
        """
        try:
            return cls.model_validate_json((folder / "scan.json").read_bytes())
        except (OSError, ValidationError):
            return cls()
