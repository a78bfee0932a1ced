"""Makes the answers of crawlers to forms: values that a field accepts, as it declares, and values that it refuses."""

from __future__ import annotations

import mimetypes
from datetime import datetime, timedelta
from random import Random

from bot.content.forms import (
    ChoiceField,
    Field,
    IntegerField,
    MomentField,
    TerritoryField,
    TextField,
    Upload,
    UploadField,
)
from bot.content.territories import territory_name
from bot.rehearsal.pictures import paper

_PLAUSIBLE = (
    "Une cuisine partagée",
    "c koi le code wifi ?",
    "Zoé",
    "Québec",
    "1999",
    "12",
    "3",
    "lundi 14h",
    "demain 9h",
    "dans 20 minutes",
    "ce soir 20h",
    "21 juin 2030 18:00",
    "https://example.org/inscription",
    "Salle 12",
    "14:00-15:30",
    "A, B, C",
    "culture",
    "FR",
    "Nous cherchons **trois** personnes, voir [la page](https://example.org).",
)
_ODD = (
    " ",
    "0",
    "-1",
    "99999999999999999999",
    "٣",
    "½",
    "<b>gras</b> &amp; `code` _souligné_ ](x) ||caché||",
    "\u202egauche à droite\u202c",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "e\u0301\u0301\u0301\u0301",
    "ligne 1\n\n\n\nligne 2",
    "@everyone <@1> #salon",
    "=1+1",
    "https://",
    "javascript:alert(1)",
    "30 février 25h",
    "\u2028\u2029\u00ad",
    "%s {name} %(x)s",
)
_PEOPLE = "ref,given_name,family_name,country,theme,locale\nR-0001,Zoé,Dupont,CA,culture,fr\nR-0999,Ali,,FR,,en\n"
_PROGRAMME = "clé;titre;salle;jour;début;fin;pour\nopening;Ouverture;Salle A;10 juin;9h;10h;\n"
_HUGE = ("x" * 3900, "mot " * 990, "é" * 1500, "ligne\n" * 650, "😀" * 1900)


_TERRITORIES = ("CA-QC", "FR", "DE", "CH", "SN")
_LANGUAGES = ("fr", "en", "de")
_FILES = {
    ".csv": (_PEOPLE.encode(), _PROGRAMME.encode(), b"\xff\xfe;;;\n", b""),
    ".ics": (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",),
    ".png": (paper("Idée"), b"\x89PNG\r\n\x1a\nrien"),
    ".pdf": (b"%PDF-1.4 rien",),
    ".xlsx": (b"PK\x03\x04 rien",),
    "\u202egpj.exe": (b"MZ",),
}
"""What files hold, by how their names end: what can be read, and what only looks like it."""


def fitting(field: Field, rng: Random, now: datetime) -> str | Upload:
    """Return a random answer that the field accepts, by its declared choices, bounds or file endings.

    `now` is the present time at the gathering.
    """
    match field:
        case ChoiceField(choices=choices):
            return rng.choice(choices).value
        case IntegerField(minimum=least, maximum=most):
            return str(rng.choice((least, most, rng.randint(least, most))))
        case MomentField(within=within):
            soon = min(within, rng.choice((timedelta(minutes=20), timedelta(days=1), timedelta(days=30), within)))
            return (now + soon).strftime("%Y-%m-%dT%H:%M")
        case TerritoryField():
            return territory_name(rng.choice(_TERRITORIES), rng.choice(_LANGUAGES))
        case UploadField(endings=endings):
            return file(rng.choice(endings), rng)
        case TextField(min_length=least, max_length=most):
            usual = [answer for answer in _PLAUSIBLE if least <= len(answer) <= most]
            longest = ("mot " * most)[: most - 1] + "x"
            return rng.choice(usual) if usual and rng.random() < 0.9 else rng.choice((longest, "x" * max(1, least)))
    return rng.choice(_PLAUSIBLE) if rng.random() < 0.7 else file(".png", rng)


def beyond(field: Field, rng: Random, now: datetime) -> str | Upload:
    """Return an answer just outside what the field allows, such as a text too long by one letter.

    A field that allows anything gets some odd answer. `now` is the present time at the gathering.
    """
    match field:
        case IntegerField(minimum=least, maximum=most):
            return str(rng.choice((least - 1, most + 1)))
        case MomentField(within=within):
            past = rng.choice((now - timedelta(days=1), now + within + timedelta(days=2)))
            return past.strftime("%Y-%m-%dT%H:%M")
        case UploadField(endings=endings):
            return file(rng.choice([ending for ending in _FILES if ending not in endings]), rng)
        case TextField(max_length=most):
            return "x" * (most + 1)
    return rng.choice(_ODD)


def answer(field: Field | None, rng: Random, now: datetime) -> str | Upload:
    """Return an answer to a field: usually an accepted one, sometimes one just outside its bounds, sometimes nonsense.

    `field` is None for an unknown question, `now` is the present time at the gathering.
    """
    kind = rng.random()
    if field is None or kind > 0.9:
        return words(rng)
    return fitting(field, rng, now) if kind < 0.75 else beyond(field, rng, now)


def words(rng: Random) -> str:
    """Return random words: plausible, odd or far too long."""
    kind = rng.random()
    return rng.choice(_PLAUSIBLE if kind < 0.6 else _ODD if kind < 0.9 else _HUGE)


def file(ending: str, rng: Random) -> Upload:
    """Return a file whose name has this ending."""
    media_type = mimetypes.guess_type(f"x{ending}")[0] or "application/octet-stream"
    content = rng.choice(_FILES.get(ending, (b"rien",)))
    return Upload(f"liste{ending}", content, picture=media_type.startswith("image/"), media_type=media_type)


def upload(rng: Random) -> Upload:
    """Return a random file to send unasked."""
    return file(rng.choice([*_FILES]), rng)
