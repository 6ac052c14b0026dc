"""The version, in the one place that all read."""

__version__ = "0.1.0"
