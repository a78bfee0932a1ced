"""«Are you safe?»: asked on every account at once, followed on a list, asked again, closed; and drills."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.content.actions import MOST
from bot.content.forms import Upload
from bot.content.texts import render
from bot.conversation.incoming import Located, Sent
from bot.database.engine import Transaction
from bot.files.stored_files import digest_of
from bot.membership.erasure import erase
from bot.people import participant_store
from bot.people.audiences import Audience
from bot.people.document import collect
from bot.people.participants import Account
from bot.rehearsal.chat_driver_web import WebChat
from handlers.trust import service, store
from handlers.trust.actions import OpenPhotos
from handlers.trust.facilitator.lists import draw_check, mark_seen
from handlers.trust.model import HELP_TOLD_AGAIN, MOST_PHOTOS, MOST_PLACES, SafetyCheck
from handlers.trust.schedule import SafetyClock
from tests.drivers.menus import menu_of, steps_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up
from tests.drivers.web import open_web
from tests.engines import on_one_engine
from tests.outbox import arrive, forget, press_push, pushed, views
from tests.participants import number, rewrite
from tests.pictures import png
from tests.stored_rows import stored_rows
from tests.trust.places import locate, send, write
from tests.world import DECLARED, World, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


def read(chat: NeutralChat | WebChat) -> str:
    """What a chat shows, without the marks around names that are not plain letters."""
    return chat.text.replace("\u2068", "").replace("\u2069", "")


async def begin(chat: NeutralChat) -> None:
    """Ask everybody, in two taps."""
    await chat.command("securite")
    await chat.press("Ask everyone")
    await chat.press("Yes, ask now")


def photo(width: int = 40) -> Upload:
    """A photo of this width."""
    return Upload("photo.png", png(width, 20), picture=True, media_type="image/png")


def maps(chat: NeutralChat) -> list[str]:
    """The addresses of the maps that a chat shows."""
    lines = chat.view.lines if chat.view else ()
    return [run.url for line in lines for run in render(line, chat.reader) if run.url]


async def running(world: World) -> SafetyCheck:
    """The check that is running."""
    check = await world.read(store.running_check)
    assert check is not None
    return check


async def listed(world: World, chat: NeutralChat) -> list[str]:
    """The lines of the list of the latest check, as an organiser reads them."""

    async def unit(tx: Transaction) -> None:
        check = await store.last_check(tx)
        assert check is not None
        chat.view = await draw_check(tx, check)

    await world.store.read(unit)
    return read(chat).splitlines()


@on_one_engine
async def test_two_taps_ask_everybody_on_every_account_at_night_too(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, zoe, ada = await world.organiser(), await world.join("Zoé", "1"), await world.join("Ada", "2")
        await ada.command("stop")
        other = Account("discord", "77", "chat-77", "Zoé", "en")
        await world.change(participant_store.attach, other, await number(world, "Zoé"), world.clock.now())
        await world.clock.advance(timedelta(hours=16))  # two in the morning
        await forget(world)
        await ines.command("securite")
        await ines.press("Ask everyone")
        assert read(ines).splitlines() == [
            "Ask everyone now, 2 people, on every account?",
            "It is not a drill: everybody is alerted at once.",
        ]
        await ines.press("Yes, ask now")
        question = ["Are you safe?\nOne tap is enough. Only the team and your group's facilitators see your answer."]
        assert await pushed(world, zoe, due_by=world.clock.now()) == question
        second = world.chat("77", platform="discord")
        assert await pushed(world, second, due_by=world.clock.now()) == question
        assert await pushed(world, ada, due_by=world.clock.now()) == question
        lines = await listed(world, ines)
        assert lines[0] == "Are you safe? To: everyone"
        assert lines[2:] == [
            "Safe: 0 of 2 · need help: 0 · no answer: 2",
            "Open a group, then press the name of each person whom you see safe.",
        ], "each group is its button, and stands there alone"
        assert ines.buttons[0] == "Without a group · 0/2"
        assert (await steps_of(ines))[0] == "“Are you safe?” goes on: 2 people have not answered"
        assert ines.buttons[0] == "See the list"
        await press_push(world, zoe, "Yes, I am safe")
        assert read(zoe) == "Thank you. The organisers read that you are safe."
        assert "Safe: 1 of 2 · need help: 0 · no answer: 1" in await listed(world, ines)


async def test_help_is_told_at_once_and_never_withdrawn(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1", platform="discord")
    await zoe.command("urgence")
    await zoe.press("Leave my phone number")
    await zoe.fill("tomorrow")
    assert "This is not a phone number." in read(zoe)
    await zoe.fill("+33 6 12 34 56 78")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    assert (await steps_of(ines))[0] == "“Are you safe?” goes on: 1 person needs help"
    assert read(zoe).startswith(
        "The organisers are told that you need help. If you are in danger, do not wait for them.\n"
        "If you are in danger, call 112."
    )
    assert (await pushed(world, ines))[-1].replace("\u2068", "").replace("\u2069", "") == "Zoé needs help."
    await zoe.press("Say where I am")
    await zoe.fill("Behind the library.")
    line = next(line for line in await listed(world, ines) if line.startswith("Zoé"))
    assert line.startswith("Zoé · +33 6 12 34 56 78 · where, at 10:00: Behind the library. · help asked for at")
    before = len(await pushed(world, ines))
    await zoe.press("I am safe now")
    assert "They can still see that you asked for help." in read(zoe)
    assert len(await pushed(world, ines)) == before
    for _turn in range(3):  # a game
        await zoe.press("No, I need help")
        await zoe.press("I am safe now")
    assert len(await pushed(world, ines)) == before, "organisers were told just now, and see it on their list"
    await world.clock.advance(HELP_TOLD_AGAIN)
    await zoe.press("No, I need help")
    assert len(await pushed(world, ines)) == before + 1
    await zoe.press("I am safe now")
    lines = await listed(world, ines)
    assert "Safe: 1 of 1 · need help: 0 · no answer: 0" in lines
    line = next(line for line in lines if line.startswith("Zoé"))
    assert "help asked for at" in line
    assert "says at 10:02 that they are safe" in line


@pytest.mark.parametrize("then", ["needs help", "is safe", "was seen"])
async def test_who_asks_for_help_again_soon_after_being_safe_is_announced_two_minutes_after_the_first_time(
    store_url: str, then: str
) -> None:
    async with open_world(store_url) as world:
        ines, zoe, clock = await world.organiser(), await world.join("Zoé", "1"), SafetyClock()
        await begin(ines)
        await press_push(world, zoe, "I need help")
        first, told = world.clock.now(), len(await pushed(world, ines))
        await world.clock.advance(timedelta(seconds=20))
        await zoe.press("I am safe now")
        await world.clock.advance(timedelta(seconds=40))
        await zoe.press("No, I need help")
        assert read(zoe).startswith("The organisers are told that you need help.")
        if then == "is safe":
            await zoe.press("I am safe now")
        elif then == "was seen":
            check, who = await running(world), await number(world, "Zoé")
            person = await world.read(store.answer_of, check.id, who)
            assert person
            by = await number(world, "Inès")
            await world.change(service.mark, check, person, by, world.clock.now(), seen=True)
        due = await world.read(clock.next_due, world.clock.now())
        assert due == first + HELP_TOLD_AGAIN
        assert await world.change(clock.release, due - timedelta(seconds=1)) is None
        await world.clock.advance(due - world.clock.now())
        released = await world.change(clock.release, due)
        assert released
        assert released.told == (then == "needs help")
        assert await world.change(clock.release, due) is None
        news = (await pushed(world, ines))[told:]
        assert [line.replace("\u2068", "").replace("\u2069", "") for line in news] == (
            ["Zoé needs help."] if then == "needs help" else []
        )


@on_one_engine
@pytest.mark.parametrize(
    ("locale", "words", "asked"),
    [
        ("fr", "oui ça va", "Es-tu en sécurité"),
        ("fr", "je suis en sécurité", "Es-tu en sécurité"),
        ("fr", "non j'ai besoin d'aide", "Es-tu en sécurité"),
        ("en", "I'm safe", "Are you safe?"),
        ("en", "not safe", "Are you safe?"),
        ("de", "bin in Sicherheit", "in Sicherheit?"),
    ],
)
async def test_an_answer_that_is_typed_asks_again_with_the_buttons(
    store_url: str, locale: str, words: str, asked: str
) -> None:
    async with open_world(store_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1", locale=locale)
        await begin(ines)
        await zoe.send(words)
        assert asked in read(zoe)
        assert len(zoe.buttons) == 3
        assert "no answer: 1" in " ".join(await listed(world, ines)), "a word may mean the contrary"
        assert await pushed(world, ines) == [], "nobody is told what was typed"
        await zoe.press(zoe.buttons[0])
        assert "Safe: 1" in " ".join(await listed(world, ines))
        await zoe.command("moi")
        await zoe.send(words)
        assert asked not in read(zoe), "it is answered"


async def test_who_calls_for_help_while_a_check_runs_reads_the_number_first(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await zoe.send("help me he has a knife")
    assert read(zoe).startswith("If you are in danger, call 112.")


async def test_a_number_that_is_left_during_a_check_comes_onto_the_list(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    [before] = (await stored_rows(world.store, "screens"))["screens"]
    await zoe.press("Leave my phone number")
    await zoe.fill("+33 6 12 34 56 78")
    [after] = (await stored_rows(world.store, "screens"))["screens"]
    assert after["wanted"] > before["wanted"]
    assert zoe.buttons[0] == "Say where I am"
    await zoe.press("Say where I am")
    await zoe.fill("Behind the library.")
    ada = await world.join("Ada", "2")
    await ada.command("urgence")
    await ada.press("Leave my phone number")
    await ada.fill("+33 6 12 34 56 79")
    assert "Say where I am" not in ada.buttons, "she asked for no help"
    assert "Are you safe?" in (await menu_of(ines))["Safety"]
    assert "Are you safe?" not in (await menu_of(zoe))["Safety"]
    await listed(world, ines)
    await ines.press("Close the check")
    await ines.press("Yes, close it")
    await begin(ines)
    [old, _new] = (await stored_rows(world.store, "screens"))["screens"]
    await zoe.command("urgence")
    await zoe.press("Change my emergency number")
    await zoe.press("Leave empty")
    [older, _newer] = (await stored_rows(world.store, "screens"))["screens"]
    assert older["wanted"] > old["wanted"], "a number that is withdrawn goes from the lists of earlier checks, too"


async def test_places_go_after_a_day(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1", platform="discord")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    await zoe.press("Say where I am")
    await zoe.fill("Behind the library.")
    clock = SafetyClock()
    assert await world.change(clock.release, world.clock.now() + timedelta(minutes=5)) is not None
    day = world.clock.now() + timedelta(days=1)
    assert await world.read(clock.next_due, world.clock.now()) == day
    assert await world.change(clock.release, day - timedelta(seconds=1)) is None
    assert "Behind the library." in "\n".join(await listed(world, ines))
    assert await world.change(clock.release, day) is not None
    assert "Behind the library." not in "\n".join(await listed(world, ines))
    assert await world.read(clock.next_due, day) is None


@on_one_engine
async def test_where_one_is_is_said_again_and_again_and_the_latest_stands_first(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        await begin(ines)
        await press_push(world, zoe, "I need help")
        assert read(zoe).splitlines()[-1] == "Where are you? Write it here, send a photo or your position."
        assert zoe.buttons == ("Leave my phone number", "I am safe now", "Emergency")
        reply = await write(world, zoe, "I am in the toilets,\nhe is outside")
        assert reply is not None
        assert reply.unsaid, "a page keeps it nowhere"
        assert read(zoe).splitlines() == [
            "That is on the organisers' list now, with the time: 10:00.",
            "If it changes, say it again here. It is deleted after a day.",
        ]
        assert "I am safe now" in zoe.buttons
        for words in ("First floor", "Second floor", "Third floor", "x" * 2000):
            await world.clock.advance(timedelta(minutes=1))
            await write(world, zoe, words)
        lines = await listed(world, ines)
        at = next(place for place, line in enumerate(lines) if line.startswith("Zoé"))
        assert lines[at].startswith(f"Zoé · where, at 10:04: {'x' * 299}… · help asked for at 10:00")
        assert lines[at + 1] == "before that, 10:03: Third floor · 10:02: Second floor · 10:01: First floor"
        rows = (await stored_rows(world.store, "safety_places"))["safety_places"]
        assert [len(row["words"]) for row in rows] == [34, 11, 12, 11, 1000]
        for _turn in range(MOST_PLACES):
            await write(world, zoe, "Here")
        assert len((await stored_rows(world.store, "safety_places"))["safety_places"]) == MOST_PLACES
        await zoe.press("I am safe now")
        await write(world, zoe, "My idea is a shared kitchen")
        assert "shared kitchen" not in "\n".join(await listed(world, ines)), "nothing is expected any more"


async def test_each_place_is_shown_on_the_organisers_list(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await press_push(world, zoe, "I need help")

    async def wanted() -> int:
        [screen] = (await stored_rows(world.store, "screens"))["screens"]
        return int(screen["wanted"])

    before = await wanted()
    await write(world, zoe, "In the toilets")
    said = await wanted()
    await locate(world, zoe, Located(48.85, 2.35, "7", live=True))
    located = await wanted()
    await locate(world, zoe, Located(48.86, 2.35, "7", live=True, moved=True))
    assert before < said < located < await wanted()


async def test_a_location_that_moves_replaces_itself_until_one_is_safe(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        await begin(ines)
        await press_push(world, zoe, "I need help")
        await locate(world, zoe, Located(48.5, 2.25))
        await locate(world, zoe, Located(48.85, 2.35, "7", live=True))
        assert "Your live position is updated there until you press “I am safe now”." in read(zoe)

        async def places() -> list[tuple[float, float]]:
            rows = (await stored_rows(world.store, "safety_places"))["safety_places"]
            return [(row["latitude"], row["longitude"]) for row in rows]

        for step in range(1, 20):
            await world.clock.advance(timedelta(seconds=5))
            moved = Located(48.85 + step / 1000, 2.35, "7", live=True, moved=True)
            assert await locate(world, zoe, moved, None) is None, "whatever was opened meanwhile"
        assert await places() == [(48.5, 2.25), (48.85 + 19 / 1000, 2.35)]
        line = next(line for line in await listed(world, ines) if line.startswith("Zoé"))
        assert "where, at 10:01: on the map" in line
        assert maps(ines)[0] == "https://www.openstreetmap.org/?mlat=48.86900&mlon=2.35000#map=17/48.86900/2.35000"
        unknown = Located(1.0, 2.0, "8", live=True, moved=True)
        assert await locate(world, zoe, unknown, None) is None
        await zoe.press("I am safe now")
        await locate(world, zoe, Located(50.0, 2.35, "7", live=True, moved=True), None)
        await zoe.press("No, I need help")
        assert len(await places()) == 2
        assert (50.0, 2.35) not in await places()
        await locate(world, zoe, Located(51.0, 2.35, "7", moved=True), None)
        await locate(world, zoe, Located(52.0, 2.35, "7", live=True, moved=True), None)
        assert (51.0, 2.35) in await places(), "the last time it moved; then it ended"


async def test_a_location_that_nothing_expects_is_refused(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await locate(world, zoe, Located(48.85, 2.35, "7"), None)
    assert read(zoe) == (
        "Nobody got your position, and I do not keep it. I can only pass it on after “I need help”, when the"
        " team asks “Are you safe?”."
    )
    await begin(ines)
    await press_push(world, zoe, "Yes, I am safe")
    await locate(world, zoe, Located(48.85, 2.35, "7"))
    assert read(zoe) == "I did not keep your position: you said that you are safe. Do you need help?"
    assert zoe.buttons[0] == "I need help"
    assert (await stored_rows(world.store, "safety_places"))["safety_places"] == []


async def test_once_the_check_is_closed_words_are_asked_about_and_a_position_is_kept(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    await world.clock.advance(timedelta(minutes=1))
    check = await world.read(store.running_check)
    assert check is not None
    await world.change(service.close_check, check, world.clock.now())
    await write(world, zoe, "A shared kitchen")
    assert read(zoe).startswith("“Are you safe?” is over for you: the organisers do not read this message.")
    await send(world, zoe, Sent(photo()))
    assert read(zoe) == "I did not keep this: “Are you safe?” is over for you. Do you still need help?"
    assert (await stored_rows(world.store, "safety_places"))["safety_places"] == []
    await locate(world, zoe, Located(48.85, 2.35, "7"))
    assert read(zoe) == "This check was closed, but your position is on the team's list. Do you need help?"
    await world.clock.advance(timedelta(minutes=1))
    await zoe.press("I need help")
    await write(world, zoe, "Behind the library")
    assert "where, at 10:02: Behind the library" in "\n".join(await listed(world, ines)), "help was asked for since"


async def test_photos_are_behind_a_button_of_the_organisers_alone(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        await begin(ines)
        await press_push(world, zoe, "I need help")
        await send(world, zoe, Sent(photo(), caption="Third floor, by the window"))
        assert "That is on the organisers' list now" in read(zoe)
        parts = [Sent(photo(width), album="12", place=width) for width in (30, 31)]
        answers = [await send(world, zoe, part) for part in parts]
        assert answers[0] is not None
        assert answers[1] is None, "an album is answered once"
        for upload, why in (
            (Upload("a.jpg", b"", lost=True), "did not arrive"),
            (Upload("a.pdf", b"%PDF-"), "it is not a photo"),
        ):
            await send(world, zoe, Sent(upload))
            assert why in read(zoe)
        await send(world, zoe, Sent(caption="By the fountain"))
        assert "I cannot show this to the organisers." in read(zoe), "a voice, or a sticker"
        lines = await listed(world, ines)
        at = next(place for place, line in enumerate(lines) if line.startswith("Zoé"))
        assert "where, at 10:00: By the fountain" in lines[at]
        assert lines[at + 1] == "before that, 10:00: photo · 10:00: photo · 10:00: Third floor, by the window, photo"
        await ines.press("See 3 photos")
        assert read(ines).splitlines() == [
            "Photo 1: Zoé, 10:00",
            "Photo 2: Zoé, 10:00",
            "Photo 3: Zoé, 10:00",
            "Third floor, by the window",
        ]
        assert [picture.content for picture in ines.pictures] == [png(31, 20), png(30, 20), png(40, 20)]
        await zoe.follow("sff-1-0")
        assert read(zoe).startswith("This is for the organisers.")
        person = await number(world, "Zoé")
        document = await world.read(collect, DECLARED, person, "now")
        assert "By the fountain" in str(document)
        assert digest_of(png(40, 20)) not in str(document)
        await world.change(erase, DECLARED, person, world.clock.now(), texts=False, files=world.files)
        assert not (await world.read(world.files.in_use))
        await listed(world, ines)
        await ines.follow("sff-1-0")
        assert read(ines) == "These photos are gone: they are only kept for a day."


async def test_many_photos_within_an_hour_are_refused_politely_and_words_are_not(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    for _photo in range(MOST_PHOTOS):
        await send(world, zoe, Sent(photo()))
    await send(world, zoe, Sent(photo(41), caption="Third floor"))
    assert "You sent many photos in an hour: I keep no more for now. Write where you are." in read(zoe)
    rows = (await stored_rows(world.store, "safety_places"))["safety_places"]
    assert (len(rows), rows[-1]["words"], rows[-1]["digest"]) == (MOST_PHOTOS + 1, "Third floor", "")
    await world.clock.advance(timedelta(hours=1, minutes=1))
    await send(world, zoe, Sent(photo(42)))
    assert "You sent many photos" not in read(zoe)


async def test_a_forged_page_of_photos_is_the_last(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    await send(world, zoe, Sent(photo()))
    await ines.follow(OpenPhotos(1, MOST).encode())
    assert len(ines.pictures) == 1


async def test_photos_come_four_at_a_time_and_go_after_an_hour_and_a_day(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    for width in range(30, 35):
        await send(world, zoe, Sent(photo(width)))
    await ines.follow("sff-1-0")
    assert [picture.content for picture in ines.pictures] == [png(width, 20) for width in (34, 33, 32, 31)]
    await ines.press("Older")
    assert [picture.content for picture in ines.pictures] == [png(30, 20)]
    assert "Older" not in ines.buttons
    await world.change(SafetyClock().release, world.clock.now() + timedelta(minutes=5))
    await world.change(SafetyClock().release, world.clock.now() + timedelta(days=1))
    assert not (await world.read(world.files.in_use)), "the hourly housekeeping deletes them"


async def test_on_discord_nobody_is_asked_for_a_position(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1", platform="discord")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    assert read(zoe).splitlines()[-1] == "Where are you? Write it here, or send a photo."
    assert zoe.buttons == ("Say where I am", "Leave my phone number", "I am safe now", "Emergency")


async def test_who_does_not_answer_is_asked_again_after_five_minutes_once_first_where_it_did_not_arrive(
    world: World,
) -> None:
    ines, zoe, ada = await world.organiser(), await world.join("Zoé", "1"), await world.join("Ada", "2")
    for native_id in ("78", "79"):
        other = Account("discord", native_id, f"chat-{native_id}", "Ada", "en")
        await world.change(participant_store.attach, other, await number(world, "Ada"), world.clock.now())
    await begin(ines)
    await press_push(world, zoe, "Yes, I am safe")
    await arrive(world, ada)
    await arrive(world, world.chat("78", platform="discord"))
    clock = SafetyClock()
    due = await world.read(clock.next_due, world.clock.now())
    assert due == world.clock.now() + timedelta(minutes=5)
    assert await world.change(clock.release, due - timedelta(seconds=1)) is None
    released = await world.change(clock.release, due)
    assert released is not None
    assert released.told == 1
    assert await world.change(clock.release, due) is None
    assert [text.splitlines()[0] for text in await pushed(world, ada)] == [
        "Are you safe?",
        "Second call: are you safe? We have no answer from you.",
    ]
    rows = (await stored_rows(world.store, "deliveries"))["deliveries"]
    again = [row for row in rows if "Second call" in row["content"]]
    native_ids = {row["id"]: row["native_id"] for row in (await stored_rows(world.store, "accounts"))["accounts"]}
    assert [native_ids[row["account_id"]] for row in sorted(again, key=lambda row: row["id"])] == ["79", "2", "78"]
    assert len(await pushed(world, zoe)) == 1


async def test_two_organisers_at_once_run_one_check_and_the_second_reads_who_was_first(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        maud = await world.join("Maud", "901")
        await world.change(participant_store.set_organises, await number(world, "Maud"), True)
        for organiser in (ines, maud):
            await organiser.command("securite")
            await organiser.press("Ask everyone")
        await ines.press("Yes, ask now")
        await maud.press("Yes, ask now")
        assert (
            read(maud).splitlines()[0] == "Inès was first: this check is already running, and nobody was asked twice."
        )
        assert len(await pushed(world, zoe)) == 1


async def test_an_answer_after_closing_is_written_down_and_help_is_told(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    assert ines.buttons == ("Organise",), "the list itself can be closed, below"
    await listed(world, ines)
    await ines.press("Close the check")
    assert read(ines) == "Close the check? Nobody is asked again.\nNo answer: 1 · need help: 0"
    await ines.press("Yes, close it")
    assert read(ines).startswith("This check is closed: nobody is asked again."), "what is said of places goes from it"
    state = (await listed(world, ines))[1]
    assert {*ines.buttons} >= {"Without a group · 0/1", "Organise"}
    assert "Close the check" not in ines.buttons
    assert state.startswith("Started ")
    assert "closed" in state
    await ines.command("securite")
    await ines.press("The last check")
    assert read(ines).endswith("The list comes below, with answers that still arrive.")
    assert (await pushed(world, zoe))[-1].endswith(
        "If you need help, press “I need help”: the organisers still read it."
    )
    await press_push(world, zoe, "I need help")
    assert "This check was already closed, but your answer is noted." in read(zoe)
    told = (await pushed(world, ines))[-1].replace("\u2068", "").replace("\u2069", "")
    assert told == "Zoé needs help. They answered after the check was closed."
    await world.clock.advance(timedelta(minutes=6))
    assert await world.change(SafetyClock().release, world.clock.now()) is None
    await begin(ines)
    assert read(ines) == "The list comes below and updates with every answer."


async def test_a_drill_says_so_everywhere(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1", platform="discord")
    await ines.command("securite")
    await ines.press("A drill")
    await ines.pick("everyone")
    assert "It is a drill: each message says so." in read(ines)
    await ines.press("Yes, a drill now")
    drill = "DRILL, nothing happened: "
    assert read(ines).startswith(drill)
    assert (await pushed(world, zoe))[0].startswith(drill)
    await press_push(world, zoe, "I need help")
    assert read(zoe).startswith(drill)
    assert (await pushed(world, ines))[-1].startswith(drill)
    assert (await listed(world, ines))[0].startswith(drill)
    await zoe.press("Say where I am")
    await zoe.fill("Here.")
    assert read(zoe).startswith(drill)
    await world.change(service.release_second_round, world.clock.now() + timedelta(minutes=5))
    await zoe.press("I am safe now")
    assert read(zoe).startswith(drill)


async def test_who_has_no_way_stands_first_and_who_is_erased_goes(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    ada = await world.join("Ada", "2")
    account, _person = await world.read(participant_store.identify, "telegram", "2")
    assert account is not None
    assert account.id is not None
    await world.change(participant_store.mark_reachable, account.id, False)
    await begin(ines)
    await listed(world, ines)
    await ines.press("Without a group · 0/2")
    assert read(ines).splitlines()[1:3] == ["Ada · I cannot message them, please call", "Zoé · no answer"]
    assert ines.buttons == ("Ada", "\u2068Zoé\u2069", "All groups")
    assert len(await views(world, ada)) == 1, "it is tried all the same"
    await world.change(erase, DECLARED, await number(world, "Zoé"), world.clock.now(), texts=False, files=world.files)
    await ines.follow("sfl-1-none-0")
    assert "Zoé" not in read(ines)
    await zoe.follow("sfy-1")
    assert "Thank you." not in read(zoe)


async def test_who_has_not_joined_stands_on_the_list_too(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    code = await world.invite("Ada")
    await world.invite("Léo")
    await begin(ines)
    await listed(world, ines)
    assert ines.buttons[:2] == ("Without a group · 0/1", "Not in Rencontres yet · 0/2")
    await world.clock.advance(timedelta(minutes=1))
    await world.chat("2", name="Ada").follow(f"j-{code}")
    await press_push(world, zoe, "Yes, I am safe")
    await listed(world, ines)
    assert ines.buttons[:2] == ("Without a group · 1/2", "Not in Rencontres yet · 0/1")
    await ines.press("Not in Rencontres yet · 0/1")
    await ines.press("\u2068Léo")
    assert read(ines).splitlines()[-1] == "Léo · seen, safe (by Inès, 10:01)"
    await ines.press("All groups")
    await world.change(service.close_check, await running(world), world.clock.now())
    await world.clock.advance(timedelta(minutes=1))
    await world.invite("Max")
    await listed(world, ines)
    assert ines.buttons[:2] == ("Without a group · 1/2", "Not in Rencontres yet · 1/1"), "it was over"


async def test_forged_presses_change_nothing(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    late = await world.join("Léo", "3")  # who was not asked
    check = await world.read(store.running_check)
    assert check is not None
    for chat, payload in (
        (late, f"sfy-{check.id}"),
        (late, f"sfw-{check.id}"),
        (zoe, "sfh-999"),
        (ines, "sab-nobody-0"),
    ):
        await chat.follow(payload)
        assert "That button has aged." in read(chat), payload
    for payload in (f"saz-{check.id}", "sab-all-0", "saq-all-0", "go-securite"):
        await zoe.follow(payload)
        assert read(zoe).startswith("This is for the organisers."), payload
    person = await number(world, "Zoé")
    for payload in ("sfo-1", "sfl-1-none-0", mark_seen.to(1, person, 1, "none", 0).encode()):
        await zoe.follow(payload)
        assert read(zoe).startswith("This is for facilitators."), payload
    assert "Safe: 0 of 2 · need help: 0 · no answer: 2" in await listed(world, ines)


async def test_an_audience_is_asked_alone(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await world.join("Ada", "2")
    await ines.command("securite")
    await ines.press("Ask some people")
    assert ines.options[0] == "everyone: 2 people"
    only = Audience("me", str(await number(world, "Zoé")))
    asking = await number(world, "Ada")
    check = await world.change(service.begin_check, asking, only, world.clock.now(), drill=False)
    assert check is not None
    assert len(await pushed(world, zoe)) == 1
    lines = await listed(world, ines)
    assert (lines[0], ines.buttons[0]) == ("Are you safe? To: Zoé", "Without a group · 0/1")


async def test_what_a_list_says_of_somebody_is_stored_as_who_and_what_is_meant(store_url: str) -> None:
    """Their name, place and telephone number are read as they are now, also where nothing was drawn since."""
    async with open_world(store_url) as world, open_web(world) as site:
        ines, zoe = await site.joined("Inès", attends=False, organises=True), await world.join("Zoé", "1")
        await ines.command("securite")
        await ines.press("Ask everyone")
        await ines.press("Yes, ask now")
        await press_push(world, zoe, "I need help")
        await write(world, zoe, "Behind the library")
        await zoe.command("urgence")
        await zoe.press("Leave my phone number")
        await zoe.fill("+33 6 12 34 56 78")

        async def on_page() -> str:
            await ines.look()
            return "\n".join(message.text for message in ines.received).replace("\u2068", "").replace("\u2069", "")

        await catch_up(world, site.adapter)
        assert "Zoé · +33 6 12 34 56 78 · where, at 10:00: Behind the library · help" in await on_page()
        assert "Zoé needs help." in await on_page()
        stored = str(await stored_rows(world.store, "page_messages", "deliveries", "screens"))
        assert '["person", ' in stored
        assert not [words for words in ("Zoé", "+33 6", "Behind the") if words in stored]
        await rewrite(world, await number(world, "Zoé"), given_name="Zora", family_name="Roy")
        await world.change(store.put_phone, await number(world, "Zoé"), "+32 470 12 34 56")
        assert "Zora Roy needs help." in await on_page()
        assert "Zora Roy · +32 470 12 34 56 · where, at 10:00: Behind the library · help" in await on_page()
        await world.change(store.forget_places, world.clock.now())
        assert "where, at 10:00: (text erased) · help" in await on_page()


async def test_what_is_read_of_a_person_of_trust_is_as_they_are_now(world: World) -> None:
    await world.join("Zoé", "1")
    async with open_web(world) as site:
        ali = await site.joined("Ali")
        await world.change(service.name_trusted, await number(world, "Zoé"), "French", "all day", world.clock.now())
        await ali.command("confiance")
        assert "Zoé: French; all day." in read(ali)
        stored = str(await stored_rows(world.store, "page_messages"))
        assert '["quote", "trusted", ' in stored
        assert not [words for words in ("Zoé", "French", "all day") if words in stored]
        await world.change(service.name_trusted, await number(world, "Zoé"), "English", "at night", world.clock.now())
        await ali.look()
        assert "Zoé: English; at night." in read(ali)
