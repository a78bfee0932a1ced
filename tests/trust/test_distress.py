"""Words that may be a cry of distress: answered by whom to call and whom to tell, and read by nobody unasked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta

import pytest

from bot.background.scheduling import Source
from bot.config import purpose_store
from bot.config.purposes import TAKING_PART
from bot.content.forms import Upload, form_fields
from bot.content.roles import Who
from bot.conversation import answering
from bot.conversation.hearing import ItIsMyAnswer, ItIsMyEdit, TakeWords, form_digest
from bot.conversation.incoming import Pressed, Submitted
from bot.conversation.likelihood import likelihood
from bot.database.engine import Store, StoreUnavailable, Unit
from bot.database.moving import move
from bot.database.opening import open_store
from bot.membership.erasure import erase
from bot.people import attempt_store, participant_store
from bot.people.document import collect, export_person
from bot.people.participants import Account
from handlers.trust import service, store
from handlers.trust.actions import AnswerHelp, ChooseWhom, ForgetWords, SendNow, SendTo
from handlers.trust.listeners import listen
from handlers.trust.model import LONGEST, MOST_WAITING, WORDS_KEPT
from handlers.trust.participant import words as trust_words
from handlers.trust.schedule import WaitingWords
from handlers.workshops.actions import GiveIdea
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.groups.builders import group
from tests.outbox import press_push, pushed
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, settings, started
from tests.world import DECLARED, World, make_settings, open_world

NUMBER = "If you are in danger, call 112."
SHOWN = "I have shown this message to nobody."
WAIT = "I keep your words for you for a day, then delete them."
TO_ADA = "In confidence, to Ada"
GONE = "These words are gone: you chose already, or a day has passed."


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, settings()) as world:
        yield world


def read(chat: NeutralChat) -> str:
    """What a chat shows, without the marks around names that are not plain letters."""
    return chat.text.replace("\u2068", "").replace("\u2069", "").replace("\xa0", " ").replace("\u202f", " ")


async def named(world: World, *given_names: str) -> None:
    for name in given_names:
        await world.change(store.name_trusted, await number(world, name), "French", "always", world.clock.now())


async def places_of(world: World, words: str) -> set[str]:
    """The tables in which words stand."""
    rows = await stored_rows(world.store)
    return {table for table, found in rows.items() if words in json.dumps(found, default=repr, ensure_ascii=False)}


async def in_a_phase(world: World, *given_names: str) -> None:
    """A phase that takes ideas, for these people."""
    await started(world, await group(world, [*given_names]), "solutions")


# --- what is a cry, and how it is answered


@pytest.mark.parametrize(
    ("locale", "cry", "number_line", "shown"),
    [
        ("fr", "au secours", "En danger, appelle le 112.", "Je n’ai montré ce message à personne."),
        ("fr", "Il m'a touchée", "En danger, appelle le 112.", "Je n’ai montré ce message à personne."),
        ("fr", "j'ai peur de lui", "En danger, appelle le 112.", "Je n’ai montré ce message à personne."),
        ("fr", "Mon ami fait une crise d’angoisse !!", "En danger, appelle le 112.", "Je n’ai montré ce message"),
        ("en", "help", NUMBER, SHOWN),
        ("en", "he followed me to my room", NUMBER, SHOWN),
        ("en", "A guy is unconscious, they are unconscious", NUMBER, SHOWN),
        ("de", "Hilfe!", "Ruf bei Gefahr die 112 an.", "Ich habe diese Nachricht niemandem gezeigt."),
        ("de", "Er verfolgt mich", "Ruf bei Gefahr die 112 an.", "Ich habe diese Nachricht niemandem gezeigt."),
        ("de", "ich werde bedroht", "Ruf bei Gefahr die 112 an.", "Ich habe diese Nachricht niemandem gezeigt."),
    ],
)
async def test_a_cry_is_no_idea_and_is_told_to_nobody(
    world: World, locale: str, cry: str, number_line: str, shown: str
) -> None:
    ines = await world.organiser()
    await world.join("Ada", "1")
    zoe = world.chat("2", locale=locale)
    await zoe.follow("j-" + await world.invite("Zoe", locale=locale))
    await named(world, "Ada")
    await in_a_phase(world, "Zoe")
    await zoe.send(cry)
    assert number_line in read(zoe)
    assert shown in read(zoe)
    assert await places_of(world, cry) == {"trust_messages"}
    assert await pushed(world, ines) == []
    assert len(zoe.buttons) == 3


async def test_the_buttons_of_a_cry_are_whom_to_tell_whom_to_call_and_what_else_it_was(world: World) -> None:
    await world.join("Ada", "1")
    zoe, ben = await world.join("Zoe", "2"), await world.join("Ben", "3")

    async def after(words: str) -> tuple[str, ...]:
        await zoe.command("moi")
        await zoe.send(words)
        return zoe.buttons

    assert await after("he followed me to my room") == ("To the whole team, by name", "Emergency", "Nothing, forget it")
    await named(world, "Ada")
    assert await after("he followed me to my hotel") == (TO_ADA, "Emergency", "Nothing, forget it")
    await in_a_phase(world, "Zoe")
    assert await after("he followed me to the station") == (TO_ADA, "Emergency", "It is an idea")
    await named(world, "Ben")
    assert await after("he followed me to the museum") == (
        "In confidence, to someone",
        "Emergency",
        "It is an idea",
    )
    await zoe.press("In confidence")
    assert read(zoe).startswith("Who should it go to, in confidence?")
    await ben.send("i am scared")
    assert ben.buttons[0] == TO_ADA, "never offered to oneself"


async def test_who_may_harm_themselves_reads_whom_to_talk_to_in_the_country(world: World) -> None:
    zoe = await world.join("Zoe", "1")
    await zoe.send("I want to die")
    assert read(zoe).splitlines()[:2] == [NUMBER, "To talk to someone, now: 3114 (suicide prevention)."]


async def test_after_a_cry_what_is_typed_next_is_asked_about_too(world: World) -> None:
    await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await in_a_phase(world, "Zoe")
    await zoe.send("help me")
    await zoe.send("a tall one, by the lift of the second floor")
    assert read(zoe).startswith("Send this to Ada, in confidence?")
    assert await places_of(world, "by the lift") == {"trust_messages"}


async def test_what_is_typed_line_by_line_since_a_cry_goes_together(world: World) -> None:
    ada = await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await zoe.send("help me")
    await zoe.send("a tall one follows me")
    await zoe.send("by the lift of the second floor")
    await zoe.send("hurry")
    assert "Your last 4 messages are not sent yet." in read(zoe)
    await zoe.press("Send them")
    assert read(zoe).startswith("Not sent yet: one last choice.")
    assert await pushed(world, ada) == []
    await zoe.send("he is still here")
    assert "Your last 5 messages are not sent yet." in read(zoe), "also those that a press left unsent"
    await zoe.press("Send them")
    await zoe.press("With my name")
    await press_push(world, ada, "Read")
    for line in ("help me", "a tall one follows me", "by the lift of the second floor", "hurry", "he is still here"):
        assert line in read(ada)
    await zoe.send("thank you for coming")
    assert "Send it" in zoe.buttons, "only what was not sent before"


async def test_where_nobody_is_of_trust_what_was_typed_line_by_line_goes_to_the_team_together(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoe", "2")
    for line in ("help me", "a tall one follows me", "by the lift of the second floor"):
        await zoe.send(line)
    assert "Your last 3 messages are not sent yet." in read(zoe)
    await zoe.press("To the whole team")
    [asked] = await pushed(world, ines)
    assert asked.endswith("help me\na tall one follows me\nby the lift of the second floor")
    assert await places_of(world, "by the lift") == {"questions"}


async def test_what_was_typed_line_by_line_is_forgotten_together(world: World) -> None:
    zoe = await world.join("Zoe", "2")
    for line in ("help me", "a tall one follows me"):
        await zoe.send(line)
    assert await places_of(world, "a tall one") == {"trust_messages"}
    await zoe.press("Nothing, forget it")
    assert read(zoe) == "Forgotten: I have kept nothing."
    assert await places_of(world, "help me") == await places_of(world, "a tall one") == set()


async def test_what_was_asked_about_elsewhere_does_not_go_with_a_cry(world: World) -> None:
    ada = await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await zoe.send("help me")
    send = zoe.payload(TO_ADA)
    await zoe.command("moi")
    await world.change(store.keep_words, await number(world, "Zoe"), "for nobody", world.clock.now())
    await zoe.follow(send)
    await zoe.send("by the lift")
    assert read(zoe) == f"Send this to Ada, in confidence?\n{WAIT}"
    await zoe.press("Send it")
    await zoe.press("With my name")
    await press_push(world, ada, "Read")
    assert "by the lift" in read(ada)
    assert await places_of(world, "for nobody") == {"trust_messages"}


async def test_the_numbers_to_call_leave_the_question_about_waiting_words_in_the_chat(world: World) -> None:
    await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await zoe.send("help me")
    await zoe.press("Emergency")
    assert zoe.fresh, "words that wait to be sent would be out of sight"


@pytest.mark.parametrize(
    "words",
    [
        "«Au secours» est un film de 1924",
        "😂😂😂",
        "help yourself to the buffet",
        "Comment aider une personne qui a peur de parler en public ?",
        "Un numéro d’urgence pour les personnes harcelées dans les transports",
        "🙂",
    ],
)
async def test_a_quotation_a_title_a_laugh_and_an_idea_are_no_sure_cry(world: World, words: str) -> None:
    zoe = await world.join("Zoe", "1")
    await in_a_phase(world, "Zoe")
    await zoe.send(words)
    assert zoe.text
    assert "Emergency" not in zoe.buttons, "it is an idea, or its writer is asked what it is"


@pytest.mark.parametrize(
    "cry", ["he\u200blp m\u200de", "h\u0435lp m\u0435", "ＨＥＬＰ ＭＥ", "  help\n\nme  ", "Hélp mé! 🙏"]
)
async def test_hidden_signs_and_letters_that_look_alike_hide_no_cry(world: World, cry: str) -> None:
    zoe = await world.join("Zoe", "1")
    await in_a_phase(world, "Zoe")
    await zoe.send(cry)
    assert read(zoe).startswith(f"{NUMBER}\n{SHOWN}")


def weak(text: str) -> Mapping[str, float]:
    return {"distress": 0.3 if "odd" in text else 0.0}


async def test_who_may_have_cried_is_asked_and_nothing_is_taken(world: World) -> None:
    await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await in_a_phase(world, "Zoe")
    zoe.dispatcher = world.dispatcher_over(world.store, score=weak)
    await zoe.send("Something odd about the stairs of the school")
    assert read(zoe) == f"{SHOWN} What is it?\n{NUMBER}\n{WAIT}"
    assert zoe.buttons == ("It is an idea", "Ask the team", TO_ADA, "Nothing, forget it")
    await zoe.press("It is an idea")
    assert await places_of(world, "stairs of the school") == {"ideas"}


def last_line(text: str) -> Mapping[str, float]:
    return {"distress": 0.9 if "now" in text else 0.0}


async def test_a_long_text_with_the_cry_in_its_last_line_is_sent_whole_in_parts(world: World) -> None:
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoe", "2")
    await named(world, "Ada")
    zoe.dispatcher = world.dispatcher_over(world.store, score=last_line)
    text = "\n".join(f"line {place} of what happened to me there" for place in range(105)) + "\nHe is here now"
    assert LONGEST < len(text) <= 4000
    await zoe.send(text)
    assert read(zoe) == f"{SHOWN}\n{NUMBER}\n{WAIT}"
    await zoe.press("In confidence, to")
    await zoe.press("Without my name")
    assert read(zoe).startswith("Sent to Ada")
    rows = (await stored_rows(world.store, "trust_messages"))["trust_messages"]
    assert len(rows) == 2
    assert "\n".join(row["words"] for row in sorted(rows, key=lambda row: row["written_at"])) == text
    assert len(await pushed(world, ada)) == 2


# --- whatever the state of things, the number comes first


@pytest.mark.parametrize("cry", ["au secours", "help", "Hilfe"])
async def test_a_stranger_is_told_whom_to_call(world: World, cry: str) -> None:
    stranger = world.chat("77")
    await stranger.send(cry)
    assert read(stranger).startswith(NUMBER)
    assert stranger.buttons == ("Emergency",)
    for word in ("aide", "start", "equipe", "what"):
        await stranger.command(word, cry)
        assert read(stranger).startswith(NUMBER)
    assert await places_of(world, cry) == set()


@on_one_engine
async def test_a_stranger_who_registers_is_told_too_and_may_quote_a_name_that_is_no_cry(store_url: str) -> None:
    settings_of = make_settings(gathering={"registration": "open"})
    async with open_world(store_url, settings_of) as world:
        stranger = world.chat("77")
        await stranger.command("register")
        await stranger.send("SOS")
        assert read(stranger).startswith(NUMBER)
        assert "quotation marks" in read(stranger)
        await stranger.send("Zoé")
        await stranger.send("Québec")
        await stranger.send("1999")
        await stranger.send("au secours")
        assert read(stranger).startswith(NUMBER)
        assert await places_of(world, "SOS") == set(), "nothing of it is kept"
        await stranger.send("« SOS Racisme »")
        await stranger.pick("English")
        assert await places_of(world, "SOS Racisme") == {"participants"}, read(stranger)
        assert await places_of(world, "«") == set()


async def test_it_is_told_while_the_store_is_away_after_a_defect_and_once_all_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = await world.join("Zoe", "1")

    async def away(_self: Store, _unit: Unit[object], *_more: object) -> object:
        raise StoreUnavailable("gone")

    async def broken(*_given: object) -> int:
        raise ValueError("not today")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.store), "transact", away)
        await zoe.send("help me")
        assert read(zoe).startswith(f"{NUMBER}\nNot saved")
        await zoe.send("Where is lunch?")
        assert read(zoe).startswith("Not saved")
    with monkeypatch.context() as patch:
        patch.setattr(store, "keep_words", broken)
        await zoe.send("help me")
        assert read(zoe).startswith(f"{NUMBER}\nSomething went wrong on our side")
    assert await places_of(world, "help me") == set()
    await world.clock.advance(timedelta(days=400))
    await zoe.send("help me")
    assert NUMBER in read(zoe)


WAYS: dict[str, Callable[[NeutralChat], Awaitable[object]]] = {
    "urgence": lambda zoe: zoe.command("urgence"),
    "confiance": lambda zoe: zoe.command("confiance"),
    "typed": lambda zoe: zoe.send("police"),
    "unknown command": lambda zoe: zoe.command("police"),
    "button": lambda zoe: zoe.follow(AnswerHelp(1).encode(), forged=True),
    "voice": lambda zoe: zoe.send_sticker(),
}


@pytest.mark.parametrize("way", WAYS)
async def test_whatever_may_be_for_help_and_is_not_carried_out_is_answered_with_the_number(
    world: World, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    zoe = await world.join("Zoe", "1")

    async def read_after(ask: Callable[[NeutralChat], Awaitable[object]]) -> str:
        await ask(zoe)
        return read(zoe)

    async def away(_self: Store, _unit: Unit[object], *_more: object) -> object:
        raise StoreUnavailable("gone")

    async def broken(*_given: object) -> int:
        raise ValueError("not today")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.store), "transact", away)
        assert (await read_after(WAYS[way])).startswith(f"{NUMBER}\nNot saved")
        assert (await read_after(lambda zoe: zoe.command("programme"))).startswith("Not saved")
    with monkeypatch.context() as patch:
        patch.setattr(answering, "answer", broken)
        assert (await read_after(WAYS[way])).startswith(f"{NUMBER}\nSomething went wrong on our side")
    await world.clock.advance(timedelta(days=400))
    await world.change(purpose_store.set_over, TAKING_PART, world.clock.now())
    assert (await read_after(WAYS[way])).startswith(f"{NUMBER}\nRencontres is over")
    assert (await read_after(lambda zoe: zoe.command("programme"))).startswith("Rencontres is over")


async def test_one_who_has_stopped_an_organiser_and_the_person_of_trust_are_answered(world: World) -> None:
    ines, ada = await world.organiser(), await world.join("Ada", "1")
    await named(world, "Ada")
    await ada.command("stop")
    for chat in (ines, ada):
        await chat.send("help me")
        assert read(chat).startswith(NUMBER)
    assert ada.buttons[0] == "To the whole team, by name", "there is no other trusted person"
    assert ines.buttons[0] == TO_ADA
    await ada.press("To the whole team")
    assert await places_of(world, "help me") >= {"questions"}, "where its writer sent it"


async def test_the_same_words_twice_wait_once_and_many_do_not_push_out_the_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust_words, "MOST_WAITING", 2)
    assert MOST_WAITING > 2
    zoe = await world.join("Zoe", "1")
    for _time in range(3):
        await zoe.send("help me")
    assert len((await stored_rows(world.store, "trust_messages"))["trust_messages"]) == 1
    await zoe.send("he followed me")
    await zoe.send("i am scared")
    assert read(zoe).startswith(f"{NUMBER}\nI could not keep this message: many of yours are waiting")
    assert await places_of(world, "scared") == set()
    await zoe.press("Forget everything waiting")
    assert await places_of(world, "followed") == set()
    await zoe.send("i am scared")
    assert await places_of(world, "scared") == {"trust_messages"}, "there is room again"


async def test_what_cannot_be_read_is_answered_with_the_number(world: World) -> None:
    zoe = await world.join("Zoe", "1")
    await zoe.send_sticker()  # or a voice message
    assert read(zoe).startswith(f"Text only, please.\n{NUMBER}")
    await zoe.send_file(Upload("he_followed_me.pdf", b"%PDF"))
    assert read(zoe).startswith(f"Text only, please.\n{NUMBER}")
    await zoe.send_file(Upload("plan.pdf", b"%PDF"))
    assert NUMBER not in read(zoe)
    await zoe.command("equipe")
    await zoe.send_sticker()
    assert NUMBER in read(zoe)
    await zoe.command("annuler")
    await in_a_phase(world, "Zoe")
    await zoe.send_sticker()
    assert NUMBER in read(zoe)
    await zoe.send_photo(b"\xff\xd8\xff", "help me")
    assert read(zoe).startswith(f"{NUMBER}\n{SHOWN}")
    assert read(zoe).endswith("I did not keep what you attached: send it again with your answer.")
    assert await places_of(world, "help me") == {"trust_messages"}


# --- answers to forms, edits, words after a command


@pytest.mark.parametrize("modal", [False, True])
async def test_an_answer_that_others_read_is_asked_about_once(world: World, modal: bool) -> None:
    zoe = await world.join("Zoe", "1", modal=modal, platform="discord" if modal else "telegram")
    await zoe.command("equipe")
    await zoe.fill("He followed me, who can help?")
    assert read(zoe).startswith(f"{NUMBER}\n{SHOWN}")
    assert await places_of(world, "He followed me") == {"trust_messages"}
    assert zoe.buttons == ("To the whole team, by name", "Emergency", "This is my answer")
    await zoe.press("This is my answer")
    assert await places_of(world, "He followed me") == {"questions"}


@pytest.mark.parametrize(("likely", "goes_to"), [(0.5, "questions"), (0.8, "trust_messages")])
async def test_a_fragment_is_an_answer_unless_it_is_surely_a_cry(world: World, likely: float, goes_to: str) -> None:
    zoe = await world.join("Zoe", "1")
    zoe.dispatcher = world.dispatcher_over(world.store, score=lambda _text: {"distress": likely})
    await zoe.command("equipe")
    await zoe.send("Zzfragment zzof zzwords")
    assert await places_of(world, "Zzfragment") == {goes_to}


async def test_after_an_answer_in_confidence_what_is_typed_next_is_asked_about_too(world: World) -> None:
    await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await in_a_phase(world, "Zoe")
    await zoe.command("confiance")
    await zoe.press("Write to Ada")
    await zoe.press("Without my name")
    await zoe.command("urgence")
    await zoe.send("Somebody waits at my door")
    await zoe.press("This is my answer")
    assert read(zoe).startswith("Sent to Ada")
    await zoe.send("A night library that young people run")
    assert read(zoe).startswith("Send this to Ada, in confidence?")
    assert await places_of(world, "A night library") == {"trust_messages"}


async def test_an_answer_is_kept_if_its_question_is_gone(world: World) -> None:
    zoe = await world.join("Zoe", "1")
    await zoe.command("equipe")
    await zoe.send("He followed me, who can help?")
    answer = zoe.payload("This is my answer")
    await world.clock.advance(timedelta(hours=1))
    await zoe.follow(answer)
    assert read(zoe).startswith("This question is closed. Your words are kept for a day.")
    assert await places_of(world, "He followed me") == {"trust_messages"}


@pytest.mark.parametrize("modal", [False, True])
async def test_an_answer_goes_into_no_other_form_that_is_open_by_then(world: World, modal: bool) -> None:
    zoe = await world.join("Zoe", "1", modal=modal, platform="discord" if modal else "telegram")
    await in_a_phase(world, "Zoe")
    await zoe.command("equipe")
    await zoe.fill("he followed me to my room")
    answer = zoe.payload("This is my answer")
    give = GiveIdea((await stored_rows(world.store, "phase_runs"))["phase_runs"][0]["id"]).encode()
    await (zoe.act(Submitted(give, {"idea": "he followed me home"})) if modal else zoe.follow(give))
    await zoe.follow(answer)
    assert read(zoe).startswith("This question is closed. Your words are kept for a day.")
    assert await places_of(world, "to my room") == {"trust_messages"}
    if modal:
        await zoe.act(Submitted("go-equipe", {"question": "he followed me to my room"}))
    else:
        await zoe.command("equipe")
    await zoe.follow(answer)
    assert await places_of(world, "to my room") == {"questions"}, "the question is open again"


async def test_what_may_be_a_cry_below_a_photo_is_asked_about_as_if_it_was_typed(world: World) -> None:
    zoe = await world.join("Zoe", "1")
    await in_a_phase(world, "Zoe")
    zoe.dispatcher = world.dispatcher_over(
        world.store, score=lambda _text: {"distress": 0.25, "idea": 0.4, "team": 0.3}
    )
    await zoe.send_photo(b"\xff\xd8\xff", "Zzweak zzwords")
    assert read(zoe).startswith(SHOWN)
    assert await places_of(world, "Zzweak") == {"trust_messages"}


async def test_no_crying_answer_of_a_form_stays_in_its_draft(world: World) -> None:
    zoe = await world.join("Zoe", "1", modal=True)
    await zoe.act(Submitted("go-equipe", {"question": "he followed me"}))
    rows = (await stored_rows(world.store, "dialogues"))["dialogues"]
    assert "followed" not in repr(rows)
    assert read(zoe).startswith(NUMBER)


@pytest.mark.parametrize("modal", [False, True])
async def test_words_after_a_command_are_asked_about(world: World, modal: bool) -> None:
    zoe = await world.join("Zoe", "1", modal=modal, platform="discord" if modal else "telegram")
    for word, more in (
        ("equipe", "he followed me"),
        ("moi", "help me"),
        ("aidez-moi", ""),
        ("au", "secours"),
        ("trusted", "Paul touches me every evening and I do not know what to do any more"),
    ):
        await zoe.command(word, more)
        assert NUMBER in read(zoe), word
    assert await places_of(world, "followed") == {"trust_messages"}


@pytest.mark.parametrize("form", ["je", "oo", "mbe", "ke", "sec", "go-code"])
async def test_a_cry_in_a_form_that_asks_for_a_code_is_no_wrong_code(world: World, form: str) -> None:
    zoe, stranger = await world.join("Zoe", "1"), world.chat("77")
    route = answering.find(world.router, Pressed(form))[1]
    assert route.form
    assert route.form.codes
    for chat in (zoe, stranger) if route.who is Who.ANYONE else (zoe,):
        await chat.act(Submitted(form, dict.fromkeys(form_fields(route.form), "he followed me")))
        assert read(chat).startswith(NUMBER)
    assert await places_of(world, "he followed me") == {"trust_messages"}
    assert await world.read(attempt_store.wrong_codes, world.clock.now()) == (0, 0)


async def test_a_cry_after_the_command_for_a_code_is_no_wrong_code(world: World) -> None:
    for chat in (await world.join("Zoe", "1"), world.chat("77")):
        await chat.command("code", "he followed me")
        assert read(chat).startswith(NUMBER)
    assert await world.read(attempt_store.wrong_codes, world.clock.now()) == (0, 0)


async def test_an_idea_edited_into_a_cry_stays_as_it_was_until_its_author_says_so(world: World) -> None:
    zoe = await world.join("Zoe", "1")
    await in_a_phase(world, "Zoe")
    message = await zoe.send("A garden on every roof of every school")
    assert await places_of(world, "every roof") == {"ideas"}
    await zoe.edit(message, "he followed me")
    assert read(zoe).startswith(f"{NUMBER}\n{SHOWN}")
    assert await places_of(world, "followed") == {"trust_messages"}
    assert await places_of(world, "every roof") == {"ideas"}
    await zoe.press("This is my new text")
    assert await places_of(world, "followed") == {"ideas"}


async def test_an_edit_of_a_confidence_is_answered_and_changes_nothing(world: World) -> None:
    await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await zoe.command("confiance")
    await zoe.press("Write to Ada")
    await zoe.press("Without my name")
    message = await zoe.send("Can we meet at five?")
    await zoe.edit(message, "Can we meet at six?")
    assert read(zoe).startswith("What you sent in confidence stays as it was")
    assert await places_of(world, "at six") == set()


async def test_an_edit_of_a_cry_that_was_sent_asks_whether_it_is_sent_as_well(world: World) -> None:
    await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    message = await zoe.send("he followed me")
    await zoe.press("In confidence, to Ada")
    await zoe.press("Without my name")
    await zoe.edit(message, "he followed me home")
    assert read(zoe).startswith(f"{NUMBER}\nSend this to Ada, in confidence?")
    assert read(zoe).endswith("What you wrote stays as it was: editing it in your app changes nothing here.")
    assert "This is my new text" not in zoe.buttons
    await zoe.press("Send it")
    assert read(zoe).startswith("Sent to Ada")
    assert len((await stored_rows(world.store, "trust_messages"))["trust_messages"]) == 2


async def test_an_edit_of_a_cry_that_waits_is_offered_as_nothing_that_it_cannot_be(world: World) -> None:
    zoe = await world.join("Zoe", "1")
    message = await zoe.send("he followed me")
    await zoe.command("me")
    await zoe.edit(message, "he followed me home")
    assert read(zoe).startswith(NUMBER)
    assert "This is my new text" not in zoe.buttons


@pytest.mark.parametrize("cry", ["he followed me", "helppp", "jveux mourir", "j'ai 😢 peur de rentrer"])
async def test_a_message_that_was_nothing_and_is_edited_into_a_cry_is_heard_as_if_it_was_typed(
    world: World, cry: str
) -> None:
    for chat in (await world.join("Zoe", "1"), world.chat("77")):
        message = await chat.send("Hello")
        chat.view = None
        await chat.edit(message, cry)
        assert "call 112" in read(chat)
        assert "This is my new text" not in chat.buttons


async def test_an_idea_that_is_edited_into_a_cry_on_a_confidential_screen_is_still_known(world: World) -> None:
    await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await in_a_phase(world, "Zoe")
    message = await zoe.send("A garden on every roof of every school")
    await zoe.command("confiance")
    await zoe.edit(message, "he followed me")
    assert "This is my new text" in zoe.buttons


# --- forged, late and doubled presses


async def cried(world: World) -> tuple[NeutralChat, NeutralChat, int]:
    """Zoe cried, and Ada is of trust; the number under which her words wait."""
    ada, zoe = await world.join("Ada", "1"), await world.join("Zoe", "2")
    await named(world, "Ada")
    await zoe.send("he followed me")
    [row] = (await stored_rows(world.store, "trust_messages"))["trust_messages"]
    return ada, zoe, row["written_at"]


async def test_nobody_else_reaches_words_that_wait(world: World) -> None:
    ada, zoe, waiting = await cried(world)
    ada_id = await number(world, "Ada")
    ben, stranger, ines = await world.join("Ben", "3"), world.chat("77"), await world.organiser()
    forged = [
        SendTo(ada_id, waiting, 0),
        SendNow(ada_id, True, waiting, 0),
        ChooseWhom(waiting, 0),
        TakeWords("team", waiting, 0),
        ItIsMyAnswer(form_digest(GiveIdea(1).encode()), 0, waiting),
        ItIsMyEdit("5001", waiting),
        ForgetWords(waiting, 0),
    ]
    for chat in (ben, stranger, ines, ada):
        for action in forged:
            await chat.follow(action.encode())
            assert "followed" not in read(chat)
    assert await places_of(world, "followed") == {"trust_messages"}
    assert await pushed(world, ada) == []
    await zoe.press("In confidence, to")
    await zoe.press("Without my name")
    assert read(zoe).startswith("Sent to Ada"), "they still waited"


async def test_pressed_twice_it_is_sent_once(world: World) -> None:
    ada, zoe, _waiting = await cried(world)
    await zoe.press("In confidence, to")
    again = zoe.payload("Without my name")
    await zoe.follow(again)
    await zoe.follow(again)
    assert read(zoe).startswith(GONE)
    assert len(await pushed(world, ada)) == 1
    await press_push(world, ada, "Read")
    assert read(ada).endswith("Someone: he followed me")


async def test_after_a_day_they_are_gone_even_before_they_are_swept(world: World) -> None:
    _ada, zoe, _waiting = await cried(world)
    send = zoe.payload("In confidence, to")
    source: Source = WaitingWords()
    due = await world.read(source.next_due, world.clock.now())
    assert due == world.clock.now() + WORDS_KEPT
    await world.clock.advance(WORDS_KEPT - timedelta(seconds=1))
    assert await world.change(source.release, world.clock.now()) is None
    await world.clock.advance(timedelta(seconds=1))
    await zoe.follow(send)
    assert read(zoe).startswith(GONE)
    assert await world.change(source.release, world.clock.now()) is not None
    assert await places_of(world, "followed") == set()
    assert await world.read(source.next_due, world.clock.now()) is None


async def test_a_person_of_trust_who_is_none_any_more_gets_nothing(world: World) -> None:
    ada, zoe, _waiting = await cried(world)
    await world.join("Ben", "3")
    await named(world, "Ben")
    await zoe.send("he followed me")
    await zoe.press("In confidence")
    await zoe.press("Ada" if "Ada" in zoe.buttons else "\u2068Ada")
    now = zoe.payload("Without my name")
    await world.change(service.end_trust, await number(world, "Ada"), world.clock.now())
    await zoe.follow(now)
    assert read(zoe).startswith("They are no longer a trusted person.")
    assert await places_of(world, "followed") == {"trust_messages"}, "they wait"
    assert not [text for text in await pushed(world, ada) if "writes to you" in text]


async def test_a_closed_conversation_takes_nothing_and_the_words_wait(world: World) -> None:
    ada, zoe, _waiting = await cried(world)
    await zoe.press("In confidence, to")
    await zoe.press("Without my name")
    await press_push(world, ada, "Read")
    await ada.send("I come to you.")
    assert read(ada).startswith("Send this to Someone, in confidence?")
    await world.change(service.close_all_of, await number(world, "Zoe"), world.clock.now())
    await ada.press("Send it")
    assert read(ada).startswith("You can write nothing more in this conversation.")
    assert await pushed(world, zoe) == []
    assert await places_of(world, "I come to you") == {"trust_messages"}


async def test_from_another_account_of_the_same_person_the_same_words_can_be_sent(world: World) -> None:
    ada, zoe, _waiting = await cried(world)
    account = Account("discord", "77", "chat-77", "Zoe", "en")
    await world.change(participant_store.attach, account, await number(world, "Zoe"), world.clock.now())
    other = world.chat("77", platform="discord")
    await other.follow(zoe.payload("In confidence, to"))
    await other.press("With my name")
    assert read(other).startswith("Sent to Ada")
    await other.send("he is here")
    assert read(other).startswith("Send this to Ada, in confidence?")
    await zoe.command("moi")
    await zoe.send("Where is lunch?")
    assert WAIT not in read(zoe), "each chat for itself"
    assert len(await pushed(world, ada)) == 1


# --- whose data they are


@on_one_engine
async def test_their_writer_finds_them_in_their_document_and_nobody_else_does(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.send("he followed me")
        zoe_id, now = await number(world, "Zoe"), world.clock.now()
        assert b"followed" not in await world.read(export_person, DECLARED, zoe_id, now)
        await zoe.command("mesdonnees")
        await catch_up_with(world, zoe)
        page, document = (file.content.decode() for file in zoe.files)
        assert "he followed me" in page
        assert json.loads(document)["words_that_wait"][0]["words"] == "he followed me"
        assert zoe.view
        assert zoe.view.secret, "a page keeps that for an hour, as the words do not stay for longer than a day"
        whole = await world.read(collect, DECLARED, zoe_id, now.isoformat(), own=True)
        part = await world.read(collect, DECLARED, zoe_id, now.isoformat())
        assert whole.keys() - part.keys() == {"words_that_wait", "contacts", "contact_blocks", "contact_answers"}


@on_one_engine
async def test_erasing_their_writer_erases_them(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.send("he followed me")
        assert await places_of(world, "followed") == {"trust_messages"}
        zoe_id, now = await number(world, "Zoe"), world.clock.now()
        await world.change(erase, DECLARED, zoe_id, now, texts=False, files=world.files)
        assert await places_of(world, "followed") == set()


async def test_they_go_with_the_gathering_to_another_engine(sqlite_url: str, empty_postgres_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.send("he followed me")
        answer = zoe.payload("To the whole team")
    await (await open_store(empty_postgres_url)).close()
    await move(sqlite_url, empty_postgres_url)
    async with open_world(empty_postgres_url, make_settings(phases=PHASES)) as world:
        moved = world.chat("1")
        await moved.follow(answer)
        assert await places_of(world, "he followed me") == {"questions"}


async def test_a_file_beside_a_confidence_is_not_kept(world: World) -> None:
    await world.join("Ada", "1")
    zoe = await world.join("Zoe", "2")
    await named(world, "Ada")
    await zoe.command("confiance")
    proof = Upload("proof.jpg", b"\xff\xd8", picture=True, media_type="image/jpeg")
    await zoe.send_file(proof, "the same as on the card")
    assert read(zoe) == f"Send this to Ada, in confidence?\n{WAIT}\nWhat you attached is not kept, only your text."
    assert await places_of(world, "the same as on the card") == {"trust_messages"}


async def test_two_words_answer_a_question_unless_they_call_for_help(world: World) -> None:
    zoe = await world.join("Zoe", "1")
    for answer in ("Pas encore", "Rien encore"):
        await zoe.command("equipe")
        await zoe.fill(answer)
        assert zoe.text.startswith("Your question is"), answer
    await zoe.command("equipe")
    await zoe.fill("panic attack")
    assert read(zoe).startswith("If you are in danger, call 112.")
    assert "This is my answer" in zoe.buttons


@pytest.mark.parametrize(
    "figures",
    [
        *("15 h 15", "17 h 30", "18.00", "18 Uhr", "à 17 h", "tonight at 18", "18-20h", "demain 15 h", "heute 18 Uhr"),
        *("1.1.26", "17 novembre", "18. Dezember", "June 15", "2026-11-17", "15/6 11h20", "lundi 17 h 05"),
        *("room 18", "salle 112", "Raum 110", "17 personnes", "18 %", "tel 06 11 20 11 20", "+33 6 12 34 56 78"),
    ],
)
def test_hours_days_rooms_and_numbers_are_no_cry(figures: str) -> None:
    assert listen(figures, {"distress": 0.95}) is None
    assert listen(f"{figures} Hilfe", {"distress": 0.95}), "beside other words they leave it to likelihood"


@pytest.mark.parametrize("code", ["X6K2-SANG", "EV59-SEXY", "YFE3-HERS", "VSKJ-PUKG-K4AZ", "hers-6a74-5958"])
def test_a_code_in_which_chance_has_made_a_word_is_no_cry(code: str) -> None:
    assert likelihood(code)["distress"] > 0.6
    assert listen(code, likelihood(code)) is None


@pytest.mark.parametrize("cry", ["112", "112 112", "911", "appelez le 15", "au secours salle 112", "help room 18"])
def test_a_cry_with_figures_is_one(cry: str) -> None:
    heard = listen(cry, {"distress": 0.95})
    assert heard
    assert heard.sure


@pytest.mark.parametrize(
    "cry",
    [
        *("hilfeee", "Helppp", "hellllp!!", "à l'aiiide", "au secouuurs", "S.O.S", "S O S", "sos sos", "mayday mayday"),
        *("🆘", "🆘 chambre 12", "besoin d'aide stp", "il y a le feu", "au feu", "Fire!", "es brennt", "i m bleeding"),
        *("jveux mourir", "jvé me tuer", "i wanna die", "gonna kill myself", "ich bring mich um", "on ma drogué"),
        *(
            "il ma touchée",
            "je me fais suivre",
            "je saigne",
            "ich blute",
            "she fainted",
            "il faut appeler la police vite",
        ),
        *(
            "comment je fais pour appeler le samu ?",
            "how can i call the police",
            "wie rufe ich die polizei",
            "arzt bitte",
        ),
        *("la police vite", "un médecin svp", "des secours vite", "doctor please"),
    ],
)
def test_a_cry_drawn_out_repeated_or_spelt_as_it_is_heard_is_one_also_as_an_answer(cry: str) -> None:
    heard = listen(cry, {})
    assert heard
    assert heard.phrase


@pytest.mark.parametrize(
    "words", ["Uuuuuh", "lol lol lol", "Feu de camp", "The fire brigade comes to schools", "le sos", "aide"]
)
def test_what_is_drawn_out_or_repeated_is_no_cry_by_itself(words: str) -> None:
    assert (listen(words, {}), bool(listen("hilfeee", {}))) == (None, True)
