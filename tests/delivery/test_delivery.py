"""What leaves, when, to whom, and what becomes of what does not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.reasons import Reason
from bot.content.texts import Link, Localised, Reader, _
from bot.content.views import File, Picture, View, as_read
from bot.database.engine import Store
from bot.delivery import delivery_store, outbox
from tests.delivery.rig import Rig
from tests.engines import on_one_engine
from tests.world import START, make_settings


@pytest.fixture
def rig(store: Store) -> Rig:
    """On Telegram and Discord, once per engine."""
    return Rig(store, "telegram", "discord")


async def test_what_waits_is_sent_once_and_its_id_is_kept(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoé", "telegram:1"), await rig.person("Ali", "discord:2")
    await rig.tell(zoe, "Welcome")
    async with rig.running():
        await rig.tell(ali, "Hello", telling=outbox.Telling.ANSWER)
        await rig.passes(1)
    async with rig.running(rig.program().run):
        await rig.passes(60)
    assert rig["telegram"].texts == ["Welcome"]
    assert rig["discord"].texts == ["Hello"]
    rows = await rig.store.read(lambda tx: tx.all("SELECT state, native_id FROM deliveries ORDER BY id"))
    assert [(row["state"], row["native_id"]) for row in rows] == [("sent", "telegram-1"), ("sent", "discord-1")]


async def test_urgent_overtakes_and_the_rest_keeps_its_order(rig: Rig) -> None:
    people = [await rig.person(f"P{number}", f"telegram:{number}") for number in range(12)]
    for number, person in enumerate(people):
        await rig.tell(person, f"news {number}")
    await rig.tell(people[5], "now", telling=outbox.Telling.PRESSING_NEWS)
    async with rig.running():
        await rig.passes(3)
    assert rig["telegram"].texts == ["now", *(f"news {number}" for number in range(12))]


@on_one_engine
async def test_it_stays_under_the_limits_in_all_and_in_a_chat(rig: Rig) -> None:
    people = [await rig.person(f"P{number}", f"telegram:{number}") for number in range(60)]
    for person in people[1:]:
        await rig.tell(person, "news")
    await rig.tell(people[0], *"abcdef")
    async with rig.running():
        await rig.passes(10)
    instants = [message.at for message in rig["telegram"].arrived]
    assert len(instants) == 65
    assert max(sum(start <= at < start + 1 for at in instants) for start in instants) <= 30
    assert instants[59] < 2.5  # and not far under them
    chat = [message for message in rig["telegram"].arrived if message.chat == "0"]
    assert [message.text for message in chat] == [*"abcdef"]
    assert [round(message.at - chat[2].at) for message in chat] == [0, 0, 0, 1, 2, 3]


def album(messages: int, words: str) -> View:
    return View((words,), attachments=(Picture(b"png", ""),) * messages)


async def put(rig: Rig, person: int, view: View, *, urgent: bool = False) -> None:
    telling = outbox.Telling.PRESSING_NEWS if urgent else outbox.Telling.NEWS
    await rig.change(outbox.notify, person, view, rig.clock.now(), telling)
    rig.delivery.wake()


@on_one_engine
async def test_what_is_several_messages_counts_as_all_and_is_overtaken_by_what_is_urgent_alone(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    for view in (album(1, "a"), album(4, "album"), album(1, "b"), album(2, "pair"), album(1, "c")):
        await put(rig, zoe, view)
    async with rig.running():
        await rig.passes(1.2)
        await put(rig, zoe, album(1, "help"), urgent=True)
        await rig.passes(20)
    assert [(message.text, message.at) for message in rig["telegram"].arrived] == [
        ("a", 0),
        ("help", 1.2),
        ("album", 3.2),  # at 2 without the urgent one: four messages would fit after the first one then
        ("b", 5.2),
        ("pair", 7.2),
        ("c", 8.2),
    ]


@on_one_engine
async def test_it_stays_under_the_limit_in_all_where_a_delivery_is_several_messages(rig: Rig) -> None:
    people = [await rig.person(f"P{number}", f"telegram:{number}") for number in range(40)]
    for number, person in enumerate(people):
        await put(rig, person, album(1 + number % 4, str(1 + number % 4)))
    async with rig.running():
        await rig.passes(6)
    arrived = [(message.at, int(message.text)) for message in rig["telegram"].arrived]
    assert len(arrived) == 40
    for start, _messages in arrived:
        assert sum(messages for at, messages in arrived if start <= at < start + 1) <= 30
    assert arrived[-1][0] < 4.0  # a hundred messages, and not far under the limit


async def test_what_cannot_be_drawn_ends_and_nothing_else(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoé", "telegram:1"), await rig.person("Ali", "telegram:2")
    await rig.tell(zoe, "odd")
    await rig.run("UPDATE deliveries SET content = 'no view'")
    await rig.tell(ali, "hello")
    async with rig.running():
        await rig.passes(60)
    assert rig["telegram"].texts == ["hello"]
    assert await rig.states() == [("failed", Reason.DEFECT), ("sent", None)]


async def test_what_is_written_down_is_written_many_at_once(store: Store) -> None:
    rig = Rig(store, "web")
    people = [await rig.person(f"P{number}", f"web:{number}") for number in range(100)]
    for person in people:
        await rig.tell(person, "news")
    async with rig.running():
        before = rig.store.written
        await rig.passes(1)
        assert len(rig["web"].arrived) == 100
        assert rig.store.written - before <= 5


@on_one_engine
async def test_wakes_are_gathered(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    async with rig.running():
        await rig.passes(1)
        for _ in range(200):
            rig.delivery.wake()
        await rig.tell(zoe, "Welcome")
        before = rig.store.written
        await rig.passes(0.1)
        assert rig["telegram"].texts == ["Welcome"]
        assert rig.store.written - before <= 2


async def test_a_chat_that_must_wait_holds_nobody_else_up_and_keeps_its_order(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoé", "telegram:1"), await rig.person("Ali", "telegram:2")
    rig["telegram"].answers["1"] = [RetryLater("too many", 7)]
    async with rig.running():
        await rig.tell(zoe, "first", "second")
        await rig.tell(ali, "hello")
        await rig.passes(6.5)
        assert rig["telegram"].texts == ["hello"]
        assert ("waiting", "too many messages") in await rig.states()
        await rig.passes(3)
    assert rig["telegram"].texts == ["hello", "first", "second"]


@on_one_engine
async def test_a_flood_error_holds_the_platform_and_no_other(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoé", "telegram:1"), await rig.person("Ali", "telegram:2")
    eva = await rig.person("Eva", "discord:3")
    rig["telegram"].answers["1"] = [RetryLater("too many", 20, whole_platform=True)]
    async with rig.running():
        await rig.tell(zoe, "one")
        await rig.passes(0.1)
        await rig.tell(ali, "two")
        await rig.tell(eva, "three", telling=outbox.Telling.ANSWER)
        await rig.passes(19)
        assert len(rig["telegram"].tried) == 1
        assert rig["discord"].texts == ["three"]
        await rig.passes(3)
    assert sorted(rig["telegram"].texts) == ["one", "two"]


@on_one_engine
async def test_a_fault_that_lasts_is_tried_ever_more_rarely(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    rig["telegram"].answers["1"] = [RetryLater("502") for _ in range(7)]
    async with rig.running():
        await rig.tell(zoe, "Welcome")
        await rig.passes(200)
    at = [message.at for message in rig["telegram"].tried]
    waits = [later - earlier for earlier, later in pairwise(at)]
    assert all(0.5 * 2**n <= wait <= 2**n + 0.1 for n, wait in enumerate(waits))
    assert rig["telegram"].texts == ["Welcome"]
    assert await rig.states() == [("sent", None)]


@on_one_engine
async def test_a_closed_account_is_left_for_another_of_the_person(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1", "telegram:2")
    rig["telegram"].answers["1"] = [Unreachable("blocked")]
    async with rig.running():
        await rig.tell(zoe, "Welcome")
        await rig.passes(1)
        await rig.tell(zoe, "News")
        await rig.passes(1)
    assert [(message.chat, message.text) for message in rig["telegram"].arrived] == [("2", "Welcome"), ("2", "News")]
    assert [message.chat for message in rig["telegram"].tried] == ["1", "2", "2"]


@on_one_engine
async def test_who_cannot_be_reached_anywhere_is_said_so(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1", "telegram:2")
    for chat in "12":
        rig["telegram"].answers[chat] = [Unreachable("Forbidden: bot was blocked by the user", why=Reason.BLOCKED)]
    async with rig.running():
        await rig.tell(zoe, "Welcome")
        await rig.passes(1)
        await rig.tell(zoe, "News")
        await rig.passes(1)
    assert await rig.states() == [("unreachable", "blocked"), ("unreachable", "out of reach")]
    assert len(rig["telegram"].tried) == 2


@on_one_engine
async def test_a_refusal_ends_it_and_nothing_else(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoé", "telegram:1"), await rig.person("Ali", "telegram:2")
    rig["telegram"].answers["1"] = [Rejected("message is \0 too strange \ud800")]
    async with rig.running():
        await rig.tell(zoe, "Welcome")
        await rig.tell(ali, "Hello")
        await rig.passes(1)
    assert await rig.states() == [("failed", "refused"), ("sent", None)]


@on_one_engine
async def test_a_defect_of_ours_is_tried_a_few_times(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    rig["telegram"].answers["1"] = [KeyError("oops") for _ in range(9)]
    async with rig.running():
        await rig.tell(zoe, "Welcome")
        await rig.passes(120)
    assert len(rig["telegram"].tried) == 5
    assert await rig.states() == [("failed", "a defect of ours")]


@on_one_engine
@pytest.mark.parametrize(
    ("chosen", "read"), [("fr", "fr"), (None, "de"), ("it", "de")], ids=["chosen", "account", "unknown"]
)
async def test_each_reads_their_own_language(rig: Rig, chosen: str | None, read: str) -> None:
    zoe = await rig.person("Zoé", "telegram:1", locale=chosen)
    async with rig.running():
        await rig.tell(zoe, "Welcome")
        await rig.passes(1)
    assert [message.locale for message in rig["telegram"].arrived] == [read]


@on_one_engine
async def test_who_stops_gets_nothing_any_more_but_what_they_ask(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    await rig.tell(zoe, "News")
    await rig.run("UPDATE participants SET stopped = 1")
    async with rig.running():
        await rig.passes(1)
        await rig.tell(zoe, "More news")
        await rig.tell(zoe, "Your answer", telling=outbox.Telling.ANSWER)
        await rig.passes(1)
    assert rig["telegram"].texts == ["Your answer"]
    assert await rig.states() == [("dropped", "stopped"), ("sent", None)]


async def test_on_discord_the_bot_writes_first_only_to_who_wants_it(rig: Rig) -> None:
    shy, willing = await rig.person("Zoé", "discord:1"), await rig.person("Ali", "discord:2")
    await rig.run("UPDATE accounts SET private_pushes = 1 WHERE native_id = '2'")
    async with rig.running():
        for person in (shy, willing):
            await rig.tell(person, "News")
        await rig.tell(shy, "Your answer", telling=outbox.Telling.ANSWER)
        await rig.passes(1)
    assert sorted((message.chat, message.text) for message in rig["discord"].arrived) == [
        ("1", "Your answer"),
        ("2", "News"),
    ]
    assert (await rig.states())[0] == ("unreachable", "no opt-in")


_TELLINGS = {
    outbox.Telling.ANSWER: (1, 0, ["1", "2", "3"]),
    outbox.Telling.PRESSING_ANSWER: (1, 1, ["1", "2", "3"]),
    outbox.Telling.AWAITED: (1, 0, ["1", "3"]),
    outbox.Telling.NEWS: (0, 0, ["3"]),
    outbox.Telling.PRESSING_NEWS: (0, 1, ["3"]),
    outbox.Telling.BULK_NEWS: (0, -1, ["3"]),
}
"""Whether each kind of telling needs no consent, its place among what is sent, and which of three it reaches.

The first has not agreed to messages, the second stopped them all, the third takes them.
"""


@pytest.mark.parametrize("telling", outbox.Telling)
@pytest.mark.parametrize("to", ["one", "many", "organisers"])
async def test_what_is_told_decides_whom_it_reaches(rig: Rig, to: str, telling: outbox.Telling) -> None:
    shy, stopped = await rig.person("Zoé", "discord:1"), await rig.person("Ali", "telegram:2")
    willing = await rig.person("Eva", "discord:3")
    people, view, now = (shy, stopped, willing), View(("Told",)), rig.clock.now()
    await rig.run("UPDATE participants SET organises = 1")
    await rig.run("UPDATE participants SET stopped = 1 WHERE id = :id", id=stopped)
    await rig.run("UPDATE accounts SET private_pushes = 1 WHERE native_id = '3'")
    async with rig.running():
        match to:
            case "one":
                told = sum([await rig.change(outbox.notify, person, view, now, telling) for person in people])
            case "many":
                told = await rig.change(outbox.notify_many, people, view, now, telling)
            case _:
                told = await rig.change(outbox.notify_organisers, view, now, telling)
        rows = await rig.store.read(lambda tx: tx.all("SELECT asked, urgent FROM deliveries"))
        rig.delivery.wake()
        await rig.passes(1)
    arrived = sorted(message.chat for platform in ("discord", "telegram") for message in rig[platform].arrived)
    asked, urgent, reached = _TELLINGS[telling]
    assert (told, arrived) == (3 if telling.reaches_stopped else 2, reached)
    assert {(row["asked"], row["urgent"]) for row in rows} == {(asked, urgent)}


async def test_who_did_not_opt_in_on_discord_is_told_where_they_can_be(rig: Rig) -> None:
    at_once = await rig.person("Zoé", "discord:1", "telegram:1")
    later = await rig.person("Ali", "discord:2", "telegram:2")
    await rig.run("UPDATE accounts SET private_pushes = 1 WHERE native_id = '2'")
    await rig.tell(later, "News")
    await rig.run("UPDATE accounts SET private_pushes = 0")
    async with rig.running():
        await rig.tell(at_once, "News")
        await rig.passes(1)
    assert sorted(message.chat for message in rig["telegram"].arrived) == ["1", "2"]
    assert rig["discord"].tried == []


async def test_an_answer_goes_where_it_was_asked_for(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1", "discord:2")
    row = await rig.store.read(lambda tx: tx.one("SELECT id FROM accounts WHERE platform = 'discord'"))
    assert row is not None
    async with rig.running():
        await rig.tell(zoe, "Your answer", telling=outbox.Telling.ANSWER, account_id=row["id"])
        await rig.passes(1)
    assert rig["discord"].texts == ["Your answer"]


async def test_an_account_that_changed_hands_gets_nothing_of_its_former_owner(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoé", "telegram:1", "telegram:2"), await rig.person("Ali")
    await rig.tell(zoe, "For Zoé")
    await rig.run("UPDATE accounts SET participant_id = :ali WHERE native_id = '1'", ali=ali)
    async with rig.running():
        await rig.passes(1)
    assert [(message.chat, message.text) for message in rig["telegram"].arrived] == [("2", "For Zoé")]


async def test_a_file_travels_with_its_message_and_is_forgotten_once_it_arrived(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    file = File("cards.zip", b"PK\x00\xff", "application/zip")
    await rig.store.transact(
        lambda tx: outbox.notify(tx, zoe, View(("Here.",), attachments=(file,)), START, outbox.Telling.NEWS)
    )
    async with rig.running():
        await rig.passes(1)
    assert [message.view.attachments for message in rig["telegram"].arrived] == [(file,)]
    assert await rig.store.read(lambda tx: tx.all("SELECT id FROM files")) == []


@on_one_engine
async def test_what_changed_in_other_languages_alone_is_not_edited(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")

    def told(title: Mapping[str, str]) -> View:
        return View((_("New title: {title}", title=Localised(title)),))

    async def say(title: Mapping[str, str]) -> None:
        await rig.store.transact(lambda tx: outbox.follow(tx, "session:1", lambda _view: told(title), rig.clock.now()))
        await rig.passes(70)

    async with rig.running():
        view = told({"en": "Opening", "de": "Anfang"})
        await rig.store.transact(
            lambda tx: outbox.notify(tx, zoe, view, rig.clock.now(), outbox.Telling.NEWS, subject="session:1")
        )
        await rig.passes(5)
        await say({"en": "Opening", "de": "Beginn"})
        assert rig["telegram"].edits == 0
        await say({"en": "Welcome", "de": "Beginn"})
        await say({"en": "Welcome", "de": "Start"})
    assert rig["telegram"].edits == 1
    assert rig["telegram"].screen("1") == ["New title: Welcome"]


def test_a_link_that_leads_elsewhere_is_another_message() -> None:
    reader = Reader("en", "UTC")
    before, after = (View((Link("Map", f"https://example.org/{room}"),)) for room in ("a", "b"))
    assert as_read(before, reader) != as_read(after, reader)
    assert as_read(before, reader) == as_read(replace(before, quiet=True), reader)


async def test_many_who_had_their_two_messages_of_a_day_are_put_off_some_at_a_time(rig: Rig) -> None:
    """All at once would hold up everybody who writes meanwhile."""
    now, hours = rig.clock.now(), make_settings().gathering.hours
    micros = int(now.timestamp() * 1_000_000)
    await rig.person("Zoé", "telegram:1")
    people = (
        "INSERT INTO participants (ref, given_name, family_name, search_key, status, created_at)"
        " VALUES (:number, 'Ali', '', '', 'joined', 0)"
    )
    bulk = (
        "INSERT INTO deliveries (platform, kind, participant_id, content, due_at, created_at, urgent, state, sent_at)"
        " SELECT 'telegram', 'x', id, '', 0, 0, -1, :state, CAST(:sent AS BIGINT) FROM participants"
    )
    await rig.store.transact(lambda tx: tx.many(people, [{"number": str(number)} for number in range(39)]))
    for sent in (micros - 1, micros, None):
        await rig.run(bulk, state="sent" if sent else "waiting", sent=sent)
    statement = delivery_store.claim_statement((), ())

    async def left() -> int:
        assert await rig.change(delivery_store.claim, "telegram", now, 1, hours, statement, ()) == []
        due = "SELECT COUNT(*) AS n FROM deliveries WHERE state = 'waiting' AND due_at <= :now"
        row = await rig.store.read(lambda tx: tx.one(due, now=micros))
        assert row is not None
        return int(row["n"])

    assert [await left(), await left()] == [8, 0]
