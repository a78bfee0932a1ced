"""Persons of trust, the numbers to call in an emergency, and the check whether everybody is safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from bot.content.names import Named
from bot.content.texts import Text, _
from bot.people.audiences import Audience

TRUSTED = "trust"
"""The key of the role of persons of trust."""
MOST_TRUSTED = 3
"""How many persons of trust there are at most: people should know them by name."""
LONGEST = 2000
"""The most characters of one message to or from a person of trust."""
MOST_KEPT = 200
"""How many messages of one person may wait in conversations without being sent."""
MOST_AN_HOUR = 20
"""How many messages one person can send to persons of trust within an hour; further ones are kept, unsent."""
WORDS_KEPT = timedelta(days=1)
"""How long words wait until their writer says what they are."""
MOST_WAITING = 50
"""How many texts of one person may wait until they say what these are."""
SHOWN_FOR = timedelta(hours=1)
"""How long a conversation with a person of trust stays readable in a chat before its words are hidden there."""

SECOND_ROUND = timedelta(minutes=5)
"""How long after a check began the people who have not answered are asked a second time."""
HELP_TOLD_AGAIN = timedelta(minutes=2)
"""How long organisers, told that somebody needs help, are not told the same again; their list says it at once."""
PLACES_KEPT = timedelta(days=1)
"""How long it is kept where people said that they are."""
MOST_PLACES = 50
"""How many places of one person in one check are kept: the latest."""
MOST_PHOTOS = 20
"""How many photos one person can send within an hour to show where they are: each is stored for a day or so."""
LONGEST_PLACE = 1000
"""The most characters of one place in words; of more, the beginning is kept."""


@dataclass(frozen=True, slots=True)
class TrustedPerson(Named):
    """A person of trust: which languages they speak and when they can be reached, in words of the organisers."""

    id: int
    given_name: str
    family_name: str
    languages: str
    hours: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with a person of trust.

    `trusted_id` is None once the person of trust was revoked or has left. `anonymous` says that they are never told who
    writes (`author_id`). A `closed` one is read by the person of trust alone, and nobody writes in it any more: its
    author was given a new invitation, by which somebody else might come in as them.
    """

    id: int
    author_id: int
    trusted_id: int | None
    anonymous: bool
    closed: bool
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class TrustMessage:
    """One message of a conversation with a person of trust, written by its author or by a person of trust.

    After a conversation was handed on, that may be another one than the present. One that is not `sent` was kept for
    its writer, because it could not be sent. `browser` is the id of the new browser in which it was written while its
    owner had not confirmed that, '' for any other place.
    """

    writer_id: int
    words: str
    sent: bool
    browser: str = ""


Answer = Literal["", "safe", "help"]
"""What somebody answered last to «Are you safe?»; '' for nothing yet."""


@dataclass(frozen=True, slots=True)
class SafetyCheck:
    """One round of «Are you safe?» to an audience. In a `drill` nothing has happened, and every message says so.

    `author_id` is the organiser who began it, None once they were erased. `second_round_at` is when people without an
    answer were asked again, `closed_at` when an organiser closed the check; None before.
    """

    id: int
    author_id: int | None
    audience: Audience
    drill: bool
    begun_at: datetime
    second_round_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckedPerson(Named):
    """One person whom a check asked, with the last answer.

    `help_at` is when they first said that they need help, None if they never did: it stays when they say later that
    they are safe. `phone` is the number they left for emergencies, '' for none. `reachable` is whether a message can
    reach them at all. `browser` is the id of the new browser in which they asked for help while its owner had not
    confirmed it, '' for any other place; `phone_browser` is the one in which the number was left.
    """

    id: int
    given_name: str
    family_name: str
    answer: Answer
    answered_at: datetime | None
    help_at: datetime | None
    phone: str
    reachable: bool
    browser: str = ""
    phone_browser: str = ""


@dataclass(frozen=True, slots=True)
class SaidPlace:
    """One time that somebody said where they are: in `words` ('' for none), as degrees, by a `photo`, or by several.

    `latitude` and `longitude` are None where no location was sent; `photo` is the digest of a picture, with its media
    type, '' for none. `id` is 0 for a place that is not stored yet. `browser` is the id of the new browser in which it
    was said while its owner had not confirmed that, '' for any other place.
    """

    participant_id: int
    words: str
    latitude: float | None
    longitude: float | None
    photo: str
    said_at: datetime
    media_type: str = ""
    id: int = 0
    browser: str = ""


# --- the numbers to call

# L10N: whom one calls on an emergency number
POLICE = _("police")
AMBULANCE = _("ambulance")
FIRE = _("fire brigade")
EVERYTHING = _("any emergency")
AMBULANCE_AND_FIRE = _("ambulance, fire brigade")
GENDARMES = _("gendarmerie")
BY_TEXT = _("by text message, if you cannot hear or speak")
SUICIDE = _("suicide prevention")
VIOLENCE = _("violence against women")
TALK = _("someone to talk to")


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """A number to call, as it is dialled, and whom one reaches there."""

    number: str
    whom: Text


def _numbers(*pairs: tuple[str, Text]) -> Sequence[EmergencyNumber]:
    return tuple(EmergencyNumber(number, whom) for number, whom in pairs)


EMERGENCY_NUMBERS: Mapping[str, Sequence[EmergencyNumber]] = MappingProxyType(
    {
        "FR": _numbers(
            ("112", EVERYTHING),
            ("15", AMBULANCE),
            ("17", POLICE),
            ("18", FIRE),
            ("114", BY_TEXT),
            ("3114", SUICIDE),
            ("3919", VIOLENCE),
        ),
        "BE": _numbers(("112", AMBULANCE_AND_FIRE), ("101", POLICE), ("107", TALK)),
        "CH": _numbers(("112", EVERYTHING), ("144", AMBULANCE), ("117", POLICE), ("118", FIRE), ("143", TALK)),
        "LU": _numbers(("112", AMBULANCE_AND_FIRE), ("113", POLICE)),
        "MC": _numbers(("112", EVERYTHING), ("15", AMBULANCE), ("17", POLICE), ("18", FIRE)),
        "CA": _numbers(("911", EVERYTHING), ("988", SUICIDE)),
        "DE": _numbers(("112", AMBULANCE_AND_FIRE), ("110", POLICE), ("116 123", TALK)),
        "SN": _numbers(("17", POLICE), ("18", FIRE), ("1515", AMBULANCE)),
        "CI": _numbers(("110", POLICE), ("111", POLICE), ("180", FIRE)),
        "ML": _numbers(("15", AMBULANCE), ("17", POLICE), ("18", FIRE)),
        "BF": _numbers(("17", POLICE), ("18", FIRE)),
        "BJ": _numbers(("112", AMBULANCE), ("117", POLICE), ("118", FIRE)),
        "TG": _numbers(("117", POLICE), ("118", FIRE)),
        "NE": _numbers(("15", AMBULANCE), ("17", POLICE), ("18", FIRE)),
        "CM": _numbers(("117", POLICE), ("113", GENDARMES)),
        "CG": _numbers(("117", POLICE), ("118", FIRE)),
        "MG": _numbers(("117", POLICE), ("118", FIRE)),
        "MA": _numbers(("19", POLICE), ("177", GENDARMES), ("15", AMBULANCE_AND_FIRE)),
        "TN": _numbers(("190", AMBULANCE), ("197", POLICE), ("198", FIRE)),
        "DZ": _numbers(("17", POLICE), ("14", AMBULANCE_AND_FIRE)),
        "HT": _numbers(("114", POLICE)),
        "LB": _numbers(("112", POLICE), ("140", AMBULANCE), ("175", FIRE)),
        "DJ": _numbers(("17", POLICE), ("18", FIRE)),
        "TD": _numbers(("17", POLICE), ("18", FIRE)),
    }
)
"""The numbers to call in an emergency, by the code of the country.

Which numbers exist is from the metadata of short numbers in libphonenumber 9.0.43 (Google, kept up to date with each
country's numbering plan); `tests/trust/test_emergency_numbers.py` holds the patterns. What each number is for is said
by the services themselves: service-public.gouv.fr (112, 15, 17, 18, 114), 3114.fr, arretonslesviolences.gouv.fr (3919),
112.be, ch.ch, 112.public.lu, 988.ca, and of 116 123 by telefonseelsorge.de. Organisers should check the numbers of
their country before each gathering.
"""
