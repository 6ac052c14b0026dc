"""Options that are said or not, and take no value."""

from __future__ import annotations

import functools

import typer

flag = functools.partial(typer.Option, metavar="")  # else the help would ask for a <bool>
