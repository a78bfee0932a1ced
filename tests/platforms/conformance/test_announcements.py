"""What goes to many: each has it once, corrections and withdrawals follow, and the report tells what is there."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from bot.content.views import Attachment, Picture
from bot.database.engine import Transaction
from bot.people.audiences import Audience
from handlers.announcements.model import Announcement
from handlers.announcements.service import changing
from handlers.announcements.store.announcements import add_announcement, begin_release, find_announcement
from handlers.announcements.store.contents import ELSE, put_words
from handlers.announcements.store.reports import tally_copies
from tests.announcements.enqueuing import enqueue_all
from tests.pictures import png
from tests.platforms.conformance.peer import Peer, Person, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

_TERRITORIES = itertools.cycle(("CH", "DE", "AT", "BE", "LU", "IT", "ES", "PT", "PL"))
"""People of one case live where nobody of another does: an announcement goes to them alone."""


async def _live_in(peer: Peer, territory: str, *people: Person) -> None:
    moved = "UPDATE participants SET territory = :territory WHERE id = :id"
    for person in people:
        await peer.world.change(lambda tx, who: tx.run(moved, territory=territory, id=who), person.id)


async def announce(
    peer: Peer,
    *people: Person,
    territory: str = "",
    urgent: bool = True,
    attachments: tuple[Attachment, ...] = (),
    sends: bool = True,
) -> int:
    """Tell these people alone of a room; the number of the announcement."""
    where = territory or next(_TERRITORIES)
    await _live_in(peer, where, *people)

    async def unit(tx: Transaction) -> int:
        now = peer.world.clock.now()
        audience = Audience("territory", where)
        made = await add_announcement(tx, None, ("Room <A>",), attachments, now, audience=audience)
        await begin_release(tx, made.id, now, urgent=urgent)
        await enqueue_all(tx, made.id, now)
        return made.id

    made = await peer.world.store.transact(unit)
    if sends:
        await peer.deliver()
    return made


async def _find(tx: Transaction, announcement: int) -> Announcement:
    found = await find_announcement(tx, announcement)
    assert found
    return found


async def correct(peer: Peer, announcement: int, text: str) -> None:
    """Say something else instead."""

    async def unit(tx: Transaction) -> None:
        await put_words(tx, announcement, {ELSE: (text,)}, None)
        await changing.edit_copies(tx, await _find(tx, announcement), peer.world.clock.now())

    await peer.world.store.transact(unit)
    await peer.deliver()


async def withdraw(peer: Peer, announcement: int) -> None:
    """Take it back."""

    async def unit(tx: Transaction) -> None:
        await changing.withdraw_announcement(tx, await _find(tx, announcement), peer.world.clock.now())

    await peer.world.store.transact(unit)
    await peer.deliver()


async def told(peer: Peer, announcement: int) -> dict[str, int]:
    """How many copies the report counts in each state, and how many of them perhaps twice."""
    counts = await peer.world.read(tally_copies, announcement)
    report: dict[str, int] = {}
    for count in counts:
        report[count.state] = report.get(count.state, 0) + count.copies
        report["doubtful"] = report.get("doubtful", 0) + count.doubtful
    return report


async def there(peer: Peer, *people: Person, text: str = "Room <A>") -> list[int]:
    """How often each of these people has something before them."""
    return [words(await peer.screen(person)).count(text) for person in people]


async def test_each_has_it_once_and_the_report_says_so(peer: Peer) -> None:
    people = [await peer.person(f"P{number}") for number in range(5)]
    made = await announce(peer, *people)
    assert await there(peer, *people) == [1] * 5
    assert await told(peer, made) == {"sent": 5, "doubtful": 0}


async def test_the_report_counts_what_the_platform_has(peer: Peer) -> None:
    doubted, *others, shut = [await peer.person(f"P{number}") for number in range(5)]
    made = await announce(peer, doubted, *others, shut, sends=False)
    peer.lose_answer(doubted)
    await peer.shut(shut)
    await peer.deliver()
    report = await told(peer, made)
    twice = 0 if peer.features.drops_repeats else 1
    gone = {} if peer.features.own_page else {"unreachable": 1}  # a page goes with its owner
    assert report == {"sent": 4, "doubtful": twice, **gone}
    assert sum(await there(peer, doubted, *others)) == report["sent"] + report["doubtful"]


async def test_a_correction_reaches_each_who_has_it(peer: Peer) -> None:
    people = [await peer.person(f"P{number}") for number in range(3)]
    made = await announce(peer, *people)
    await correct(peer, made, "Room *B*")
    assert await there(peer, *people, text="Room *B*") == [1] * 3
    assert await there(peer, *people) == ([1] * 3 if peer.features.keeps_messages else [0] * 3)
    assert await told(peer, made) == {"sent": 3, "doubtful": 0}


async def test_what_is_corrected_before_it_arrives_arrives_corrected(peer: Peer) -> None:
    zoe = await peer.person()
    made = await announce(peer, zoe, sends=False)
    await correct(peer, made, "Room B")
    assert await there(peer, zoe, text="Room B") == [1]
    assert await there(peer, zoe) == [0]


async def test_the_same_words_again_change_nothing(peer: Peer) -> None:
    zoe = await peer.person()
    made = await announce(peer, zoe)
    before = await peer.screen(zoe)
    await correct(peer, made, "Room <A>")
    assert len(await peer.screen(zoe)) == len(before)


async def test_what_is_withdrawn_is_gone_or_said_to_stay(peer: Peer) -> None:
    people = [await peer.person(f"P{number}") for number in range(3)]
    made = await announce(peer, *people)
    await withdraw(peer, made)
    if peer.features.keeps_messages:
        assert await there(peer, *people, text="The team withdrew this announcement.") == [1] * 3
        assert await told(peer, made) == {"sent": 3, "doubtful": 0}
    else:
        assert [await peer.screen(person) for person in people] == [[], [], []]
        assert await told(peer, made) == {"withdrawn": 3, "doubtful": 0}


async def test_what_is_withdrawn_before_it_leaves_reaches_nobody(peer: Peer) -> None:
    zoe = await peer.person()
    made = await announce(peer, zoe, sends=False)
    await withdraw(peer, made)
    assert await peer.screen(zoe) == []
    assert await told(peer, made) == {"cancelled": 1, "doubtful": 0}


async def test_pictures_go_to_each(peer: Peer) -> None:
    people = [await peer.person(f"P{number}") for number in range(3)]
    await announce(peer, *people, attachments=(Picture(png(4, 3), ""),))
    shown = [[picture for seen in await peer.screen(person) for picture in seen.pictures] for person in people]
    assert shown == [[png(4, 3)]] * 3


async def test_at_night_what_makes_a_sound_waits_for_the_morning(peer: Peer) -> None:
    zoe = await peer.person()
    clock = peer.world.clock
    await clock.advance(timedelta(hours=(33 - clock.now().hour) % 24))
    before = clock.now()  # four in the morning in Québec
    await announce(peer, zoe, territory="CA-QC", urgent=False)
    assert await there(peer, zoe) == [1]
    assert (clock.now() - before > timedelta(hours=3)) is not peer.features.silent


async def test_what_cannot_wait_arrives_at_night(peer: Peer) -> None:
    zoe = await peer.person()
    clock = peer.world.clock
    await clock.advance(timedelta(hours=(33 - clock.now().hour) % 24))
    before = clock.now()
    await announce(peer, zoe, territory="MX")
    assert await there(peer, zoe) == [1]
    assert clock.now() - before < timedelta(minutes=10)
