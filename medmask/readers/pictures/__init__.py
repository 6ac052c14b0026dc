"""Pictures: PNG, JPEG, TIFF, alone or as the slices of a stack."""

from medmask.readers.pictures.image import inspect_pictures, read_pictures

__all__ = ["inspect_pictures", "read_pictures"]
