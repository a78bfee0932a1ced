"""The programme of the demo's gathering, as it would be in config.toml."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.rehearsal.contributions import Configuration, Rehearsal

_HALL = {"fr": "Grande salle", "en": "Great hall", "de": "Großer Saal"}
_COURT = {"fr": "Cour", "en": "Courtyard", "de": "Hof"}
_TOWN = {"fr": "Devant la gare", "en": "Outside the station", "de": "Vor dem Bahnhof"}

_DAYS: Sequence[Sequence[tuple[str, str, time, time, dict[str, str], dict[str, str]]]] = (
    (
        (
            "lunch",
            "meal",
            time(12, 30),
            time(13, 45),
            {"fr": "Déjeuner", "en": "Lunch", "de": "Mittagessen"},
            _COURT,
        ),
        (
            "together",
            "evening",
            time(19, 30),
            time(22, 0),
            {"fr": "Soirée de rencontre", "en": "Evening together", "de": "Abend zum Kennenlernen"},
            _COURT,
        ),
    ),
    (
        (
            "workshops",
            "workshop",
            time(9, 30),
            time(12, 0),
            {"fr": "Ateliers des groupes", "en": "The groups at work", "de": "Arbeit in den Gruppen"},
            {},
        ),
        (
            "visit",
            "visit",
            time(14, 30),
            time(17, 0),
            {"fr": "Visite de la ville", "en": "A walk through town", "de": "Gang durch die Stadt"},
            _TOWN,
        ),
    ),
    (
        (
            "results",
            "plenary",
            time(10, 0),
            time(12, 0),
            {"fr": "Restitution des groupes", "en": "What the groups found", "de": "Was die Gruppen gefunden haben"},
            _HALL,
        ),
        (
            "farewell",
            "meal",
            time(12, 30),
            time(14, 0),
            {"fr": "Repas d’au revoir", "en": "Farewell lunch", "de": "Abschiedsessen"},
            _COURT,
        ),
    ),
)


def configure(configuration: Configuration, moved: timedelta) -> None:
    """Move the sessions of config.example.toml by `moved`, and add the sessions of the gathering's three days.

    Each session gets a place, because a session of the example with a place counts as written by the team.
    """
    for session in configuration["sessions"]:
        session["place"] = _HALL
        for end in ("starts", "ends"):
            session[end] += moved
    first: date = configuration["gathering"]["starts"]
    configuration["sessions"] += [
        {
            "key": key,
            "title": title,
            "starts": datetime.combine(day, starts),
            "ends": datetime.combine(day, ends),
            "place": place,
            "kind": kind,
        }
        for later, sessions in enumerate(_DAYS)
        for day in [first + timedelta(days=later)]
        for key, kind, starts, ends, title, place in sessions
    ]


REHEARSAL = Rehearsal(configure=configure)
