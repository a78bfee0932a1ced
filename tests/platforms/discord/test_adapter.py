"""Discord from end to end: discord.py's own machinery against an in-memory Discord."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.backoff import Backoff
from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.texts import Reader
from bot.content.views import Button, View
from bot.conversation import inbox_store
from bot.conversation.routes import Go
from bot.delivery.platform import Address
from bot.platforms.discord import interactions
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.drivers.discord import DiscordHarness

ENGLISH = Reader("en", "Europe/Paris")


@contextmanager
def locked(tmp_path: Path) -> Iterator[None]:
    """Somebody else writes to the database, for as long as this lasts."""
    with closing(sqlite3.connect(tmp_path / "rencontres.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def joined(harness: DiscordHarness, name: str = "Zoé") -> DiscordChat:
    chat = harness.person(name)
    await chat.follow("j-" + await harness.world.invite(name))
    return chat


async def confirming(harness: DiscordHarness) -> DiscordChat:
    zoe = await joined(harness)
    await zoe.pick("Culture")
    return zoe


# --- joining


async def test_from_the_card_by_a_form_to_a_theme_for_nobody_else_to_see(harness: DiscordHarness) -> None:
    await harness.restart(guild_id=harness.server.id, welcome_channel_id=harness.welcome.id)
    zoe = harness.member("Zoé")
    zoe.shown = [harness.card]
    await zoe.press("S’inscrire")  # what everyone sees speaks the gathering's language
    assert zoe.text == "Your invitation\nThe code of your invitation\n12 characters, for instance ABCD-EFGH-JKLM"
    await zoe.fill(await harness.world.invite("Zoé", "Dupont"))
    assert "Welcome, " in zoe.text
    assert zoe.private
    first = zoe.shown[0].id
    await zoe.pick("Culture")
    assert zoe.buttons == ("Confirm this theme", "See the other themes")
    await zoe.press("Confirm")
    assert zoe.text.startswith("Your theme is Culture.")
    assert zoe.toast == "You’re in."
    assert zoe.private
    assert zoe.shown[0].id == first


async def test_a_wrong_code_can_be_tried_again(harness: DiscordHarness) -> None:
    zoe = harness.person()
    await zoe.follow("j-WRONGWRONGWR")
    assert zoe.text.startswith("This code does not work here")
    await zoe.press("Try again")
    await zoe.fill(await harness.world.invite("Zoé"))
    assert "Welcome, " in zoe.text


async def test_in_a_server_a_command_is_answered_for_who_called_it(harness: DiscordHarness) -> None:
    zoe = harness.member()
    await zoe.command("moi")
    assert zoe.private
    assert zoe.buttons == ("Enter my code",)


# --- pressing


async def test_pressing_twice_takes_one_place(harness: DiscordHarness) -> None:
    zoe = await confirming(harness)
    offer = zoe.shown[0]
    confirm = offer.components[0]["components"][0]["custom_id"]
    await zoe.press("Confirm")
    await zoe.command("theme")
    zoe.shown = [offer]
    offer.components = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Confirm", "custom_id": confirm}]}]
    await zoe.press("Confirm")
    assert zoe.toast == "Already done."


async def test_buttons_menus_and_forms_work_after_a_restart(harness: DiscordHarness) -> None:
    zoe = await joined(harness)
    await harness.restart()
    await zoe.pick("Culture")
    await harness.restart()
    await zoe.press("Confirm")
    assert zoe.toast == "You’re in."
    ada = harness.person("Ada")
    await ada.command("code")
    await harness.restart()
    await ada.fill(await harness.world.invite("Ada"))
    assert "Welcome, Ada" in ada.text


@pytest.mark.parametrize("custom_id", ["tt-nothing", "xx", "go-nowhere", "tt-culture-1", "🙂"])
async def test_a_forged_button_shows_the_present_screen(harness: DiscordHarness, custom_id: str) -> None:
    zoe = await confirming(harness)
    zoe.shown[0].components = [
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "Forged", "custom_id": custom_id}]}
    ]
    await zoe.press("Forged")
    assert zoe.text.startswith("That button has aged.")
    assert "No theme chosen yet." in zoe.text


async def test_a_command_of_old_shows_the_present_screen(harness: DiscordHarness) -> None:
    zoe = await joined(harness)
    harness.env.backend.register_commands(None, [{"name": "ancienne", "type": 1, "description": "-"}])
    await zoe.command("ancienne")
    assert "I do not know /ancienne." in zoe.text


# --- writing


async def test_words_in_private_are_answered_there(harness: DiscordHarness) -> None:
    zoe = await joined(harness)
    await zoe.send("Le projecteur est cassé")
    assert "Shall I ask the team?" in zoe.text
    await zoe.press("No")
    assert "No theme chosen yet." in zoe.text


async def test_a_command_typed_as_words_is_one(harness: DiscordHarness) -> None:
    zoe = harness.person()
    await zoe.send("/code")
    assert "Le code de ton invitation" in zoe.text  # Discord does not say which language a message's author reads
    await zoe.send(await harness.world.invite("Zoé"))
    assert "Welcome, " in zoe.text


async def test_a_file_nobody_asked_for_is_refused_politely(harness: DiscordHarness) -> None:
    zoe = await joined(harness)
    await zoe.send("", ("photo.jpg", b"..."))
    assert zoe.text.startswith("Text only, please.")


async def test_nothing_typed_pings_anyone(harness: DiscordHarness) -> None:
    zoe = await joined(harness, "@everyone <@1> *Zoé*")
    await zoe.command("moi")
    await zoe.press("More…")
    assert "**\u2068@everyone \\<@1> \\*Zoé\\*\u2069**" in zoe.shown[0].content
    assert not zoe.shown[0].mention_everyone


# --- in time


async def test_a_form_opens_though_the_database_is_locked(harness: DiscordHarness, tmp_path: Path) -> None:
    zoe = harness.member()
    code = await harness.world.invite("Zoé")
    with locked(tmp_path):
        await zoe.command("code")
    await zoe.fill(code)
    assert "Welcome, " in zoe.text
    assert zoe.private


async def test_a_press_that_failed_in_discord_s_hands_is_made_up_for_at_the_next_start(
    harness: DiscordHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "_BACKOFF", Backoff(first=0.0, longest=0.0))
    zoe = await confirming(harness)
    harness.env.inject_error("POST", "/interactions/*", status=503, code=0, times=4)
    await zoe.press("Confirm")
    assert not zoe.pushed
    await harness.restart()
    [made_up] = zoe.pushed
    assert "Theme: Culture" in made_up
    await harness.restart()
    assert len(zoe.pushed) == 1


@pytest.mark.parametrize("code", [10062, 10015, 50027])
async def test_an_answer_that_is_too_late_for_its_press_comes_in_private(harness: DiscordHarness, code: int) -> None:
    """Discord forgets a press after 3 s, and after 15 minutes where it was told to wait."""
    zoe = await confirming(harness)
    harness.env.inject_error("POST", "/interactions/*", status=404, code=code)
    await zoe.press("Confirm")
    [made_up] = zoe.pushed
    assert "You’re in." in made_up
    await harness.restart()
    assert len(zoe.pushed) == 1


async def test_every_answer_that_left_is_noted(harness: DiscordHarness) -> None:
    zoe = await confirming(harness)
    await zoe.send("hello")
    assert zoe.text
    await harness.world.dispatcher.close()
    since = harness.world.clock.now() - inbox_store.KEPT
    assert await harness.world.store.read(lambda tx: inbox_store.unanswered(tx, "discord", since)) == []


# --- pushes


async def test_a_push_reaches_who_only_ever_pressed_in_the_server(harness: DiscordHarness) -> None:
    zoe = harness.member()
    await zoe.command("moi")
    view = View(("A place opened up.",), (Button("My theme", Go("theme")),))
    native_id = await harness.adapter.send(Address(str(zoe.user.id)), view, ENGLISH, delivery_id=12)
    assert zoe.pushed == ("A place opened up.",)
    sent = harness.env.http_requests[-1].json or {}
    assert (sent["nonce"], sent["enforce_nonce"]) == ("12.0", True)
    later = View(("a" * 1500, "b" * 1500))
    both = await harness.adapter.edit(Address(str(zoe.user.id)), native_id, later, ENGLISH)
    assert zoe.pushed == later.lines
    assert both.startswith(f"{native_id},")
    assert await harness.adapter.edit(Address(str(zoe.user.id)), both, view, ENGLISH) == native_id
    assert zoe.pushed == ("A place opened up.",)


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
    harness: DiscordHarness, status: int, code: int, error: type[Exception]
) -> None:
    zoe = harness.person()
    harness.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
    with pytest.raises(error):
        await harness.adapter.send(Address(str(zoe.user.id)), View(("Hello",)), ENGLISH, delivery_id=1)
