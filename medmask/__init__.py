"""Bone and soft-tissue masks for every scan of a folder."""

__version__ = "0.1.0"
