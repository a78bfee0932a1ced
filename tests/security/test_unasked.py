"""Nothing typed on a confidential screen, or on one of a check for safety, is taken unasked, as an idea or question."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot import logs
from bot.content.actions import Go
from bot.content.folding import opened
from bot.content.texts import Reader, plain
from bot.content.views import View
from bot.conversation.dispatch import CONFIDENTIAL_AIM, Answered
from bot.conversation.incoming import Called, Content, Incoming, Pressed, Typed
from bot.conversation.routes import Route
from bot.delivery import outbox
from bot.people import participant_store
from bot.people.audiences import EVERYONE
from bot.people.document import collect
from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_web import WebChat
from handlers.trust import service, store
from handlers.trust.participant import answering, emergency, talking
from handlers.trust.participant.words import routes as words_routes
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import group
from tests.participants import number
from tests.scenarios.conftest import Stage, open_stage
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, settings, started
from tests.world import DECLARED, ROUTER, World, open_world

MARK = "Zzunasked"
"""In every word that is typed here."""
WAIT = "I keep your words for you for a day, then delete them."
FORGET = "Nothing, forget it"
TABLES = {"trust_messages", "safety_places"}
"""Where such words may be: what waits until its writer chose, and the place that somebody who needs help says."""


def names_of(rows: dict[str, list[dict[str, object]]]) -> set[str]:
    """The tables in which the mark stands."""
    return {table for table, found in rows.items() if MARK in json.dumps(found, default=repr, ensure_ascii=False)}


# --- found by themselves: whatever is confidential hears what is typed on it


ENDS = {"tkf"}
"""What ends a confidence, by its code: «Nothing, forget it»."""
CODES = {"mn", "go-lier"}
"""What shows a new code, which other browsers of the page must not show, but confides nothing."""
ASKED_ABOUT = {"wnx", "lk", "la", "le"}
"""Buttons whose answer may be a question about words, whatever screen they stood on."""
PASSED_OVER = ("er-", "ery", "wy", "wn", "tcz", "go-stop", "go-code", "go-effacer", "tne", "saz")
"""The beginnings of payloads that end the crawl: erasing, leaving, that somebody is a trusted person."""


async def screen_of(chat: NeutralChat, world: World) -> str:
    account, _person = await world.read(participant_store.identify, chat.platform, chat.sender.native_id)
    assert account is not None
    return account.screen


def is_confidential(route: Route, view: View | None) -> bool:
    """Whether an answer is confidential, or for safety."""
    return (view is not None and view.confidential) or route.handler.__module__.startswith("handlers.trust.participant")


async def crawl(world: World, chat: NeutralChat, first: Sequence[str], most: int) -> set[str]:
    """Press whatever there is, `most` buttons; the codes of the confidential screens, on each of which words waited."""
    met: set[str] = set()
    heard: set[str] = set()
    waiting = [*first, *(f"go-{name}" for name in ROUTER.commands)]
    while waiting and len(met) < most:
        payload = waiting.pop(0)
        code = payload.split("-")[0]
        known = code if code.startswith("tk") else payload
        if known in met or payload.startswith(PASSED_OVER):
            continue
        met.add(known)
        try:
            _action, route = ROUTER.find(opened(payload)[0])
        except Exception:  # noqa: BLE001 - a button of a form, which leads nowhere by itself
            continue
        await chat.act(Called(payload.removeprefix("go-")) if code == Go.code else Pressed(payload))
        view = chat.view
        waiting += [button.action.encode() for button in (view.buttons if view else ()) if button.action]
        if not is_confidential(route, view) or {code, payload} & (ENDS | ASKED_ABOUT | CODES):
            continue
        assert await screen_of(chat, world), f"«{payload}» shows «{chat.text}», and does not hear what is typed on it"
        await chat.send(f"{MARK} {payload}")
        assert names_of(await stored_rows(world.store)) <= TABLES, f"typed on «{payload}»: «{chat.text}»"
        assert chat.view is not None
        if WAIT in chat.text:
            waiting += [button.action.encode() for button in chat.view.buttons if button.action]
            await chat.press(FORGET)
        heard.add(code if code != Go.code else payload)
    return heard


@pytest.mark.parametrize("trusted_people", [1, 2])
async def test_every_confidential_screen_that_can_be_reached_hears(sqlite_url: str, trusted_people: int) -> None:
    async with open_world(sqlite_url, settings()) as world:
        ines, zoe = await world.organiser(), await world.join("Zoe", "1")
        ada, _ben = await world.join("Ada", "2"), await world.join("Ben", "3")
        await started(world, await group(world, ["Zoe", "Ada"]))
        for name in ("Ada", "Ben")[:trusted_people]:
            await world.change(store.name_trusted, await number(world, name), "French", "always", world.clock.now())
        await world.change(service.begin_check, await number(world, "Inès"), EVERYONE, world.clock.now(), drill=False)
        check = await world.read(store.running_check)
        assert check is not None
        checks = [f"{code}-{check.id:x}" for code in ("sfy", "sfh", "sfw")]
        await confide(zoe)
        for chat in (zoe, ada, ines):
            await chat.send("/")
        of_author = await crawl(world, zoe, checks, 250)
        of_trusted = await crawl(world, ada, checks, 250)
        of_team = await crawl(world, ines, [], 250)
        assert {"go-confiance", "go-urgence", "tcp", "tcr", "tco", "tcq", "tcx", "sfy", "sfh"} <= of_author
        assert {"go-confiance", "go-urgence", "tco", "tcx"} <= of_trusted
        assert {"go-confiance", "go-urgence"} <= of_team
        assert "tks" in of_author
        assert ("tkw" in of_author) is (trusted_people > 1)


def test_every_route_of_trust_hears_but_the_one_that_ends_it() -> None:
    """Those that a crawl does not reach, too: what is shown only after a failure, or in a conversation just closed."""
    declared = (talking.routes, emergency.routes, answering.routes, words_routes)
    commands = [command.route for routes in declared for command in routes.commands]
    routes = [*commands, *(route for each in declared for route in each.actions.values())]
    deaf = {route.action.code for route in routes if route.hears is None}
    assert len(routes) > 15
    assert deaf == ENDS


async def confide(chat: Chat | NeutralChat) -> None:
    """Write a first message to Ada, in confidence."""
    await chat.command("confiance")
    await chat.press("Write to Ada")
    await chat.press("Without my name")
    await chat.fill("Someone follows me.")


# --- on each platform, on both sides, any time later


@dataclass
class Talk:
    """Two who talk in confidence, and a check for safety."""

    stage: Stage
    zoe: Chat
    ada: Chat


@dataclass(frozen=True)
class Screen:
    """A way to a screen; `place` is one on which words are the place that was asked for."""

    name: str
    of_ada: bool
    reach: Callable[[Talk, Chat], Awaitable[None]]
    place: bool = False
    to: str = "Send this to Ada, in confidence?"


def pressing(*labels: str, command: str = "confiance") -> Callable[[Talk, Chat], Awaitable[None]]:
    async def reach(_talk: Talk, chat: Chat) -> None:
        await chat.command(command)
        for label in labels:
            await chat.press(label)

    return reach


async def after_writing(_talk: Talk, chat: Chat) -> None:
    await chat.command("confiance")
    await chat.press("With Ada")
    await chat.press("Write on")
    await chat.fill("He is there again.")
    assert "Sent to Ada" in words(chat.text)


async def of_a_push(talk: Talk, chat: Chat) -> None:
    await talk.stage.delivered(chat)
    await chat.press("Read")


async def in_a_check(talk: Talk, chat: Chat) -> None:
    world = talk.stage.world
    if check := await world.read(store.running_check):
        await world.change(service.close_check, check, world.clock.now())
    await world.change(service.begin_check, await number(world, "Ada"), EVERYONE, world.clock.now(), drill=False)
    await talk.stage.delivered(chat)
    await chat.press("I need help")


async def safe_in_a_check(talk: Talk, chat: Chat) -> None:
    await in_a_check(talk, chat)
    await chat.press("I am safe now")


async def cried(_talk: Talk, chat: Chat) -> None:
    await chat.command("moi")
    await chat.send("help me")
    assert "I have shown this message to nobody." in words(chat.text)


SCREENS = (
    Screen("a conversation, of the other", True, of_a_push, to="Send this to Someone, in confidence?"),
    Screen("who they are", False, pressing()),
    Screen("who can read it", False, pressing("Who can read it?")),
    Screen("with or without", False, pressing("Write to Ada")),
    Screen("a conversation", False, pressing("With Ada")),
    Screen("sent", False, after_writing),
    Screen("hidden", False, pressing("With Ada", "Hide this")),
    Screen("to be erased", False, pressing("With Ada", "Erase it for both")),
    Screen("emergency", False, pressing(command="urgence")),
    Screen("their conversation", True, pressing("Someone writes"), to="Send this to Someone, in confidence?"),
    Screen("what the other is", True, pressing(), to="I have shown this message to nobody. What is it?"),
    Screen("a cry", False, cried),
    Screen("safe", False, safe_in_a_check),
    Screen("help", False, in_a_check, place=True),
)


@pytest.mark.parametrize(
    ("store_url", "platform"),
    [("sqlite", "telegram"), ("sqlite", "discord"), ("sqlite", "web"), ("postgres", "telegram")],
    indirect=["store_url"],
)
async def test_what_is_typed_on_them_goes_nowhere_unasked(store_url: str, platform: str) -> None:
    stream = io.StringIO()
    logs.set_up((), stream, logging.DEBUG)
    async with open_stage(platform, store_url, phases=PHASES) as stage:
        world = stage.world
        zoe, ada = await stage.join("Zoe"), await stage.join("Ada")
        await started(world, await group(world, ["Zoe", "Ada"]), minutes=10_000)
        await world.change(store.name_trusted, await number(world, "Ada"), "French", "always", world.clock.now())
        await confide(zoe)
        talk = Talk(stage, zoe, ada)
        for screen in SCREENS:
            chat = ada if screen.of_ada else zoe
            await screen.reach(talk, chat)
            await push(stage, chat)
            await world.clock.advance(timedelta(minutes=90))  # what a conversation showed is hidden by now
            await stage.delivered(chat)
            if isinstance(chat, WebChat):
                await chat.look()
                assert f'data-aim="{CONFIDENTIAL_AIM}' in await loaded(chat, ""), screen.name
            await chat.send(f"{MARK} {screen.name}, in so many words as an idea has")
            told = words(chat.text)
            rows = await stored_rows(world.store)
            if screen.place:
                assert "That is on the organisers' list now" in told
                assert names_of(rows) == {"safety_places"}, screen.name
                continue
            assert told.startswith((screen.to, "I have shown this message to nobody.")), f"{screen.name}: {told}"
            assert WAIT in told
            assert "It is an idea" in chat.buttons, "a phase runs"
            assert MARK not in told, "what was written is not shown again"
            assert names_of(rows) == {"trust_messages"}, screen.name
            if isinstance(chat, WebChat):
                assert MARK not in await loaded(chat, ""), "nor on the page"
                assert MARK not in await loaded(chat, "pocket")
            for name in ("Zoe", "Ada"):
                document = await world.read(collect, DECLARED, await number(world, name), "2027-03-01T09:00:00+00:00")
                assert MARK not in json.dumps(document, default=repr), "whoever makes it for them does not read it"
            await chat.press(FORGET)
            assert names_of(await stored_rows(world.store)) == set(), screen.name
        files = [file for file in world.settings.storage.folder.rglob("*") if file.is_file()]
        assert not [file for file in files if MARK.encode() in file.read_bytes()]
        assert "conversation.update_handled" in stream.getvalue(), "it is written at debug"
        assert MARK not in stream.getvalue()


async def push(stage: Stage, chat: Chat) -> None:
    """Something that the bot sends of its own accord, which is not opened."""
    for name in ("Zoe", "Ada"):
        view = View(("The coach leaves at eight.",))
        person = await number(stage.world, name)
        await stage.world.change(outbox.notify, person, view, stage.world.clock.now(), outbox.Telling.PRESSING_ANSWER)
    await stage.delivered(chat)


async def loaded(page: WebChat, path: str) -> str:
    """What a browser loads at a path below somebody's page."""
    async with page.browser.get(f"{page.root}/c/{page.person_id}/{path}") as response:
        assert response.status == 200
        return await response.text()


# --- what a form, an edit, a command or a failure does with them


async def test_a_form_that_was_open_before_waits_and_is_offered(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.command("equipe")
        assert "Your question" in zoe.text
        await zoe.command("urgence")
        await zoe.send(f"{MARK}: where is the nearest hospital?")
        assert zoe.text.startswith("I have shown this message to nobody.")
        assert names_of(await stored_rows(world.store)) == {"trust_messages"}
        await zoe.press("This is my answer")
        assert names_of(await stored_rows(world.store)) == {"questions"}, "it went where they said"


async def test_what_is_pressed_and_refused_is_opened_all_the_same(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ada, zoe = await world.join("Ada", "1"), await world.join("Zoe", "2")
        await world.change(store.name_trusted, await number(world, "Ada"), "French", "always", world.clock.now())
        await zoe.command("confiance")
        await world.change(service.end_trust, await number(world, "Ada"), world.clock.now())
        await zoe.press("Write to Ada")
        assert zoe.text.startswith("They are no longer a trusted person.")
        await zoe.send(f"{MARK}, somebody else then")
        assert zoe.text.startswith("I have shown this message to nobody.")
        await zoe.command("organiser")  # which is not for her
        await zoe.send("An app for neighbours")
        assert "in confidence" not in zoe.text, "something else was opened, even if it was refused"
        assert zoe.text == "I found nothing about that. Shall I ask the team?"
        assert ada.text


@pytest.mark.parametrize("broken", ["store.keep_words", "a press"])
async def test_a_failure_keeps_no_word_and_the_screen(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    async def fails(*_given: object) -> int:
        raise ValueError("not today")

    async with open_world(sqlite_url) as world:
        await world.join("Ada", "1")
        zoe = await world.join("Zoe", "2")
        await world.change(store.name_trusted, await number(world, "Ada"), "French", "always", world.clock.now())
        await zoe.command("confiance")
        with monkeypatch.context() as patch:
            if broken == "a press":
                patch.setattr(service, "find_trusted", fails)
                await zoe.press("Write to Ada")
            else:
                patch.setattr(store, "keep_words", fails)
                await zoe.send(f"{MARK}, not today")
            assert "Something went wrong on our side" in zoe.text
        assert names_of(await stored_rows(world.store)) == set()
        await zoe.send(f"{MARK} again")
        assert zoe.text.startswith("Send this to Ada, in confidence?")


async def test_two_chats_and_two_people_do_not_hear_for_each_other(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.join("Ada", "1")
        zoe, ben = await world.join("Zoe", "2"), await world.join("Ben", "3")
        await world.change(store.name_trusted, await number(world, "Ada"), "French", "always", world.clock.now())
        code = await world.invite("Zed")
        other = world.chat("2", platform="discord")
        await other.follow(f"j-{code}")
        await zoe.command("confiance")
        for chat in (ben, other):
            await chat.send("Where is lunch?")
            assert "in confidence" not in chat.text
        await zoe.send(f"{MARK}, where is lunch?")
        assert zoe.text.startswith("Send this to Ada, in confidence?")


# --- without network: what was typed for one thing goes into no other


async def late(page: WebChat, text: str, aim: str) -> int:
    """Send words that were typed when they would have gone into `aim`; the HTTP status of the answer."""
    await page.look()
    form = page.page.first("form", id="composer")
    assert form is not None
    await page.post(form, {"text": text, "aim": aim})
    return page.status


def aim_of(page: str) -> str:
    return page.partition('data-aim="')[2].partition('"')[0]


async def test_words_typed_without_network_go_into_no_later_screen_and_a_cry_is_told_whom_to_call(
    store_url: str,
) -> None:
    async with open_stage("web", store_url, phases=PHASES) as stage:
        world = stage.world
        zoe, ada = await stage.join("Zoe"), await stage.join("Ada")
        assert isinstance(zoe, WebChat)
        made = await group(world, ["Zoe", "Ada"])
        await started(world, made, "stakes")
        for_phase = aim_of(await loaded(zoe, ""))
        await world.change(store.name_trusted, await number(world, "Ada"), "French", "always", world.clock.now())
        await confide(zoe)
        in_confidence = aim_of(await loaded(zoe, ""))
        assert in_confidence.startswith(CONFIDENTIAL_AIM)
        assert not for_phase.startswith(CONFIDENTIAL_AIM)
        assert await late(zoe, f"{MARK} for the phase", for_phase) == 409, "a screen in confidence takes no idea"
        await zoe.command("moi")
        assert await late(zoe, f"{MARK} in confidence", in_confidence) == 409, "a phase takes no confidence"
        assert await late(zoe, "help me", in_confidence) == 409
        assert "If you are in danger, call 112." in words(zoe.page.text)
        assert names_of(await stored_rows(world.store)) == set()
        assert ada.text


# --- seen by the machine alone


async def test_no_number_tells_that_somebody_met_them(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoe", "1")
        before = {row["update_id"] for row in (await stored_rows(world.store, "inbox"))["inbox"]}
        await zoe.send("help me")
        assert "If you are in danger, call 112." in words(zoe.text)
        rows = await stored_rows(world.store)
        [update] = [row for row in rows["inbox"] if row["update_id"] not in before]
        assert "help me" not in repr(update)
        assert {table for table, found in rows.items() if "help me" in repr(found)} == {"trust_messages"}
        assert update["outcome"] == "done", "as any other"


def read(answered: Answered) -> str:
    assert answered.reply is not None
    reader = Reader("en", "UTC")
    return "\n".join(plain(line, reader) for line in answered.reply.view.lines)


async def typed(world: World, content: Content, update: str) -> str:
    """The answer to somebody whose answers nobody sends."""
    chat = world.chat("77")
    return read(await world.dispatcher.handle(Incoming("telegram", update, chat.sender, content)))


@on_one_engine
async def test_a_stranger_is_told_whom_to_call_and_nothing_is_kept(store_url: str) -> None:
    async with open_world(store_url) as world:
        before = {table: len(found) for table, found in (await stored_rows(world.store)).items() if table != "inbox"}
        for place, cry in enumerate(("help", "au secours", "Hilfe!")):
            answer = await typed(world, Typed(cry), str(place))
            assert answer.startswith("If you are in danger, call 112."), cry
        rows = await stored_rows(world.store)
        assert {table: len(found) for table, found in rows.items() if table != "inbox"} == before
        assert "secours" not in repr(rows["inbox"])
