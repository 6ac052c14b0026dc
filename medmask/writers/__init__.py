"""Results to files, each written whole or not at all."""

from medmask.writers.atomic import write_atomically

__all__ = ["write_atomically"]
