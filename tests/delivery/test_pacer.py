"""How fast, and how soon again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from bot.content.features import features_of
from bot.content.platforms.record import Pace
from bot.delivery.pacer import Pacer
from bot.rehearsal.botapi import RateLimits
from bot.rehearsal.botapi.pace import RateLimiter
from bot.rehearsal.botapi.wire import ApiError
from tests.world import START

SECOND = timedelta(seconds=1)


def departures(pacer: Pacer, now: datetime, count: int, *, late: float = 0.0) -> Iterator[datetime]:
    """When messages leave, each for a chat of its own, a timer being `late` by some seconds."""
    for number in range(count):
        now = max(now, pacer.free_at() + timedelta(seconds=late))
        pacer.depart(f"chat {number}", now)
        yield now


def test_a_burst_never_exceeds_what_is_published() -> None:
    instants = list(departures(Pacer(features_of("telegram").pace), START, 300))
    for start in instants:
        assert sum(start <= at < start + SECOND for at in instants) <= 30


def test_a_late_timer_costs_nothing() -> None:
    *_, last = departures(Pacer(Pace(25)), START, 250, late=0.01)
    assert last - START < 10.1 * SECOND


def test_after_a_flood_error_it_is_slower_and_comes_back() -> None:
    pacer = Pacer(Pace(20))
    pacer.slow_down(START)
    pacer.hold(START + 3 * SECOND)
    pacer.slow_down(START + SECOND)  # those in flight say the same once more
    assert pacer.free_at() == START + 3 * SECOND
    assert pacer.rate == 14
    for _ in range(200):
        pacer.speed_up(START + 4 * SECOND)
    assert 17 < pacer.rate < 18  # what was too fast once is come back to slowly
    for _ in range(200):
        pacer.speed_up(START + 60 * SECOND)
    assert pacer.rate == 20


def sending(pacer: Pacer, messages: int, refuses: Callable[[int, datetime], bool]) -> tuple[float, int]:
    """Send messages, each to a chat of its own, and again for as long as `refuses` says so of one, by its number.

    Each refusal holds all for a second and a half, as the sender does. Returns how many seconds it took, and the number
    of refusals.
    """
    now, refused = START, 0
    for number in range(messages):
        while True:
            now = max(now, pacer.free_at())
            departure = pacer.depart(str(number), now)
            pacer.answered(departure, now)
            if not refuses(number, now):
                break
            pacer.slow_down(now)
            pacer.hold(now + 1.5 * SECOND)
            refused += 1
        pacer.speed_up(now)
    return (now - START).total_seconds(), refused


def test_floods_that_do_not_depend_on_the_rate_hold_nobody_up_without_end() -> None:
    """A thousand are alerted, and the platform refuses a tenth of the messages once, however slowly they are sent."""
    pacer, failed = Pacer(features_of("telegram").pace), set[int]()

    def refuses(number: int, _now: datetime) -> bool:
        fails = number % 10 == 9 and number not in failed
        failed.add(number)
        return fails

    took, refused = sending(pacer, 1_000, refuses)
    assert refused == 100
    assert took < 100 * 1.5 + 100  # the holds, and a third of Telegram's limit
    assert pacer.rate >= 29.4 / 3


def test_a_platform_whose_limit_is_lower_than_it_says_refuses_little() -> None:
    at: list[datetime] = []

    def refuses(_number: int, now: datetime) -> bool:
        """Take 24 messages in any second."""
        if len(at) >= 24 and now - at[-24] < SECOND:
            return True
        at.append(now)
        return False

    took, refused = sending(Pacer(features_of("telegram").pace), 3_000, refuses)
    assert refused <= 10
    assert 3_000 / took > 0.8 * 24


def test_yesterdays_flood_slows_nothing_down_today() -> None:
    pacer = Pacer(Pace(20))
    for minute in range(60):
        pacer.slow_down(START + 60 * minute * SECOND)
    for _ in range(400):
        pacer.speed_up(START + 86_400 * SECOND)
    assert pacer.rate == 20


def test_a_platform_that_takes_a_few_an_hour_is_never_sent_more() -> None:
    """A pace of less than a message a second, as of an e-mail provider, stays what it is at an error."""
    pacer = Pacer(Pace(0.1))
    pacer.slow_down(START)
    assert pacer.rate == pytest.approx(0.07)


def test_a_chat_may_have_a_few_at_once_then_one_a_second() -> None:
    pacer = Pacer(Pace(chat_per_second=1, chat_burst=3))
    for _ in range(3):
        assert pacer.chat_free_at("a") <= START
        pacer.depart("a", START)
    assert pacer.chat_free_at("a") == START + SECOND
    assert pacer.chat_free_at("b") <= START


def test_a_platform_without_limits_waits_for_nothing() -> None:
    assert set(departures(Pacer(Pace()), START, 5000)) == {START}


def test_what_arrived_late_is_not_followed_too_closely() -> None:
    """Thirty a second count from when they arrived: the first was stuck on its way for 30 ms."""
    pacer = Pacer(Pace(29.4))
    now, trip = START, timedelta(milliseconds=5)
    arrivals = []
    for number in range(200):
        now = max(now, pacer.free_at())
        departure = pacer.depart(f"chat {number}", now)
        late = timedelta(milliseconds=30) if number % 30 == 0 else timedelta()
        pacer.answered(departure, now + trip + late)
        arrivals.append(now + trip / 2 + late)
    for earlier, later in zip(sorted(arrivals), sorted(arrivals)[30:], strict=False):
        assert later - earlier >= SECOND


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    pacer = Pacer(Pace(20, chat_per_second=1.0))
    *_, last = departures(pacer, START, 40)
    pacer.hold_chat("chat 0", last + 9 * SECOND)
    assert not pacer.read_clock(last)
    earlier = last - 3600 * SECOND
    assert pacer.read_clock(earlier)
    assert pacer.free_at() - earlier < SECOND
    assert pacer.chat_free_at("chat 0") - earlier == 9 * SECOND
    *_, end = departures(pacer, earlier, 40)
    assert end - earlier < 3 * SECOND
    assert not pacer.read_clock(end)


def test_groups_on_telegram_are_told_by_their_ids_and_have_a_pace_of_their_own() -> None:
    telegram, discord = features_of("telegram").pace, features_of("discord").pace
    assert (telegram.of_chat("42"), telegram.of_chat("-42")) == (1.0, 16 / 60)
    assert [Pacer(pace).crowded("-42", START) for pace in (telegram, discord)] == [True, False]


def test_what_is_several_messages_waits_until_the_chat_may_get_all_of_them_and_counts_as_all() -> None:
    pacer = Pacer(Pace(29.4, chat_per_second=1, chat_burst=3))
    assert pacer.chat_free_at("a", 9) <= START
    pacer.depart("a", START)
    assert [pacer.chat_free_at("a", messages) - START for messages in (1, 2, 3, 6)] == [
        -SECOND,
        0 * SECOND,
        SECOND,
        4 * SECOND,
    ]
    pacer.depart("a", START + SECOND, 3)
    assert pacer.chat_free_at("a") == START + 2 * SECOND
    assert pacer.chat_spare_at("a", 2) == START + 4 * SECOND


def test_no_second_holds_more_messages_whatever_they_are_parts_of() -> None:
    pacer = Pacer(Pace(20))
    pacer.depart("a", START, 19)
    assert pacer.free_at() == START + 0.8 * SECOND
    assert pacer.free_at(2) == START + 1.02 * SECOND


def test_single_messages_do_not_take_the_room_that_several_wait_for() -> None:
    pacer = Pacer(Pace(20))
    *_, now = departures(pacer, START, 20)
    pacer.reserve(4)
    due = pacer.free_at(4)
    while now < due:
        assert pacer.free_at() > now  # what comes in between finds no room
        assert pacer.free_at(4) == due
        now += 0.01 * SECOND
    pacer.reserve(0)
    pacer.depart("several", now, 4)
    assert pacer.free_at() < now + SECOND


def test_an_answer_for_several_is_that_of_each() -> None:
    pacer = Pacer(Pace(20))
    departure = pacer.depart("a", START, 20)
    pacer.answered(departure, START + SECOND)
    pacer.answered(pacer.depart("b", START), START + 0.4 * SECOND)
    assert pacer.free_at() == START + 1.02 * SECOND
    pacer.read_clock(START)
    assert pacer.read_clock(START - 3600 * SECOND)
    assert pacer.free_at() == START - 3600 * SECOND + 1.02 * SECOND


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_sent_at_these_instants_telegram_takes(seed: int) -> None:
    """Texts and albums, to people and to a forum, in any order: the limits that are published hold."""
    chance, clock = random.Random(seed), [START]
    limits = RateLimiter(RateLimits(strict=True), lambda: clock[0].timestamp())
    pacer = Pacer(features_of("telegram").pace)
    refused = []
    for number in range(400):
        chat = chance.choice((-100, -100, -100, *range(1, 20)))
        messages = chance.choice((1, 1, 1, 2, 4, 5, 10))
        free_at = pacer.chat_spare_at if chance.random() < 0.2 else pacer.chat_free_at
        clock[0] = max(clock[0], pacer.free_at(messages), free_at(str(chat), messages))
        pacer.depart(str(chat), clock[0], messages)
        try:
            limits.charge(chat, 0.0, edit=False, messages=messages)
        except ApiError as error:
            refused.append((number, str(error)))
        clock[0] += chance.choice((0, 0, 0.3, 2)) * SECOND
    with pytest.raises(ApiError):  # it does refuse
        limits.charge(-100, 0.0, edit=False, messages=20)
    assert refused == []
