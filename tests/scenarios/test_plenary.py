"""A plenary in French, as people live it there: prepared, conducted, presented, asked about, and over."""

from __future__ import annotations

from bot.rehearsal.chat_driver import Chat
from tests.drivers.gestures import wants_to_be_told, words
from tests.groups.builders import group, mark_published
from tests.plenary.builders import plenary_session, wait
from tests.scenarios.conftest import Stage, open_stage


def plain(text: str) -> str:
    """A text without the marks around names, and with ordinary blanks."""
    return words(text).replace("\u202f", " ").replace("\xa0", " ")


async def tap(stage: Stage, chat: Chat, label: str) -> None:
    """Press a button of a card that is kept up to date, as it is now."""
    await stage.delivered(chat)
    await chat.press(label)


async def test_a_plenary_from_its_preparation_to_its_end(stage: Stage) -> None:
    ines = await stage.organiser("fr")
    names = ("Zoé", "Ali", "Tim", "Léa")
    zoe, ali, tim, lea = [await stage.join(name, locale="fr", territory="BE") for name in names]
    for chat in (zoe, ali, tim):
        await wants_to_be_told(chat)
    await group(stage.world, ["Zoé"])
    await group(stage.world, ["Ali"], theme="civic")
    await mark_published(stage.world)
    await plenary_session(stage.world, minutes=30)

    await ines.command("pleniere")
    assert plain(ines.text).splitlines()[0] == "La plénière · 2 groupes"
    assert "3 min + 1 min de questions + 1 min pour changer → fin" in plain(ines.text)
    await ines.press("Tirer l’ordre")
    assert "Numéro de tirage" in plain(ines.text)
    await stage.delivered(zoe, ali)
    told = [next(plain(text) for text in chat.pushed if "Ton groupe passe" in plain(text)) for chat in (zoe, ali)]
    assert {line.split(", vers")[0] for line in told} == {
        "Ton groupe passe en premier en plénière",
        "Ton groupe passe 2ᵉ en plénière",
    }
    await ines.press("Revenir à la plénière")

    await zoe.command("groupe")
    await zoe.press("Qui présente")
    await zoe.pick("Zoé")
    assert plain(zoe.text).splitlines()[0] == "C’est noté."

    await ines.press("Commencer")
    await stage.delivered(ines, zoe, ali, tim)
    assert any("Sur scène : " in plain(text) for text in tim.pushed)
    assert any("montez sur scène" in plain(text) or "de la scène" in plain(text) for text in zoe.pushed)
    await ines.command("pleniere")
    await tap(stage, ines, "Lancer le chrono")
    await wait(stage.world, seconds=10)

    await tim.command("scene")
    await stage.delivered(tim)
    assert plain(tim.text).startswith("Sur scène : ")
    await tim.press("Bravo")
    assert plain(tim.text).startswith("Sur scène : ")
    await tim.press("Poser une question")
    await tim.fill("Qui paie ?")
    assert plain(tim.text) == "C’est noté. On te prévient si elle est posée."
    await tim.press("Avec mon prénom")
    assert plain(tim.text) == "Qui paie ?\nElle est posée avec ton prénom."
    await tim.command("scene")
    await stage.delivered(tim)
    await tim.press("Chez moi aussi")
    assert "Sur scène" in plain(tim.text), "the card stays, and a notice says that it is noted"
    await tim.press("Je pourrais aider en…")
    await tim.fill("prêtant une salle")
    assert "Tu pourrais aider : prêtant une salle" in plain(tim.text)

    await lea.command("scene")
    await stage.delivered(lea)
    await lea.press("Voir les questions")
    assert [plain(option) for option in lea.options] == ["1. Qui paie ? · Tim"]
    await lea.pick("1.")
    assert [plain(option) for option in lea.options] == ["1. Qui paie ? · Tim · 1 voix · ✓"]
    for chat in (zoe, ali):
        await chat.command("scene")
        await stage.delivered(chat)
    assert {"Lire les questions" in chat.buttons for chat in (zoe, ali)} == {True, False}, "one is on stage"
    assert {"Poser une question" in chat.buttons for chat in (zoe, ali)} == {True, False}

    await ines.command("pleniere")
    await tap(stage, ines, "Suivant")
    assert "Qui paie ? · 1 voix, vue 1 fois" in plain(ines.text)
    await ines.press("Poser")
    await stage.delivered(tim)
    assert any("est à l’écran" in plain(text) for text in tim.pushed)
    await ines.command("pleniere")
    await tap(stage, ines, "Groupe suivant")
    assert "C’est le dernier groupe." in plain(ines.text)
    await ines.press("Pause")
    assert "En pause" in plain(ines.text)
    for label in ("Reprendre", "Lancer le chrono", "Suivant", "Suivant"):
        await ines.press(label)
    assert plain(ines.text).splitlines()[0] == "La plénière · 2 groupes"
    assert "Elle est terminée" in plain(ines.text)
    await tim.command("scene")
    assert plain(tim.text).splitlines()[0] == "La plénière est finie."


async def test_the_screen_is_opened_revoked_and_followed_from_afar(platform_and_url: tuple[str, str]) -> None:
    async with open_stage(*platform_and_url, web={"public_url": "https://pages.example"}) as stage:
        ines = await stage.organiser("fr")
        zoe = await stage.join("Zoé", locale="fr", territory="BE")
        await group(stage.world, ["Zoé"])
        await mark_published(stage.world)
        await plenary_session(stage.world, minutes=30)
        await ines.command("pleniere")
        await ines.press("Ouvrir l’écran")
        assert plain(ines.text).splitlines()[0] == "L’écran de la salle"
        assert "https://pages.example/ecran/" in ines.text
        await ines.press("Révoquer les liens")
        assert plain(ines.text) == "1 lien est révoqué : il ne montre plus rien."
        assert "https://pages.example" not in ines.text
        await ines.press("Revenir à la plénière")
        await ines.press("Commencer")

        await zoe.command("scene")
        await zoe.press("Suivre à distance")
        assert "https://pages.example/ecran/" in zoe.text
        assert "pose tes questions" in plain(zoe.text)


async def test_a_gallery_of_tables_from_its_preparation_to_its_end(stage: Stage) -> None:
    ines = await stage.organiser("fr")
    names = [f"P{place}" for place in range(1, 9)]
    chats = {name: await stage.join(name, locale="fr", territory="BE") for name in names}
    for chat in chats.values():
        await wants_to_be_told(chat)
    for place, theme in enumerate(("culture", "school", "civic", "culture")):
        await group(stage.world, names[2 * place : 2 * place + 2], theme=theme, number_=place // 3 + 1)
    await mark_published(stage.world)
    await plenary_session(stage.world, minutes=50)

    await ines.command("pleniere")
    await ines.press("Galerie de tables")
    assert plain(ines.text).splitlines()[0] == "Galerie de tables · 4 tours"
    assert "l’autre visite : 1 visite par table au plus." in plain(ines.text)
    await ines.press("Un tour de moins")
    await ines.press("Un tour de moins")
    await ines.press("Commencer")
    await stage.delivered(ines, *chats.values())
    read = {name: [plain(text) for text in chat.pushed if "Tour 1 : " in plain(text)] for name, chat in chats.items()}
    assert {len(texts) for texts in read.values()} == {1}
    visiting = [name for name, texts in read.items() if "va à la table" in texts[0]]
    assert len(visiting) == 4
    assert all("tu accueilles à ta table" in read[name][0] for name in names if name not in visiting)
    assert all(" · jusqu’à " in texts[0] for texts in read.values())

    await ines.command("pleniere")
    await tap(stage, ines, "Lancer le chrono")
    zoe = chats[visiting[0]]
    await zoe.command("scene")
    await stage.delivered(zoe)
    assert plain(zoe.text).startswith("Tour 1 : va à la table ")
    await zoe.press("Bravo")
    assert plain(zoe.text).startswith("Tour 1 : va à la table ")
    await zoe.press("Poser une question")
    await zoe.fill("Qui paie ?")
    assert plain(zoe.text) == "C’est noté. Le groupe la lit à sa table."

    await ines.command("pleniere")
    await tap(stage, ines, "+30\N{NO-BREAK SPACE}s")
    assert "10:30" in plain(ines.text)
    await ines.press("Suivant")
    assert plain(ines.text).splitlines()[0] == "Tour 2 sur 2"
    await zoe.command("scene")
    await stage.delivered(zoe)
    assert plain(zoe.text).startswith("Tour 2 : tu accueilles à ta table")
    await ines.press("Lancer le chrono")
    await ines.press("Suivant")
    assert plain(ines.text).splitlines()[0] == "Galerie de tables · 2 tours"
