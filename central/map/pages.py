"""The pages of central.map."""

from central.map import data_views, live_views, open_views, place_views, quick
from central.web.console import OpenPage, Page

begin = quick.begin

PAGES: tuple[Page, ...] = (
    Page("/map/live", "map_live", live_views.page, None, menu="map.live_menu"),
    Page("/map/live/events", "map_live_events", live_views.events, None),
)
OPEN: tuple[OpenPage, ...] = (
    OpenPage("/map", "map_open", open_views.page),
    OpenPage("/map/list", "map_list", open_views.list_page),
    OpenPage("/map/embed", "map_embed", open_views.embed_page),
    OpenPage("/map/snapshot.json", "map_snapshot", data_views.snapshot),
    OpenPage("/map/places/<province>.json", "map_places", data_views.province),
    OpenPage("/map/place/<venue>", "map_place", place_views.page),
    OpenPage("/map/place/<venue>.json", "map_place_json", place_views.as_json),
    OpenPage("/map/open", "map_data", data_views.page),
    OpenPage("/map/open/places.csv", "map_places_csv", data_views.places_csv),
    OpenPage("/map/open/places.geojson", "map_places_geojson", data_views.places_geojson),
    OpenPage("/map/open/history.csv", "map_history_csv", data_views.history_csv),
)
