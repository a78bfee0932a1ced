"""What servers, robots and people say, in five languages: phrases.toml beside this module has it by meaning."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from pathlib import Path


def simplified(text: str) -> str:
    """Return a text in which words are looked for: small letters without accents, one space between words."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


_TABLES = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))


def _phrases(meaning: str) -> Sequence[str]:
    return [phrase.strip() for said in _TABLES[meaning].values() for phrase in said.split(",")]


def _any(meaning: str, after: str = "") -> re.Pattern[str]:
    """Return a pattern for any phrase with a meaning, at the beginning of a word; `after`: what follows it."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, _phrases(meaning)))}){after}")


FULL, CLOSED, POLICY, HARD, SOFT, DELAY = map(_any, ("full", "closed", "policy", "hard", "soft", "delay"))
RETURNED, READ, AWAY, ROBOT, ABSENT, INSTEAD = map(_any, ("returned", "read", "away", "robot", "absent", "instead"))
POLITE = _any("polite", after=r"(?![a-z0-9-])")
UNSUBSCRIBE = frozenset(_phrases("unsubscribe"))
DAEMON = re.compile(
    r"(?:mailer|mail)[-_.]?daemon|post[-_.]?master|^bounces?\b|^mail delivery|delivery (?:sub)?system|delivery service"
    r"|microsoftexchange|system ?administrator|administrateur systeme|mdaemon"
)
"""The name or the address of a program that sends mails back."""
TICKET = re.compile(
    r"[\[(#]?(?:ticket|case|request|demande|vorgang|anfrage|caso|richiesta|solicitud|incident)"
    r" ?(?:#|n°|nr\.?|no\.?|id|numero)? ?[:-]? ?#?[a-z]{0,4}-?\d{3,}"
)
NO_REPLY = re.compile(r"no[-_.]?reply|do[-_.]?not[-_.]?reply|ne[-_.]?pas[-_.]?repondre|nicht[-_.]?antworten")
