"""What rings on phones while the page is closed, through a strict push service."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from structlog.testing import capture_logs

from bot.clock import from_micros
from bot.content.actions import Go
from bot.content.delivery_kinds import BULK, CONFIDENTIAL, MESSAGE, REMINDER, URGENT, USUAL
from bot.content.discretion import something_to_read
from bot.content.texts import Moment, _
from bot.content.views import View
from bot.database.engine import Store, Transaction
from bot.delivery.platform import Address
from bot.people import browser_store, device_store, secret_store
from bot.platforms.web.push.devices import browser_name
from bot.platforms.web.push.encryption import MOST_PLAIN, encrypt, from_base64, to_base64
from bot.platforms.web.push.endpoints import is_known
from bot.platforms.web.push.sender import PushSender
from bot.rehearsal.chat_driver_web import WebChat
from bot.rehearsal.push_service import Fault, PushBrowser, PushService
from tests.delivery.rig import Rig
from tests.drivers.gestures import choose_in_menu
from tests.drivers.web import WebHarness, open_web
from tests.stored_rows import stored_rows
from tests.world import World, make_settings, open_world

WORDS = View((_("The bus leaves at nine, said Léa."),))


@dataclass
class Ringing:
    """Pages that ring, and the push service of all browsers."""

    world: World
    harness: WebHarness
    service: PushService

    @property
    def pushes(self) -> PushSender:
        sender = self.harness.adapter.pushes
        assert sender
        return sender

    async def subscribed(self, chat: WebChat, *, full: bool = False) -> PushBrowser:
        """A browser of someone whose page is open in `chat`, in which it rings from now on."""
        browser = self.service.subscribe(chat.push_key)
        assert await chat.ring_in(browser, full=full) == 200
        return browser

    async def send(
        self, chat: WebChat, view: View = WORDS, *, kind: str = MESSAGE, urgent: int = USUAL, again: int = 0
    ) -> int:
        """Deliver a message to someone's page, and wait until all has rung that can. Returns the delivery's id.

        `again` is the id of a delivery that is carried out once more.
        """
        person = int(chat.person_id)

        async def enqueue(tx: Transaction) -> int:
            row = await tx.one(
                "INSERT INTO deliveries (platform, kind, urgent, participant_id, account_id, content, due_at,"
                " created_at, state) SELECT 'web', :kind, :urgent, :person, MIN(id), '', 0, 0, 'sending' FROM accounts"
                " WHERE participant_id = :person RETURNING id",
                kind=kind,
                urgent=urgent,
                person=person,
            )
            assert row
            return int(row["id"])

        delivery = again or await self.world.store.transact(enqueue)
        await self.harness.adapter.send(Address(str(person)), view, chat.reader, delivery_id=delivery)
        await self.pushes.drained()
        return delivery

    async def states(self) -> dict[str, int]:
        """How many pushes there are in each state."""
        return dict(Counter(row["state"] for row in (await stored_rows(self.world.store, "pushes"))["pushes"]))

    async def devices(self, chat: WebChat) -> list[str]:
        person = int(chat.person_id)
        return [device.name for device in await self.world.store.read(lambda tx: device_store.of_person(tx, person))]


@asynccontextmanager
async def open_ringing(url: str) -> AsyncIterator[Ringing]:
    service = PushService()
    async with service.serving(), open_world(url, make_settings(web={"push_services": [service.root]})) as world:
        service.now = world.clock.now
        async with open_web(world) as harness:
            ringing = Ringing(world, harness, service)
            running = asyncio.create_task(ringing.pushes.run())
            yield ringing
            assert service.violations == []
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


@pytest.fixture
async def ringing(sqlite_url: str) -> AsyncIterator[Ringing]:
    async with open_ringing(sqlite_url) as ringing:
        yield ringing


def test_a_push_is_encrypted_as_the_standard_shows() -> None:
    """RFC 8291, appendix A."""
    device = derive_private_key(
        int.from_bytes(from_base64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big"), SECP256R1()
    )
    own = derive_private_key(
        int.from_bytes(from_base64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), SECP256R1()
    )
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        device.public_key(),
        from_base64("BTBZMqHH6r4Tts7J_aSIgg"),
        own=own,
        salt=from_base64("DGv6ra1nlYgDCS1FRnbzlw"),
        step=1,
    )
    assert to_base64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    largest = encrypt(bytes(MOST_PLAIN), device.public_key(), bytes(16))
    assert len(largest) == 4096
    with pytest.raises(ValueError, match="larger than"):
        encrypt(bytes(MOST_PLAIN + 1), device.public_key(), bytes(16))


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://fcm.googleapis.com:443/abc", True),
        ("http://fcm.googleapis.com/abc", False),
        ("https://fcm.googleapis.com:8080/abc", False),
        ("https://fcm.googleapis.com.example.org/abc", False),
        ("https://fcm.googleapis.com@127.0.0.1/abc", False),
        ("https://evilpush.apple.com/abc", False),
        ("https://%.push.apple.com/abc", False),
        ("https://_.push.apple.com/abc", False),
        ("https://127.0.0.1;.push.apple.com/abc", False),
        ("https://FCM.googleapis.com/abc", False),
        ("https://127.0.0.1/abc", False),
        ("https://[::1]/abc", False),
        ("https://fcm.googleapis.com/" + "a" * 1000, False),
        ("https://[/abc", False),
        ("https://fcm.googleapis.com/é", False),
        (" https://fcm.googleapis.com/abc", False),
        ("https://fcm.googleapis.com/abc ", False),
        ("https://fcm.googleapis.com/a bc", False),
        (f"https://{'a' * 63}.push.apple.com/abc", True),
        (f"https://{'a' * 64}.push.apple.com/abc", False),  # no name that can be looked up is so long
        (f"https://{'a.' * 125}push.apple.com/abc", False),
        ("https://-.push.apple.com/abc", False),
        ("", False),
    ],
)
def test_pushes_go_to_known_services_only(endpoint: str, known: bool) -> None:
    assert is_known(endpoint, make_settings().web.push_services) is known


def test_pages_ring_where_browsers_allow_it() -> None:
    assert make_settings(web={"public_url": "https://rencontres.example.org"}).web.rings
    assert not make_settings(web={"public_url": "http://rencontres.example.org"}).web.rings
    assert not make_settings(web={"public_url": "https://rencontres.example.org", "push": False}).web.rings


def test_browsers_are_named_for_their_owners() -> None:
    android = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
    assert browser_name(android) == "Chrome, Android"
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
    assert browser_name(iphone) == "Safari, iPhone"
    assert browser_name("curl/8") == ""


async def test_pushes_are_waited_for_by_a_clock_that_moves(store: Store) -> None:
    rig = Rig(store, "web", moving=True)
    sender = PushSender(rig.store, rig.settings, rig.clock, {})
    async with asyncio.timeout(30), rig.running(sender.run):
        assert await rig.rests()


async def test_a_closed_page_rings_and_says_nothing_of_anybody(store_url: str) -> None:
    async with open_ringing(store_url) as ringing:
        await ring_and_look(ringing)


async def ring_and_look(ringing: Ringing) -> None:
    """What happens from a delivery to a notification, on either engine."""
    zoe, ana = await ringing.harness.joined("Zoé"), await ringing.harness.joined("Ana")
    phone = await ringing.subscribed(zoe)
    other = await ringing.subscribed(ana)
    delivery = await ringing.send(zoe)
    [pushed] = phone.received
    assert pushed.content["title"] == ringing.world.settings.gathering.name
    assert pushed.content["body"] == "There is a message for you on your page."
    assert "Léa" not in str(pushed.content)
    assert (pushed.urgency, pushed.topic, pushed.ttl) == ("normal", "", 24 * 3600)
    assert other.received == []
    await zoe.look()
    assert zoe.latest["id"] == pushed.content["open"] == pushed.content["tag"]
    row = await ringing.world.store.read(
        lambda tx: tx.one("SELECT rung_at FROM deliveries WHERE id = :id", id=delivery)
    )
    assert row
    assert row["rung_at"] is not None
    await ringing.send(zoe, again=delivery)  # after a crash
    await ringing.send(zoe, View(("This is over.",), quiet=True))
    assert len(phone.received) == 1
    await ringing.send(zoe, kind="announcement")
    assert phone.received[1].content["body"] == "An announcement for you is on your page."


async def test_who_wants_it_reads_the_text_on_the_lock_screen(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe, full=True)
    await ringing.send(zoe)
    await ringing.send(zoe, View(("Your new link: https://example.org/p/abc",), secret=True))
    await ringing.send(zoe, View(("𝒜" * 3000,)))
    await ringing.send(zoe, View(("A trusted person has written to you.",), confidential=True), kind=CONFIDENTIAL)
    await ringing.send(zoe, something_to_read(Go("questions")))
    told = [pushed.content["body"] for pushed in phone.received]
    assert told[0] == "The bus leaves at nine, said Léa."
    assert told[1] == "There is a message for you on your page."
    assert told[2].startswith("𝒜𝒜")
    assert told[3] == told[4] == "There is something for you to read.", "a confidence is told as other messages are"
    assert [push.topic for push in phone.received[3:]] == ["", ""], (
        "nor does the push service: nothing tells it from other messages"
    )


async def test_a_browser_that_waits_to_be_confirmed_is_told_nothing_that_was_confided(store_url: str) -> None:
    async with open_ringing(store_url) as ringing:
        link = await ringing.harness.page_link("Zoé")
        owner, new = ringing.harness.person(), ringing.harness.person()
        await owner.open_link(link)
        await new.open_link(link)
        opened = await ringing.world.read(browser_store.of_person, int(new.person_id), ringing.world.clock.now())
        assert sorted(browser.confirmed for browser in opened) == [False, True]
        phone, owners = await ringing.subscribed(new, full=True), await ringing.subscribed(owner, full=True)
        secret = View(("Your new link: https://example.org/p/abc",), secret=True)
        words = View(("Somebody followed me.",), confidential=True)
        drawn = replace(words, drawn="trust:1")
        answer = View(("«I am diabetic: where is a fridge?»: In the kitchen.",))
        for view, kind in (
            (secret, MESSAGE),
            (words, CONFIDENTIAL),
            (words, MESSAGE),
            (drawn, MESSAGE),
            (answer, MESSAGE),
        ):
            await ringing.send(owner, view, kind=kind)
        told, owners_told = ([pushed.content["body"] for pushed in each.received] for each in (phone, owners))
        only_that, discreet = "There is a message for you on your page.", "There is something for you to read."
        assert owners_told == [only_that, discreet, discreet, discreet, *answer.lines]
        assert set(told) & {discreet, *answer.lines} == set()
        assert len(told) == len(owners_told)


async def test_each_browser_rings_once_and_a_subscription_is_in_one_session(ringing: Ringing) -> None:
    link = await ringing.harness.page_link("Zoé")
    phone, laptop = ringing.harness.person(), ringing.harness.person()
    await phone.open_link(link)
    await laptop.open_link(link)
    first, second = await ringing.subscribed(phone), await ringing.subscribed(laptop)
    await phone.ring_in(first, full=True)  # a second tab, an installed page: the same browser
    await ringing.send(phone, View(("One",)))
    assert (len(first.received), len(second.received)) == (1, 1)
    assert first.received[0].content["body"] == "One"
    await laptop.ring_in(first)  # the session was opened anew in the same browser
    await ringing.send(phone)
    assert (len(first.received), len(second.received)) == (2, 1)


async def test_what_was_seen_before_does_not_ring(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe)
    ringing.service.faults = lambda _browser: Fault(503)
    await ringing.send(zoe)
    ringing.service.faults = lambda _browser: None
    await zoe.look()
    await ringing.world.clock.advance(timedelta(minutes=1))
    ringing.pushes.wake()
    await ringing.pushes.drained()
    assert phone.received == []
    assert await ringing.states() == {"expired": 1}


async def test_what_services_answer_is_stored_on_either_engine(store_url: str) -> None:
    async with open_ringing(store_url) as ringing:
        zoe = await ringing.harness.joined("Zoé")
        phone = await ringing.subscribed(zoe)
        answers = iter([Fault(503, "30"), Fault(403), None, Fault(410)])
        ringing.service.faults = lambda _browser: next(answers)
        await ringing.send(zoe)
        assert await ringing.states() == {"waiting": 1}
        await ringing.send(zoe, kind=f"{REMINDER}session:3")
        await ringing.world.clock.advance(timedelta(minutes=1))
        ringing.pushes.wake()
        await ringing.pushes.drained()
        assert await ringing.states() == {"failed": 1, "rung": 1}
        assert len(phone.received) == 1
        await ringing.send(zoe)
        assert (await ringing.states(), await ringing.devices(zoe)) == ({}, [])


@pytest.mark.parametrize("taken", [True, False])
async def test_what_was_under_way_when_the_lease_was_lost_rings_once(store_url: str, taken: bool) -> None:
    """Either this program hears that it rang, and another would send it again; or another one has sent it already."""
    async with open_ringing(store_url) as ringing:
        zoe = await ringing.harness.joined("Zoé")
        phone, asked = await ringing.subscribed(zoe), asyncio.Event()

        def answer(_browser: PushBrowser) -> Fault | None:
            asked.set()
            return None if taken else Fault(503)

        ringing.service.faults = answer
        ringing.service.answering.clear()
        sending = asyncio.create_task(ringing.send(zoe))
        await asked.wait()
        await ringing.world.store.transact(lambda tx: tx.run("UPDATE leases SET holder = 'elsewhere'"))
        if not taken:
            await ringing.world.store.transact(lambda tx: tx.run("UPDATE pushes SET state = 'rung', settled_at = 1"))
        with capture_logs() as lines:
            ringing.service.answering.set()
            while "web.push_taken_over" not in [line["event"] for line in lines]:  # noqa: ASYNC110 - a line of the log
                await asyncio.sleep(0)
        while not sending.done():  # until the lease that another has runs out, and this program is idle with its own
            await ringing.world.clock.advance_when_asleep()
        assert await ringing.states() == {"rung": 1}
        assert len(phone.received) == int(taken)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(ringing: Ringing, status: int) -> None:
    zoe, ana = await ringing.harness.joined("Zoé"), await ringing.harness.joined("Ana")
    gone, other = await ringing.subscribed(zoe), await ringing.subscribed(ana)
    ringing.service.faults = lambda browser: Fault(status) if browser is gone else None
    await ringing.send(zoe)
    await ringing.send(ana)
    assert (len(await ringing.devices(zoe)), len(await ringing.devices(ana))) == (0, 1)
    assert await ringing.states() == {"rung": 1}
    assert len(other.received) == 1


@pytest.mark.parametrize("written", ["seconds", "date"])
async def test_a_service_that_is_busy_is_asked_again_when_it_says(ringing: Ringing, written: str) -> None:
    then = ringing.world.clock.now() + timedelta(seconds=120)
    wait = "120" if written == "seconds" else format_datetime(then, usegmt=True)
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe)
    ringing.service.faults = lambda _browser: Fault(429, wait)
    await ringing.send(zoe)
    ringing.service.faults = lambda _browser: None
    await ringing.world.clock.advance(timedelta(seconds=100))
    await ringing.send(zoe)  # nothing else is sent there meanwhile
    assert phone.received == []
    await ringing.world.clock.advance(timedelta(seconds=30))
    ringing.pushes.wake()
    await ringing.pushes.drained()
    assert len(phone.received) == 2
    assert ringing.service.answers.count(429) == 1


async def test_too_many_pushes_to_one_device_hold_back_no_other(ringing: Ringing) -> None:
    chats = [await ringing.harness.joined(name) for name in ("Zoé", "Ana", "Max")]
    zoe, ana, max_ = chats
    phone, tablet, other = [await ringing.subscribed(chat) for chat in chats]
    ringing.service.faults = lambda browser: Fault(429, "600") if browser in (phone, tablet) else None
    for _time in range(3):  # again and again the same one: it is asked once
        await ringing.send(zoe)
    await ringing.send(ana)
    await ringing.send(max_)
    assert (len(phone.received), len(tablet.received), len(other.received)) == (0, 0, 1)
    assert ringing.service.answers.count(429) == 2
    ringing.service.faults = lambda _browser: None
    await ringing.world.clock.advance(timedelta(seconds=590))
    await ringing.send(zoe)
    assert phone.received == []
    await ringing.world.clock.advance(timedelta(seconds=20))
    ringing.pushes.wake()
    await ringing.pushes.drained()
    assert (len(phone.received), len(tablet.received)) == (4, 1)


async def test_too_many_pushes_to_all_devices_of_one_person_hold_back_nobody_else(ringing: Ringing) -> None:
    zoe, ana = [await ringing.harness.joined(name) for name in ("Zoé", "Ana")]
    world = ringing.world
    mine = [await ringing.subscribed(zoe)]
    for _browser in range(3):
        other = ringing.harness.person()
        await other.open_link(await world.change(secret_store.issue, "page", int(zoe.person_id), world.clock.now()))
        mine.append(await ringing.subscribed(other))
    phone = await ringing.subscribed(ana)
    ringing.service.faults = lambda browser: Fault(429, "3600") if browser in mine else None
    await ringing.send(zoe)
    await ringing.send(ana)
    assert ringing.service.answers.count(429) == len(mine)
    assert len(phone.received) == 1
    await world.clock.advance(timedelta(minutes=61))  # each of them is tried again, and refused again
    ringing.pushes.wake()
    await ringing.pushes.drained()
    assert ringing.service.answers.count(429) == 2 * len(mine)
    await ringing.send(ana)
    assert len(phone.received) == 2


async def test_a_service_that_is_busy_for_three_people_is_left_alone_and_what_is_urgent_waits_half_a_minute(
    store_url: str,
) -> None:
    async with open_ringing(store_url) as ringing:
        *busy, eve, kim = [await ringing.harness.joined(name) for name in ("Zoé", "Ana", "Max", "Eve", "Kim")]
        phones = [await ringing.subscribed(chat) for chat in (*busy, eve, kim)]
        ringing.service.faults = lambda browser: Fault(503) if browser is phones[3] else Fault(429, "1200")
        await ringing.send(eve)
        await ringing.send(eve, urgent=URGENT)
        for chat in busy:
            await ringing.send(chat, urgent=URGENT)
        now, rows = ringing.world.clock.now(), (await stored_rows(ringing.world.store, "pushes"))["pushes"]
        waits = [from_micros(row["due_at"]) - now for row in sorted(rows, key=lambda row: int(row["id"]))[:2]]
        assert waits == [timedelta(seconds=1200), timedelta(seconds=30)]
        ringing.service.answers.clear()
        await ringing.send(eve)
        await ringing.send(eve, urgent=URGENT)
        await ringing.send(kim, kind=f"{REMINDER}session:3")
        assert [len(phone.received) for phone in phones] == [0, 0, 0, 0, 0]
        assert ringing.service.answers == []
        ringing.service.faults = lambda _browser: None
        await ringing.world.clock.advance(timedelta(seconds=31))
        ringing.pushes.wake()
        await ringing.pushes.drained()
        assert [len(phone.received) for phone in phones] == [1, 1, 1, 2, 1]
        assert [push.urgency for push in phones[3].received] == ["high", "high"]
        await ringing.world.clock.advance(timedelta(seconds=1200))
        ringing.pushes.wake()
        await ringing.pushes.drained()
        assert len(phones[3].received) == 4


async def test_what_is_urgent_is_tried_each_half_minute_whatever_a_service_asks(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe)
    ringing.service.faults = lambda _browser: Fault(503, "3600")
    await ringing.send(zoe, urgent=URGENT)
    for tried in range(2, 10):
        await ringing.world.clock.advance(timedelta(seconds=30.5))
        ringing.pushes.wake()
        await ringing.pushes.drained()
        assert ringing.service.answers == [503] * tried
    ringing.service.faults = lambda _browser: None
    await ringing.world.clock.advance(timedelta(seconds=30.5))
    ringing.pushes.wake()
    await ringing.pushes.drained()
    assert len(phone.received) == 1


async def test_a_service_that_hangs_is_left_alone_for_a_while(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe)
    ringing.pushes.patience = 0.1
    ringing.service.faults = lambda _browser: Fault(503, delay=1)
    await ringing.send(zoe)
    ringing.pushes.patience = 10
    ringing.service.faults = lambda _browser: None
    await ringing.send(zoe)
    assert phone.received == []
    await ringing.world.clock.advance(timedelta(minutes=1))
    ringing.pushes.wake()
    await ringing.pushes.drained()
    assert len(phone.received) == 2


async def test_a_service_that_refuses_the_key_is_not_asked_for_ever(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    await ringing.subscribed(zoe)
    ringing.service.faults = lambda _browser: Fault(403)
    with capture_logs() as lines:
        await ringing.send(zoe)
        await ringing.send(zoe)
        assert len(await ringing.devices(zoe)) == 1
        await ringing.send(zoe)
    assert await ringing.devices(zoe) == []
    refusals = [line for line in lines if line["event"] == "web.push_refused"]
    assert [line["status"] for line in refusals] == [403, 403, 403]
    assert "/push/" not in str(lines)


async def test_a_text_that_is_too_large_is_left_out(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe, full=True)
    answers = iter([Fault(413), None])
    ringing.service.faults = lambda _browser: next(answers)
    await ringing.send(zoe)
    assert [pushed.content["body"] for pushed in phone.received] == ["There is a message for you on your page."]


async def test_what_is_no_subscription_is_refused(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = ringing.service.subscribe("key")
    for endpoint in ("https://127.0.0.1/push", "https://example.org/push", "ftp://x", ""):
        phone.endpoint = endpoint
        assert await zoe.ring_in(phone) == 422
    phone = ringing.service.subscribe("key")
    phone.secret = b"short"
    assert await zoe.ring_in(phone) == 400
    assert await ringing.devices(zoe) == []


async def test_an_address_with_blanks_around_it_rings_as_one_without(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = ringing.service.subscribe(zoe.push_key)
    right = phone.endpoint
    phone.endpoint = f" \t{right}\n"
    with capture_logs() as lines:
        assert await zoe.ring_in(phone) == 200
        await ringing.send(zoe)
    assert len(phone.received) == 1
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []
    phone.endpoint = right.replace("/push/", "/push/ ")
    assert await zoe.ring_in(phone) == 422
    [device] = (await stored_rows(ringing.world.store, "push_devices"))["push_devices"]
    assert device["endpoint"] == right


async def test_a_device_ends_with_its_session(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe)
    assert len(await ringing.devices(zoe)) == 1
    await zoe.look()
    await choose_in_menu(zoe, "Close my page on this device")
    person = await ringing.world.store.read(lambda tx: tx.all("SELECT id FROM push_devices"))
    assert person == []
    assert phone.received == []


async def test_devices_are_listed_and_ended_among_ones_accounts(ringing: Ringing) -> None:
    link = await ringing.harness.page_link("Zoé")
    phone = ringing.harness.person(**{"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Firefox/132.0"})
    laptop = ringing.harness.person(**{"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36"})
    for chat in (laptop, phone):  # she came in by the first: the other is new, and would turn nothing off yet
        await chat.open_link(link)
    lost, kept = await ringing.subscribed(phone), await ringing.subscribed(laptop)
    await laptop.command("settings")
    await laptop.press("My accounts")
    assert "Your page notifies you in Firefox, Android, since" in laptop.text
    await laptop.press("Turn off in Firefox, Android")
    assert "notifies you in Firefox" not in laptop.text
    assert await ringing.devices(laptop) == ["Chrome, Windows"]
    await ringing.send(laptop)
    assert (len(lost.received), len(kept.received)) == (0, 1)


async def test_a_push_service_does_not_recognise_a_topic_in_other_browsers(ringing: Ringing) -> None:
    topics = set()
    for name in ("Zoé", "Ana"):
        chat = await ringing.harness.joined(name)
        phone = await ringing.subscribed(chat)
        for _time in range(2):
            await ringing.send(chat, kind="announcement")
        first, second = phone.received
        assert first.topic == second.topic != ""
        topics.add(first.topic)
    assert len(topics) == 2


def back_online(service: PushService, phone: PushBrowser) -> None:
    """Let a phone have network again: what waited for it and is not too old arrives."""
    phone.online = True
    waited, phone.waiting = phone.waiting, {}
    for pushed in waited.values():
        if service.now() <= pushed.at + timedelta(seconds=pushed.ttl):
            phone.received.append(pushed)


async def test_a_newer_push_replaces_an_older_one_of_its_kind(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe, full=True)
    phone.online = False
    reminder = f"{REMINDER}session:3"
    for number, kind in enumerate([reminder, reminder, f"{REMINDER}session:4", MESSAGE, MESSAGE], start=1):
        await ringing.send(zoe, View((f"Number {number}",)), kind=kind)
    back_online(ringing.service, phone)
    assert [pushed.content["body"] for pushed in phone.received] == ["Number 2", "Number 3", "Number 4", "Number 5"]
    assert [pushed.urgency for pushed in phone.received] == ["high", "high", "normal", "normal"]


async def test_a_reminder_waits_until_what_it_is_about_begins(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé")
    phone = await ringing.subscribed(zoe)
    begins = ringing.world.clock.now() + timedelta(minutes=30)
    view = View((_("At {time}: the workshop.", time=Moment(begins, "time")),))
    await ringing.send(zoe, view, kind=f"{REMINDER}session:3")
    assert [pushed.ttl for pushed in phone.received] == [1800]


async def test_what_goes_to_many_never_rings_at_night(ringing: Ringing) -> None:
    zoe = await ringing.harness.joined("Zoé", territory="FR")
    phone = await ringing.subscribed(zoe)
    evening = datetime(2027, 3, 2, 20, 50, tzinfo=UTC)  # ten to ten in Paris
    await ringing.world.clock.advance(evening - ringing.world.clock.now())
    ringing.service.faults = lambda _browser: Fault(503, "1200")
    await ringing.send(zoe, urgent=BULK)
    await ringing.send(zoe, urgent=URGENT)
    ringing.service.faults = lambda _browser: None
    await ringing.world.clock.advance(timedelta(minutes=21))
    ringing.pushes.wake()
    await ringing.pushes.drained()
    assert await ringing.states() == {"expired": 1, "rung": 1}
    assert len(phone.received) == 1
