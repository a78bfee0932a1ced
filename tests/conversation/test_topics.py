"""Listeners of topics: who is sure, who is offered, and commands that lead people to what is theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from bot.content.ranking import KnownBy, rank
from bot.content.texts import _
from bot.content.views import Reply, reply
from bot.conversation import topics
from bot.conversation.incoming import Called
from bot.conversation.likelihood import about
from bot.conversation.listening import Stage
from bot.conversation.routes import Request
from bot.conversation.topics import Topic, listeners_of
from bot.database.engine import Transaction
from bot.people import participant_store
from tests.participants import number
from tests.world import DECLARED, ROUTER, World, open_world

KNOWN = [
    KnownBy("room", (("fr", "salle"), ("en", "room"), ("de", "raum"))),
    KnownBy("charging", (("fr", "charger"), ("fr", "prise"), ("en", "charger"))),
    KnownBy("station", (("fr", "gare"), ("fr", "douche"))),
    KnownBy("change", (("fr", "changer/modifier thème"), ("en", "change theme"))),
    KnownBy("who", (("fr", "avec qui"),)),
]


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


async def request_of(world: World, given_name: str) -> Request:
    """What somebody does, as a handler would get it."""
    person_id = await number(world, given_name)

    async def unit(tx: Transaction) -> Request:
        person = await participant_store.find(tx, person_id)
        [account] = await participant_store.accounts_of(tx, person_id)
        now, settings = world.clock.now(), world.settings
        reminders = ROUTER.reminders
        return Request(tx, now, settings, account, person, "en", world.files, DECLARED, ROUTER.shared, reminders)

    return await world.store.read(unit)


async def answer(_request: Request, _text: str) -> Reply:
    return reply("")


@pytest.mark.parametrize(
    ("text", "locale", "key"),
    [
        ("c'est où ma salle", "fr", "room"),
        ("ou est ma sale", "fr", None),
        ("ou je peux charjer mon tel", "fr", "charging"),
        ("je veux changer de thème", "fr", "change"),
        ("modifier mon theme svp", "fr", "change"),
        ("ça m'a touché", "fr", None),
        ("un gars de mon groupe", "fr", None),
        ("je suis avec qui ?", "fr", "who"),
        ("avec des gens qui parlent", "fr", None),
        ("room?", "fr", "room"),
        ("roomm?", "fr", None),
        ("dchargers?", "en", None),
        ("ou est lgare", "fr", "station"),
        ("salle " * 60, "fr", None),
    ],
)
def test_words_are_alike_within_the_readers_language_only(text: str, locale: str, key: str | None) -> None:
    ranked = rank(text, KNOWN, locale)
    assert (ranked[0].key if ranked else None) == key


def test_of_two_topics_neither_is_sure_where_a_text_speaks_of_both() -> None:
    ranked = rank("une prise dans ma salle ?", KNOWN, "fr")
    assert {each.key for each in ranked} == {"room", "charging"}
    assert [each.sure for each in rank("où est la prise ?", KNOWN, "fr")] == [True]


def test_a_long_text_that_mentions_a_topic_is_not_taken_for_a_question_about_it() -> None:
    text = "hier soir quelqu'un a pris la parole devant toute la salle pour raconter une histoire très longue"
    assert [(each.key, each.sure) for each in rank(text, KNOWN, "fr")] == [("room", False)]


async def test_words_are_ranked_once_for_all_topics(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[str] = []

    def counting(text: str) -> Mapping[str, float]:
        scored.append(text)
        return about(text)

    monkeypatch.setattr(topics, "about", counting)
    zoe = await world.join("Zoé", "1")
    for words in ("where is my room?", "where is my room, please?"):
        await zoe.send(words)
        assert zoe.text == "The groups are not known yet. You will find yours here."
    assert scored == ["where is my room?", "where is my room, please?"]


def test_keys_of_topics_are_short_and_their_own() -> None:
    topic = Topic("room", _("room"), "", answer)
    with pytest.raises(ValueError, match="'room'"):
        listeners_of([topic, topic])
    with pytest.raises(ValueError, match="'my room'"):
        listeners_of([Topic("my room", _("room"), "", answer)])


def test_listeners_are_asked_by_stage_and_their_keys_stay() -> None:
    stages = [listener.stage for listener in ROUTER.listeners]
    assert stages == sorted(stages)
    own = {listener.key for listener in ROUTER.listeners if listener.stage == Stage.OWN}
    assert own >= {
        *("next", "programme", "group", "room", "badge", "theme", "changetheme", "deadline", "slides", "votes"),
        *("reminders", "language", "questions", "data", "leave", "robot", "unclear", "mistake", "thanks", "hello"),
    }
    assert [listener.key for listener in ROUTER.listeners if listener.stage == Stage.PRACTICAL] == ["practical"]
    assert [listener.key for listener in ROUTER.listeners if listener.stage == Stage.TEAM] == ["team"]


@pytest.mark.parametrize(
    ("typed", "for_zoe", "for_ines"),
    [
        ("pleniere", "scene", "pleniere"),
        ("plenary", "scene", "pleniere"),
        ("groupes", "groupe", "groupes"),
        ("annoncer", "moi", "annoncer"),
        ("panneau", "phase", "panneau"),
        ("espace", "moi", "moi"),
        ("bereich", "moi", "moi"),
        ("comptes", "comptes", "comptes"),
        ("meine konten", "comptes", "comptes"),
        ("wall", "mur", "mur"),
        ("unknown", "unknown", "unknown"),
    ],
)
async def test_a_command_leads_to_what_is_for_the_person_who_types_it(
    sqlite_url: str, typed: str, for_zoe: str, for_ines: str
) -> None:
    word, _blank, argument = typed.partition(" ")
    async with open_world(sqlite_url) as world:
        await world.join("Zoé", "1")
        await world.organiser()
        for given_name, expected in (("Zoé", for_zoe), ("Inès", for_ines)):
            request = await request_of(world, given_name)
            meant, said = ROUTER.meant(Called(word, argument), request)
            command = ROUTER.command(meant.word)
            assert (command.name if command else meant.word) == expected
            assert (said is not None) == (given_name == "Zoé" and for_zoe != for_ines)
