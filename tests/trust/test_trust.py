"""Conversations with a trusted person: who reads what, without a name, refused and kept, erased on both sides."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.content.actions import base36
from bot.content.forms import Upload
from bot.content.views import View
from bot.conversation import shown_screen_store
from bot.conversation.shown_screen_store import ShownScreen
from bot.membership.erasure import Erasures, erase, finish_erasures, log_path
from bot.membership.revoking import revoke
from bot.people import attempt_store, participant_store
from bot.platforms.web import page_store
from handlers.navigation.actions import Renew
from handlers.trust import service, store
from handlers.trust.messages import screen_of
from handlers.trust.model import SHOWN_FOR, WORDS_KEPT
from handlers.trust.participant import talking
from handlers.trust.schedule import TrustRetention, WaitingWords
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import press_push, pushed
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import CAPABLE, DECLARED, World, open_world

ERASED = "This conversation was erased, or you cannot read it."


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


async def named(world: World, _chat: NeutralChat, given_name: str) -> int:
    """Make somebody who has joined a trusted person; their id."""
    person_id = await number(world, given_name)
    await world.change(store.name_trusted, person_id, "French, English", "8:00 to 23:00", world.clock.now())
    return person_id


def read(chat: NeutralChat) -> str:
    """What a chat shows, without the marks around names that are not plain letters."""
    return chat.text.replace("\u2068", "").replace("\u2069", "")


async def write_to(chat: NeutralChat, given_name: str, words: str, *, how: str = "Without my name") -> None:
    await chat.command("confiance")
    await chat.press(f"Write to {given_name}")
    await chat.press(how)
    await chat.fill(words)


async def test_the_first_screen_says_who_reads_what_they_can_do_and_whom_to_call(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await zoe.command("confiance")
    assert "No trusted person is named yet" in read(zoe)
    assert "Ask the team" in zoe.buttons
    await zoe.command("urgence")
    assert "A trusted person" not in zoe.buttons
    await named(world, ada, "Ada")
    await zoe.command("confiance")
    assert "Ada" in read(zoe)
    assert "French, English" in read(zoe)
    assert "8:00 to 23:00" in read(zoe)
    assert "They listen, and tell nobody without your consent, unless a life is in danger." in read(zoe)
    assert "If you are in danger, call 112." in read(zoe)
    assert zoe.buttons == ("Write to Ada", "Who can read it?", "Emergency", "Home")
    await zoe.press("Who can read it?")
    assert "They tell nobody without your consent, not even the team, unless a life is in danger." in read(zoe)
    assert "whoever hosts the database or its backups could" in read(zoe)
    await zoe.press("A trusted person")
    await zoe.press("Write to Ada")
    await zoe.press("Without my name")
    assert "To Ada, without your name." in read(zoe)


@pytest.mark.parametrize("modal", [False, True])
async def test_several_messages_go_both_ways_without_a_name(world: World, modal: bool) -> None:
    ada, zoe = await world.join("Ada", "1", platform="discord", modal=modal), await world.join("Zoé", "2", modal=modal)
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "Someone follows me.")
    assert read(zoe) == "Sent to Ada, who is told at once. The answer comes to you here."
    assert await pushed(world, ada) == ["There is something for you to read."]
    await press_push(world, ada, "Read")
    assert read(ada) == "Someone who does not give their name\nSomeone: Someone follows me."
    await ada.press("Answer")
    await ada.fill("I come to you.")
    assert await pushed(world, zoe) == ["There is something for you to read."]
    await press_push(world, zoe, "Read")
    assert read(zoe).endswith("You: Someone follows me.\nAda: I come to you.")
    await zoe.press("Write on")
    await zoe.fill("Thank you.")
    assert len(await pushed(world, ada)) == 2, "each message has its own push"
    await press_push(world, ada, "Read")
    told = read(ada) + "".join(ada.buttons)
    assert "Thank you." in told
    for secret in ("Zo", "telegram", "R-0002", "Québec"):
        assert secret not in told


async def test_what_is_typed_next_goes_on_only_if_that_is_chosen(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "One.", how="With my name")
    assert "One." not in read(zoe), "what was sent is not shown to whoever looks at the screen next"
    await zoe.send("Two.")
    assert read(zoe) == "Send this to Ada, in confidence?\nI keep your words for you for a day, then delete them."
    assert zoe.buttons == ("Send it", "Nothing, forget it")
    await zoe.press("Send it")
    assert read(zoe).startswith("Sent to Ada")
    await world.clock.advance(2 * SHOWN_FOR)
    await zoe.send("Where is lunch?")
    assert read(zoe).startswith("Send this to Ada, in confidence?"), "however long ago the conversation was hidden"
    await zoe.press("Nothing, forget it")
    assert read(zoe) == "Forgotten: I have kept nothing."
    await zoe.send("Where is lunch?")
    assert read(zoe).endswith("ask the team?"), "something else was pressed"
    await press_push(world, ada, "Read")
    assert read(ada) == "Zoé\nZoé: One.\nZoé: Two."


async def test_files_are_refused_and_too_long_a_text_is_not_cut(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await zoe.command("confiance")
    await zoe.press("Write to")
    await zoe.press("Without my name")
    await zoe.send_file(Upload("proof.jpg", b"\xff\xd8", picture=True, media_type="image/jpeg"))
    assert "Text only, please." in read(zoe)
    await zoe.send_sticker("a voice")
    assert "Text only, please." in read(zoe)
    await zoe.send("x" * 2001)
    assert read(zoe).startswith("1 character too many (at most 2000).")
    await zoe.send("Short.")
    assert read(zoe).startswith("Sent to Ada")
    await zoe.press("Read the conversation")
    assert "You: Short." in read(zoe)


async def test_a_person_of_trust_who_is_none_any_more_reads_nothing_and_the_text_goes_to_another(world: World) -> None:
    ada, ben, zoe = await world.join("Ada", "1"), await world.join("Ben", "3"), await world.join("Zoé", "2")
    ada_id = await named(world, ada, "Ada")
    await named(world, ben, "Ben")
    await write_to(zoe, "Ada", "First words.")
    await zoe.command("confiance")
    await zoe.press("Write to Ben")
    await zoe.press("Without my name")  # the form for Ben is open
    await world.change(service.end_trust, await number(world, "Ben"), world.clock.now())
    await zoe.fill("Words for Ben.")
    assert "They are no longer a trusted person: your message was not sent." in read(zoe)
    assert "You: Words for Ben. (not sent)" in read(zoe)
    await zoe.press("Hand it to Ada")
    assert "(not sent)" not in read(zoe)
    assert "Words for Ben." in read(zoe)
    await press_push(world, ada, "Read")
    assert "Words for Ben." in read(ada)
    await world.change(service.end_trust, ada_id, world.clock.now())
    await ada.press("Answer")
    assert read(ada) == ERASED
    assert (await pushed(world, zoe))[-1] == "There is something for you to read."
    await press_push(world, zoe, "Read")
    assert "Your trusted person no longer has this role" in read(zoe)
    assert "Nobody else can read this now." in read(zoe)


async def test_what_one_person_of_trust_wrote_is_not_put_in_the_mouth_of_the_next(world: World) -> None:
    ada, ben, zoe = await world.join("Ada", "1"), await world.join("Ben", "3"), await world.join("Zoé", "2")
    ada_id = await named(world, ada, "Ada")
    await named(world, ben, "Ben")
    await write_to(zoe, "Ada", "Someone follows me.")
    await press_push(world, ada, "Read")
    await ada.press("Answer")
    await ada.fill("I come to you.")
    await world.change(service.end_trust, ada_id, world.clock.now())
    await press_push(world, zoe, "Read")
    await zoe.press("Hand it to Ben")
    assert read(zoe).endswith("You: Someone follows me.\nThe trusted person: I come to you.")
    await press_push(world, ben, "Read")
    assert read(ben).endswith("Someone: Someone follows me.\nThe trusted person: I come to you.")


async def test_an_organiser_does_not_come_in_as_a_person_of_trust_to_read(world: World) -> None:
    ines, ada, zoe = await world.organiser(), await world.join("Ada", "1"), await world.join("Zoé", "2")
    ada_id = await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "Someone follows me.")
    await ines.follow(Renew(ada_id, "").encode())
    assert "invitation" in read(ines)
    assert await world.read(store.conversations_of_trusted, ada_id) == []
    assert await pushed(world, zoe) == ["There is something for you to read."]
    await press_push(world, zoe, "Read")
    assert "Your trusted person no longer has this role" in read(zoe)


async def test_an_organiser_does_not_come_in_as_who_wrote_to_read(world: World) -> None:
    ines, ada, zoe = await world.organiser(), await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "Someone follows me.")
    opened = zoe.payload("Write on")
    await zoe.send("He is there again.")  # waits until she says what it is
    waiting = zoe.payload("Send it")
    await press_push(world, ada, "Read")
    answering = ada.payload("Answer")
    await ada.press("Answer")
    await ada.fill("I come to you.")
    assert await pushed(world, zoe) == ["There is something for you to read."]
    zoe_id, now = await number(world, "Zoé"), world.clock.now()
    for view in (View(("To Ada",), confidential=True), View(("Hello.",))):
        await world.change(page_store.add, zoe_id, "bot", view, now)
    await ines.follow(Renew(await number(world, "Zoé"), "").encode())
    impostor = world.chat("3")
    code = re.search(r"Code: (\S+)", ines.text)
    assert code
    await impostor.command("code", code[1])
    await impostor.command("confiance")
    assert impostor.buttons == ("Write to Ada", "Who can read it?", "Emergency", "Home")
    assert await pushed(world, impostor) == [], "what waited for Zoé does not tell that she talked with one"
    on_page = (await world.read(page_store.latest, zoe_id)).messages
    assert [message.view.lines for message in on_page] == [("Hello.",)], "nor does her page"
    await impostor.follow(opened)
    assert read(impostor) == ERASED
    await impostor.follow(waiting)
    assert read(impostor).startswith("These words are gone"), "nor does what waited"
    await ada.command("confiance")
    await ada.press("Someone writes (since Monday 1 March, 10:00)")
    assert "Someone: Someone follows me." in read(ada)
    assert "They can write to you in a new one." in read(ada)
    assert ada.buttons == ("Hide this",)
    await ada.follow(answering)
    assert read(ada).startswith("You can write nothing more in this conversation.")
    await write_to(impostor, "Ada", "It is me.")
    await impostor.press("Read the conversation")
    assert "You: It is me." in read(impostor)
    assert "Someone follows me." not in read(impostor)
    await impostor.press("Erase it for both")
    await impostor.press("Yes, erase it")
    await world.change(service.end_trust, await number(world, "Ada"), world.clock.now())
    assert await pushed(world, impostor) == [], "nor that the one she talked with is none any more"


async def test_so_much_waits_unsent_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_KEPT", 2)
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "1")
    monkeypatch.setattr(talking, "MOST_KEPT", 2)
    for place in range(2, 24):
        await zoe.send(f"number {place}")
        await zoe.press("Send it")
    assert read(zoe).startswith("2 of your messages are waiting here, not sent. Send or erase them first.")
    await zoe.send("and another")
    assert "Ask the team" not in zoe.buttons, "what is confided is not offered to the team"
    await zoe.command("confiance")
    await zoe.press("With Ada")
    assert "You: number 22 (not sent)" in read(zoe)
    assert "number 23" not in read(zoe)


async def test_erasing_takes_it_from_both_at_once(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "Someone follows me.")
    await zoe.press("Read the conversation")
    await press_push(world, ada, "Read")
    ada_id = await number(world, "Ada")
    account = (await world.read(participant_store.accounts_of, ada_id))[0].id
    assert account
    conversation = (await world.read(store.conversations_of_trusted, ada_id))[0].id
    shown = ShownScreen(account, "1", screen=screen_of(conversation))
    await world.change(shown_screen_store.record, [shown], "", world.clock.now())
    await zoe.press("Erase it for both")
    await zoe.press("Yes, erase it")
    assert read(zoe).startswith("Erased, for both of you.")
    edits = [row for row in (await stored_rows(world.store, "deliveries"))["deliveries"] if row["op"] == "edit"]
    assert [row["account_id"] for row in edits] == [account]
    assert edits[0]["reference"] is None, "no trace leads from whoever erased it to the trusted person"
    await ada.press("Answer")
    assert read(ada) == ERASED
    assert await world.read(store.untouched_before, world.clock.now() + timedelta(days=1)) == []


async def test_nobody_else_opens_a_conversation_by_a_forged_button(world: World) -> None:
    ada, zoe, eve = await world.join("Ada", "1"), await world.join("Zoé", "2"), await world.organiser()
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "Someone follows me.")
    conversation = base36((await world.read(store.conversations_of_author, await number(world, "Zoé")))[0].id)
    for payload in (f"tco-{conversation}-0", f"tcw-{conversation}", f"tcq-{conversation}", f"tcz-{conversation}"):
        await eve.follow(payload)
        assert read(eve) == ERASED, payload
    await ada.follow(f"tcz-{conversation}")
    assert "aged" in read(ada), "only who began it erases it"
    await zoe.follow(f"tch-{conversation}-{world.ids['Zoé']:x}")
    assert "aged" in read(zoe)
    await zoe.command("confiance")
    assert any("Ada" in label for label in zoe.buttons if label.startswith("With")), "nothing was erased"


async def test_no_button_tells_how_many_conversations_there_were(world: World) -> None:
    ada, zoe, tim = await world.join("Ada", "1"), await world.join("Zoé", "2"), await world.join("Tim", "3")
    await named(world, ada, "Ada")
    payloads = []
    for chat in (zoe, tim):
        await write_to(chat, "Ada", "Someone follows me.")
        payloads.append(chat.payload("Write on"))
    first, second = (int(payload.removeprefix("tcw-"), 36) for payload in payloads)
    assert min(first, second, abs(first - second)) > 1000


async def test_a_person_of_trust_does_not_write_to_themself_and_may_be_an_organiser(world: World) -> None:
    ines = await world.organiser()
    await ines.command("confiance")
    await ines.press("Name trusted people")
    await ines.press("Name someone")
    await ines.fill("Inès")
    await ines.press("\u2068Inès")
    await ines.fill("French", "always")
    assert "Saved. They were told." in read(ines)
    await ines.command("confiance")
    assert "You are the only trusted person." in read(ines)
    assert "Nobody has written to you yet." in read(ines)
    person = await world.read(store.trusted_people)
    await ines.follow(f"tcp-{person[0].id}")
    assert read(ines).startswith("You are this trusted person.")
    await ines.follow(f"tcn-{person[0].id}-1")
    assert read(ines).startswith("You are this trusted person.")


async def test_neither_a_conversation_nor_help_is_ever_behind_another_button(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "It happened again.")
    await zoe.command("confiance")
    assert zoe.buttons == ("Write to Ada", "With Ada", "Emergency", "More…")
    await zoe.press("More…")
    assert zoe.buttons == ("Who can read it?", "Emergency", "Home", "Back")


async def test_organisers_name_three_at_most_and_only_people_who_joined(world: World) -> None:
    ines = await world.organiser()
    people = [await world.join(name, str(10 + place)) for place, name in enumerate(("Ada", "Ben", "Cléo"))]
    await ines.command("organiser")
    await ines.press("People")
    await ines.press("Trusted people")
    assert "Name someone" in ines.buttons
    for person, name in zip(people, ("Ada", "Ben", "Cléo"), strict=True):
        await named(world, person, name)
    await world.invite("Dan")
    await ines.command("confiance")
    await ines.press("Name trusted people")
    assert "Name someone" not in ines.buttons
    await ines.follow(f"tnd-{world.ids['Dan']:x}")
    assert read(ines) == "Dan has not joined, and could not read anything."
    zoe = await world.join("Zoé", "2")
    await ines.follow(f"tnd-{world.ids['Zoé']:x}")
    assert read(ines).startswith("There are 3 trusted people already.")
    await zoe.follow(f"tnd-{world.ids['Zoé']:x}")
    assert "This is for the organisers." in read(zoe)
    await ines.command("confiance")
    await ines.press("Name trusted people")
    await ines.press("End the role: Ben")
    await ines.press("Yes, take it")
    assert "Ben is no longer a trusted person." in read(ines)
    assert "Name someone" in ines.buttons


async def test_too_many_messages_are_kept_and_sent_later(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "1")
    for place in range(2, 22):
        await zoe.press("Write on")
        await zoe.fill(f"number {place}")
    assert "Not sent yet: that was a lot of messages in an hour." in read(zoe)
    assert "You: number 21 (not sent)" in read(zoe)
    assert len(await pushed(world, ada)) == 20
    await press_push(world, ada, "Read")
    assert "number 20" in read(ada)
    assert "number 21" not in read(ada)
    await zoe.press("Send what was kept")
    assert "Not possible yet: your message stays here." in read(zoe)
    await world.clock.advance(timedelta(hours=1, minutes=1))
    await zoe.press("Send what was kept")
    assert "(not sent)" not in read(zoe)
    assert len(await pushed(world, ada)) == 21


async def test_erasing_gives_back_no_message_of_the_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_AN_HOUR", 2)
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    for _time in range(4):
        await write_to(zoe, "Ada", "Ring!")
        if "Read the conversation" in zoe.buttons:
            await zoe.press("Read the conversation")
        await zoe.press("Erase it for both")
        await zoe.press("Yes, erase it")
    assert len(await pushed(world, ada)) == 2, "nobody alerts a trusted person without end, and leaves no trace of it"
    assert await world.read(attempt_store.wrong_codes, world.clock.now()) == (0, 0), "nor does the team read of guesses"
    await world.clock.advance(timedelta(minutes=10))
    await write_to(zoe, "Ada", "I need you.")
    assert read(zoe).startswith("Sent to Ada")
    assert len(await pushed(world, ada)) == 3


async def test_a_report_stays_readable_when_its_author_is_revoked_and_nobody_learns_it(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "A report.")
    await zoe.press("Write on")
    person = await world.read(participant_store.find, await number(world, "Zoé"))
    assert person
    await world.change(revoke, DECLARED, person, world.clock.now())
    await zoe.fill("More of it.")
    assert "More of it." not in read(zoe)
    await press_push(world, ada, "Read")
    assert read(ada) == "Someone who does not give their name\nSomeone: A report."
    await ada.press("Answer")
    await ada.fill("I am here.")
    assert "Sent." in read(ada), "the same words as ever: that they were revoked would tell who it is"


@on_one_engine
async def test_erasing_a_person_erases_their_conversations_and_frees_those_they_were_trusted_with(
    store_url: str,
) -> None:
    async with open_world(store_url) as world:
        ada, zoe, ben = await world.join("Ada", "1"), await world.join("Zoé", "2"), await world.join("Ben", "3")
        ada_id = await named(world, ada, "Ada")
        await write_to(zoe, "Ada", "From Zoé.")
        await write_to(ben, "Ada", "From Ben.")
        await press_push(world, ada, "Read")
        await ada.press("Answer")
        await ada.fill("From Ada.")
        await world.change(
            erase, DECLARED, await number(world, "Zoé"), world.clock.now(), texts=False, files=world.files
        )
        await ada.command("confiance")
        assert len([label for label in ada.buttons if "writes (" in label]) == 1
        await world.change(erase, DECLARED, ada_id, world.clock.now(), texts=False, files=world.files)
        await ben.command("confiance")
        await ben.press("Conversation nobody reads now")
        assert "You: From Ben." in read(ben)
        assert "From Ada." not in read(ben)


async def test_conversations_go_thirty_days_after_the_end(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "Someone follows me.")
    trust = next(
        capability for capability in CAPABLE if any(d.table == "trust_messages" for d in capability.personal_data)
    )
    retention = trust.sources(world.settings, {})[-1]
    due = await world.read(retention.next_due, world.clock.now())
    assert due == world.settings.gathering.closes + timedelta(days=30)
    assert await world.change(retention.release, due - timedelta(seconds=1)) is None
    assert await world.change(retention.release, due) is not None
    assert await world.read(store.conversations_of_author, await number(world, "Zoé")) == []


async def erase_for_both(world: World, zoe: NeutralChat) -> None:
    await zoe.command("confiance")
    await zoe.press("With Ada")
    await zoe.press("Erase it for both")
    await zoe.press("Yes, erase it")


async def erase_thirty_days_after(world: World, _zoe: NeutralChat) -> None:
    retention = TrustRetention(world.settings)
    due = await world.read(retention.next_due, world.clock.now())
    assert due
    assert await world.change(retention.release, due) is not None


async def forget_them(_world: World, zoe: NeutralChat) -> None:
    await zoe.press("Nothing, forget it")


async def wait_for_a_day(world: World, _zoe: NeutralChat) -> None:
    await world.clock.advance(WORDS_KEPT)
    assert await world.change(WaitingWords().release, world.clock.now()) is not None


@pytest.mark.parametrize("forget", [forget_them, wait_for_a_day])
async def test_words_that_nobody_got_leave_the_disk_and_a_restored_backup(
    sqlite_url: str, tmp_path: Path, forget: Callable[[World, NeutralChat], Awaitable[None]]
) -> None:
    def left() -> list[str]:
        return [path.name for path in sorted(tmp_path.glob("*.db*")) if b"Zauberwald" in path.read_bytes()]

    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "2")
        await zoe.send("I want to die, in the Zauberwald")
        assert left()
        waiting = (await stored_rows(world.store, "trust_messages"))["trust_messages"]
        await forget(world, zoe)
        await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)
        assert left() == []
        [row] = waiting
        assert f'"{row["id"]}"' in log_path(world.settings.storage).read_text("utf-8")


@pytest.mark.parametrize("erase_it", [erase_for_both, erase_thirty_days_after])
async def test_the_words_are_gone_from_the_disk_within_seconds(
    sqlite_url: str, tmp_path: Path, erase_it: Callable[[World, NeutralChat], Awaitable[None]]
) -> None:
    """While the bot goes on running: until it stops, SQLite keeps old pages in the file and in the log beside it."""
    marker = "Zauberwald"

    def left() -> list[str]:
        return [path.name for path in sorted(tmp_path.glob("*.db*")) if marker.encode() in path.read_bytes()]

    async with open_world(sqlite_url) as world:
        ada, zoe = await world.join("Ada", "1"), await world.join("Zoé", "2")
        await named(world, ada, "Ada")
        for number_of in range(60):  # so that pages fill, split and are taken again
            await write_to(zoe, "Ada", f"Someone follows me in the {marker}, {number_of}.", how="With my name")
            await world.join(f"Person {number_of}", f"p{number_of}")
            await world.clock.advance(timedelta(minutes=6))
        assert left()
        erasures = Erasures(world.store, DECLARED, world.settings.storage, world.files, world.clock)
        running = asyncio.create_task(erasures.run())
        await erase_it(world, zoe)
        began = world.clock.now()
        for _look in range(2):  # before the second one it has done what the first one found
            erasures.wake()
            await world.clock.advance_when_asleep()
        assert left() == []
        assert world.clock.now() - began <= timedelta(seconds=4)
        running.cancel()
        await asyncio.wait({running})
        assert "Person 59" in str(await stored_rows(world.store, "participants"))


@pytest.mark.parametrize("platform", ["telegram", "discord", "web"])
async def test_a_phone_tells_a_confidence_by_the_words_of_ordinary_messages(world: World, platform: str) -> None:
    team = await world.organiser()
    ada, zoe = await world.join("Ada", "1", platform=platform), await world.join("Zoé", "2", platform=platform)
    await named(world, ada, "Ada")
    await write_to(zoe, "Ada", "Someone follows me.")
    [to_ada] = await pushed(world, ada)
    await press_push(world, ada, "Read")
    await ada.press("Answer")
    await ada.fill("I come to you.")
    [to_zoe] = await pushed(world, zoe)
    kim = await world.join("Kim", "3", platform=platform)
    await kim.command("equipe")
    await kim.fill("Where do we sleep?")
    await press_push(world, team, "Answer")
    await team.fill("At the youth hostel. " * 20)
    [to_kim] = await pushed(world, kim)
    assert to_ada == to_zoe == to_kim == "There is something for you to read."
