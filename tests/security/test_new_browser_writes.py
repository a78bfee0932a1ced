"""Whoever opened somebody's page with a stolen link forges every button: they change nothing but what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from bot.content.roles import Required, Who, stricter
from bot.conversation.incoming import Called, Content, Picked, Pressed, Submitted, Typed
from bot.conversation.new_browsers import may_change
from bot.people import browser_store, facilitator_store, secret_store
from bot.people.audiences import EVERYONE
from bot.platforms.web import page_store
from handlers.rides.model import RideOffer
from handlers.rides.service import offer
from handlers.trust import service, store
from tests.conversation.test_forged_values import Forgetful, live, presses
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.participants import number
from tests.plenary.builders import running
from tests.programme.builders import OPENING
from tests.security.builders import Gathering, open_gathering
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES
from tests.world import EVERY_ROUTE, World, make_settings, open_world

Rows = dict[str, list[dict[str, Any]]]
SETTINGS = make_settings(organisers={"telegram": [900]}, phases=PHASES, rides={}, initiatives={}, encounters={})
OF_A_PRESS = {"inbox", "dialogues"}
"""What the conversation itself keeps of any press."""
REPLACED = {"attempts", "safety_answers"}
"""Where it is counted how often something was tried, and where «I need help» stands, which always may."""
ADDED = {
    *("attempts", "calls", "deliveries", "ideas", "questions", "safety_places"),
    *("trust_conversations", "trust_messages"),
}
"""Where the rows are that are written in a new browser."""
CHOSEN = {"applause", "participants", "votes"}
"""Where what was chosen elsewhere is replaced by a choice in a browser that opened by itself, or goes below it."""
SAID = {"also_here", "stage_questions"}
"""Where more stands that is said in a browser that opened by itself."""
ENDS = {"ery", "lvy", "mry", "mbx", "mby", "tcz"}
"""What ends a person's part, or what is between them and others, by its code."""
WORDS = ("A library of tools for the village", "When does the bus leave on Sunday?", "Someone follows me, help")


async def rows(world: World) -> Rows:
    found = {table: each for table, each in (await stored_rows(world.store)).items() if table not in OF_A_PRESS}
    found["secrets"].sort(key=lambda session: str(session["hash"]))  # PostgreSQL puts what was changed last
    for session in found["secrets"]:
        del session["screen"]  # which confidential screen is open in that browser
    return found


def forged(who: Required, *, declared: bool, new: bool = True) -> Iterator[Content]:
    """Every button, choice, form and command that is declared for new browsers, or is not.

    If not `new`, for those that opened by themselves. An organiser forges all, somebody else what is for people like
    them.
    """
    for action, route in EVERY_ROUTE.codes.values():
        theirs = who in (Who.ORGANISER, stricter(route.who, Who.PARTICIPANT))
        if theirs and may_change(route.handler, new=new) is declared:
            yield from islice(presses(route, action), 2 if route.form else 1)
    for name, command in EVERY_ROUTE.commands.items():
        if may_change(command.route.handler, new=new) is declared:
            yield from (Called(name), Called(name, "1"))


async def in_new_browsers(world: World) -> Mapping[Required, NeutralChat]:
    """A participant, a facilitator and an organiser, each on their page in a browser that nobody confirmed.

    Before, the participant pressed everything elsewhere: there is much that could be replaced.
    """
    chats, now = await live(world), world.clock.now()
    ride = RideOffer(back=True, place="Lyon", leaves_at=now + timedelta(days=1), seats=2)
    await world.change(offer, world.settings, await number(world, "Ana"), ride, now)
    await world.change(store.name_trusted, await number(world, "Zoé"), "French", "always", now)
    await world.change(service.begin_check, await number(world, "Inès"), EVERYONE, now, drill=False)
    for chat in chats.values():
        chat.dispatcher = world.dispatcher
    for declared in (False, True):
        for content in forged(Who.PARTICIPANT, declared=declared):
            if isinstance(content, Pressed | Picked | Submitted) and content.payload.split("-")[0] not in ENDS:
                await chats[Who.PARTICIPANT].act(content, forged=True)
    for name, chat in zip(("Ana", "Maya", "Inès", "Bo"), chats.values(), strict=True):
        person = await number(world, name)
        later = now + timedelta(days=7)
        await world.change(secret_store.issue, "session", person, now, expires=later, browser="Firefox")
        [browser] = await world.change(browser_store.of_person, person, now)
        chat.sender = replace(chat.sender, browser=browser)
    return chats


NEW = pytest.mark.parametrize("new", [True, False], ids=["new", "opened by itself"])
"""In browsers that wait to be confirmed, and in those that opened by themselves after a day."""


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch, new: bool) -> None:
    """Let no unconfirmed browser wait, unless it is `new`."""
    read = browser_store.browser_of
    if not new:
        monkeypatch.setattr(browser_store, "browser_of", lambda *of: replace(read(*of), waits=False))


@on_one_engine
@NEW
@pytest.mark.usefixtures("opening")
async def test_what_is_not_declared_for_new_browsers_changes_nothing_there(store_url: str, new: bool) -> None:
    async with open_world(store_url, SETTINGS) as world:
        chats = await in_new_browsers(world)
        before = await rows(world)
        refused = 0
        for who, chat in chats.items():
            for content in forged(who, declared=False, new=new):
                await chat.act(content, forged=True)
                refused += chat.text.startswith("This browser is new" if new else "First confirm that it is you")
        after = await rows(world)
        changed = {table for table in before if after[table] != before[table]}
        assert changed == set()
        assert refused > 400


@NEW
@pytest.mark.usefixtures("opening")
async def test_what_is_declared_for_new_browsers_takes_the_place_of_nothing(store_url: str, new: bool) -> None:
    async with open_world(store_url, SETTINGS) as world:
        chats = await in_new_browsers(world)
        before = await rows(world)
        for who, chat in chats.items():
            for content in (*forged(who, declared=True, new=new), *map(Typed, WORDS)):
                await chat.act(content, forged=True)
        after = await rows(world)
        gone = {table: [row for row in found if row not in after[table]] for table, found in before.items()}
        assert {table for table, found in gone.items() if found} <= (REPLACED if new else REPLACED | CHOSEN)
        assert all(row["answer"] != "help" for row in gone["safety_answers"])
        more = {table for table, found in after.items() if len(found) > len(before[table])}
        assert {"ideas", "questions", "trust_messages"} <= more <= (ADDED if new else ADDED | CHOSEN | SAID), sorted(
            more
        )


@on_one_engine
async def test_a_facilitator_reads_in_a_new_browser_what_somebody_without_a_role_reads(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        chat = (await in_new_browsers(world))[Who.FACILITATOR]
        chat.dispatcher = world.dispatcher_over(Forgetful(world.store))
        contents = tuple(forged(Who.ORGANISER, declared=False))
        with_role = [await told(chat, content) for content in contents]
        await world.change(facilitator_store.give, await number(world, "Maya"), [])
        without = [await told(chat, content) for content in contents]
        differ = [triple for triple in zip(contents, with_role, without, strict=True) if triple[1] != triple[2]]
        assert [triple for triple in differ if not triple[1].startswith("This browser is new")] == []
        assert len(differ) > 40


async def told(chat: NeutralChat, content: Content) -> str:
    """What is answered to one press."""
    await chat.act(content, forged=True)
    return f"{chat.text} {chat.buttons}"


@on_one_engine
@NEW
@pytest.mark.usefixtures("opening")
async def test_whatever_is_read_in_a_new_browser_takes_nothing_off_its_owner_s_page(
    store_url: str, monkeypatch: pytest.MonkeyPatch, new: bool
) -> None:
    async with open_gathering(store_url, "telegram", web={"public_url": "http://127.0.0.1"}, sessions=[OPENING]) as two:
        zoe = await two.join_page("Zoé")
        await two.group("Zoé")
        await two.publish()
        await running(two.world)
        await zoe.command("scene")
        await two.hang_file(zoe, b"what the team gave to Zoe")
        await two.delivered(zoe)
        other = two.visitor()
        await other.open_link(await two.page_link_of(zoe))
        await two.delivered(zoe)
        before = await of_its_owner(two)
        monkeypatch.setattr(page_store, "KEPT", len(before["page_messages"]))
        monkeypatch.setattr(page_store, "KEPT_OF_NEW_BROWSERS", 1000)
        monkeypatch.setattr(page_store, "BEARERS", len(before["page_files"]))
        for content in forged(Who.PARTICIPANT, declared=False, new=new):
            match content:
                case Pressed(payload):
                    await two.forge(other, "press", payload=payload)
                case Picked(payload, values):
                    await two.forge(other, "pick", choice=payload, value=values[0])
                case Submitted(payload, answers):
                    fields = {f"answer_{name}": str(answer) for name, answer in answers.items()}
                    await two.forge(other, "submit", payload=payload, **fields)
                case Called(word, argument):
                    await two.forge(other, "call", word=word, argument=argument)
        await two.delivered()
        assert await of_its_owner(two) == before
        assert len((await two.rows())["page_files"]) > len(before["page_files"]), "files were read there"
        await other.look()
        assert other.status == 200


async def of_its_owner(gathering: Gathering) -> Rows:
    """What is on people's pages or on its way there, but for what is said in new browsers, or changed there later."""
    found = await gathering.rows()
    messages = [row for row in found["page_messages"] if not row["answered_in"]]
    ids = {row["id"] for row in messages}
    files = [row for row in found["page_files"] if row["message_id"] in ids]
    more = {table: found[table] for table in ("pushes", "screens")}
    more["deliveries"] = [row for row in found["deliveries"] if row["kind"] != "later"]
    return {"page_messages": messages, "page_files": files, **more}
