"""Parameter classes of the stages -> pydantic models that read them from text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model, model_validator


class Block(BaseModel):
    """A part of a recipe: immutable, finite numbers only, no key that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Parameters(Block):
    """The parameters of one strategy, step, scale or layer; `build` makes the real thing."""

    target: ClassVar[type[Any]]
    own: ClassVar[frozenset[str]]

    def build(self) -> Any:  # noqa: ANN401 - the table that the block came from says which class
        """Return the stage's own object with these parameters."""
        return self.target(**{name: getattr(self, name) for name in self.own})

    @model_validator(mode="after")
    def _is_acceptable(self) -> Parameters:
        """Let the class itself check its parameters, so that a mistake is found at its line."""
        self.build()
        return self


def model_of(
    target: type[Any],
    leave_out: tuple[str, ...] = (),
    **extra: Any,  # noqa: ANN401
) -> type[Parameters]:
    """Return a model with the fields of a frozen dataclass.

    Parameters
    ----------
    target : type
        A dataclass whose fields are its parameters.
    leave_out : tuple of str
        Fields that are not a recipe's business.
    **extra
        Further fields of the text that the class does not take, as ``name=(type, default)``.
    """
    hints = get_type_hints(target)
    fields: dict[str, Any] = {
        field.name: (hints[field.name], _default(field))
        for field in dataclasses.fields(target)
        if field.name not in leave_out
    }
    model = create_model(
        target.__name__, __base__=Parameters, __doc__=target.__doc__, **(fields | extra)
    )
    model.target = target
    model.own = frozenset(fields)
    return model


def models_of(table: Mapping[str, type[Any]], word: str, **extra: Any) -> list[type[Parameters]]:  # noqa: ANN401
    """Return a model for each class of a table, told apart by the recipe's word for it.

    Parameters
    ----------
    table : mapping of str to type
        Such as ``STRATEGIES``.
    word : str
        The key that names the class, such as ``strategy``.
    **extra
        Further fields of the text, as for `model_of`.
    """
    return [
        model_of(target, (), **{word: (Literal[name], ...)}, **extra)
        for name, target in table.items()
    ]


def _default(field: dataclasses.Field[Any]) -> Any:  # noqa: ANN401
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return ...
