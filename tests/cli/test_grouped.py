from dataclasses import dataclass, field
from typing import Annotated

import click
import pytest
import typer
from typer.testing import CliRunner

from medmask.cli.app import app
from medmask.cli.grouped import grouped


@dataclass(frozen=True)
class Size:
    """How large.

    More than a heading.
    """

    width: Annotated[int, typer.Option("--width", min=1)] = 3
    tall: Annotated[bool, typer.Option("--tall")] = False


@dataclass(frozen=True)
class Shape:
    """Of what form."""

    colour: Annotated[str, typer.Option()]
    size: Size = field(default_factory=Size)


taken = []


@grouped
def draw(
    name: Annotated[str, typer.Argument()],
    shape: Shape,
    loud: Annotated[bool, typer.Option("--loud")] = False,
) -> None:
    """Draw a shape."""
    taken.append((name, shape, loud))


@pytest.fixture
def cli():
    taken.clear()
    one = typer.Typer(rich_markup_mode="markdown")
    one.command()(draw)
    return lambda *words: CliRunner().invoke(one, words, catch_exceptions=False)


def test_groups_are_made_of_their_options(cli):
    assert cli("it", "--colour", "red", "--width", "5", "--loud").exit_code == 0
    assert taken == [("it", Shape("red", Size(5, tall=False)), True)]


def test_an_option_without_a_default_is_needed(cli):
    assert "Missing option '--colour'" in cli("it").output
    assert taken == []


def test_limits_of_options_hold(cli):
    assert cli("it", "--colour", "red", "--width", "0").exit_code == 2


def test_help_has_a_heading_for_each_group(cli):
    said = cli("--help").output
    places = [said.index(text) for text in ("--loud", "Of what form", "--colour", "How large ")]
    assert places == sorted(places)
    assert "Draw a shape." in said


def test_every_option_of_a_run_but_help_is_below_a_heading():
    run = typer.main.get_command(app).commands["run"]
    options = [one for one in run.params if isinstance(one, click.Option) or one.opts[0][0] == "-"]
    assert len(options) > 20
    assert [one.name for one in options if not one.rich_help_panel] == []
