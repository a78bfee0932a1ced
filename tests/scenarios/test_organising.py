"""Organising, wherever the organiser is: importing, looking, finding, changing, undoing, sharing the work."""

from __future__ import annotations

import csv
import io

from bot.content.forms import Upload
from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_discord import DiscordChat
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers.gestures import take_culture, wants_to_be_told, words
from tests.scenarios.conftest import Stage

HEAD = "ref,given_name,family_name,country,theme\n"


async def send_list(stage: Stage, chat: Chat, lines: str) -> None:
    """Send a list into the open form, and wait until it is read."""
    await chat.fill(Upload("liste.csv", (HEAD + lines).encode()))
    assert "I am reading “liste.csv”." in words(chat.text)
    await stage.delivered(chat)


async def test_a_list_is_corrected_imported_and_undone(stage: Stage) -> None:
    ines = await stage.organiser()
    await ines.command("organiser")
    await ines.press("Import a list")
    await send_list(stage, ines, "A1,Ali,Ben,France,Culture\nA2,Eva,Meyer,Atlantis,Culture\n")
    assert "Import without 1 cell" in ines.buttons
    assert "Line 3, “country”: I do not know the territory “Atlantis”." in words(ines.text)
    assert ines.file
    assert ines.file.name == "to-correct.csv"
    await ines.press("Send it again")
    await send_list(stage, ines, "A1,Ali,Ben,France,Culture\nA2,Eva,Meyer,Allemagne,Culture\n")
    assert "New: 2. Changed: 0. Unchanged: 0." in ines.text
    await ines.press("Import")
    assert "List imported: 2 added, 0 changed" in ines.text
    await ines.press("Undo this change")
    assert "Undone: List imported: 2 added, 0 changed" in ines.text
    await ines.command("organiser")
    assert "Nobody is on the list yet" in ines.text


async def test_the_figures_count_who_joined_and_who_is_invited(stage: Stage) -> None:
    await stage.join("Zoé")
    await stage.world.invite("Ali", territory="FR")
    ines = await stage.organiser()
    await ines.command("organiser")
    assert "People · Joined: 1 of 2." in ines.text
    await ines.press("People")
    await ines.press("Figures")
    assert "Quebec 1 of 1\nFrance 0 of 1" in words(ines.text)
    assert "not said 1 of 2" in words(ines.text)
    await ines.press("Organise")
    await ines.press("People")
    await ines.press("Not joined: 1")
    assert any("Ali (R-0002)" in words(label) for label in ines.buttons)


async def test_someone_is_found_without_accents_and_with_the_names_swapped(stage: Stage) -> None:
    await stage.world.invite("Zoé", "Étienne-Côté")
    await stage.world.invite("Zoltan", "Nagy")
    ines = await stage.organiser()
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill("cote zoe")
    assert "1 person found." in ines.text
    await ines.press(ines.buttons[0])
    assert "Zoé Étienne-Côté (R-0001)" in words(ines.text)
    assert "Invited, has not joined yet." in ines.text


async def test_one_more_place_moves_someone_up_who_is_told(stage: Stage) -> None:
    ana, bo, cleo = [await stage.join(name) for name in ("Ana", "Bo", "Cleo")]
    await wants_to_be_told(cleo)
    await take_culture(ana, bo, cleo)
    ines = await stage.organiser()
    await ines.command("organiser")
    assert "Waiting: 1." in ines.text
    await ines.press("Themes")
    await ines.pick("Culture")
    await ines.press("Places")
    await ines.fill("3")
    assert "Culture: 3 places" in ines.text
    assert "1 person moved up." in ines.text
    await stage.delivered(cleo)
    assert "Culture" in cleo.text
    assert len(cleo.pushed) == 1
    await ines.press("Undo this change")
    assert "Undone: Culture: 3 places" in ines.text
    await cleo.command("moi")
    assert "Theme: Culture" in cleo.text


async def test_a_participant_is_made_an_organiser(stage: Stage) -> None:
    zoe = await stage.join("Zoé", "Roy")
    await wants_to_be_told(zoe)
    ines = await stage.organiser()
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill("Roy")
    await ines.press(ines.buttons[0])
    await ines.press("Make organiser")
    await ines.press("Make organiser")
    assert "is an organiser" in words(ines.text)
    await stage.delivered(zoe)
    assert "You are an organiser now." in zoe.text
    await zoe.press("Organise")
    assert "Joined: 1 of 1." in zoe.text


def line_of(chat: Chat) -> dict[str, str]:
    """The one line of the file in the latest message, by its headings."""
    assert chat.file
    [line] = csv.DictReader(io.StringIO(chat.file.content.decode("utf-8-sig")), delimiter=";")
    return line


async def test_the_file_of_invitations_stays_and_can_be_made_anew(stage: Stage) -> None:
    await stage.world.invite("Zoé", "Roy", locale="de")
    for change in ("UPDATE participants SET email = 'zoe@example.org'", "DELETE FROM secrets"):
        await stage.world.store.transact(lambda tx, change=change: tx.run(change))  # type: ignore[misc]
    ines = await stage.organiser("fr")
    await ines.command("organiser")
    await ines.press("Faire les invitations")
    await ines.press("Créer le fichier")
    first = line_of(ines)
    posted = ines.shown[-1] if isinstance(ines, DiscordChat) else None
    assert first["prénom"] == "Zoé"
    assert first["courriel"] == "zoe@example.org"
    assert first["langue"] == "de"
    assert first["texte à envoyer"].startswith(
        "Hallo Zoé,\nDas Team von „Rencontres“ schreibt dir: Du bist eingeladen."
    )
    assert first["code"].replace("-", "") in first["texte à envoyer"].replace("-", "")
    await ines.press("Invitations")
    await ines.press("Refaire les inutilisées")
    assert "L’ancienne cesse aussitôt de fonctionner." in ines.text
    await ines.press("Les refaire")
    again = line_of(ines)
    assert again["code"] != first["code"]
    await ines.command("organiser")
    await ines.press("Personnes")
    await ines.press("Sans inscription")
    await ines.press("Fichier")
    assert ines.file
    assert ines.file.name == "sans-inscription.csv"
    assert line_of(ines)["prénom"] == "Zoé"
    await ines.command("organiser")
    await ines.press("Personnes")
    await ines.press("Invitations")
    await ines.look()
    if isinstance(ines, TelegramChat | WebChat):
        assert sum("Garde bien le fichier." in each.text for each in ines.received) == 3
    else:
        assert posted
        assert posted.attachments
    zoe = stage.person("Zoé")
    await zoe.follow("j-" + first["code"].replace("-", ""))
    assert "Zoé" not in zoe.text
    await zoe.follow("j-" + again["code"].replace("-", ""))
    assert "Zoé" in words(zoe.text)
