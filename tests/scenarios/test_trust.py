"""A trusted person, whom to call, and «Es-tu en sécurité ?», wherever people are, in French."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import cast

from bot.rehearsal.chat_driver import Chat, ChatDriver
from handlers.trust import service, store
from handlers.trust.model import SaidPlace
from tests.drivers.gestures import wants_to_be_told, words
from tests.participants import number
from tests.pictures import png
from tests.scenarios.conftest import Stage


def read(text: str) -> str:
    """What somebody reads, all its spaces ordinary ones."""
    return words(text).replace("\u202f", " ").replace("\xa0", " ")


def everything(chat: Chat) -> str:
    """All that somebody finds in their chat."""
    return read("\n".join((*(message.text for message in cast("ChatDriver", chat).received), chat.text)))


async def test_organisers_name_a_person_of_trust_and_two_talk_without_a_name(stage: Stage, beside: Stage) -> None:
    ines = await stage.organiser(locale="fr")
    ada = await beside.join("Ada", locale="fr")
    zoe = await stage.join("Zoé", locale="fr", territory="CA-QC")
    for chat in (ada, zoe):
        await wants_to_be_told(chat)
    await ines.command("confiance")
    await ines.press("Nommer les personnes")
    await ines.press("Nommer quelqu")
    await ines.fill("Ada")
    await ines.press("Ada")
    await ines.fill("français, anglais", "de 8 h à 23 h")
    assert "La personne est prévenue." in read(ines.text)
    await stage.delivered(ada)
    assert read(ada.pushed[-1]).startswith("L’équipe t’a confié le rôle de personne de confiance.")
    await zoe.command("confiance")
    assert "Ada : français, anglais ; de 8 h à 23 h." in read(zoe.text)
    assert "En danger, appelle le 112." in read(zoe.text)
    assert len(re.findall(r"\w+", zoe.text)) <= 40
    await zoe.press("Qui peut le lire")
    assert "Qui héberge la base de données ou ses sauvegardes pourrait les lire." in read(zoe.text)
    await zoe.press("Personne de confiance")
    await zoe.press("Écrire à Ada")
    assert len(re.findall(r"\w+", zoe.text)) <= 40
    await zoe.press("Sans mon nom")
    await zoe.fill("Quelqu’un me suit partout.")
    assert read(zoe.text) == "C’est envoyé à Ada, qui reçoit aussitôt une alerte. Sa réponse arrivera ici."
    await zoe.send("Il est encore là.")
    assert read(zoe.text).startswith("Je l’envoie à Ada, en confidence ?")
    await zoe.press("L’envoyer")
    assert read(zoe.text).startswith("C’est envoyé à Ada")
    await stage.delivered(ada)
    assert read(ada.pushed[-1]) == "Tu as quelque chose à lire."
    await ada.press("Lire")
    assert read(ada.text).endswith("Quelqu’un : Quelqu’un me suit partout.\nQuelqu’un : Il est encore là.")
    assert "Zo" not in read(ada.text)
    await ada.press("Répondre")
    await ada.fill("Je viens te voir à midi.")
    await stage.delivered(zoe)
    assert read(zoe.pushed[-1]) == "Tu as quelque chose à lire."
    await zoe.press("Lire")
    assert "Ada : Je viens te voir à midi." in read(zoe.text)
    await zoe.press("Effacer pour vous deux")
    await zoe.press("Oui, effacer")
    assert "C’est effacé, pour vous deux." in read(zoe.text)
    await ada.command("confiance")
    assert not [label for label in ada.buttons if "écrit (" in label]


async def test_the_page_of_emergencies_needs_no_press(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await zoe.command("urgence")
    assert read(zoe.text).splitlines() == [
        "En urgence, appelle d’abord",
        "112 : toute urgence",
        "15 : urgence médicale",
        "17 : police",
        "18 : pompiers",
        "114 : par SMS, si tu ne peux pas entendre ou parler",
        "3114 : prévention du suicide",
        "3919 : violences faites aux femmes",
    ]


async def ask(ines: Chat) -> None:
    await ines.command("securite")
    await ines.press("Demander à tout le monde")
    await ines.press("Oui, demander maintenant")


async def test_everybody_is_asked_and_organisers_see_who_is_silent(stage: Stage) -> None:
    ines = await stage.organiser(locale="fr")
    zoe, ali = await stage.join("Zoé", locale="fr"), await stage.join("Ali", locale="fr")
    await ask(ines)
    await stage.delivered(ines, zoe, ali)
    assert read(zoe.pushed[-1]).startswith("Es-tu en sécurité ?")
    assert "En sécurité : 0 sur 2 · besoin d’aide : 0 · sans réponse : 2" in read(ines.text)
    await zoe.press("Oui, je suis en sécurité")
    assert read(zoe.text) == "Merci. L’équipe voit que tu es en sécurité."
    await ali.press("J’ai besoin d’aide")
    assert "L’équipe est prévenue." in read(ali.text)
    assert "Où es-tu ? Écris-le ici" in read(ali.text)
    await ali.press("Laisser mon numéro")
    await ali.fill("+33 6 12 34 56 78")
    await ali.press("Dire où je suis")
    await ali.fill("Derrière la bibliothèque")
    await stage.delivered(ines)
    assert any("Ali a besoin d’aide." in read(text) for text in ines.pushed)
    await ines.command("securite")
    await stage.delivered(ines)
    assert "En sécurité : 1 sur 2 · besoin d’aide : 1 · sans réponse : 0" in read(ines.text)
    assert "Ali · +33 6 12 34 56 78 · où, à 10 h : Derrière la bibliothèque" in read(ines.text)
    await ines.press("Clore la demande")
    await ines.press("Oui, clore")
    await stage.delivered(ines)
    assert "clôture" in read(ines.text)


async def test_photos_of_where_people_are_go_from_the_organisers_chats_after_an_hour(stage: Stage) -> None:
    ines, ali = await stage.organiser(locale="fr"), await stage.join("Ali", locale="fr")
    await ask(ines)
    await stage.delivered(ines, ali)
    await ali.press("J’ai besoin d’aide")
    world, now = stage.world, stage.world.clock.now()
    check = await world.read(store.running_check)
    assert check is not None
    digest = world.files.keep(png(40, 20))
    place = SaidPlace(await number(world, "Ali"), "Au fond", None, None, digest, now, "image/png")
    await world.change(service.say_where, check, place)
    await stage.delivered(ines)
    await ines.command("securite")
    await stage.delivered(ines)
    assert "où, à 10 h : Au fond, photo" in read(ines.text)
    await ines.press("Voir 1 photo")
    assert read(ines.text).splitlines()[:2] == ["Photo 1 : Ali, 10 h", "Au fond"]
    assert "Photo 1" in everything(ines)
    await world.clock.advance(timedelta(hours=1))
    await stage.delivered(ines)
    assert "Photo 1" not in everything(ines)
    assert "Ces photos ont été masquées au bout d’une heure." in everything(ines)


async def test_a_drill_is_called_one_on_every_screen(stage: Stage) -> None:
    ines, zoe = await stage.organiser(locale="fr"), await stage.join("Zoé", locale="fr")
    await ines.command("securite")
    await ines.press("Un exercice")
    await ines.pick("tout le monde")
    await ines.press("Oui, un exercice maintenant")
    await stage.delivered(ines, zoe)
    assert read(zoe.pushed[-1]).startswith("EXERCICE, rien n’est arrivé : Es-tu en sécurité ?")
    await zoe.press("J’ai besoin d’aide")
    assert read(zoe.text).startswith("EXERCICE, rien n’est arrivé : ")
    await stage.delivered(ines)
    assert read(ines.pushed[-1]).startswith("EXERCICE, rien n’est arrivé : ")
