"""Discord from end to end: discord.py's own machinery against an in-memory Discord."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.content.errors import MessageGone, Rejected, RetryLater, Unreachable
from bot.content.texts import Reader
from bot.content.views import Button, View
from bot.conversation import inbox_store
from bot.conversation.routes import Go
from bot.delivery.platform import Address
from bot.rehearsal.hands_discord import DiscordChat
from tests.drivers.discord import DiscordTown

ENGLISH = Reader("en", "Europe/Paris")


@contextmanager
def locked(tmp_path: Path) -> Iterator[None]:
    """Somebody else writes to the database, for as long as this lasts."""
    with closing(sqlite3.connect(tmp_path / "rencontres.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def joined(town: DiscordTown, name: str = "Zoé") -> DiscordChat:
    chat = town.person(name)
    await chat.follow("j-" + await town.world.invite(name))
    return chat


async def confirming(town: DiscordTown) -> DiscordChat:
    zoe = await joined(town)
    await zoe.pick("Culture")
    return zoe


# --- joining


async def test_from_the_card_by_a_form_to_a_theme_for_nobody_else_to_see(town: DiscordTown) -> None:
    await town.restart(guild_id=town.server.id, welcome_channel_id=town.welcome.id)
    zoe = town.member("Zoé")
    zoe.shown = [town.card]
    await zoe.press("S’inscrire")  # what everyone sees speaks the gathering's language
    assert zoe.text == "Your invitation\nThe code of your invitation\n12 characters, for instance ABCD-EFGH-JKLM"
    await zoe.fill(await town.world.invite("Zoé", "Dupont"))
    assert "welcome to Rencontres" in zoe.text
    assert zoe.private
    first = zoe.shown[0].id
    await zoe.pick("Culture")
    assert zoe.buttons == ("Confirm this theme", "See the other themes")
    await zoe.press("Confirm")
    assert zoe.text.startswith("Your theme is Culture.")
    assert zoe.toast == "Your place is kept."
    assert zoe.private
    assert zoe.shown[0].id == first


async def test_a_wrong_code_can_be_tried_again(town: DiscordTown) -> None:
    zoe = town.person()
    await zoe.follow("j-WRONGWRONGWR")
    assert zoe.text.startswith("This code does not work here")
    await zoe.press("Try again")
    await zoe.fill(await town.world.invite("Zoé"))
    assert "Hello" in zoe.text


async def test_in_a_server_a_command_is_answered_for_who_called_it(town: DiscordTown) -> None:
    zoe = town.member()
    await zoe.command("moi")
    assert zoe.private
    assert zoe.buttons == ("Enter my code",)


# --- pressing


async def test_pressing_twice_takes_one_place(town: DiscordTown) -> None:
    zoe = await confirming(town)
    offer = zoe.shown[0]
    confirm = offer.components[0]["components"][0]["custom_id"]
    await zoe.press("Confirm")
    await zoe.command("theme")
    zoe.shown = [offer]
    offer.components = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Confirm", "custom_id": confirm}]}]
    await zoe.press("Confirm")
    assert zoe.toast == "Already done."


async def test_buttons_menus_and_forms_work_after_a_restart(town: DiscordTown) -> None:
    zoe = await joined(town)
    await town.restart()
    await zoe.pick("Culture")
    await town.restart()
    await zoe.press("Confirm")
    assert zoe.toast == "Your place is kept."
    ada = town.person("Ada")
    await ada.command("code")
    await town.restart()
    await ada.fill(await town.world.invite("Ada"))
    assert "Hello Ada" in ada.text


@pytest.mark.parametrize("custom_id", ["tt-nothing", "xx", "go-nowhere", "tt-culture-1", "🙂"])
async def test_a_forged_button_shows_the_present_screen(town: DiscordTown, custom_id: str) -> None:
    zoe = await confirming(town)
    zoe.shown[0].components = [
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "Forged", "custom_id": custom_id}]}
    ]
    await zoe.press("Forged")
    assert zoe.text.startswith("That button has aged.")
    assert "No theme chosen yet." in zoe.text


async def test_a_command_of_old_shows_the_present_screen(town: DiscordTown) -> None:
    zoe = await joined(town)
    town.env.backend.register_commands(None, [{"name": "ancienne", "type": 1, "description": "-"}])
    await zoe.command("ancienne")
    assert "I do not know /ancienne." in zoe.text


# --- writing


async def test_words_in_private_are_answered_there(town: DiscordTown) -> None:
    zoe = await joined(town)
    await zoe.send("Une cuisine partagée")
    assert "Is this a question to the team?" in zoe.text
    await zoe.press("No")
    assert "No theme chosen yet." in zoe.text


async def test_a_command_typed_as_words_is_one(town: DiscordTown) -> None:
    zoe = town.person()
    await zoe.send("/code")
    assert "Le code de ton invitation" in zoe.text  # Discord does not say which language a message's author reads
    await zoe.send(await town.world.invite("Zoé"))
    assert "welcome to Rencontres" in zoe.text


async def test_a_file_nobody_asked_for_is_refused_politely(town: DiscordTown) -> None:
    zoe = await joined(town)
    await zoe.send("", ("photo.jpg", b"..."))
    assert zoe.text.startswith("Text only, please.")


async def test_nothing_typed_pings_anyone(town: DiscordTown) -> None:
    zoe = await joined(town, "@everyone <@1> *Zoé*")
    await zoe.command("moi")
    assert "**\u2068@everyone \\<@1> \\*Zoé\\*\u2069**" in zoe.shown[0].content
    assert not zoe.shown[0].mention_everyone


# --- in time


async def test_a_form_opens_though_the_database_is_locked(town: DiscordTown, tmp_path: Path) -> None:
    zoe = town.member()
    code = await town.world.invite("Zoé")
    with locked(tmp_path):
        await zoe.command("code")
    await zoe.fill(code)
    assert "welcome to Rencontres" in zoe.text
    assert zoe.private


async def test_a_press_that_failed_in_discord_s_hands_is_made_up_for_at_the_next_start(town: DiscordTown) -> None:
    zoe = await confirming(town)
    town.env.inject_error("POST", "/interactions/*", status=503, code=0)
    await zoe.press("Confirm")
    assert not zoe.pushed
    await town.restart()
    [made_up] = zoe.pushed
    assert "Theme: Culture" in made_up
    await town.restart()
    assert len(zoe.pushed) == 1


@pytest.mark.parametrize("code", [10062, 10015, 50027])
async def test_an_answer_that_is_too_late_for_its_press_comes_in_private(town: DiscordTown, code: int) -> None:
    """Discord forgets a press after 3 s, and after 15 minutes where it was told to wait."""
    zoe = await confirming(town)
    town.env.inject_error("POST", "/interactions/*", status=404, code=code)
    await zoe.press("Confirm")
    [made_up] = zoe.pushed
    assert "Your place is kept." in made_up
    await town.restart()
    assert len(zoe.pushed) == 1


async def test_every_answer_that_left_is_noted(town: DiscordTown) -> None:
    zoe = await confirming(town)
    await zoe.send("hello")
    assert zoe.text
    await town.world.dispatcher.close()
    since = town.world.clock.now() - inbox_store.KEPT
    assert await town.world.store.read(lambda tx: inbox_store.unanswered(tx, "discord", since)) == []


# --- pushes


async def test_a_push_reaches_who_only_ever_pressed_in_the_server(town: DiscordTown) -> None:
    zoe = town.member()
    await zoe.command("moi")
    view = View(("A place opened up.",), (Button("My theme", Go("theme")),))
    native_id = await town.adapter.send(Address(str(zoe.user.id)), view, ENGLISH, delivery_id=12)
    assert zoe.pushed == ("A place opened up.",)
    sent = town.env.http_requests[-1].json or {}
    assert (sent["nonce"], sent["enforce_nonce"]) == ("12.0", True)
    later = View(("a" * 1500, "b" * 1500))
    both = await town.adapter.edit(Address(str(zoe.user.id)), native_id, later, ENGLISH)
    assert zoe.pushed == later.lines
    assert both.startswith(f"{native_id},")
    assert await town.adapter.edit(Address(str(zoe.user.id)), both, view, ENGLISH) == native_id
    assert zoe.pushed == ("A place opened up.",)


async def test_more_buttons_than_a_message_holds_are_pushed_and_edited_in_further_ones(town: DiscordTown) -> None:
    zoe = town.person()
    address = Address(str(zoe.user.id))
    many = View(("Who?",), tuple(Button(f"Person {n}", Go(f"p{n}")) for n in range(30)))
    native_id = await town.adapter.send(address, many, ENGLISH, delivery_id=1)
    assert [*zoe.pushed] == ["Who?", "…"]
    first = await town.adapter.edit(address, native_id, View(("Nobody.",)), ENGLISH)
    assert [*zoe.pushed] == ["Nobody."]
    assert (await town.adapter.edit(address, first, many, ENGLISH)).startswith(f"{first},")
    assert [*zoe.pushed] == ["Who?", "…"]


async def test_what_its_reader_deleted_is_not_sent_again(town: DiscordTown) -> None:
    zoe = town.person()
    address = Address(str(zoe.user.id))
    native_id = await town.adapter.send(address, View(("Before",)), ENGLISH, delivery_id=1)
    town.env.backend.delete_message(zoe.user.dm_channel.id, int(native_id))
    await town.env.settle()
    with pytest.raises(MessageGone):
        await town.adapter.edit(address, native_id, View(("After",)), ENGLISH)
    assert zoe.pushed == ()


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, 50007, Unreachable),
        (403, 50278, Unreachable),
        (404, 10013, Unreachable),
        (429, 0, RetryLater),
        (502, 0, RetryLater),
        (400, 50035, Rejected),
    ],
)
async def test_what_discord_refuses_is_classified(
    town: DiscordTown, status: int, code: int, error: type[Exception]
) -> None:
    zoe = town.person()
    town.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
    with pytest.raises(error):
        await town.adapter.send(Address(str(zoe.user.id)), View(("Hello",)), ENGLISH, delivery_id=1)
