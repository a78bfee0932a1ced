"""The expected messages of a rehearsal: what was due beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.content.texts import Reader, _, _n
from bot.rehearsal.chat_driver import Received
from bot.rehearsal.expected_messages import GAP, MANY, ExpectedMessage, ExpectedMessages

LUNCH = ExpectedMessage("lunch", ("Lunch at", "room A"))
NOON = datetime(2027, 6, 10, 10, tzinfo=UTC)


@dataclass(eq=False)
class Ear:
    """Someone who hears."""

    name: str = "Zoé"
    reader: Reader = field(default_factory=lambda: Reader("en", "Europe/Paris"))
    zone: str = "Europe/Paris"
    received: Sequence[Received] = field(default_factory=tuple)

    def zone_at(self, _instant: datetime) -> str:
        return self.zone

    def hears(self, *texts: str, asked: bool = False, at: datetime = NOON) -> Ear:
        self.received = [Received(str(n), text, text, asked, at) for n, text in enumerate(texts)]
        return self


def found(ear: Ear, mark: ExpectedMessage, times: int = 1) -> list[str]:
    expected = ExpectedMessages()
    expected.due([ear], mark, times)
    return list(expected.differences([ear]))


def test_what_did_not_come_once_is_told() -> None:
    assert found(Ear().hears("Lunch at \u2068noon\u2069, room\u00a0A"), LUNCH) == []
    assert found(Ear().hears(), LUNCH) == ["Zoé: lunch: due 1, came 0"]
    assert found(Ear().hears(*["Lunch at noon, room A"] * 2), LUNCH) == ["Zoé: lunch: due 1, came 2"]


def test_what_came_to_someone_else_is_told() -> None:
    assert found(Ear().hears("Lunch at noon, room A"), LUNCH, 0) == ["Zoé: lunch: due 0, came 1"]


def test_what_nobody_was_to_say_is_told_unless_it_is_an_answer() -> None:
    assert found(Ear().hears("Hello"), LUNCH, 0) == ["Zoé: nobody was to say «Hello»"]
    assert found(Ear().hears("Hello", asked=True), LUNCH, 0) == []


def test_what_platforms_write_in_their_own_way_is_left_open() -> None:
    until = ExpectedMessage("until", (_("You can change it until {deadline}.", deadline=GAP),))
    assert found(Ear().hears("You can change it until 3 June, noon."), until) == []
    assert found(Ear().hears("You cannot change it since 3 June."), until)[0] == "Zoé: until: due 1, came 0"


def test_any_number_will_do_in_the_plural_and_in_the_singular() -> None:
    one, many = (_n("{count} idea", "{count} ideas", count) for count in (1, MANY))
    ideas = ExpectedMessage("ideas", (many,), (one,))
    assert [bool(found(Ear().hears(words), ideas)) for words in ("1 idea", "12 ideas", "no idea")] == [
        False, False, True,
    ]  # fmt: skip


def test_a_message_that_was_pressed_counts_as_it_came_and_a_corrected_one_as_it_reads() -> None:
    ear = Ear()
    ear.received = [Received("1", "Lunch at one, room A", "Lunch at noon, room A", False)]
    marks = [ExpectedMessage("lunch", (word,), now=now) for word in ("noon", "one") for now in (False, True)]
    assert [bool(found(ear, mark)) for mark in marks] == [False, True, True, False]


def test_what_came_by_itself_is_counted_by_day_and_kind() -> None:
    ear, expected = Ear().hears("Lunch at noon, room A"), ExpectedMessages()
    expected.due([ear], ExpectedMessage("lunch", LUNCH.words, kind="a meal"))
    expected.begin_day([ear])
    heard = [Received(f"new {n}", words, words, asked) for n, (words, asked) in enumerate(_HEARD)]
    ear.received = [*ear.received, *heard[:1]]
    expected.begin_day([ear])
    ear.received = [*ear.received, *heard[1:]]
    assert expected.kinds_by_day(ear) == [{"a meal": 1}, {"a meal": 1, "other": 1}]


_HEARD = (
    ("Lunch at one, room A", False),
    ("Lunch at two, room A", False),
    ("Hello", False),
    ("Lunch at three, room A", True),
)


def test_what_goes_to_many_and_comes_at_night_is_told() -> None:
    mark = ExpectedMessage("lunch", LUNCH.words, by_day=True)
    assert found(Ear().hears("Lunch at noon, room A"), mark) == []
    asleep = Ear(zone="America/Montreal").hears("Lunch at noon, room A")
    assert found(asleep, mark) == ["Zoé: lunch: came at night, at 10:00 UTC"]
