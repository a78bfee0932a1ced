"""Defines private fields, in which organisers keep more about people than the list has, and reads their answers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from bot.content.errors import UserError
from bot.content.names import Named, clean, fold, shortened
from bot.content.roles import Role
from bot.content.texts import Listing, Localised, Name, _
from bot.files.sheets import key_of
from bot.people.roster_columns import ASKED, UNASKED

MOST_FIELDS = 50
"""How many fields there are at most."""
LONGEST_WORDS = 80
"""How many characters the name of a field has at most, and each of its options."""
LONGEST_ANSWER = 2000
"""How many characters an answer has at most."""
HEALTH = Role(
    "health",
    # L10N: a role: people who read who eats what, who needs which access, who is allergic to what
    _("Diet, access and allergies"),
    organisers_too=False,
)
"""The role of those who look after people's health, in the kitchen for instance."""


class AnswerKind(Enum):
    """The kind of answer to a field: a line of text, a number, a day, an option, or a line about health."""

    LINE = "line"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    HEALTH = "health"


_NAMES_HEALTH = (
    r"allerg|intoleran|unvertrag|gluten|lactos|laktos|arachid|erdnuss|peanut|vegetar|\bvegan|\bhalal|casher|kosher|koscher"
    r"|asthm|diabet|epilep|handicap|behinder|fauteuil roulant|wheelchair|rollstuhl|malentendant|malvoyant|\benceinte\b"
    r"|pregnan|schwanger"
)
"""Words that name nothing but somebody's health, needs or diet; they are also recognised inside German words."""
_SAYS_HEALTH = re.compile(
    rf"{_NAMES_HEALTH}|\b(regime|diet|alimenta|nourriture|repas\b|menu\b|meal|food|acces\b|access\b|accessib|disab"
    r"|fauteuil|mobilite reduite|reduced mobility|sante\b|health|medic|maladi|malade|patholog|soins?\b|vaccin|psych"
    r"|autis|adhd\b|tdah?\b|pmr\b|deaf|blind|sourd|aveugle|special needs|besoins? (particul|specif)|groupe sanguin"
    r"|blood|barriere|essen\b|essens|mahlzeit|kost\b|krank|blut|ernahrung)|ernahrung|gesundheit|krankheit|medikament"
    r"|blutgruppe|mobilitatseinschr|besondere bedurf"
)
_CELL_SAYS_HEALTH = re.compile(_NAMES_HEALTH)


def seems_about_health(words: str, cells: Iterable[str] = ()) -> bool:
    """Return whether a column of a list seems to be about health, by its heading or one of its `cells`.

    The organiser is then asked whether it is, before anybody reads the answers in this column.
    """
    return bool(_SAYS_HEALTH.search(fold(words))) or any(_CELL_SAYS_HEALTH.search(fold(cell)) for cell in cells)


def name_for(heading: str, others: Collection[str] = ()) -> str:
    """Return the name of the private field that stores a column of a list, made from the column's `heading`.

    The heading is shortened. If the name is in `others`, the names already in use, or means a column that the list of
    people has itself, a number is added.
    """
    name = shortened(clean(heading), LONGEST_WORDS - len(" (99)"))
    taken = [*map(key_of, others), *([key_of(name)] if is_of_the_list(name) else ())]
    number = 1
    while key_of(name if number == 1 else f"{name} ({number})") in taken:
        number += 1
    return name if number == 1 else f"{name} ({number})"


def is_of_the_list(heading: str) -> bool:
    """Return whether a heading, in any language, means a column that the list of people always has, such as a name."""
    return key_of(heading) in {key_of(each) for column in (*ASKED, *UNASKED) for each in column.headings.split(",")}


def field_key(field_id: int) -> str:
    """Return the key of a field among the columns of a table and the values in the journal: «f12»."""
    return f"f{field_id}"


@dataclass(frozen=True, slots=True)
class PersonField:
    """A private field: one thing that organisers store about each person, such as their diet.

    It has a kind, a name by language and, for a choice, its options in order. Organisers see the answers; answers about
    health are shown only to people with the role HEALTH.
    """

    id: int
    kind: AnswerKind
    words: Mapping[str, str]
    options: Sequence[str] = ()

    @property
    def about_health(self) -> bool:
        """Return whether the answers are about health, so that only people with the role HEALTH may read them."""
        return self.kind is AnswerKind.HEALTH

    @property
    def title(self) -> Localised:
        """Return the field's name in the reader's language."""
        return Localised(self.words)

    def is_called(self, words: str) -> bool:
        """Return whether `words` are the field's name in one of its languages, ignoring accents and capitals."""
        return fold(clean(words)) in map(fold, self.words.values())

    def read(self, typed: str) -> str:
        """Return a typed answer as it is stored: a number in digits, a day as 2004-11-28, an option as spelt.

        Returns '' for an empty answer. Raises UserError with the reason if the text is no answer to this field.
        """
        answer = clean(typed)
        if not answer:
            return ""
        if len(answer) > LONGEST_ANSWER:
            raise UserError(_("This is too long: {most} characters at most.", most=LONGEST_ANSWER))
        match self.kind:
            case AnswerKind.NUMBER:
                return _number(answer)
            case AnswerKind.DATE:
                return _day(answer)
            case AnswerKind.CHOICE:
                return self._option(answer)
            case AnswerKind.LINE | AnswerKind.HEALTH:
                return answer

    def _option(self, answer: str) -> str:
        for option in self.options:
            if fold(option) == fold(answer):
                return option
        raise UserError(
            _(
                "«{answer}» is not one of: {options}.",
                answer=Name(answer),
                options=Listing(tuple(map(Name, self.options))),
            )
        )


@dataclass(frozen=True, slots=True)
class AnsweringPerson(Named):
    """A person who has an answer to a field: their id, their `ref` (the number in the team's list) and names."""

    id: int
    ref: str
    given_name: str
    family_name: str


@dataclass(frozen=True, slots=True)
class SameAnswer:
    """An answer to a field in its most frequent spelling, and the ids of the people who gave this answer."""

    answer: str
    people: Sequence[int]

    @property
    def code(self) -> str:
        """Return the code that stands for the answer in buttons, so that buttons do not contain the answer itself."""
        return code_of(self.answer)


def code_of(answer: str) -> str:
    """Return a short digest of an answer, which does not depend on accents and capitals."""
    return hashlib.sha256(fold(answer).encode()).hexdigest()[:10]


def labelled_lines(typed: str, labels: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the label and the answer of each typed line such as «Diet: vegetarian».

    `labels` are the labels with which lines may begin, ignoring accents and capitals. Raises UserError for a line that
    begins with another word.
    """
    known = {fold(label): label for label in labels}
    for line in filter(None, map(clean, typed.splitlines())):
        for colon in re.finditer(":", line):
            if label := known.get(fold(clean(line[: colon.start()]))):
                yield label, clean(line[colon.end() :])
                break
        else:
            raise UserError(_("I do not know what «{line}» is about. Begin each line as it was.", line=Name(line[:80])))


_DAYS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[ T]00:00(?::00)?)?"),
    re.compile(r"(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2})[-/. ](?P<year>\d+)"),
)


def _day(answer: str) -> str:
    for form in _DAYS:
        if written := form.fullmatch(answer):
            year = written["year"]
            if len(year) != 4:
                raise UserError(_("The year «{year}» needs four digits, as in 28/11/2004.", year=Name(year[:80])))
            try:
                return date(int(year), int(written["month"]), int(written["day"])).isoformat()
            except ValueError:
                raise UserError(
                    _("«{answer}» is not in the calendar. Write the day before the month.", answer=Name(answer[:80]))
                ) from None
    raise UserError(_("«{answer}» is not a day. Write it like 28/11/2004.", answer=Name(answer[:80])))


def _number(answer: str) -> str:
    digits = answer.replace(" ", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?", digits):
        raise UserError(_("«{answer}» is not a number.", answer=Name(answer[:80])))
    return digits
