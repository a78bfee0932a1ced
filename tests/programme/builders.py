"""A programme for the tests: three days in June, some of it for one theme only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.config.settings import Settings
from tests.world import make_settings

DAY = "2027-06-10"
OPENING = {
    "key": "opening",
    "title": {"fr": "Ouverture", "en": "Opening", "de": "Eröffnung"},
    "place": {"fr": "Salle A", "en": "Room A"},
    "starts": f"{DAY}T09:00:00",
    "ends": f"{DAY}T10:00:00",
    "kind": "plenary",
}
WORKSHOP = {
    "key": "culture-1",
    "title": {"fr": "Atelier", "en": "Workshop"},
    "starts": f"{DAY}T10:30:00",
    "ends": f"{DAY}T12:00:00",
    "kind": "workshop",
    "audience": "theme:culture",
}
LUNCH = {
    "key": "lunch-1",
    "title": {"fr": "Déjeuner", "en": "Lunch"},
    "place": {"fr": "Cour"},
    "map": "https://osm.org/go/1",
    "starts": f"{DAY}T12:30:00",
    "ends": f"{DAY}T14:00:00",
    "kind": "meal",
}
BRIEFING = {
    "key": "briefing",
    "title": {"fr": "Réunion de l'équipe", "en": "Team briefing"},
    "starts": "2027-06-11T08:00:00",
    "ends": "2027-06-11T08:30:00",
    "audience": "organisers",
}
PLENARY = {
    "key": "plenary",
    "title": {"fr": "Plénière", "en": "Plenary"},
    "starts": "2027-06-12T14:00:00",
    "ends": "2027-06-12T17:00:00",
    "kind": "plenary",
}


def with_programme(*sessions: Mapping[str, object], **sections: Any) -> Settings:
    """Settings with these sessions, or all five; further `sections` as in config.toml."""
    return make_settings(
        **sections,
        organisers={"telegram": [900], "discord": [900]},
        sessions=list(sessions) or [OPENING, WORKSHOP, LUNCH, BRIEFING, PLENARY],
    )
