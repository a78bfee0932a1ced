"""What people answer: plausible, empty, huge and odd words, and files of every kind."""

from __future__ import annotations

import re
from random import Random

from bot.content.forms import Upload
from bot.rehearsal.pictures import paper

_PLAUSIBLE = (
    "Une cuisine partagée",
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
_LIST = "ref,given_name,family_name,country,theme,locale\nR-0001,Zoé,Dupont,CA,culture,fr\nR-0999,Ali,,FR,,en\n"
_PROGRAMME = "clé;titre;salle;jour;début;fin;pour\nopening;Ouverture;Salle A;10 juin;9h;10h;\n"
_HUGE = ("x" * 3900, "mot " * 990, "é" * 1500, "ligne\n" * 650, "😀" * 1900)


_FITTING = (
    ("territoire|territory|gebiet|land|pays", "Québec"),
    ("naissance|birth|geburt", "1999"),
    ("quand|when|wann|heure|hour|uhr|jusqu|until|bis|échéance|deadline|frist|fin |end|date", "demain 9h"),
    ("adresse|address|lien|link|https", "https://example.org/inscription"),
    ("combien|how many|wie viele|places|plätze|minutes|minuten|nombre|number", "12"),
)
"""What answers a question that has one of these words in it, in whatever language."""


def words(rng: Random, asked: str = "") -> str:
    """Something to type: mostly what fits the question, sometimes nothing that could."""
    kind = rng.random()
    if kind < 0.55:
        fitting = [answer for pattern, answer in _FITTING if re.search(pattern, asked, re.IGNORECASE)]
        return rng.choice(fitting or _PLAUSIBLE)
    return rng.choice(_PLAUSIBLE if kind < 0.7 else _ODD if kind < 0.93 else _HUGE)


def upload(rng: Random) -> Upload:
    """Something to send."""
    return rng.choice(
        (
            Upload("photo.png", paper("Idée"), picture=True, media_type="image/png"),
            Upload("cassée.png", b"\x89PNG\r\n\x1a\nrien", picture=True, media_type="image/png"),
            Upload("liste.csv", _LIST.encode(), media_type="text/csv"),
            Upload("programme.csv", _PROGRAMME.encode(), media_type="text/csv"),
            Upload("liste.xlsx", b"PK\x03\x04 rien", media_type="application/octet-stream"),
            Upload("programme.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", media_type="text/calendar"),
            Upload("notes.pdf", b"%PDF-1.4 rien", media_type="application/pdf"),
            Upload("\u202egpj.exe", b"MZ", media_type="application/octet-stream"),
        )
    )
