"""Who presses or writes too fast is told so, stores nothing, and is heard in danger; nobody else notices."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.content.actions import Go
from bot.conversation import inbox_store
from bot.conversation.tempo import REGAINED
from bot.rehearsal.chat_driver_web import WebChat
from tests.engines import on_one_engine
from tests.platforms.web.test_new_browsers import open_elsewhere
from tests.security.builders import Gathering, open_gathering

TOO_FAST = "Slow down: too much at once. Nothing is lost: try again in a moment."
IN_FRENCH = "Doucement\xa0: trop de demandes en même temps. Rien n’est perdu\xa0: réessaie dans un instant."
"""The same in the language of the gathering: Discord does not say in which language a private message is."""
AT_ONCE = 12
ME, EMERGENCY = Go("moi").encode(), Go("urgence").encode()


async def presses(gathering: Gathering, chat: WebChat, times: int, payload: str = ME) -> list[int]:
    """The status of the answer to each of many presses."""
    return [await gathering.forge(chat, "press", payload=payload) for _each in range(times)]


async def stored(gathering: Gathering) -> int:
    """How many updates are stored."""
    return len((await gathering.rows())["inbox"])


@on_one_engine
async def test_a_flood_from_a_stolen_link_stores_little_and_uses_up_nothing_of_its_owner(store_url: str) -> None:
    async with open_gathering(store_url, limits={"presses": AT_ONCE}) as gathering:
        zoe, max_ = await gathering.join_page("Zoé"), await gathering.join_page("Max")
        thief = await open_elsewhere(gathering, await gathering.page_link_of(zoe))
        await thief.look()
        before = await stored(gathering)
        answers = await presses(gathering, thief, 60)
        assert sorted(set(answers)) == [200, 429]
        assert await stored(gathering) - before == answers.count(200) < AT_ONCE
        for chat in (zoe, max_):  # who has one address with the thief, as everybody here
            assert await presses(gathering, chat, 5) == [200] * 5


@on_one_engine
async def test_new_browsers_together_store_little_too(store_url: str) -> None:
    async with open_gathering(store_url, limits={"presses": AT_ONCE, "sessions": 20}) as gathering:
        zoe = await gathering.join_page("Zoé")
        thieves = [await open_elsewhere(gathering, await gathering.page_link_of(zoe)) for _each in range(9)]
        before = await stored(gathering)
        for thief in thieves:
            await presses(gathering, thief, AT_ONCE)
        assert await stored(gathering) - before <= 5 * AT_ONCE
        assert await presses(gathering, zoe, 1) == [200]


@on_one_engine
async def test_a_cry_is_answered_however_much_was_sent_before(store_url: str) -> None:
    async with open_gathering(store_url, limits={"presses": AT_ONCE}) as gathering:
        zoe = await gathering.join_page("Zoé")
        assert 429 in await presses(gathering, zoe, AT_ONCE + 1)
        assert await presses(gathering, zoe, 1, EMERGENCY) == [200]
        status, _answer = await gathering.forge_and_read(zoe, "say", text="Au secours, il me suit")
        await zoe.look()
        assert (status, "I have shown this message to nobody." in zoe.text) == (200, True)
        assert 429 in await presses(gathering, zoe, AT_ONCE, EMERGENCY)
        status, answer = await gathering.forge_and_read(zoe, "say", text="Au secours, il me suit")
        assert status == 429
        assert "112" in answer  # even that says whom to call


@on_one_engine
async def test_what_waited_without_network_leaves_at_once_and_what_is_too_much_a_moment_later(store_url: str) -> None:
    async with open_gathering(store_url, limits={"presses": 120}) as gathering:
        ada = await gathering.join_page("Ada")
        assert set(await presses(gathering, ada, 50)) == {200}
        await presses(gathering, ada, 120)
        words = {"text": "A garden on each roof", "token": "what-waited-0001"}
        assert await gathering.forge(ada, "say", **words) == 429
        await gathering.wait(seconds=REGAINED.total_seconds() / 60)
        assert await gathering.forge(ada, "say", **words) == 200
        await ada.look()
        assert "A garden on each roof" in ada.page.text


async def test_words_sent_too_fast_without_a_script_stay_in_their_field(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"presses": AT_ONCE}) as gathering:
        zoe = await gathering.join_page("Zoé")
        await presses(gathering, zoe, AT_ONCE)
        composer = zoe.page.first("form", id="composer")
        assert composer is not None
        await zoe.post(composer, {"text": "A garden on each roof"})
        field = zoe.page.first("textarea", name="text")
        assert TOO_FAST in zoe.page.text
        assert field is not None
        assert field.text == "A garden on each roof"


async def test_forms_and_openings_of_the_page_count_too(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"presses": AT_ONCE}) as gathering:
        zoe = await gathering.join_page("Zoé")
        assert 429 in await presses(gathering, zoe, AT_ONCE, Go("equipe").encode())
        before = await gathering.rows()
        await zoe.open_link(await gathering.page_link_of(zoe))
        after = await gathering.rows()
        assert (len(after["inbox"]), len(after["page_messages"])) == (
            len(before["inbox"]),
            len(before["page_messages"]),
        )


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_who_writes_too_fast_in_a_chat_is_told_once_a_minute_and_heard_in_danger(
    sqlite_url: str, platform: str
) -> None:
    async with open_gathering(sqlite_url, platform, limits={"presses": AT_ONCE}) as gathering:
        zoe = await gathering.join("Zoé", on=platform)
        for each in range(AT_ONCE):
            await zoe.send(f"hello {each}")
        before = await stored(gathering)
        for each in range(AT_ONCE):
            await zoe.send(f"hello again {each}")
        assert await stored(gathering) == before
        assert sum(said in (TOO_FAST, IN_FRENCH) for said in gathering.shown(zoe)) == 1
        await zoe.command("urgence")
        assert "112" in zoe.text
        await gathering.wait(minutes=4)
        await zoe.command("moi")
        assert TOO_FAST not in zoe.text


async def test_organisers_may_send_ten_times_as_much(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"presses": AT_ONCE}) as gathering:
        ines = await gathering.organiser_page()
        assert set(await presses(gathering, ines, 5 * AT_ONCE)) == {200}


@on_one_engine
async def test_what_was_refused_on_a_page_is_kept_no_longer_than_elsewhere(store_url: str) -> None:
    async with open_gathering(store_url) as gathering:
        zoe = await gathering.join_page("Zoé")
        assert await gathering.forge(zoe, "press", payload="xx-1") == 200
        kept = []
        for age in (inbox_store.KEPT, inbox_store.KEPT_OF_PAGES):
            gone = gathering.world.clock.now() + age + timedelta(seconds=1)
            await gathering.world.change(inbox_store.forget_old, gone)
            kept.append({row["outcome"] for row in (await gathering.rows())["inbox"]})
        assert kept == [{"done"}, set()]
