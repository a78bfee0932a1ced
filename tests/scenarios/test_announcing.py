"""Announcing, wherever people are: written and seen exactly, sent, read, confirmed, corrected, taken back."""

from __future__ import annotations

from datetime import timedelta

from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers.gestures import wants_to_be_told, words
from tests.scenarios.conftest import Stage


async def participant(stage: Stage, name: str) -> Chat:
    """Someone who reads announcements by day, in private."""
    chat = await stage.join(name, territory="FR")
    await wants_to_be_told(chat)
    return chat


async def write(chat: Chat, text: str) -> None:
    """Write an announcement to everyone, up to its preview."""
    await chat.command("annoncer")
    await chat.press("Write an announcement")
    await chat.fill(text)
    await chat.pick("everyone")


async def send(stage: Stage, chat: Chat) -> None:
    """Send what is previewed, and let it arrive."""
    await chat.press("Send now")
    assert "It leaves in 10 seconds" in chat.text
    await stage.delivered()


async def open_report(chat: Chat, title: str) -> None:
    """See how far an announcement has come."""
    await chat.command("annoncer")
    await chat.press(f"Sent: {title}")


async def test_an_announcement_is_sent_read_and_confirmed(stage: Stage) -> None:
    zoe = await participant(stage, "Zoé")
    ines = await stage.organiser()
    await write(ines, "Lunch is at noon, room A")
    assert "1 person" in words(ines.text)
    await ines.press("Ask for “Seen”")
    await send(stage, ines)
    await stage.delivered(zoe)
    assert words(zoe.pushed[-1]) == "From the team\nLunch is at noon, room A"
    await zoe.press("Seen")
    assert zoe.toast == "Noted, thank you."
    await ines.command("annoncer")
    await ines.press("Sent, 1 seen: Lunch is at noon")
    assert "1 of 1 sent, 1 seen" in ines.text


async def test_a_correction_edits_the_copy_where_it_is(stage: Stage) -> None:
    zoe = await participant(stage, "Zoé")
    ines = await stage.organiser()
    await write(ines, "Lunch is at noon")
    await send(stage, ines)
    await stage.delivered(zoe)
    messages = len(zoe.pushed)
    await open_report(ines, "Lunch")
    await ines.press("Correct")
    await ines.press("Write the correction")
    await ines.fill("Lunch is at one")
    assert "1 message is being edited." in ines.text
    await stage.delivered(zoe)
    assert words(zoe.text) == "From the team\nLunch is at one\nCorrected Monday 1 March, 10:00."
    assert len(zoe.pushed) <= messages


async def test_what_is_withdrawn_is_gone(stage: Stage) -> None:
    zoe = await participant(stage, "Zoé")
    ines = await stage.organiser()
    await write(ines, "Lunch is at noon")
    await send(stage, ines)
    await open_report(ines, "Lunch")
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    await stage.delivered(zoe)
    assert "Lunch is at noon" not in words(zoe.text)
    await stage.world.clock.advance(timedelta(seconds=3))
    await stage.delivered(ines)
    assert any("1 deleted" in each for each in (ines.text, *ines.pushed))  # the report that came by itself
    await ines.command("annoncer")
    await ines.press("Withdrawn: Lunch")
    assert "1 deleted" in ines.text


async def test_cancelled_in_time_nothing_leaves(stage: Stage) -> None:
    zoe = await participant(stage, "Zoé")
    ines = await stage.organiser()
    await write(ines, "Lunch is at noon")
    before = len(zoe.pushed)
    await ines.press("Send now")
    await ines.press("Cancel")
    assert "nothing was sent" in ines.text
    await stage.delivered(zoe)
    assert len(zoe.pushed) == before


async def test_the_preview_is_the_exact_copy(stage: Stage) -> None:
    await participant(stage, "Zoé")
    ines = await stage.organiser()
    await write(ines, "Lunch is at noon")
    await stage.delivered(ines)
    assert words(ines.text) == "From the team\nLunch is at noon"


async def test_an_announcement_reaches_other_platforms_too(stage: Stage, beside: Stage) -> None:
    zoe, ali = await participant(stage, "Zoé"), await participant(beside, "Ali")
    ines = await stage.organiser()
    await write(ines, "Lunch is at noon")
    assert "2 people" in words(ines.text)
    await send(stage, ines)
    await stage.delivered(zoe, ali)
    assert words(zoe.pushed[-1]) == words(ali.pushed[-1]) == "From the team\nLunch is at noon"


async def test_a_campaign_keeps_what_was_ticked_and_counts_who_did_it(stage: Stage) -> None:
    zoe = await stage.join("Zoé", territory="FR", locale="fr")
    await wants_to_be_told(zoe)
    ines = await stage.organiser("fr")
    await ines.command("annoncer")
    await ines.press("Une campagne")
    await ines.fill("https://exemple.org/vote", "Voter pour nous", "3 juin 12:00", "Soutiens le projet")
    ticked = ("7 jours avant", "3 heures avant")
    if isinstance(ines, WebChat):
        await ines.tick(*ticked)
    elif stage.platform == "discord":
        await ines.pick(*ticked)
    else:
        for each in ("7 jours avant", "3 jours avant", "1 jour avant"):
            await ines.pick(each)
    await ines.press("Choisir")
    await ines.pick("tout le monde")
    await ines.press("Rappels")
    assert [option for option in ines.options if option.startswith("✓")] == [f"✓ {each}" for each in ticked]
    await ines.press("Choisir")
    await ines.pick("tout le monde")
    await ines.press("Envoyer maintenant")
    await stage.delivered(zoe)
    assert words(zoe.text).startswith("De l’équipe\nSoutiens le projet")
    await zoe.press("C’est fait")
    await ines.command("annoncer")
    await ines.press("Envoyée : Soutiens le projet")
    assert "1 personne l’a fait." in ines.text
