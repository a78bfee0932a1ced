"""Practical information for the tests."""

from __future__ import annotations

from typing import Any

WIFI = {
    "key": "wifi",
    "title": {"fr": "Wifi", "en": "Wifi", "de": "WLAN"},
    "text": {"fr": "Réseau **halles**, mot de passe à l'accueil.", "en": "Network **halles**, password at the desk."},
}
PLACE = {
    "key": "address",
    "title": {"fr": "Adresse et accès", "en": "Address and directions"},
    "text": {"fr": "Métro **Riquet**, ligne 7."},
    "address": "6, rue des Halles, Paris",
    "map": "48.8897, 2.3711",
    "link": "https://halles.example.org/venir",
    "link_label": "Venir",
}
TEAM: dict[str, Any] = {"organisers": {"telegram": [900, 901]}, "practical": [PLACE, WIFI]}
"""Sections of config.toml: two organisers, and two sections of practical information."""
