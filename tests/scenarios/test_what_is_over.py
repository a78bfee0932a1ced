"""What is over says so wherever it stands, in French: screens shown anew, a phase, a question, a countdown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest

from bot.conversation.undo import WINDOW
from bot.database.engine import Transaction
from bot.rehearsal.chat_driver import Chat, ChatDriver, Received
from bot.rehearsal.expected_messages import read_plainly
from handlers.groups.service.membership import follow_cards, publish_round
from handlers.groups.store.groups import set_room
from handlers.workshops.actions import Vote
from tests.drivers.gestures import wants_to_be_told
from tests.groups.builders import found_round, group
from tests.ideas.builders import idea
from tests.scenarios.conftest import Stage, open_stage
from tests.workshops.builders import PHASES, ended, revealed, started

BELOW = "Écran à jour plus bas."


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES) as stage:
        yield stage


async def reads(stage: Stage, chat: Chat) -> list[str]:
    """Every message of the bot's in a chat as it reads now, oldest first, once what is due was done."""
    await stage.world.dispatcher.close()  # what the latest answers mean for others is noted
    await stage.delivered(chat)
    return [read_plainly(each.text) for each in received(chat)]


def received(chat: Chat) -> tuple[Received, ...]:
    """Every message of the bot's in a chat, with its text when it arrived and its present one, oldest first."""
    return cast("ChatDriver", chat).received


async def test_of_a_screen_only_the_newest_copy_looks_live(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    for asked in ("/programme", "programme", "/programme"):
        await zoe.send(asked)
    texts = await reads(stage, zoe)
    shown = "Le programme n’est pas encore prêt"
    assert [text for text in texts if text == BELOW or text.startswith(shown)][-3:-1] == [BELOW, BELOW]
    assert texts[-1].startswith(shown)
    await zoe.send("/moi")
    await zoe.press("Plus…")  # the message shows something else now: it is no copy of that screen any more
    await zoe.send("/moi")
    assert (await reads(stage, zoe))[-2].startswith("Zoé")


async def test_a_phase_that_is_over_is_so_in_what_was_sent_before(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    made = await group(stage.world, ["Zoé"])
    run = await started(stage.world, made)
    await reads(stage, zoe)
    await zoe.look()
    assert "Comprendre les enjeux : fin " in read_plainly(zoe.text)
    assert "Donner une idée" in zoe.buttons
    await ended(stage.world, run)
    texts = await reads(stage, zoe)
    assert not any("Comprendre les enjeux : fin " in text for text in texts)
    [card] = [each for each in received(zoe) if "Consigne : Comprendre les enjeux" in read_plainly(each.first)]
    assert read_plainly(card.text).startswith("Comprendre les enjeux : cette phase est terminée.")


async def test_a_phase_that_is_over_takes_the_buttons_of_the_latest_idea(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    run = await started(stage.world, await group(stage.world, ["Zoé"]))
    await reads(stage, zoe)
    await zoe.command("phase")
    await zoe.press("Donner une idée")
    await zoe.fill("Le dernier bus part à neuf heures du soir")
    assert "Ce n’est pas une idée" in zoe.buttons
    if stage.platform != "telegram":
        return  # on Discord only who pressed sees the answer, and a page keeps each card
    await reads(stage, zoe)
    await ended(stage.world, run)
    assert "Cette phase est terminée : tes idées restent telles quelles." in await reads(stage, zoe)


async def test_once_the_phase_is_over_nothing_offers_a_vote_any_more(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    made = await group(stage.world, ["Zoé"])
    run = await started(stage.world, made)
    for words in ("Une cuisine partagée", "Un jardin"):
        await idea(stage.world, made, "Zoé", words, phase="stakes")
    run = await revealed(stage.world, run)
    await reads(stage, zoe)
    await zoe.command("phase")
    await zoe.pick("1. Une cuisine")
    texts = await reads(stage, zoe)
    [card] = [number for number, text in enumerate(texts) if text.startswith("Comprendre les enjeux : fin ")]
    assert "1 voix, jusqu’à" in texts[card]
    assert not any("dévoilées. À toi" in text for text in texts), "the card alone says so"
    if stage.platform != "discord":  # there only who pressed sees the answer
        assert "1 voix, jusqu’à" in texts[-1]
    await ended(stage.world, run)
    texts = await reads(stage, zoe)
    assert not any("voix, jusqu’à" in text for text in texts)
    assert texts[card].startswith("Comprendre les enjeux : cette phase est terminée.")
    assert not cast("ChatDriver", zoe).offers(Vote(run.id).encode())


async def test_the_group_card_stays_in_sight_and_true(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    made = await group(stage.world, ["Zoé"])
    round_ = await found_round(stage.world)
    await stage.world.store.transact(lambda tx: publish_round(tx, round_, stage.world.clock.now()))
    await reads(stage, zoe)

    async def move(tx: Transaction) -> None:
        await set_room(tx, made.id, "Salle 12")
        await follow_cards(tx, [made.id], stage.world.clock.now())

    await stage.world.store.transact(move)
    [card] = [text for text in await reads(stage, zoe) if "Première rencontre" in text or "pas encore connue" in text]
    assert "Salle 12" in card
    done = await stage.world.store.read(
        lambda tx: tx.all("SELECT state FROM deliveries WHERE op = 'pin' AND native_id <> ''")
    )
    assert [row["state"] for row in done] == ["sent"]


async def test_an_answered_question_and_an_announcement_that_left_ask_for_nothing(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    ines = await stage.organiser("fr")
    other = await stage.join("Léa", organises=True, attends=False, locale="fr")
    await wants_to_be_told(other)
    await zoe.command("equipe")
    await zoe.fill("Où est ma chambre ?")
    await reads(stage, other)
    assert "Répondre" in other.buttons
    await ines.command("questions")
    await ines.press("Répondre au numéro 1")
    await ines.fill("Au deuxième étage")
    asked = [text for text in await reads(stage, other) if "Où est ma chambre" in text]
    assert asked[0].endswith("a répondu.")
    await ines.command("annoncer")
    await ines.press("Écrire une annonce")
    await ines.fill("Le bus part à 9 h")
    await ines.pick("tout le monde")
    await ines.press("Envoyer maintenant")
    assert "Annuler" in ines.buttons
    if stage.platform == "discord":
        return  # there only who pressed sees the answer, and Discord forgets it
    texts = await reads(stage, ines)
    assert not any("Envoi dans" in text for text in texts)
    assert any(text.startswith("C’est parti, pour 1 personne.") for text in texts)


async def test_undo_goes_with_its_ten_minutes_and_themes_with_their_deadline(stage: Stage) -> None:
    ines = await stage.organiser("fr")
    await ines.command("organiser")
    await ines.press("Thèmes")
    await ines.pick("Culture")
    await ines.press("Places")
    await ines.fill("3")
    assert "Annuler ce changement" in ines.buttons
    if stage.platform == "discord":
        return  # there only who pressed sees the answer, and Discord forgets it
    await reads(stage, ines)
    assert "Annuler ce changement" in ines.buttons
    await stage.world.clock.advance(WINDOW)
    [changed] = [text for text in await reads(stage, ines) if "Culture : 3" in text]
    rows = await stage.world.store.read(
        lambda tx: tx.all("SELECT state, content FROM deliveries WHERE kind = 'later' ORDER BY due_at DESC LIMIT 1")
    )
    assert [row["state"] for row in rows] == ["sent"]
    assert "Undo this change" not in rows[0]["content"]
    assert changed
    zoe, ali = await stage.join("Zoé", locale="fr"), await stage.join("Ali", locale="fr")
    await zoe.command("theme")
    assert any("Sur quel thème veux-tu travailler" in text for text in await reads(stage, zoe))
    await ali.pick("Culture")
    await ali.press("Confirmer")
    assert any("Ton thème : Culture." in text for text in await reads(stage, ali))
    deadline = stage.world.settings.gathering.deadline
    assert deadline
    await stage.world.clock.advance(deadline - stage.world.clock.now())
    texts = await reads(stage, zoe)
    assert not any("Sur quel thème veux-tu travailler" in text for text in texts)
    assert any(text.startswith("On pouvait choisir un thème jusqu’au") for text in texts)
    assert not any("Ton thème : Culture." in text for text in await reads(stage, ali)), (
        "one's own card offers to change it"
    )


async def test_of_a_gathering_that_is_over_each_keeps_a_souvenir(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    run = await started(stage.world, await group(stage.world, ["Zoé"]))
    await ended(stage.world, run)
    await stage.world.clock.advance(stage.world.settings.gathering.closes - stage.world.clock.now())
    await zoe.command("bilan")
    await zoe.press("Mon souvenir")
    assert any(text.startswith("Tes rencontres en image : partage-la") for text in await reads(stage, zoe))
