"""Practical information as participants meet it: read, offered as an answer, told when it changes, forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.content.texts import plain
from bot.database.engine import Transaction
from handlers.practical import answers, service, store
from handlers.practical.model.sections import change
from handlers.trust.store import name_trusted
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.ideas.builders import ideas_of
from tests.outbox import deliver, forget, press_push, pushed
from tests.participants import number
from tests.practical.builders import TEAM
from tests.programme.builders import DAY, LUNCH, with_programme
from tests.workshops.builders import PHASES, ended, started
from tests.world import DECLARED, World, make_settings, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, make_settings(**TEAM)) as world:
        yield world


async def counts(world: World) -> dict[str, tuple[int, int, int]]:
    return {c.key: (c.offered, c.spared, c.passed_on) for c in await world.read(store.answer_counts)}


async def rewrite(world: World, text: str, at: datetime | None = None, *, locale: str = "en") -> int:
    section = await world.read(store.find_section, "wifi")
    made = [change(section, "wifi", {f"text.{locale}": [text]})]
    return (await world.change(service.publish, made, at or world.clock.now())).told


async def test_sections_are_read_one_by_one(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.command("infos")
    assert zoe.buttons == ("Address and directions", "Wifi", "Emergency", "Home")
    await zoe.press("Wifi")
    assert zoe.text == "Wifi\nNetwork halles, password at the desk."
    await zoe.press("Practical information")
    await zoe.press("Address")
    assert "Métro Riquet, ligne 7." in zoe.text, "there is none in English"
    assert "(Only in French so far.)" in zoe.text
    assert "Address: 6, rue des Halles, Paris" in zoe.text
    assert "Venir" in zoe.buttons


async def test_of_many_sections_the_first_are_in_sight_and_the_others_behind_one_button(world: World) -> None:
    for order in range(3, 8):
        await world.change(
            store.put_section, f"s{order}", {"order": order, "title.en": f"Part {order}", "text.en": ["x"]}
        )
    zoe = await world.join("Zoé", "1")
    await zoe.command("infos")
    assert zoe.buttons == ("Address and directions", "Wifi", "Emergency", "More…")
    await zoe.press("More…")
    assert [*zoe.buttons][4:] == ["Part 5", "Part 6", "Part 7", "Emergency", "Home"]
    await zoe.press("Part 7")
    assert zoe.text == "Part 7\nx"


async def test_a_question_is_answered_before_it_goes_to_the_team(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await zoe.send("whats the wifi pasword")
    assert "Network halles" in zoe.text
    assert zoe.text.endswith("Is this it?")
    assert zoe.buttons[:2] == ("Yes, thanks", "No, ask the team")
    await zoe.press("Yes, thanks")
    assert "With pleasure!" in zoe.text
    assert "Network halles" in zoe.text, "what was asked for stays there"
    assert "No, ask the team" not in zoe.buttons
    assert await pushed(world, ines) == []
    assert await counts(world) == {"wifi": (1, 1, 0)}
    await zoe.command("equipe")
    assert "wifi" not in zoe.text, "what was answered is kept nowhere"


async def test_no_takes_the_words_to_the_team_as_they_were_typed(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await zoe.command("equipe")
    await zoe.fill("Which metro, and is the WIFI free?")
    await world.clock.advance(timedelta(hours=5))
    await zoe.press("No, ask the team")
    assert zoe.text == "The team has your question. You will get the answer here."
    assert await pushed(world, ines) == ["\u2068Zoé\u2069 asks the team:\nWhich metro, and is the WIFI free?"]
    [offered] = await counts(world)
    await zoe.follow(f"zn-{offered}")
    assert zoe.text == "The team has your question. You will get the answer here.", "a second tap"
    assert len(await pushed(world, ines)) == 1
    assert await counts(world) == {offered: (1, 0, 1)}
    await ines.command("organiser")
    assert "Practical information answered" not in ines.text


async def test_yes_to_an_older_question_closes_no_form_that_was_opened_since(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await world.change(name_trusted, await number(world, "Inès"), "French", "always", world.clock.now())
    await zoe.send("whats the wifi pasword")
    await zoe.command("confiance")
    await zoe.press("Write to")
    await zoe.press("Without my name")
    await zoe.follow("zy-wifi")
    await zoe.send("Someone follows me.")
    assert zoe.text.startswith("Sent to")
    assert await pushed(world, ines) == ["There is something for you to read."]


@pytest.mark.parametrize("words", ["Où ?", "where", "wo ist das", "métro"])
async def test_one_word_is_enough_in_any_language(world: World, words: str) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.send(words)
    assert "Riquet" in zoe.text
    assert await counts(world) == {"address": (1, 0, 0)}


async def test_other_words_go_where_they_went(world: World) -> None:
    await world.organiser()
    zoe = await world.join("Zoé", "1")
    await zoe.send("Une appli pour les voisins")
    assert zoe.text == "I found nothing about that. Shall I ask the team?"
    await zoe.command("equipe")
    await zoe.fill("May I bring my sister?")
    assert zoe.text.startswith("The team has your question.")
    assert await counts(world) == {}


async def test_an_open_dialogue_keeps_its_answer(world: World) -> None:
    ines = await world.organiser()
    await ines.follow("zw-wifi")
    await ines.send("wifi")
    assert "Is this it?" not in ines.text
    section = await world.read(store.find_section, "wifi")
    assert section is not None
    assert section.words == "wifi"


async def test_a_stranger_is_told_nothing_of_it(world: World) -> None:
    stranger = world.chat("77")
    await stranger.command("start")
    welcome = stranger.text
    await stranger.send("wifi")
    assert stranger.text == welcome
    await stranger.follow("zs-wifi")
    assert "halles" not in stranger.text


async def test_who_read_it_within_a_day_is_told_once_of_a_change(world: World) -> None:
    zoe, ali = await world.join("Zoé", "1"), await world.join("Ali", "2")
    await zoe.follow("zs-wifi")
    await ali.follow("zs-address")
    assert await rewrite(world, "Network two.") == 1
    assert await rewrite(world, "Network three.") == 0, "they have not read the first one yet"
    assert await pushed(world, zoe) == ["What you read about “Wifi” has changed."]
    await press_push(world, zoe, "Read it again")
    assert "Network three." in zoe.text
    assert await rewrite(world, "Network four.") == 1
    await world.clock.advance(timedelta(days=1, minutes=1))
    assert await rewrite(world, "Network five.") == 0
    assert await pushed(world, ali) == []


async def test_only_who_read_it_in_the_language_that_changed_is_told(store_url: str) -> None:
    async with open_world(store_url, make_settings(**TEAM)) as world:
        english, french = await world.join("Zoé", "1"), await world.join("Ali", "2", locale="fr")
        german = await world.join("Uta", "3", locale="de")  # there is no German text: it is shown in French
        for reader in (english, french, german):
            await reader.follow("zs-wifi")
        assert await rewrite(world, "Réseau deux.", locale="fr") == 2
        assert await pushed(world, english) == []
        assert await pushed(world, french) == ["Ce que tu as lu sur «\xa0Wifi\xa0» a changé."]
        assert len(await pushed(world, german)) == 1
        assert await rewrite(world, "Netz zwei.", locale="de") == 0, "who was told has not read it again"
        await german.follow("zs-wifi")
        assert await rewrite(world, "Netz drei.", locale="de") == 1
        assert await rewrite(world, "Network two.") == 1
        assert await pushed(world, english) == ["What you read about “Wifi” has changed."]


async def test_a_new_place_is_told_in_every_language(world: World) -> None:
    for number_, locale in enumerate(("en", "fr", "de"), start=1):
        reader = await world.join("Zoé", str(number_), locale=locale)
        await reader.follow("zs-address")
    section = await world.read(store.find_section, "address")
    moved = [change(section, "address", {"place": ["7, rue des Halles, Paris", "48.8897, 2.3711"]})]
    assert (await world.change(service.publish, moved, world.clock.now())).told == 3


async def test_at_night_the_news_waits_until_morning(world: World) -> None:
    zoe = await world.join("Zoé", "1", territory="FR")
    night = datetime(2027, 3, 1, 22, 30, tzinfo=UTC)  # 23:30 in Paris
    await world.clock.advance(night - world.clock.now())
    await zoe.follow("zs-wifi")
    await forget(world)
    assert await rewrite(world, "Network two.") == 1
    assert await deliver(world, at_night=True) == []
    await world.clock.advance(timedelta(hours=9))
    [news] = await deliver(world, at_night=True)
    assert news.kind == "practical"
    assert await pushed(world, zoe) == ["What you read about “Wifi” has changed."]


async def test_whoever_wants_no_news_of_the_team_gets_none(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.follow("zs-wifi")
    ali = await world.join("Ali", "2")
    await ali.follow("zs-wifi")
    await zoe.command("stop")
    assert await rewrite(world, "Network two.") == 1
    assert await pushed(world, ali) == ["What you read about “Wifi” has changed."]
    assert await pushed(world, zoe) == []


async def test_what_was_read_is_forgotten_after_a_day(store_url: str) -> None:
    async with open_world(store_url, make_settings(**TEAM)) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.send("wifi?")
        await zoe.press("Yes, thanks")
        assert await rewrite(world, "Network two.") == 1
        later = world.clock.now() + timedelta(days=1, minutes=1)
        assert await world.change(partial(store.forget_old, now=later)) == 1
        assert await world.read(store.was_self_answered, world.clock.now() - timedelta(days=3)) is False
        assert await counts(world) == {"wifi": (1, 1, 0)}, "the figure tells of nobody"


async def test_a_section_that_is_gone_says_so(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.command("infos")
    section = await world.read(store.find_section, "wifi")
    assert section is not None
    await world.change(store.put_section, "wifi", {})
    await zoe.press("Wifi")
    assert zoe.text == "This section is no longer in the practical information."


async def test_the_organisers_read_what_it_spared_them(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await zoe.send("wifi")
    await zoe.press("Yes, thanks")
    await zoe.send("metro?")
    await zoe.press("No, ask the team")
    await ines.command("organiser")
    assert "Practical information answered 1 question." in ines.text
    await ines.press("Messages") if "Messages" in ines.buttons else None
    await ines.press("Practical information")
    assert "Offered for 2 questions; answered: 1, gone on to the team: 1." in ines.text
    assert "Address and directions: no text in English and German" in ines.text


async def test_an_open_phase_keeps_its_ideas_and_what_is_none_finds_its_section(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**TEAM, phases=PHASES)) as world:
        people = await crowd(world, "Zoé", "Ali")
        run = await started(world, await group(world, ["Zoé", "Ali"]))
        ines, zoe = await world.organiser(), people["Zoé"]
        await zoe.send("A wifi for the whole village, run by its school")
        assert "Is this it?" not in zoe.text
        assert zoe.text == "Noted as an observation."
        await zoe.send("What is the wifi password?")
        assert "Network halles" in zoe.text
        assert "It is an idea" in zoe.buttons
        assert len(await ideas_of(world, "Zoé", "stakes")) == 1
        await zoe.press("No, ask the team")
        assert (await pushed(world, ines))[-1].endswith("asks the team:\nWhat is the wifi password?")
        await ended(world, run)
        await world.clock.advance(timedelta(days=1))
        await zoe.send("wifi")
        assert zoe.buttons == ("Yes, thanks", "No, ask the team", "It is an idea")
        await zoe.press("It is an idea")
        assert "wifi" in {idea.text for idea in await ideas_of(world, "Zoé", "stakes")}


async def test_the_workbook_tells_what_it_answered(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.send("wifi")
    await zoe.press("Yes, thanks")
    await world.change(store.count_answer, "cloakroom", offered=2, passed_on=1)
    [sheet] = await world.read(answers.sheets)
    titles = [plain(row.cells[0], zoe.reader) for row in sheet.rows]
    assert [(title, *row.cells[1:]) for title, row in zip(titles, sheet.rows, strict=True)] == [
        ("cloakroom", 2, 0, 1),
        ("Wifi", 1, 1, 0),
    ]


async def test_what_is_kept_of_a_reader_is_theirs_to_read_and_goes_with_them(store_url: str) -> None:
    async with open_world(store_url, make_settings(**TEAM)) as world:
        zoe, person = await world.join("Zoé", "1"), await number(world, "Zoé")
        await zoe.send("wifi")
        [part] = [part for part in DECLARED.document if part.name == "practical_information_read"]

        async def kept(tx: Transaction) -> list[str]:
            return [row["section"] for row in await tx.all(part.sql, id=person)]

        assert await world.read(kept) == ["wifi"]
        await zoe.command("effacer")
        await zoe.press("Erase my texts too")
        await zoe.press("Yes, erase me")
        assert await world.read(kept) == []
        assert await counts(world) == {"wifi": (1, 0, 0)}


MEALS = {
    "key": "meals",
    "title": {"fr": "Repas", "en": "Meals"},
    "text": {"fr": "À l’heure du programme : /programme.", "en": "At the hours of the programme: /programme."},
}


@on_one_engine
async def test_an_answer_that_only_points_to_the_programme_is_completed_from_it(store_url: str) -> None:
    dinner = {
        **LUNCH,
        "key": "dinner",
        "title": {"en": "Dinner"},
        "starts": f"{DAY}T19:00:00",
        "ends": f"{DAY}T20:00:00",
    }
    farewell = {**dinner, "key": "bye", "title": {"en": "Farewell lunch"}}
    async with open_world(store_url, with_programme(LUNCH, dinner, farewell, practical=[MEALS])) as world:
        zoe, leo = await world.join("Zoé", "1"), await world.join("Léo", "2", locale="fr")
        await zoe.send("when do we eat?")
        assert "At the hours of the programme" in zoe.text
        assert "Thursday 10 June, 12:30: Lunch, Cour" in zoe.text
        assert "Farewell lunch" in zoe.text
        await leo.send("on mange a quelle heure")
        assert "Déjeuner, Cour" in leo.text
        await world.clock.advance(timedelta(days=365))
        await zoe.send("when do we eat?")
        assert "Lunch" not in zoe.text


async def test_words_of_the_organisers_outweigh_those_of_usual_sections(sqlite_url: str) -> None:
    cloakroom = {"key": "vestiaire", "title": {"fr": "Vestiaire"}, "text": {"fr": "Au sous-sol."}, "words": "valise"}
    lost = {"key": "lost", "title": {"fr": "Objets trouvés"}, "text": {"fr": "À l’accueil."}}
    async with open_world(sqlite_url, make_settings(practical=[lost, cloakroom])) as world:
        zoe = await world.join("Zoé", "1", locale="fr")
        for words in ("valise", "où est-ce que je mets ma valise"):
            await zoe.send(words)
            assert "Au sous-sol." in zoe.text


@pytest.mark.parametrize(
    "words", ["je veux changer de thème", "ce film m'a touché", "un gars de mon groupe", "c'est la fête"]
)
async def test_words_that_only_look_like_those_of_a_section_do_not_find_it(sqlite_url: str, words: str) -> None:
    usual = [
        {"key": key, "title": {"fr": key}, "text": {"fr": f"réponse {key}"}}
        for key in ("address", "rooms", "lost", "charging", "health")
    ]
    async with open_world(sqlite_url, make_settings(practical=usual)) as world:
        zoe = await world.join("Zoé", "1", locale="fr")
        await zoe.send("on peut prendre une douche où")
        assert "réponse rooms" in zoe.text
        await zoe.send(words)
        assert "réponse" not in zoe.text
