"""A volume and its layers to a picture in colour; nothing is read or written here."""

from medmask.overlay.blend import blend
from medmask.overlay.compose import Layer, compose
from medmask.overlay.feather import feather
from medmask.overlay.histogram_picture import Chosen, Other, histogram_picture
from medmask.overlay.histogram_text import Labelled, histogram_text
from medmask.overlay.layer import DEFAULT_LAYERS, LayerStyle, OverlayStyle, WindowLevel
from medmask.overlay.masked import masked_image
from medmask.overlay.montage import montage
from medmask.overlay.thumbnail import thumbnail
from medmask.overlay.tile import Subject
from medmask.overlay.window import choose_display

__all__ = [
    "DEFAULT_LAYERS",
    "Chosen",
    "Labelled",
    "Layer",
    "LayerStyle",
    "Other",
    "OverlayStyle",
    "Subject",
    "WindowLevel",
    "blend",
    "choose_display",
    "compose",
    "feather",
    "histogram_picture",
    "histogram_text",
    "masked_image",
    "montage",
    "thumbnail",
]
