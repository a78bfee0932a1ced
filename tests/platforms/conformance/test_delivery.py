"""What becomes of a message on its way: it arrives once, or it is said why not, and the report tells what is there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.reasons import Reason
from bot.content.texts import Reader, _
from bot.content.views import View
from bot.delivery.outbox import Telling
from bot.delivery.platform import Address
from bot.delivery.worker import Delivery
from bot.people import participant_store, preference_store
from tests.delivery.rig import Watched
from tests.drivers.program import Gateway
from tests.platforms.conformance.peer import Peer, words
from tests.world import CONTRIBUTIONS

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_is_told_arrives_once_and_is_noted(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "The bus leaves at nine.")
    assert words(await peer.screen(zoe)) == "The bus leaves at nine."
    assert await peer.fates(zoe) == [("sent", None)]
    await peer.deliver()
    assert len(await peer.screen(zoe)) == 1


async def test_several_messages_arrive_in_their_order(peer: Peer) -> None:
    zoe = await peer.person()
    for number in range(6):
        await peer.enqueue(zoe, f"Message {number}")
    await peer.deliver()
    assert words(await peer.screen(zoe)).split("\n") == [f"Message {number}" for number in range(6)]


async def test_what_presses_comes_before_what_waits(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.enqueue(zoe, "Later is fine")
    await peer.enqueue(zoe, "Come now", telling=Telling.PRESSING_NEWS)
    await peer.deliver()
    assert words(await peer.screen(zoe)) == "Come now\nLater is fine"


@pytest.mark.parametrize(("locale", "read"), [("fr", "Ta photo"), ("en", "Your photo"), ("de", "Dein Foto")])
async def test_it_arrives_in_the_readers_language(peer: Peer, locale: str, read: str) -> None:
    person = await peer.person(locale=locale)
    await peer.tell(person, _("Your photo"))
    assert words(await peer.screen(person)) == read


# --- who cannot be reached


async def test_whoever_cannot_be_reached_is_said_to_be(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Before")
    await peer.shut(zoe)
    with pytest.raises(Unreachable) as refused:
        await peer.send(zoe, "After")
    assert zoe.chat not in str(refused.value)


async def test_what_cannot_be_delivered_ends_with_its_reason(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.enqueue(zoe, "Hello")
    await peer.shut(zoe)
    await peer.deliver()
    if peer.features.own_page:  # it is gone together with its reader
        assert await peer.fates(zoe) == []
    else:
        [(state, reason)] = await peer.fates(zoe)
        assert state == "unreachable"
        assert reason in (Reason.BLOCKED, Reason.CLOSED, Reason.ADDRESS_UNKNOWN)


async def test_whoever_is_out_of_reach_is_not_tried_again_and_again(peer: Peer) -> None:
    zoe, max_ = await peer.person(), await peer.person("Max")
    await peer.shut(zoe)
    for text in ("First", "Second"):
        with suppress(AssertionError):
            await peer.enqueue(zoe, text)
        await peer.tell(max_, text)
    assert words(await peer.screen(max_)) == "First\nSecond"
    assert {state for state, _reason in await peer.fates(zoe)} <= {"unreachable"}


async def test_what_is_refused_for_good_is_given_up(peer: Peer) -> None:
    zoe = await peer.person()
    peer.refuse(zoe)
    if peer.features.own_page:  # it refuses nothing
        await peer.send(zoe, "Hello")
    else:
        with pytest.raises(Rejected):
            await peer.send(zoe, "Hello")
    peer.refuse(zoe)
    await peer.tell(zoe, "Hello")
    assert await peer.fates(zoe) == [("sent", None) if peer.features.own_page else ("failed", Reason.REFUSED)]
    await peer.tell(zoe, "And then")
    assert words(await peer.screen(zoe)).endswith("And then")


# --- later


async def test_what_must_wait_is_said_to(peer: Peer) -> None:
    zoe = await peer.person()
    peer.postpone(zoe)
    with pytest.raises(RetryLater) as told:
        await peer.send(zoe, "Hello", delivery=77)
    assert not told.value.doubtful
    if told.value.seconds:
        await peer.world.clock.advance(timedelta(seconds=told.value.seconds))
    assert await peer.screen(zoe) == []


async def test_what_must_wait_arrives_later_and_once(peer: Peer) -> None:
    zoe = await peer.person()
    before = peer.world.clock.now()
    peer.postpone(zoe)
    await peer.tell(zoe, "Hello")
    assert words(await peer.screen(zoe)) == "Hello"
    [row] = await peer.rows(zoe)
    assert (row["state"], row["attempts"], row["repeated"]) == ("sent", 1, 0)
    assert peer.world.clock.now() > before


async def test_who_waits_keeps_the_order(peer: Peer) -> None:
    zoe = await peer.person()
    peer.postpone(zoe)
    for text in ("First", "Second", "Third"):
        await peer.enqueue(zoe, text)
    await peer.deliver()
    assert words(await peer.screen(zoe)) == "First\nSecond\nThird"


async def test_one_who_waits_keeps_nobody_else_from_theirs(peer: Peer) -> None:
    zoe, max_ = await peer.person(), await peer.person("Max")
    peer.postpone(zoe)
    await peer.enqueue(zoe, "For Zoé")
    await peer.enqueue(max_, "For Max")
    await peer.deliver()
    assert (words(await peer.screen(zoe)), words(await peer.screen(max_))) == ("For Zoé", "For Max")


# --- twice


async def test_of_an_answer_that_got_lost_the_row_says_so(peer: Peer) -> None:
    zoe = await peer.person()
    peer.lose_answer(zoe)
    await peer.tell(zoe, "Hello")
    [row] = await peer.rows(zoe)
    twice = not peer.features.drops_repeats
    assert (row["state"], bool(row["repeated"])) == ("sent", twice)
    assert [seen.text for seen in await peer.screen(zoe)] == ["Hello"] * (2 if twice else 1)


async def test_after_a_crash_nothing_is_lost_and_what_is_doubled_is_listed(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.enqueue(zoe, "Hello")
    await _crash_after_sending(peer)
    assert [row["state"] for row in await peer.rows(zoe)] == ["sending"]
    await peer.restart()
    await peer.deliver()
    [row] = await peer.rows(zoe)
    twice = not peer.features.drops_repeats
    assert (row["state"], bool(row["repeated"])) == ("sent", twice)
    assert [seen.text for seen in await peer.screen(zoe)] == ["Hello"] * (2 if twice else 1)


async def test_what_had_not_left_at_a_crash_leaves_afterwards(peer: Peer) -> None:
    zoe = await peer.person()
    peer.postpone(zoe)
    for text in ("First", "Second"):
        await peer.enqueue(zoe, text)
    await _crash_after_sending(peer)
    await peer.restart()
    await peer.deliver()
    assert list(dict.fromkeys(seen.text for seen in await peer.screen(zoe))) == ["First", "Second"]


async def _crash_after_sending(peer: Peer) -> None:
    """Send what is due by a program that ends before it can note how that ended."""
    store = Watched(peer.world.store)

    class Last(Gateway):
        async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
            try:
                return await super().send(address, view, reader, delivery_id=delivery_id)
            finally:
                store.broken = True

    program = Delivery(
        store, {peer.adapter.name: Last(peer.adapter, store)}, peer.world.settings, peer.world.clock, CONTRIBUTIONS
    )
    running = asyncio.create_task(program.run())
    await store.quiet()
    assert store.broken, "nothing was sent"
    running.cancel()
    await asyncio.wait({running})
    await peer.world.clock.advance(timedelta(minutes=1))  # the lease of the program that is no more ends


# --- what people want


async def test_whoever_stopped_all_messages_gets_answers_alone(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.world.change(participant_store.set_stopped, zoe.id, True)
    await peer.tell(zoe, "News")
    await peer.tell(zoe, "Your answer", telling=Telling.ANSWER)
    assert words(await peer.screen(zoe)) == "Your answer"


async def test_news_needs_consent_where_the_platform_asks_for_it(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.world.change(preference_store.set_private_pushes, zoe.id, False)
    await peer.tell(zoe, "News")
    await peer.tell(zoe, "Your place", telling=Telling.AWAITED)
    assert words(await peer.screen(zoe)) == ("Your place" if peer.features.asks_consent else "News\nYour place")


async def test_what_is_quiet_makes_no_sound_where_that_can_be_told(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "Loud")
    await peer.tell(zoe, "Quiet", quiet=True)
    loud, quiet = await peer.screen(zoe)
    assert (loud.text, loud.silent, quiet.text) == ("Loud", False, "Quiet")


@pytest.mark.parametrize("hidden", [{"confidential": True}, {"secret": True}], ids=str)
async def test_what_is_confided_is_in_no_line_of_the_log(peer: Peer, hidden: dict[str, bool]) -> None:
    zoe = await peer.person()
    with capture_logs() as lines:
        peer.postpone(zoe)
        await peer.tell(zoe, "Somebody hits me", "KODE-1234", telling=Telling.ANSWER, **hidden)
        assert "KODE-1234" in words(await peer.screen(zoe))
        await peer.enqueue(zoe, "Somebody hits me", "KODE-1234", telling=Telling.ANSWER, **hidden)
        await peer.shut(zoe)
        await peer.deliver()
    assert not [told for told in ("hits", "KODE", "@example.org") if told in str(lines)]
