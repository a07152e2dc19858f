"""What a template needs to show a map."""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _


def shown(area: str) -> dict[str, str]:
    """Addresses and texts of a map of that area: data attributes of ``ui``'s place picker and of any other map."""
    return {
        "areas_url": reverse("map-areas", args=[area]),
        "style_url": settings.MAP_STYLE,
        "texts": json.dumps(
            {
                "Map.Title": _("Map"),
                "Marker.Title": _("Pin"),
                "NavigationControl.ZoomIn": _("Zoom in"),
                "NavigationControl.ZoomOut": _("Zoom out"),
                "AttributionControl.ToggleAttribution": _("Sources of the map"),
            },
            ensure_ascii=False,
        ),
    }
