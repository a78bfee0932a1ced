"""A browser that opened by itself after a day, as nobody could be asked, shows everything and vouches for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from bot.content.actions import Go
from bot.content.forms import Upload
from bot.membership.browsers import CloseBrowser, EnterOwnCode
from bot.people import browser_store, participant_store, secret_store
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.chat_driver_web import WebChat
from handlers.account.actions import NewWayIn
from handlers.account.participant.accounts import remove
from handlers.account.participant.browsers import close_listed
from handlers.account.participant.leaving import leave
from handlers.plenary.participant.afar import follow_from_afar
from handlers.privacy.participant import ask_again, erase_now
from handlers.registration.organiser.roles import set_role
from handlers.trust import store
from handlers.trust.actions import AnswerHelp, OpenCheck, OpenConversation, WriteMore
from handlers.trust.participant.talking import erase
from tests.drivers.gestures import choose_in_menu
from tests.drivers.web import page_link
from tests.engines import on_one_engine
from tests.participants import number
from tests.platforms.web.test_new_browsers import (
    TOLD,
    WAITS,
    WORDS,
    begin_check,
    confide,
    get_new_code,
    it_was_me,
    open_elsewhere,
    read,
)
from tests.platforms.web.test_stolen_links import press, submit
from tests.plenary.builders import running
from tests.security.builders import Gathering, open_gathering

UNCONFIRMED = "Nobody confirmed this browser."


@pytest.fixture
async def two(store_url: str) -> AsyncIterator[Gathering]:
    """A gathering on its page and on Telegram, where Ada is a trusted person."""
    async with open_gathering(store_url, "telegram", web={"public_url": "http://127.0.0.1"}) as gathering:
        await gathering.join_page("Ada")
        ada = await number(gathering.world, "Ada")
        await gathering.world.change(store.name_trusted, ada, "French", "always", gathering.world.clock.now())
        yield gathering


async def opened_by_itself(gathering: Gathering) -> tuple[WebChat, str, str]:
    """A browser that opened by itself after Zoé had closed her page; and her code, and the link of her page."""
    code = await gathering.invite("Zoé")
    link = await page_link(gathering.world, code)
    zoe = gathering.visitor()
    await zoe.open_link(link)
    await confide(zoe)
    await choose_in_menu(zoe, "Close my page on this device")
    opened = await open_elsewhere(gathering, link)
    assert WORDS not in await read(opened)
    await gathering.wait(hours=24, minutes=1)
    assert WORDS in await read(opened)
    return opened, code, link


async def confirmed(gathering: Gathering, chat: WebChat) -> list[bool]:
    """Whether each browser in which somebody's page is open was confirmed, the oldest first."""
    browsers = await gathering.world.read(browser_store.of_person, int(chat.person_id), gathering.world.clock.now())
    return [browser.confirmed for browser in browsers]


@on_one_engine
async def test_it_confirms_neither_itself_nor_another(two: Gathering) -> None:
    opened, _code, link = await opened_by_itself(two)
    assert UNCONFIRMED in await press(two, opened, await it_was_me(two, opened))
    second = await open_elsewhere(two, link)
    assert UNCONFIRMED in await press(two, opened, await it_was_me(two, second))
    assert await confirmed(two, opened) == [False, False]
    assert WORDS not in await read(second)


async def test_it_waits_again_once_its_owner_can_be_asked_and_their_new_code_closes_it(two: Gathering) -> None:
    telegram = await two.join("Zoé", "telegram")
    await confide(telegram)
    _code, link = await get_new_code(telegram)
    thief = await open_elsewhere(two, link)
    await two.delivered(telegram)
    await two.wait(hours=25)
    [account] = [row for row in (await two.rows())["accounts"] if row["platform"] == "telegram"]
    await two.world.change(participant_store.mark_reachable, account["id"], False)
    assert WORDS in await read(thief)
    assert UNCONFIRMED in await press(two, thief, await it_was_me(two, thief))
    assert UNCONFIRMED in await press(two, thief, remove.to(account["id"]))
    await two.world.change(participant_store.mark_reachable, account["id"], True)
    assert WORDS not in await read(thief)
    await get_new_code(telegram)
    await thief.look()
    assert thief.status == 404


@on_one_engine
async def test_it_makes_no_way_in_and_no_screen(two: Gathering) -> None:
    """So whoever closes it themselves keeps nothing that «It was not me» would have to end."""
    opened, _code, _link = await opened_by_itself(two)
    await two.group("Zoé")
    await two.publish()
    await running(two.world)
    before = await two.rows()
    for action in (NewWayIn(), Go("lier"), follow_from_afar.to(1)):
        assert UNCONFIRMED in await press(two, opened, action)
    after = await two.rows()
    for table in ("secrets", "display_links"):
        assert after[table] == before[table]


@on_one_engine
async def test_the_owner_s_code_confirms_theirs_and_makes_the_other_wait(two: Gathering) -> None:
    thief, code, link = await opened_by_itself(two)
    owner = await open_elsewhere(two, link)
    own = (await it_was_me(two, owner)).partition("-")[2]
    for close in (close_listed.to(own), CloseBrowser(own)):
        assert UNCONFIRMED in await press(two, thief, close)
    assert "Confirmed" in await submit(two, owner, EnterOwnCode(), invitation=code)
    assert WORDS not in await read(thief)
    assert WAITS in thief.text
    assert WORDS in await read(owner)


@on_one_engine
async def test_an_organiser_s_has_no_role_until_their_code_confirms_it(two: Gathering) -> None:
    """What the team reads and gives waits: it would outlast «It was not me»."""
    ines, zoe = await two.organiser_page(), await two.join_page("Zoé")
    link = await two.page_link_of(ines)
    await choose_in_menu(ines, "Close my page on this device")
    opened = await open_elsewhere(two, link)
    await two.wait(hours=24, minutes=1)
    check = await begin_check(two)
    await press(two, zoe, AnswerHelp(check.id))
    await two.delivered(opened)
    await opened.look()
    assert "needs help" not in opened.page.text
    zoe_id = await number(two.world, "Zoé")
    for action in (set_role.to(zoe_id, True), OpenCheck(check.id), Go("organiser")):
        assert UNCONFIRMED in await press(two, opened, action)
    assert not any(row["organises"] for row in (await two.rows())["participants"] if row["id"] == zoe_id)
    await opened.press("Enter my code")
    now = two.world.clock.now()
    await opened.fill(await two.world.change(secret_store.issue, "invitation", int(ines.person_id), now))
    assert "Confirmed" in opened.text
    assert "needs help" in opened.page.text
    await press(two, opened, set_role.to(zoe_id, True))
    assert any(row["organises"] for row in (await two.rows())["participants"] if row["id"] == zoe_id)


@on_one_engine
async def test_a_trusted_person_s_reads_nobody_s_confidences(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await confide(zoe)
    ada, now = await number(two.world, "Ada"), two.world.clock.now()
    (first,) = await two.world.read(browser_store.of_person, ada, now)
    await two.world.change(secret_store.end, await two.world.read(browser_store.sessions_in, ada, first.id))
    opened = await open_elsewhere(two, await two.world.change(secret_store.issue, "page", ada, now))
    await two.wait(hours=24, minutes=1)
    await opened.command("confiance")
    assert not any("writes (since" in label for label in opened.buttons)
    (conversation,) = await two.world.read(store.conversations_of_author, int(zoe.person_id))
    for each in (conversation.id, conversation.id + 1):  # nor is it told which there are
        for action in (OpenConversation(each, 0), WriteMore(each)):
            assert UNCONFIRMED in await press(two, opened, action)
            assert WORDS not in opened.page.text
    assert WORDS in await read(zoe)


@on_one_engine
async def test_its_owner_confirms_it_by_their_code_and_then_links_an_account(two: Gathering) -> None:
    opened, code, _link = await opened_by_itself(two)
    await opened.command("lier")
    assert UNCONFIRMED in opened.text
    await opened.press("Enter my code")
    await opened.fill(code)
    assert "Confirmed" in opened.text
    telegram = await two.linked(opened, "Zoé", "telegram")
    assert WORDS in await read(telegram)


@on_one_engine
async def test_wrong_codes_there_keep_its_owner_from_none(two: Gathering) -> None:
    thief, code, link = await opened_by_itself(two)
    for _each in range(6):
        await submit(two, thief, EnterOwnCode(), invitation="AAAA-AAAA-AAAA")
    assert "Too many codes for now" in thief.text
    owner = await open_elsewhere(two, link)
    assert "Confirmed" in await submit(two, owner, EnterOwnCode(), invitation=code)


@on_one_engine
async def test_it_erases_nobody(two: Gathering) -> None:
    opened, _code, _link = await opened_by_itself(two)
    minute = int(two.world.clock.now().timestamp()) // 60
    assert UNCONFIRMED in await press(two, opened, ask_again.to(True))
    assert UNCONFIRMED in await press(two, opened, erase_now.to(True, minute))
    assert "Zoé" in {row["given_name"] for row in (await two.rows())["participants"]}
    [conversation] = (await two.rows())["trust_conversations"]
    assert UNCONFIRMED in await press(two, opened, erase.to(conversation["id"]))
    assert (await two.rows())["trust_conversations"]


async def zoe_and_a_thief(gathering: Gathering, *, delivered: bool) -> tuple[TelegramChat, WebChat, str]:
    """Zoé, who blocked the bot, her page opened elsewhere, before which that was known or not; and her code."""
    telegram = cast("TelegramChat", await gathering.join("Zoé", "telegram"))
    await confide(telegram)
    code, link = await get_new_code(telegram)
    telegram.user.chat.blocked = True
    if not delivered:
        [account] = [row for row in (await gathering.rows())["accounts"] if row["platform"] == "telegram"]
        await gathering.world.change(participant_store.mark_reachable, account["id"], False)
    thief = await open_elsewhere(gathering, link)
    await gathering.delivered()
    if delivered:
        telegram.user.chat.blocked = False
    else:
        telegram.user.start()  # Telegram tells that she unblocks the bot before she writes
    await gathering.wait(hours=1)
    return telegram, thief, code


@pytest.mark.parametrize("delivered", [True, False])
async def test_who_can_be_reached_again_is_told_then_and_is_asked(two: Gathering, delivered: bool) -> None:
    telegram, thief, code = await zoe_and_a_thief(two, delivered=delivered)
    await telegram.command("moi")
    await two.delivered(telegram)
    assert sum(TOLD in each for each in telegram.pushed) == 1
    assert "«It was me» elsewhere" in await submit(two, thief, EnterOwnCode(), invitation=code)
    assert WORDS not in await read(thief)


async def test_it_reads_nothing_that_its_owner_was_confided_or_answered_as_somebody_trusted(two: Gathering) -> None:
    """Neither what they opened elsewhere, nor what was pressed while it waited; and no secret shown elsewhere."""
    zoe = await two.join_page("Zoé")
    await confide(zoe)
    ada, now = await number(two.world, "Ada"), two.world.clock.now()
    opened = await open_elsewhere(two, await two.world.change(secret_store.issue, "page", ada, now))
    own = await open_elsewhere(two, await two.world.change(secret_store.issue, "page", ada, now))
    first, _opened, owns = await two.world.read(browser_store.of_person, ada, two.world.clock.now())
    await two.world.change(browser_store.confirm, ada, owns.id, now)
    (conversation,) = await two.world.read(store.conversations_of_author, int(zoe.person_id))
    await press(two, opened, OpenConversation(conversation.id, 0))
    await two.wait(hours=25)
    assert WORDS in await press(two, own, OpenConversation(conversation.id, 0))
    await own.command("confiance")
    assert any("writes (since" in label for label in own.buttons)
    await press(two, own, Go("lier"))
    code = own.text.partition("Your code: ")[2].split()[0]
    for each in (first, owns):
        await two.world.change(secret_store.end, await two.world.read(browser_store.sessions_in, ada, each.id))
    await opened.look()
    assert opened.status == 200
    assert not [words for words in (WORDS, code, "writes (since") if words in opened.page.text]


async def test_it_ends_nothing_that_outlasts_it_and_hands_over_no_copy(two: Gathering) -> None:
    opened, _code, _link = await opened_by_itself(two)
    before = (await two.rows())["participants"]
    for action in (leave.ask.to(), leave.to(), Go("revenir"), Go("stop"), Go("badge"), Go("mesdonnees")):
        assert UNCONFIRMED in await press(two, opened, action)
    after = await two.rows()
    assert after["participants"] == before
    assert not after["jobs"]


async def test_what_comes_slowly_from_it_is_counted_apart_from_what_its_owner_sends(two: Gathering) -> None:
    thief, code, link = await opened_by_itself(two)
    await two.start_phase("Zoé")
    await thief.command("moi")
    begun = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n' + b"x" * 300_000
        begun.set()
        await asyncio.Event().wait()

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "9000000"}
    address = f"{two.root}/c/{thief.person_id}/say"
    under_way = asyncio.create_task(thief.browser.post(address, data=slowly(), headers=headers))
    await begun.wait()
    await thief.look()  # by the time that this is answered, the other request has long been recognised
    owner = await open_elsewhere(two, link)
    assert "Confirmed" in await submit(two, owner, EnterOwnCode(), invitation=code)
    await owner.command("moi")
    await owner.give(Upload("a.pdf", b"x" * 300_000), caption="A library for the village")
    assert owner.status == 200
    assert not under_way.done()
    under_way.cancel()
