"""The command line: one file a command; heavy modules are imported where they are used."""

from medmask.cli.app import main

__all__ = ["main"]
