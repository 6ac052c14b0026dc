"""Groups of options: frozen dataclasses in a command's signature, headings in its help."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from inspect import Parameter
from typing import Annotated, Any, TypeGuard, get_args, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take groups of options.

    Parameters
    ----------
    command : callable
        Some of its parameters are dataclasses, and theirs may be, too. Each of their other fields
        is an option; the first line of the class's docstring is the heading above them.

    Returns
    -------
    callable
        The command with all options side by side, as typer takes it.
    """
    takes = inspect.signature(command, eval_str=True).parameters.values()

    def spread(**given: Any) -> None:  # noqa: ANN401 - whatever the options are
        command(**{one.name: _gathered(one, given) for one in takes})

    spread.__doc__ = command.__doc__
    plain = [option for one in takes for option in _options(one)]
    spread.__signature__ = inspect.Signature(plain)  # type: ignore[attr-defined] # typer looks there
    return spread


def _is_group(kind: object) -> TypeGuard[type]:
    return isinstance(kind, type) and is_dataclass(kind)


def _fields(group: type) -> Iterator[Parameter]:
    """Yield the fields of a group as parameters."""
    kinds = get_type_hints(group, include_extras=True)
    for field in fields(group):
        default = Parameter.empty if field.default is MISSING else field.default
        yield Parameter(
            field.name, Parameter.KEYWORD_ONLY, default=default, annotation=kinds[field.name]
        )


def _options(parameter: Parameter) -> Iterator[Parameter]:
    """Yield a parameter, or all options of a group with its heading."""
    group = parameter.annotation
    if not _is_group(group):
        yield parameter.replace(kind=Parameter.KEYWORD_ONLY)
        return
    heading = (group.__doc__ or "").splitlines()[0].removesuffix(".")
    for one in _fields(group):
        if _is_group(one.annotation):
            yield from _options(one)
        else:
            yield one.replace(annotation=_below(heading, one.annotation))


def _below(heading: str, kind: Any) -> Any:  # noqa: ANN401
    """Return an option's type with a heading above the option."""
    plain, option = get_args(kind)
    under = copy.copy(option)
    under.rich_help_panel = heading
    return Annotated[plain, under]


def _gathered(parameter: Parameter, given: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return an option as it was given, or a group made of its options."""
    group = parameter.annotation
    if not _is_group(group):
        return given[parameter.name]
    return group(**{one.name: _gathered(one, given) for one in _fields(group)})
