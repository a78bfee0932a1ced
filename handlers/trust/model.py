"""Trusted people and their conversations, emergency numbers, and safety checks («Are you safe?»)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from bot.content.names import Named, collation
from bot.content.texts import Person, Text, _
from bot.people.audiences import Audience

PHONE = re.compile(r"\+?[0-9][0-9 ().\-/]{4,24}")
"""What a telephone number looks like that somebody types."""
TRUSTED = "trust"
"""The key of the role of trusted people."""
MOST_TRUSTED = 3
"""The largest number of trusted people; people should know them by name."""
LONGEST = 2000
"""The largest number of characters in one message to or from a trusted person."""
MOST_KEPT = 200
"""How many messages of one person may be stored unsent in conversations."""
MOST_AN_HOUR = 20
"""How many messages one person can send to trusted people within an hour; further ones are stored unsent."""
WORDS_KEPT = timedelta(days=1)
"""For how long typed words wait until their writer chooses who gets them; then they are deleted."""
MOST_WAITING = 50
"""How many texts of one person, in each place, may wait at once until the person chooses who gets them."""
BY_LETTER = "letter"
"""The place of words that came by letter, used like a browser's id: anybody can write a letter in another's name."""
SHOWN_FOR = timedelta(hours=1)
"""How long a conversation with a trusted person stays readable in a chat before its words are hidden there."""

SECOND_ROUND = timedelta(minutes=5)
"""How long after the beginning of a check people who have not answered are asked a second time."""
HELP_TOLD_AGAIN = timedelta(minutes=2)
"""The pause after which organisers are told again that a person needs help; their list shows it at once."""
PLACES_KEPT = timedelta(days=1)
"""For how long the program stores the places that people send in a safety check."""
MOST_PLACES = 50
"""How many places of one person are stored for one safety check, the latest ones."""
MOST_PHOTOS = 20
"""How many photos of their place one person can send within an hour; photos are stored for about a day."""
LONGEST_PLACE = 1000
"""The largest number of characters in the description of one place; longer ones are cut off."""


@dataclass(frozen=True, slots=True)
class TrustedPerson(Named):
    """A trusted person, with the languages they speak and when they can be reached, both as an organiser typed them.

    `reachable` is False while messages reach none of the person's accounts.
    """

    id: int
    given_name: str
    family_name: str
    languages: str
    hours: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation of an author with a trusted person.

    `trusted_id` is None if nobody reads it any more, because the trusted person lost the role or left. In an
    `anonymous` conversation, the trusted person never learns who the author (`author_id`) is. A `closed` conversation
    is read only by the trusted person, and nobody can write in it: its author got a new invitation, with which somebody
    else might enter as the author.
    """

    id: int
    author_id: int
    trusted_id: int | None
    anonymous: bool
    closed: bool
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class TrustMessage:
    """A message in a conversation with a trusted person, by the author or a (perhaps former) trusted person.

    A message that is not `sent` is stored until it can be sent. `browser` is the id of the unconfirmed browser in which
    it was written, '' for any other place.
    """

    writer_id: int
    words: str
    sent: bool
    browser: str = ""


Answer = Literal["", "safe", "help"]
"""The last answer of a person to «Are you safe?», '' for none yet."""


@dataclass(frozen=True, slots=True)
class SafetyCheck:
    """A safety check: organisers ask an audience «Are you safe?», at most twice.

    A `drill` is an exercise: nothing has happened, and every message says so. `author_id` is the organiser who began
    the check, None once they were erased. `second_round_at` is when people without an answer were asked again,
    `closed_at` when an organiser closed the check; both are None before that.
    """

    id: int
    author_id: int | None
    audience: Audience
    drill: bool
    begun_at: datetime
    second_round_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Absence:
    """A mark of the attendance: somebody was not there in a half of the day, the `afternoon` or else the morning.

    `by` is who marked it, None if they were erased since, and `at` when.
    """

    afternoon: bool
    by: Person | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckedPerson(Named):
    """A person on the list of a safety check, with their last answer, and whether somebody saw them safe.

    - `help_at` is when they first asked for help since they were last seen safe; None if they never asked. It is kept
      even if they say later that they are safe.
    - `browser` holds the ids of unconfirmed browsers, separated by blanks, if they asked for help only there; '' if
      they asked elsewhere.
    - `phone` is the number they left for emergencies, '' for none. With `phone_unsure`, only unconfirmed browsers left
      numbers, and `phone` holds all of these.
    - `reachable` says whether any message can reach them.
    - `joined` says whether they have joined the bot; people who have not were not asked.
    - `seen_at` is when somebody marked them as seen and safe, None for no mark. `seen_by` is the id of the person who
      did, None if that person was erased, and `marker` their name.
    - `absence` says that the attendance of that day had them as absent last; None if it had not.
    """

    id: int
    given_name: str
    family_name: str
    answer: Answer
    answered_at: datetime | None
    help_at: datetime | None
    phone: str
    reachable: bool
    phone_unsure: bool = False
    browser: str = ""
    joined: bool = True
    seen_at: datetime | None = None
    seen_by: int | None = None
    marker: str = ""
    absence: Absence | None = None

    @property
    def browsers(self) -> Sequence[str]:
        """The ids of the unconfirmed browsers if the person asked for help only there; none if they asked elsewhere."""
        return self.browser.split()

    @property
    def needs_help(self) -> bool:
        """Whether the person asked for help last, and nobody has seen them safe since.

        A request in an unconfirmed browser counts also where the person said before that they are safe.
        """
        if self.answer == "help":
            return not (self.seen_at and self.answered_at and self.seen_at >= self.answered_at)
        return any(map(self.cried_in, self.browsers))

    def cried_in(self, browser: str) -> bool:
        """Return whether a request for help that the person made in an unconfirmed browser (an id) still stands.

        An earlier answer of the person that they are safe does not end it.
        """
        if browser not in self.browsers or self.help_at is None:
            return False
        later = (self.seen_at, self.answered_at if self.answer == "safe" else None)
        return all(at is None or at < self.help_at for at in later)

    def asked_for_help_in(self, browser: str) -> bool:
        """Return whether a request for help from this unconfirmed browser or, for '', from elsewhere still stands."""
        return self.needs_help and (not self.browsers or browser in self.browsers)

    @property
    def is_safe(self) -> bool:
        """Whether the person said that they are safe, or was seen safe, and does not need help now."""
        return not self.needs_help and (self.answer == "safe" or self.seen_at is not None)

    @property
    def is_silent(self) -> bool:
        """Whether nothing is known of the person: neither an answer nor a mark."""
        return not self.answer and self.seen_at is None

    @property
    def is_absent(self) -> bool:
        """Whether nothing is known of the person, except that the attendance of that day has them as absent."""
        return self.is_silent and self.absence is not None

    @property
    def is_missing(self) -> bool:
        """Whether nothing is known of the person, who may have been there."""
        return self.is_silent and self.absence is None


def in_order(people: Iterable[CheckedPerson]) -> Sequence[CheckedPerson]:
    """Return people by name: first the missing, then people who need help, who were absent, and who are safe."""

    def order(person: CheckedPerson) -> tuple[int, object, int]:
        rank = 0 if person.is_missing else 1 if person.needs_help else 2 if person.is_absent else 3
        return rank, collation(person.full_name), person.id

    return sorted(people, key=order)


WITHOUT_GROUP, NOT_JOINED = "none", "invited"
"""The keys, in buttons, of the lists of people without a group: those who joined, and those who did not."""


@dataclass(frozen=True, slots=True)
class SafetyGroup:
    """The people of one group on the list of a safety check, or the people without a group.

    `key` stands for the group in buttons: its id in digits, or a word for people without a group. `room` is '' for
    none.
    """

    key: str
    title: Text
    room: str
    people: Sequence[CheckedPerson]

    @property
    def safe(self) -> int:
        """How many of the people are safe."""
        return sum(person.is_safe for person in self.people)

    @property
    def in_need(self) -> int:
        """How many of the people need help."""
        return sum(person.needs_help for person in self.people)

    @property
    def absent(self) -> int:
        """How many of the people were absent according to the attendance, and have not been heard of."""
        return sum(person.is_absent for person in self.people)

    @property
    def is_complete(self) -> bool:
        """Whether all of the group's people are safe, or were absent."""
        return self.safe + self.absent == len(self.people)


@dataclass(frozen=True, slots=True)
class SafetyList:
    """The list of a safety check as one reader may see it, group by group.

    `left_out` is how many people of the gathering, or for a facilitator of their groups, are not on the list because
    the check did not ask them.
    """

    groups: Sequence[SafetyGroup]
    left_out: int

    @property
    def people(self) -> Sequence[CheckedPerson]:
        """Everybody on the list."""
        return [person for group in self.groups for person in group.people]

    @property
    def missing(self) -> int:
        """The number of people who may have been there, and of whom nothing is known."""
        return sum(person.is_missing for person in self.people)

    @property
    def in_need(self) -> int:
        """How many people need help."""
        return sum(person.needs_help for person in self.people)


@dataclass(frozen=True, slots=True)
class SaidPlace:
    """What a person sent to say where they are: `words` ('' for none), a location, a `photo`, or several of these.

    `latitude` and `longitude` are in degrees, None without a location. `photo` is the digest of a picture of the
    `media_type`, '' for none. `id` is 0 before the place is stored. `browser` is the id of the unconfirmed browser in
    which the place was sent, '' for any other place.
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
    """An emergency number as it is dialled, and who answers there (`whom`)."""

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

The list of existing numbers is from the metadata of short numbers in libphonenumber 9.0.43 (Google, kept up to date
with each country's numbering plan); `tests/trust/test_emergency_numbers.py` holds the patterns. The purpose of each
number is from the services themselves: service-public.gouv.fr (112, 15, 17, 18, 114), 3114.fr,
arretonslesviolences.gouv.fr (3919), 112.be, ch.ch, 112.public.lu, 988.ca, and telefonseelsorge.de (116 123). Organisers
should check the numbers of their country before each gathering.
"""
