"""A volume and its layers to a picture in colour; nothing is read or written here."""

from medmask.overlay.blend import blend
from medmask.overlay.codes import CodeCurve, Coder
from medmask.overlay.compose import Layer, compose
from medmask.overlay.contact import MARGIN_PX, ContactSheet
from medmask.overlay.feather import feather
from medmask.overlay.film import film
from medmask.overlay.histogram_axis import LevelAxis, nice_ticks
from medmask.overlay.histogram_picture import Chosen, Other, histogram_picture
from medmask.overlay.histogram_text import Labelled, histogram_text
from medmask.overlay.layer import DEFAULT_LAYERS, LayerStyle, OverlayStyle, WindowLevel
from medmask.overlay.masked import masked_image
from medmask.overlay.montage import montage
from medmask.overlay.planes import planes_of
from medmask.overlay.review_layer import ReviewLayer, annotation_sheets, review_layers
from medmask.overlay.straight import Painted, blend_straight
from medmask.overlay.thumbnail import thumbnail
from medmask.overlay.tile import Subject
from medmask.overlay.window import choose_display, to_grey

__all__ = [
    "DEFAULT_LAYERS",
    "MARGIN_PX",
    "Chosen",
    "CodeCurve",
    "Coder",
    "ContactSheet",
    "Labelled",
    "Layer",
    "LayerStyle",
    "LevelAxis",
    "Other",
    "OverlayStyle",
    "Painted",
    "ReviewLayer",
    "Subject",
    "WindowLevel",
    "annotation_sheets",
    "blend",
    "blend_straight",
    "choose_display",
    "compose",
    "feather",
    "film",
    "histogram_picture",
    "histogram_text",
    "masked_image",
    "montage",
    "nice_ticks",
    "planes_of",
    "review_layers",
    "thumbnail",
    "to_grey",
]
