"""The canvas component for two seals, and how Python feeds it.

A page that uses it needs three things: the script (`component_modules` linked with the page's own
by `link`, or served file by file), the stylesheet (`component_style`), and the data (`seal_data`).
The component's interface is described in `web/types.d.ts`.
"""

from seal_service.viewer.layers import Arrow, FoldMarks, LayerError, SealLayers, seal_data
from seal_service.viewer.linker import LinkError, link
from seal_service.viewer.pictures import photo_uri
from seal_service.viewer.sources import component_modules, component_style

__all__ = [
    "Arrow",
    "FoldMarks",
    "LayerError",
    "LinkError",
    "SealLayers",
    "component_modules",
    "component_style",
    "link",
    "photo_uri",
    "seal_data",
]
