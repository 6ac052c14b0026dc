"""What a recipe may say, as pydantic models."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, field_validator

from medmask.calibrate import SCALES
from medmask.morphology import STEPS, Within
from medmask.overlay import LayerStyle, OverlayStyle, WindowLevel
from medmask.readers import ReadOptions
from medmask.recipe.parameters import Block, Parameters, model_of, models_of
from medmask.thresholds import STRATEGIES, Fixed, Hysteresis, Local
from medmask.volume import Family


def _one_of(models: list[type[Parameters]], word: str) -> Any:  # noqa: ANN401
    return Annotated[functools.reduce(operator.or_, models), Field(discriminator=word)]


def _spell_out_within(step: Any) -> Any:  # noqa: ANN401
    """Read ``within: body`` as the step that it is."""
    if isinstance(step, dict) and "within" in step and "step" not in step:
        return {"step": "within", **step}
    return step


if TYPE_CHECKING:
    FixedBlock: TypeAlias = Parameters
    HysteresisBlock: TypeAlias = Parameters
    LocalBlock: TypeAlias = Parameters
    InputBlock: TypeAlias = Parameters
    ScaleBlock: TypeAlias = Parameters
    LayerBlock: TypeAlias = Parameters
    WindowBlock: TypeAlias = Parameters
    StepBlock: TypeAlias = Parameters

    class StrategyBlock(Parameters):
        """Any strategy, with what it falls back to, grows down to, and is held against."""

        strategy: str
        fallback: Parameters | None
        hysteresis: Parameters | None
        local: Parameters | None

else:
    FixedBlock = model_of(Fixed)
    HysteresisBlock = model_of(Hysteresis)
    LocalBlock = model_of(Local)
    InputBlock = model_of(ReadOptions, leave_out=("largest_bytes",))
    StrategyBlock = _one_of(
        models_of(
            STRATEGIES,
            "strategy",
            fallback=(FixedBlock | None, None),
            hysteresis=(HysteresisBlock | None, None),
            local=(LocalBlock | None, None),
        ),
        "strategy",
    )
    ScaleBlock = _one_of(models_of(SCALES, "kind"), "kind")
    LayerBlock = model_of(LayerStyle)
    WindowBlock = model_of(WindowLevel)
    StepBlock = Annotated[
        _one_of(models_of(STEPS, "step"), "step"), BeforeValidator(_spell_out_within)
    ]


class Thresholds(Block):
    """Two questions, two thresholds.

    ``bone: auto`` is the fixed level 64 for CT and radiographs and no bone for everything else,
    as cortical bone is dark on MR; a strategy that is spelt out is used on any modality.
    """

    soft_tissue: StrategyBlock | Literal["auto"] = "auto"
    bone: StrategyBlock | Literal["auto"] | None = "auto"


class Masks(Block):
    """Morphology on the two thresholded masks, in the order given."""

    body: tuple[StepBlock, ...] = ()
    bone: tuple[StepBlock, ...] = ()

    @field_validator("body")
    @classmethod
    def _is_not_within_itself(cls, steps: tuple[StepBlock, ...]) -> tuple[StepBlock, ...]:
        if any(isinstance(step.build(), Within) for step in steps):
            raise ValueError("`within: body` has no body yet here; it is a step of `bone`")
        return steps


class Overlay(Block):
    """How the picture is drawn."""

    window: WindowBlock | None = None
    layers: tuple[LayerBlock, ...] = Field(
        default=tuple(dataclasses.asdict(layer) for layer in OverlayStyle().layers),
        validate_default=True,
    )

    def build(self) -> OverlayStyle:
        """Return the overlay stage's own style."""
        window = None if self.window is None else self.window.build()
        return OverlayStyle(window, tuple(layer.build() for layer in self.layers))


class Outputs(Block):
    """Which files a scan gets beside its picture and its account."""

    labels: Literal[True] = True
    masks: bool = False
    masked_image: bool = False
    dicom_seg: bool = False
    secondary_capture: bool = False
    annotation_masks: bool = True


class Recipe(Block):
    """All that a run does to a scan.

    Attributes
    ----------
    name : str
        Shown in the account and the report.
    """

    name: str = Field(default="unnamed", min_length=1, max_length=80)
    input: InputBlock = Field(default={}, validate_default=True)
    scale: ScaleBlock = Field(default={"kind": "auto"}, validate_default=True)
    thresholds: Thresholds = Field(default_factory=Thresholds)
    masks: Masks = Field(default_factory=Masks)
    overlay: Overlay = Field(default_factory=Overlay)
    outputs: Outputs = Field(default_factory=Outputs)

    def __reduce__(self) -> tuple[Callable[[str], Recipe], tuple[str]]:
        """Pickle as text: the models of the blocks are made at run time."""
        return Recipe.model_validate_json, (self.model_dump_json(),)

    @property
    def sha256(self) -> str:
        """Digest of everything the recipe says, defaults included."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def masks_sha256(self) -> str:
        """Digest of the parts that the masks hang on; the rest is how they are shown."""
        parts = {"input", "scale", "thresholds", "masks"}
        return hashlib.sha256(self.model_dump_json(include=parts).encode()).hexdigest()

    def looks_for_bone(self, family: Family) -> bool:
        """Tell whether bone is looked for in scans of a family of modalities."""
        if self.thresholds.bone == "auto":
            return family in (Family.CT, Family.RADIOGRAPH)
        return self.thresholds.bone is not None
