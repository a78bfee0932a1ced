"""A browser that opened by itself after a day, as nobody could be asked, shows everything and vouches for nothing.

What is written there is written in its own name, and takes nothing from its owner.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
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
from handlers.account.participant.preferences import go_back_to, set_topics
from handlers.ideas.actions import EditIdea, NotAnIdea, WithdrawIdea
from handlers.plenary.participant.afar import follow_from_afar
from handlers.privacy.participant import ask_again, erase_now
from handlers.registration.organiser.roles import set_role
from handlers.reminders.participant import set_kinds
from handlers.themes.participant import stop_waiting, take, wait_for
from handlers.trust import service, store
from handlers.trust.actions import (
    AnswerHelp,
    AnswerSafe,
    ForgetWords,
    LeavePhone,
    OpenCheck,
    OpenConversation,
    SayWhere,
    SendNow,
    WriteMore,
)
from handlers.trust.facilitator.lists import mark_seen
from handlers.trust.model import Answer
from handlers.trust.participant.talking import erase
from handlers.trust.schedule import SafetyClock
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

UNCONFIRMED = "First confirm that it is you"
FEW = 4
"""How much is kept or may be sent, where a test says more than that: some steps show what fifty would."""


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


@on_one_engine
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
    assert "“It was me” elsewhere" in await submit(two, thief, EnterOwnCode(), invitation=code)
    assert WORDS not in await read(thief)


@on_one_engine
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


@on_one_engine
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


async def thief_of(gathering: Gathering, before: Callable[[WebChat], Awaitable[object]] = WebChat.look) -> WebChat:
    """A browser that opened by itself once Zoé had closed her page, after she had done something there."""
    code = await gathering.invite("Zoé")
    link = await page_link(gathering.world, code)
    zoe = gathering.visitor()
    await zoe.open_link(link)
    await before(zoe)
    await choose_in_menu(zoe, "Close my page on this device")
    thief = await open_elsewhere(gathering, link)
    await gathering.wait(hours=24, minutes=1)
    await thief.look()
    return thief


async def rows_of(gathering: Gathering, *tables: str) -> dict[str, object]:
    found = await gathering.rows()
    return {table: found[table] for table in tables}


async def test_it_gives_up_no_place_and_deletes_and_mutes_nothing_of_its_owner(two: Gathering) -> None:
    await two.world.change(lambda tx: tx.run("UPDATE themes SET capacity = 1 WHERE key = 'culture'"))

    async def before(zoe: WebChat) -> None:
        await press(two, zoe, take.to("culture"))
        await submit(two, zoe, LeavePhone(), phone="+33 6 12 34 56 78")
        await press(two, await two.join_page("Max"), wait_for.to("culture"))

    thief = await thief_of(two, before)
    tables = ("choices", "waiting", "emergency_phones", "participants", "reminder_mutes")
    stands = await rows_of(two, *tables)
    for action in (take.to("school"), wait_for.to("school"), stop_waiting.to()):
        assert UNCONFIRMED in await press(two, thief, action)
    assert UNCONFIRMED in await submit(two, thief, LeavePhone(), phone="")
    assert UNCONFIRMED in await submit(two, thief, LeavePhone(), phone="+33 6 66 66 66 66")
    for choice in (set_topics, set_kinds):
        assert await two.forge(thief, "pick", choice=choice.to().encode()) == 200
        await thief.look()
        assert UNCONFIRMED in thief.text
    assert await rows_of(two, *tables) == stands


@on_one_engine
async def test_who_has_no_theme_and_no_rank_takes_one_there(two: Gathering) -> None:
    thief = await thief_of(two)
    assert "Your theme is Culture" in await press(two, thief, take.to("culture"))
    assert UNCONFIRMED in await press(two, thief, take.to("school"))
    assert "I will write to you in English" in await press(two, thief, go_back_to.to("en"))


@on_one_engine
async def test_what_is_asked_there_is_marked_and_keeps_its_owner_from_nothing(two: Gathering) -> None:
    organiser = await two.organiser_page()

    thief = await thief_of(two)
    await thief.command("equipe")
    await thief.fill("Where do I fetch the key of my room?")
    await two.delivered(organiser)
    await organiser.look()
    assert "Page not confirmed" in organiser.page.text
    [question] = (await two.rows())["questions"]
    assert question["browser"]


async def test_what_is_written_to_a_trusted_person_there_is_its_own_and_counted_apart(
    two: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_AN_HOUR", FEW)
    thief, code, link = await opened_by_itself(two)
    [conversation] = (await two.rows())["trust_conversations"]
    for each in range(FEW + 1):
        await submit(two, thief, WriteMore(conversation["id"]), words=f"not hers {each}")
    assert "Not sent yet" in thief.text
    owner = await open_elsewhere(two, link)
    assert "Confirmed" in await submit(two, owner, EnterOwnCode(), invitation=code)
    assert "Sent to Ada" in await submit(two, owner, WriteMore(conversation["id"]), words="Please, it is urgent")
    written = {row["words"]: row for row in (await two.rows())["trust_messages"]}
    assert all(row["browser"] for words, row in written.items() if words.startswith("not hers"))
    assert written["not hers 1"]["conversation_id"] != conversation["id"]
    assert written["Please, it is urgent"]["browser"] == ""


async def test_words_that_wait_elsewhere_are_neither_sent_nor_forgotten_there(two: Gathering) -> None:
    code = await two.invite("Zoé")
    link = await page_link(two.world, code)
    zoe = two.visitor()
    await zoe.open_link(link)
    thief = await open_elsewhere(two, link)
    await two.wait(hours=23, minutes=30)
    await zoe.command("confiance")
    await zoe.send(WORDS)
    await choose_in_menu(zoe, "Close my page on this device")
    await two.wait(hours=1)
    waiting = (await two.rows())["trust_messages"]
    assert [row["words"] for row in waiting] == [WORDS]
    last = waiting[0]["written_at"]
    assert "in this browser is forgotten" in await press(two, thief, ForgetWords(last, 0))
    ada = await number(two.world, "Ada")
    assert "These words are gone" in await press(two, thief, SendNow(ada, True, last, 0))
    assert (await two.rows())["trust_messages"] == waiting


@on_one_engine
async def test_nobody_who_confided_is_named_there_after_a_press_that_was_refused(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await zoe.command("confiance")
    await zoe.press("Write to Ada")
    await zoe.press("With my name")
    await zoe.fill(WORDS)
    ada, now = await number(two.world, "Ada"), two.world.clock.now()
    [conversation] = (await two.rows())["trust_conversations"]
    (first,) = await two.world.read(browser_store.of_person, ada, now)
    own = await open_elsewhere(two, await two.world.change(secret_store.issue, "page", ada, now))
    second = (await two.world.read(browser_store.of_person, ada, two.world.clock.now()))[-1]
    await two.world.change(browser_store.confirm, ada, second.id, now)
    await two.world.change(secret_store.end, await two.world.read(browser_store.sessions_in, ada, first.id))
    thief = await open_elsewhere(two, await two.world.change(secret_store.issue, "page", ada, now))
    await two.wait(hours=25)
    await press(two, own, OpenConversation(conversation["id"], 0))
    await choose_in_menu(own, "Close my page on this device")
    assert UNCONFIRMED in await press(two, thief, OpenConversation(conversation["id"], 0))
    for words in ("so what about it", "and again"):
        await thief.send(words)
        await thief.look()
        assert "Zoé" not in thief.page.text


async def test_where_its_owner_is_stays_on_the_list_whatever_is_said_there(
    two: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_PLACES", FEW)
    code = await two.invite("Zoé")
    link = await page_link(two.world, code)
    zoe = two.visitor()
    await zoe.open_link(link)
    thief = await open_elsewhere(two, link)
    await two.wait(hours=25)
    check = await begin_check(two)
    await press(two, zoe, AnswerHelp(check.id))
    await zoe.look()
    await zoe.send("Behind the blue door")
    await choose_in_menu(zoe, "Close my page on this device")
    assert UNCONFIRMED in await press(two, thief, AnswerSafe(check.id))
    await press(two, thief, AnswerHelp(check.id))
    for each in range(FEW + 1):
        await submit(two, thief, SayWhere(check.id), place=f"nowhere {each}")
    places = (await two.rows())["safety_places"]
    assert [row["browser"] for row in places if row["words"] == "Behind the blue door"] == [""]
    assert all(row["browser"] for row in places if row["words"].startswith("nowhere"))


@on_one_engine
async def test_where_somebody_is_who_cries_there_is_kept_though_its_owner_said_that_they_are_safe(
    two: Gathering,
) -> None:
    code = await two.invite("Zoé")
    link = await page_link(two.world, code)
    zoe = two.visitor()
    await zoe.open_link(link)
    other = await open_elsewhere(two, link)
    await two.wait(hours=25)
    check = await begin_check(two)
    await press(two, zoe, AnswerSafe(check.id))
    await choose_in_menu(zoe, "Close my page on this device")
    await two.wait(minutes=1)
    await press(two, other, AnswerHelp(check.id))
    await other.look()
    await other.send("Behind the blue door")
    assert "on the organisers' list" in other.text
    assert "on the organisers' list" in await submit(two, other, SayWhere(check.id), place="On the roof")
    [zoe_id] = {row["participant_id"] for row in (await two.rows())["safety_places"]}
    person, now = await two.world.read(store.answer_of, check.id, zoe_id), two.world.clock.now()
    assert person
    await two.world.change(service.mark, check, person, zoe_id, now, seen=True)
    await other.send("In the kitchen")
    said = [row["words"] for row in (await two.rows())["safety_places"]]
    assert said == ["Behind the blue door", "On the roof"], "seen since, they are asked whether they still need help"


async def test_an_idea_of_its_owner_stays_as_it_is_and_one_given_there_may_be_changed(two: Gathering) -> None:
    code = await two.invite("Zoé")
    link = await page_link(two.world, code)
    zoe = two.visitor()
    await zoe.open_link(link)
    thief = await open_elsewhere(two, link)
    await two.wait(hours=25)
    await two.start_phase("Zoé")
    await zoe.send("A library of tools for the village")
    await choose_in_menu(zoe, "Close my page on this device")
    [hers] = (await two.rows())["ideas"]
    for action in (NotAnIdea(hers["id"]), WithdrawIdea(hers["id"])):
        assert UNCONFIRMED in await press(two, thief, action)
    assert UNCONFIRMED in await submit(two, thief, EditIdea(hers["id"]), idea="Nothing at all")
    assert (await two.rows())["ideas"] == [hers]
    await thief.send("A garden of herbs for the school")
    [_hers, other] = (await two.rows())["ideas"]
    assert "Changed." in await submit(two, thief, EditIdea(other["id"]), idea="A garden of herbs for everybody")
    assert [row["text"] for row in (await two.rows())["ideas"]] == [hers["text"], "A garden of herbs for everybody"]


@on_one_engine
async def test_a_link_to_the_page_carries_nothing_out_and_tries_no_code(two: Gathering) -> None:
    ines = await two.organiser_page()
    code = await two.invite("Max")
    before = await rows_of(two, "attempts", "participants", "secrets")
    for payload in ("go-effacer", f"j-{code.replace('-', '')}", "j-AAAAAAAAAAAA", "o-ABCDEFGH"):
        async with ines.browser.get(f"{two.root}/e/link/{payload}") as answer:
            assert answer.status == 200
        await ines.look()
        assert "That button has aged. Here is where you are now." in ines.text
    assert await rows_of(two, "attempts", "participants", "secrets") == before


@on_one_engine
async def test_a_mark_that_is_older_than_a_cry_beside_a_safe_answer_is_refused(two: Gathering) -> None:
    ines, zoe = await two.organiser_page(), await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    check = await begin_check(two)
    await two.forge(zoe, "press", payload=AnswerSafe(check.id).encode())
    await two.wait(minutes=1)
    await two.forge(other, "press", payload=AnswerHelp(check.id).encode())
    await two.wait(minutes=1)
    said = await press(two, ines, mark_seen.to(check.id, int(zoe.person_id), 1, "none", 0))
    assert "has asked for help since: not marked" in said
    assert (await two.rows())["safety_marks"] == []


@on_one_engine
async def test_a_cry_after_a_mark_is_announced_however_many_false_ones_there_were(two: Gathering) -> None:
    ines, zoe = await two.organiser_page(), await two.join_page("Zoé")
    check, person_id = await begin_check(two), int(zoe.person_id)

    async def cry(browser: str) -> int:
        """Cry in a browser; how many cries were announced so far."""
        await two.world.change(service.answer, check, person_id, "help", two.world.clock.now(), browser)
        rows = (await two.rows())["deliveries"]
        return len({row["subject"] for row in rows if (row["subject"] or "").startswith(f"help:{check.id}:")})

    announced = [await cry(f"stolen{each}") for each in range(browser_store.TOGETHER + 1)]
    assert announced[-1] == announced[-2], "no more than a few about all of them together"
    await two.wait(minutes=1)
    person = await two.world.read(store.answer_of, check.id, person_id)
    assert person
    await two.world.change(service.mark, check, person, int(ines.person_id), two.world.clock.now(), seen=True)
    await two.wait(minutes=1)
    assert await cry("own") == announced[-1] + 1


@on_one_engine
@pytest.mark.parametrize("confirmed", [False, True])
async def test_a_cry_in_a_new_browser_soon_after_its_owner_was_safe_is_announced(
    two: Gathering, confirmed: bool
) -> None:
    await two.organiser_page()
    zoe = await two.join_page("Zoé")
    check, person_id = await begin_check(two), int(zoe.person_id)

    async def announced() -> int:
        rows = (await two.rows())["deliveries"]
        return len([row for row in rows if (row["subject"] or "").startswith(f"help:{check.id}:")])

    answers: list[tuple[Answer, str]] = [("help", "new"), ("safe", ""), ("help", "new")]
    for answer, browser in answers:
        await two.world.change(service.answer, check, person_id, answer, two.world.clock.now(), browser)
        assert await announced() == 1
        await two.wait(seconds=20)
    if confirmed:
        await two.world.change(service.take_as_own, person_id, "new")
    await two.wait(minutes=2)
    await two.world.change(SafetyClock().release, two.world.clock.now())
    assert await announced() == 2


@on_one_engine
async def test_a_cry_in_one_of_too_many_new_browsers_is_announced_when_it_is_repeated_later(two: Gathering) -> None:
    await two.organiser_page()
    zoe = await two.join_page("Zoé")
    check, person_id = await begin_check(two), int(zoe.person_id)

    async def cry(browser: str) -> int:
        """Cry in a browser; of how many browsers organisers were told so far."""
        await two.world.change(service.answer, check, person_id, "help", two.world.clock.now(), browser)
        rows = (await two.rows())["deliveries"]
        return len({row["subject"] for row in rows if (row["subject"] or "").startswith(f"help:{check.id}:")})

    for each in range(browser_store.TOGETHER):
        await cry(f"stolen{each}")
    assert await cry("own") == browser_store.TOGETHER
    await two.wait(minutes=11)
    assert await cry("own") == browser_store.TOGETHER + 1
    await two.wait(minutes=11)
    assert await cry("own") == browser_store.TOGETHER + 1, "it stands"
