"""Help of options that take no value."""

import pytest
from typer.testing import CliRunner

from medmask.cli.app import app

COMMANDS = ["run", "inspect", "convert", "blend", "report", "audit-phi", "status"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_asks_for_no_value_of_a_flag(command):
    said = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "120"}).output
    lines = [line for line in said.splitlines() if "--" in line and "--help" not in line]
    assert lines
    assert not [line for line in lines if "<bool>" in line]
