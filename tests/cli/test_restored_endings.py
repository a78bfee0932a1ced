"""What ended since a backup is ended again by `rencontres restore`."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from bot.conversation import display_store
from bot.conversation.incoming import Pressed
from bot.database.new_ids import skip_given_ids
from bot.membership import accounts, inviting, revoking, waiting_erasure_store
from bot.membership.browsers import CloseBrowser
from bot.membership.erasure import Replayed, erase, finish_erasures, replay
from bot.people import device_store, facilitator_store, participant_store, secret_store
from bot.people.audiences import Audience, parse
from bot.people.participants import Participant
from bot.people.secret_store import Secret
from handlers.announcements.service import changing, continuing, releasing
from handlers.announcements.store import announcements, sending
from handlers.groups.store import groups
from handlers.ideas import service as ideas_service
from handlers.ideas.store import ideas, moderation
from handlers.initiatives import service as initiatives
from handlers.initiatives.model import CardState, Means
from handlers.initiatives.store import cards, contacts
from handlers.plenary.service import questions as questions_service
from handlers.plenary.store import questions, wishes
from handlers.rides import service as rides_service
from handlers.rides import store as rides
from handlers.rides.model import RideOffer
from handlers.trust import service, store
from handlers.workshops.model import Phase
from handlers.workshops.store.phases import put_phase
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.shell import Shell
from tests.stored_rows import stored_rows
from tests.world import DECLARED, START, World, open_world

T = TypeVar("T")
LATER = START + timedelta(hours=10)
WORDS = "Somebody followed me to the Zauberwald."
SECRETS: dict[str, str] = {}
"""The secrets that a scenario gave out, by what they are."""


@dataclass(frozen=True)
class Scenario:
    """Something that ends: what is there before the backup, how it ends after it, and how one sees that it has."""

    before: Callable[[World], Awaitable[object]]
    ends: Callable[[World], Awaitable[object]]
    has_ended: Callable[[World], Awaitable[bool]]
    things: int = 1


async def person(world: World, given_name: str) -> Participant:
    found = await world.read(participant_store.find, await number(world, given_name))
    assert found
    return found


async def is_stranger(chat: NeutralChat) -> bool:
    await chat.command("moi")
    return chat.text.startswith("Welcome to Rencontres.")


# --- conversations with a trusted person


async def confided(world: World, writer: str, trusted: str) -> NeutralChat:
    await world.join(trusted, f"of {trusted}")
    chat = await world.join(writer, f"of {writer}")
    await world.change(store.name_trusted, await number(world, trusted), "French", "always", world.clock.now())
    await chat.command("confiance")
    await chat.press(f"Write to {trusted}")
    await chat.press("With my name")
    await chat.fill(WORDS)
    return chat


async def erase_for_both(world: World) -> None:
    chat = world.chat("of Zoe")
    await chat.command("confiance")
    await chat.press("With Ada")
    await chat.press("Erase it for both")
    await chat.press("Yes, erase it")


async def conversation_is_gone(world: World) -> bool:
    return not await world.read(store.all_conversations_of_author, await number(world, "Zoe"))


async def end_trust(world: World) -> None:
    await world.change(service.end_trust, await number(world, "Abel"), world.clock.now())


async def nobody_reads_it(world: World) -> bool:
    (conversation,) = await world.read(store.all_conversations_of_author, await number(world, "Yves"))
    trusted = await world.read(store.trusted_people)
    return conversation.trusted_id is None and "Abel" not in [each.given_name for each in trusted]


async def renew_author(world: World) -> None:
    await renew(world, "Xenia")


async def author_does_not_read_it(world: World) -> bool:
    (conversation,) = await world.read(store.all_conversations_of_author, await number(world, "Xenia"))
    return conversation.closed and await is_stranger(world.chat("of Xenia"))


# --- invitations


async def invite(world: World) -> None:
    SECRETS["invitation"] = await world.invite("Iris")
    await world.join("Jan", "of Jan")


async def renew(world: World, given_name: str) -> None:
    found, now = await person(world, given_name), world.clock.now()
    await world.change(inviting.renew, DECLARED, world.settings, found, now, bot_username=None)


async def renew_both(world: World) -> None:
    await renew(world, "Iris")
    await renew(world, "Jan")


async def neither_comes_in(world: World) -> bool:
    stranger = world.chat("whoever found the invitation")
    await stranger.follow(f"j-{SECRETS['invitation']}")
    return await is_stranger(stranger) and await is_stranger(world.chat("of Jan"))


async def revoke(world: World, given_name: str) -> dict[str, object]:
    return await world.change(revoking.revoke, DECLARED, await person(world, given_name), world.clock.now())


async def is_revoked(world: World) -> bool:
    return (await person(world, "Rita")).status == "revoked" and await is_stranger(world.chat("of Rita"))


async def revoke_and_reinstate(world: World) -> None:
    kept = await revoke(world, "Rosa")
    await world.change(revoking.reinstate, DECLARED, await person(world, "Rosa"), kept, world.clock.now())


async def is_still_in(world: World) -> bool:
    return (await person(world, "Rosa")).joined and not await is_stranger(world.chat("of Rosa"))


async def give_up_place(world: World, given_name: str) -> None:
    chat = world.chat(f"of {given_name}")
    await chat.command("reglages")
    await chat.press("I am not coming")
    await chat.press("Yes, I give up my place")


async def has_given_up_place(world: World) -> bool:
    return (await person(world, "Lou")).status == "withdrawn"


async def give_up_place_and_return(world: World) -> None:
    await give_up_place(world, "Luz")
    await world.chat("of Luz").command("revenir")


async def give_up_place_and_come_in(world: World) -> None:
    await give_up_place(world, "Lux")
    await world.change(participant_store.join, await number(world, "Lux"), world.clock.now())


async def is_expected(world: World, given_name: str) -> bool:
    return (await person(world, given_name)).joined


async def put_off_erasing(world: World) -> None:
    due = world.clock.now() + timedelta(hours=1)
    await world.change(waiting_erasure_store.put_off, await number(world, "Nia"), due, texts=True)


async def is_to_be_erased(world: World) -> bool:
    due = await world.read(waiting_erasure_store.due, world.clock.now() + timedelta(hours=1))
    return due == {await number(world, "Nia"): True}


async def remove_account(world: World) -> None:
    who = await person(world, "Kim")
    (account,) = await world.read(participant_store.accounts_of, who.id)
    assert account.id
    await world.change(accounts.detach, who.id, [account.id], world.clock.now())


# --- roles


async def make_organiser(world: World, given_name: str) -> None:
    await world.join(given_name, f"of {given_name}")
    await world.change(participant_store.set_organises, await number(world, given_name), True)


async def end_organiser(world: World) -> None:
    await world.change(participant_store.set_organises, await number(world, "Olga"), False)


async def end_and_begin_organiser(world: World) -> None:
    for organises in (False, True):
        await world.change(participant_store.set_organises, await number(world, "Otto"), organises)


async def facilitate(world: World, *audiences: str) -> None:
    who = await number(world, "Fay")
    await world.change(facilitator_store.give, who, [parse(audience) for audience in audiences])


async def make_facilitator(world: World) -> None:
    await world.join("Fay", "of Fay")
    await facilitate(world, "theme:culture", "theme:school")


async def facilitates_less(world: World) -> bool:
    audiences = await world.read(facilitator_store.of_person, await number(world, "Fay"))
    return [audience.encode() for audience in audiences] == ["theme:school"]


# --- links, sessions, devices


async def open_walls(world: World) -> None:
    for subject in ("1", "2"):
        SECRETS[f"wall {subject}"] = await world.change(display_store.issue, "stage", subject, None, world.clock.now())


async def one_wall_is_closed(world: World) -> bool:
    links = [await world.read(display_store.find, SECRETS[f"wall {subject}"]) for subject in ("1", "2")]
    return [link.closed for link in links if link] == [True, False]


async def open_browsers(world: World, given_name: str) -> None:
    await world.join(given_name, f"of {given_name}")
    who, now = await number(world, given_name), world.clock.now()
    for browser in ("lost", "hers"):
        until, confirmed = now + timedelta(days=180), browser == "hers"
        code = await world.change(secret_store.issue, "session", who, now, expires=until, confirmed=confirmed)
        SECRETS[f"{browser} {given_name}"] = code
        secret = await world.read(secret_store.find, "session", code, now)
        assert secret
        subscription = device_store.Subscription(f"https://push.example.org/{browser}/{given_name}", "key", "shared")
        await world.change(device_store.put, who, secret.hash, subscription, "", now, shows_text=True)


async def sessions_of(world: World, given_name: str) -> Sequence[Secret | None]:
    """The session of the browser that was lost, and of the one that was not."""
    now = world.clock.now()
    codes = (SECRETS[f"{browser} {given_name}"] for browser in ("lost", "hers"))
    return [await world.read(secret_store.find, "session", code, now) for code in codes]


async def end_browser_and_device(world: World) -> None:
    lost, hers = await sessions_of(world, "Lea")
    assert lost
    assert hers
    await world.change(secret_store.forget, lost)
    await world.change(device_store.end_of_session, hers.hash)


async def browser_and_device_are_gone(world: World) -> bool:
    devices = await world.read(device_store.of_person, await number(world, "Lea"))
    return [secret is None for secret in await sessions_of(world, "Lea")] == [True, False] and not devices


async def close_lost_browser(world: World) -> None:
    lost, _hers = await sessions_of(world, "Lia")
    assert lost
    await world.chat("of Lia").act(Pressed(CloseBrowser(lost.browser.id).encode()))


async def lost_browser_is_closed(world: World) -> bool:
    devices = await world.read(device_store.of_person, await number(world, "Lia"))
    return [secret is None for secret in await sessions_of(world, "Lia")] == [True, False] and len(devices) == 1


# --- what people took back from each other


async def want_each_other(world: World, names: str) -> None:
    for name in names.split():
        await world.join(name, f"of {name}")
    uma, vic, _wim = [await number(world, name) for name in names.split()]
    now = world.clock.now()
    await world.change(cards.put, uma, title="Garden", shown=1)
    await world.change(initiatives.give, uma, Means(mail="uma@example.org"))
    for one, other in ((uma, vic), (vic, uma)):
        await world.change(initiatives.answer, one, other, yes=True, met="code", now=now)


async def take_everything_back(world: World, names: str) -> None:
    uma, vic, wim = [await number(world, name) for name in names.split()]
    now = world.clock.now()
    await world.change(initiatives.answer, uma, vic, yes=False, met="code", now=now)
    await world.change(initiatives.block, uma, wim, now)
    await world.change(initiatives.give, uma, Means())
    await world.change(initiatives.show, uma, visible=False)


async def nothing_is_given(world: World, names: str) -> bool:
    uma, vic, wim = [await number(world, name) for name in names.split()]
    card = await world.read(cards.find_card, uma)
    assert card is not None
    return (
        not card.shown
        and await world.read(contacts.means_of, uma) == Means()
        and not (await world.read(contacts.answers_of, uma))[vic]
        and await world.read(contacts.contact_of, uma, vic) is None
        and await world.read(contacts.is_blocked, uma, wim)
    )


async def give_again(world: World, names: str) -> None:
    await take_everything_back(world, names)
    uma, vic, _wim = [await number(world, name) for name in names.split()]
    now = world.clock.now()
    await world.change(initiatives.answer, uma, vic, yes=True, met="code", now=now)
    await world.change(initiatives.unblock_all, uma)
    await world.change(initiatives.give, uma, Means(mail="uma@example.org"))
    await world.change(initiatives.show, uma, visible=True)


async def everything_is_given(world: World, names: str) -> bool:
    uma, vic, _wim = [await number(world, name) for name in names.split()]
    card, answers = await world.read(cards.find_card, uma), await world.read(contacts.answers_of, uma)
    given = await world.read(contacts.means_of, uma)
    return card is not None and bool(card.shown) and answers[vic] and given.mail == "uma@example.org"


# --- cards that the team took off, or that several people reported


async def show_cards(world: World) -> None:
    for name in ("Abby", "Beth", "Cleo"):
        await world.join(name, f"of {name}")
        await world.change(cards.put, await number(world, name), title="An insult", shown=1)


async def take_cards_off(world: World) -> None:
    states: Mapping[str, Sequence[CardState]] = {"Abby": ["off"], "Beth": ["reported"], "Cleo": ["off", ""]}
    for name, decided in states.items():
        for state in decided:
            card = await world.read(cards.find_card, await number(world, name))
            assert card is not None
            await world.change(initiatives.set_state, card, state)


async def cards_stay_off(world: World) -> bool:
    hidden = [(card.given_name, card.state) for card in await world.read(cards.reported_cards)]
    shown = [card.given_name for card in await world.read(cards.visible_cards)]
    return hidden == [("Abby", "off"), ("Beth", "reported")] and "Cleo" in shown


# --- ideas and questions that were hidden or taken back, and names that were


async def write_ideas_and_questions(world: World) -> None:
    await world.join("Ivo", "of Ivo")
    ivo, now = await number(world, "Ivo"), world.clock.now()
    group = await world.change(groups.add_group, 1, "culture", 1)
    await world.change(put_phase, Phase("challenges", 1, {}, {}, {}, 10, "challenge"))
    for text in ("hide", "withdraw", "delete", "unname", "hide and show", "leave"):
        await world.change(ideas.add_idea, ivo, group.id, "challenges", text, now, stems="", category="fact")
        question = await world.change(questions.add_question, group.id, ivo, text, "", now)
        await world.change(questions.set_named, question, True)
    await world.change(wishes.set_shows_names, group.id, True)


async def take_ideas_and_questions_back(world: World) -> None:
    now, (group,) = world.clock.now(), await world.read(groups.groups_of_round, 1)
    for idea in await world.read(ideas.ideas_of_author, await number(world, "Ivo"), "challenges"):
        if idea.text.startswith("hide"):
            await world.change(moderation.set_hidden, idea.id, True)
        if idea.text == "hide and show":
            await world.change(moderation.set_hidden, idea.id, False)
        if idea.text == "withdraw":
            await world.change(ideas_service.withdraw_idea, idea)
        if idea.text == "delete":
            await world.change(ideas_service.remove_idea, idea, now)
        if idea.text == "unname":
            await world.change(ideas.set_anonymous, idea.id, True)
    for question in await world.read(questions.questions_of_group, group.id):
        if question.text.startswith("hide"):
            await world.change(questions.set_hidden, question.id, 1, now, hidden=True)
        if question.text == "hide and show":
            await world.change(questions.set_hidden, question.id, 1, now, hidden=False)
        if question.text == "delete":
            await world.change(questions_service.take_back, question)
        if question.text == "unname":
            await world.change(questions.set_named, question.id, False)
    await world.change(wishes.set_shows_names, group.id, False)


async def ideas_and_questions_stay_back(world: World) -> bool:
    (group,) = await world.read(groups.groups_of_round, 1)
    given = await world.read(ideas.ideas_of_author, await number(world, "Ivo"), "challenges")
    asked = await world.read(questions.questions_of_group, group.id)
    return (
        {idea.text for idea in given if idea.state == "live" and not idea.hidden}
        == {question.text for question in asked if not question.hidden} - {"withdraw"}
        == {"unname", "hide and show", "leave"}
        and {idea.text for idea in given} == {question.text for question in asked}
        and [idea.text for idea in given if idea.anonymous] == ["unname"]
        and [question.text for question in asked if not question.named] == ["unname"]
        and group.id not in await world.read(wishes.groups_showing_names)
    )


# --- announcements that were sent or cancelled


async def plan_announcements(world: World) -> None:
    await world.join("Abe", "of Abe")
    now = world.clock.now()
    for text in ("cancelled", "sent", "stays"):
        made = await world.change(announcements.add_announcement, None, (text,), (), now)
        await world.change(announcements.wait_for_hour, made.id, now + timedelta(hours=9))
    made = await world.change(announcements.add_announcement, None, ("under way",), (), now)
    await world.change(releasing.release_announcement, world.settings, made, now, grace=timedelta(hours=8))


async def send_announcements(world: World) -> None:
    found = {each.id: each for each in await world.read(announcements.due_announcements, LATER)}
    cancelled, sent, _stays, under_way = sorted([*found, *await world.read(sending.announcements_being_sent)])
    await world.change(changing.cancel_announcement, found[cancelled], LATER)
    await world.change(releasing.release_announcement, world.settings, found[sent], LATER)
    for announcement in (sent, under_way):
        await world.store.transact(lambda tx: tx.run("UPDATE deliveries SET state = 'sent' WHERE state = 'waiting'"))
        await world.change(sending.finish_announcements, [announcement], LATER)


async def nobody_gets_them_again(world: World) -> bool:
    while await world.store.transact(partial(continuing.go_on, settings=world.settings, now=LATER)):
        pass
    due = await world.read(announcements.due_announcements, LATER)
    rows = await stored_rows(world.store, "deliveries", "announcements")
    waiting = [row for row in rows["deliveries"] if row["announcement_id"] and row["state"] == "waiting"]
    states = [row["state"] for row in rows["announcements"]]
    return not waiting and len(due) == 1 and states.count("waiting") == 1 and "sending" not in states


# --- a safety check that was closed, rides that were cancelled


async def begin_check(world: World) -> None:
    await world.join("Sam", "of Sam")
    await world.change(service.begin_check, await number(world, "Sam"), Audience(), world.clock.now(), drill=False)


async def close_check(world: World) -> None:
    check = await world.read(store.running_check)
    assert check
    await world.change(service.close_check, check, LATER)


async def nobody_is_asked_again(world: World) -> bool:
    due = await world.read(service.second_round_due)
    return due is None and await world.read(store.running_check) is None


async def offer_rides(world: World) -> None:
    for name in ("Dan", "Pia", "Pol"):
        await world.join(name, f"of {name}")
    people = {name: await person(world, name) for name in ("Dan", "Pia", "Pol")}
    for place in ("cancelled", "left", "stays"):
        offered = RideOffer(False, place, LATER + timedelta(days=9), 3)
        now = world.clock.now()
        ride_id = await world.change(rides_service.offer, world.settings, people["Dan"].id, offered, now)
        ride = await world.read(rides.find, ride_id)
        assert ride
        for name in ("Pia", "Pol"):
            await world.change(rides_service.ask, ride, people[name], now)


async def cancel_rides(world: World) -> None:
    pia, pol = await person(world, "Pia"), await person(world, "Pol")
    for ride in await world.read(rides.to_come, pia.id, LATER):
        if ride.place == "cancelled":
            await world.change(rides_service.cancel, ride, LATER)
        if ride.place == "left":
            await world.change(rides_service.leave, ride, pia.id, LATER)
            await world.change(rides_service.leave, ride, pol.id, LATER)
            await world.change(rides_service.ask, ride, pol, LATER)


async def nobody_waits_for_them(world: World) -> bool:
    found = await world.read(rides.to_come, 0, LATER)
    seats = {ride.place: [each.given_name for each in await world.read(rides.passengers, ride.id)] for ride in found}
    return seats == {"left": ["Pol"], "stays": ["Pia", "Pol"]}


SCENARIOS = {
    "a safety check closed": Scenario(begin_check, close_check, nobody_is_asked_again),
    "rides cancelled and seats given up": Scenario(offer_rides, cancel_rides, nobody_waits_for_them, 2),
    "a yes, a block, a card and what is given": Scenario(
        partial(want_each_other, names="Uma Vic Wim"),
        partial(take_everything_back, names="Uma Vic Wim"),
        partial(nothing_is_given, names="Uma Vic Wim"),
        5,
    ),
    "what was taken back and given again": Scenario(
        partial(want_each_other, names="Una Val Wes"),
        partial(give_again, names="Una Val Wes"),
        partial(everything_is_given, names="Una Val Wes"),
        0,
    ),
    "cards taken off": Scenario(show_cards, take_cards_off, cards_stay_off, 2),
    "ideas, questions and names": Scenario(
        write_ideas_and_questions, take_ideas_and_questions_back, ideas_and_questions_stay_back, 8
    ),
    "announcements sent and cancelled": Scenario(plan_announcements, send_announcements, nobody_gets_them_again, 3),
    "a conversation erased for both": Scenario(
        partial(confided, writer="Zoe", trusted="Ada"), erase_for_both, conversation_is_gone
    ),
    "a trusted person who is none any more": Scenario(
        partial(confided, writer="Yves", trusted="Abel"), end_trust, nobody_reads_it
    ),
    "a conversation closed to whoever comes in": Scenario(
        partial(confided, writer="Xenia", trusted="Anna"), renew_author, author_does_not_read_it, 2
    ),
    "invitations renewed": Scenario(invite, renew_both, neither_comes_in, 2),
    "somebody revoked": Scenario(
        lambda world: world.join("Rita", "of Rita"), partial(revoke, given_name="Rita"), is_revoked
    ),
    "somebody revoked and let in again": Scenario(
        lambda world: world.join("Rosa", "of Rosa"), revoke_and_reinstate, is_still_in, 0
    ),
    "somebody who is not coming": Scenario(
        lambda world: world.join("Lou", "of Lou"), partial(give_up_place, given_name="Lou"), has_given_up_place
    ),
    "somebody who comes after all": Scenario(
        lambda world: world.join("Luz", "of Luz"), give_up_place_and_return, partial(is_expected, given_name="Luz"), 0
    ),
    "somebody who comes in again": Scenario(
        lambda world: world.join("Lux", "of Lux"), give_up_place_and_come_in, partial(is_expected, given_name="Lux"), 0
    ),
    "an erasure that waits": Scenario(lambda world: world.join("Nia", "of Nia"), put_off_erasing, is_to_be_erased),
    "an account removed": Scenario(
        lambda world: world.join("Kim", "of Kim"), remove_account, lambda world: is_stranger(world.chat("of Kim"))
    ),
    "an organiser who is none any more": Scenario(
        partial(make_organiser, given_name="Olga"), end_organiser, lambda world: organises(world, "Olga", False)
    ),
    "an organiser who is one again": Scenario(
        partial(make_organiser, given_name="Otto"),
        end_and_begin_organiser,
        lambda world: organises(world, "Otto", True),
        0,
    ),
    "a facilitator of less": Scenario(
        make_facilitator, lambda world: facilitate(world, "theme:school"), facilitates_less
    ),
    "a link to a wall": Scenario(
        open_walls,
        lambda world: world.change(display_store.close, "stage", "1", world.clock.now()),
        one_wall_is_closed,
    ),
    "a browser and a device": Scenario(
        partial(open_browsers, given_name="Lea"), end_browser_and_device, browser_and_device_are_gone, 2
    ),
    "a browser closed from elsewhere": Scenario(
        partial(open_browsers, given_name="Lia"), close_lost_browser, lost_browser_is_closed
    ),
}


async def organises(world: World, given_name: str, expected: bool) -> bool:
    return (await person(world, given_name)).organises == expected


def lived(url: str, folder: Path, *works: Callable[[World], Awaitable[T]]) -> Sequence[T]:
    """Do something in the gathering, as the program would between two commands of the shell."""

    async def live() -> Sequence[T]:
        async with open_world(url, files=folder / "files") as world:
            return [await work(world) for work in works]

    return asyncio.run(live())


def logged(folder: Path) -> list[dict[str, object]]:
    (log,) = folder.glob("*.erasures.jsonl")
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def check_restored(shell: Shell, url: str, folder: Path, scenarios: Sequence[Scenario]) -> str:
    """Back up, let it end, restore, and look; what the restore says."""
    lived(url, folder, *(scenario.before for scenario in scenarios))
    assert shell("invitations", "--out", "new.csv").exit_code == 0  # a command that opens the database like the bot
    assert shell("backup", "monday").exit_code == 0
    lived(url, folder, *(scenario.ends for scenario in scenarios))
    assert all(lived(url, folder, *(scenario.has_ended for scenario in scenarios)))
    restored = shell("restore", "monday", "--yes")
    assert restored.exit_code == 0, restored.stderr
    assert "is unknown" not in restored.stderr
    ended = re.search(r"roles ended since, and now ended again: (\d+)", restored.stdout)
    assert ended
    found = lived(url, folder, *(scenario.has_ended for scenario in scenarios))
    assert all(found), found
    for line in logged(folder):
        assert re.fullmatch(r"[0-9a-f]{16}", str(line["person"]))
        what = str(line["what"])
        assert re.fullmatch(r"[0-9a-f]{64}|\d*|[a-z]+( [0-9a-f]{64})+", what), "hashes or a random id"
    assert int(ended[1]) >= sum(scenario.things for scenario in scenarios)
    return restored.stdout


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_what_ended_since_is_ended_again(shell: Shell, configured: Path, scenario: Scenario) -> None:
    check_restored(shell, f"sqlite:///{configured}/rencontres.db", configured, [scenario])


def test_nothing_of_the_words_comes_back_with_it(shell: Shell, configured: Path) -> None:
    scenario = SCENARIOS["a conversation erased for both"]
    check_restored(shell, f"sqlite:///{configured}/rencontres.db", configured, [scenario])
    for file in configured.glob("rencontres.db*"):
        assert b"Zauberwald" not in file.read_bytes(), file
    assert b"Zauberwald" in (configured / "monday").read_bytes(), "which the backup had"


@pytest.mark.usefixtures("postgres_programs")
def test_what_ended_since_is_ended_again_on_postgresql(
    shell: Shell, configured: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENCONTRES_STORAGE__URL", empty_postgres_url)
    assert shell("invitations", "--out", "none.csv").exit_code == 0  # which makes the tables
    check_restored(shell, empty_postgres_url, configured, [*SCENARIOS.values()])


# --- where the log cannot tell


SESSIONS = [SCENARIOS["a browser and a device"], SCENARIOS["a link to a wall"], SCENARIOS["invitations renewed"]]


async def secrets_and_open_walls(world: World) -> tuple[int, int]:
    rows = await stored_rows(world.store, "secrets", "display_links")
    return len(rows["secrets"]), len([link for link in rows["display_links"] if link["closed_at"] is None])


@pytest.mark.parametrize(
    "lost", ["the log", "the marks", "the kind"], ids=["a log", "an old backup", "a newer program"]
)
def test_where_nobody_knows_what_ended_all_links_and_sessions_end_and_it_says_so(
    shell: Shell, configured: Path, lost: str
) -> None:
    url = f"sqlite:///{configured}/rencontres.db"

    async def forget_marks(world: World) -> None:
        await world.store.transact(lambda tx: tx.run("DELETE FROM endings"))

    lived(url, configured, *(scenario.before for scenario in SESSIONS))
    assert shell("invitations", "--out", "new.csv").exit_code == 0
    if lost == "the marks":
        lived(url, configured, forget_marks)
    assert shell("backup", "monday").exit_code == 0
    ((secrets, walls),) = lived(url, configured, secrets_and_open_walls)
    assert secrets > 2
    assert walls == 2
    lived(url, configured, *(scenario.ends for scenario in SESSIONS))
    assert shell("restore", "monday", "--yes").exit_code == 0
    log = configured / "rencontres.db.erasures.jsonl"
    if lost == "the log":
        log.unlink()
    elif lost == "the kind":
        log.write_text(log.read_text("utf-8").replace('"display"', '"hologram"'), "utf-8")
    restored = shell("restore", "monday", "--yes")
    assert restored.exit_code == 0
    assert "All earlier invitations, personal links, links to walls and browser sessions" in restored.stderr
    assert lived(url, configured, secrets_and_open_walls) == [(0, 0)]
    shell("restore", "monday", "--yes")
    assert lived(url, configured, secrets_and_open_walls) == [(0, 0)], "whatever the log says by now"


def test_a_log_that_was_lost_once_ends_sessions_once(shell: Shell, configured: Path) -> None:
    url = f"sqlite:///{configured}/rencontres.db"
    lived(url, configured, SESSIONS[0].before)
    assert shell("invitations", "--out", "new.csv").exit_code == 0
    assert shell("backup", "monday").exit_code == 0
    lived(url, configured, SESSIONS[0].ends)
    assert "is unknown" not in shell("restore", "monday", "--yes").stderr
    (configured / "rencontres.db.erasures.jsonl").unlink()
    assert "is unknown" in shell("restore", "monday", "--yes").stderr
    assert shell("backup", "tuesday").exit_code == 0
    again = shell("restore", "tuesday", "--yes")
    assert again.exit_code == 0
    assert "is unknown" not in again.stderr


async def note(world: World) -> None:
    """Write what has ended to the log, as the running program does."""
    await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)


ENDED_ONCE_MORE, BEGUN_AGAIN = (False, True, False), (False, True)


@pytest.mark.parametrize(
    ("organised", "joined", "older", "expected"),
    [
        (ENDED_ONCE_MORE, (0, 2, 1), False, False),
        (ENDED_ONCE_MORE, (1, 0, 2), False, False),
        (BEGUN_AGAIN, (0, 1), False, True),
        (BEGUN_AGAIN, (1, 0), False, True),
        (BEGUN_AGAIN, (0, 1), True, False),
        (BEGUN_AGAIN, (1, 0), True, False),
    ],
)
def test_the_logs_of_several_machines_say_what_was_last_however_they_are_joined(
    shell: Shell, configured: Path, organised: Sequence[bool], joined: Sequence[int], older: bool, expected: bool
) -> None:
    """Lines that an older program wrote do not say which was last: what they say has ended stays so."""
    url = f"sqlite:///{configured}/rencontres.db"

    async def organise(world: World) -> None:
        for organises in organised:
            await world.change(participant_store.set_organises, await number(world, "Olga"), organises)

    lived(url, configured, partial(make_organiser, given_name="Olga"), note)
    assert shell("invitations", "--out", "new.csv").exit_code == 0
    assert shell("backup", "monday").exit_code == 0
    before = len(logged(configured))
    lived(url, configured, organise, note)
    lines = logged(configured)
    since = [lines[before:][line] for line in joined]
    if older:
        for line in since:
            del line["id"]
    log = configured / "rencontres.db.erasures.jsonl"
    log.write_text("".join(f"{json.dumps(line)}\n" for line in (*lines[:before], *since)), "utf-8")
    assert shell("restore", "monday", "--yes").exit_code == 0
    assert lived(url, configured, partial(organises, given_name="Olga", expected=expected)) == [True]


def test_a_line_of_the_log_that_says_nothing_stops_no_restore(shell: Shell, configured: Path) -> None:
    scenario = SCENARIOS["an organiser who is none any more"]
    url = f"sqlite:///{configured}/rencontres.db"
    lived(url, configured, scenario.before)
    assert shell("invitations", "--out", "new.csv").exit_code == 0
    assert shell("backup", "monday").exit_code == 0
    lived(url, configured, scenario.ends, note)
    log = configured / "rencontres.db.erasures.jsonl"
    log.write_text("".join(f"{line}\n" for line in ("1970", "null", '["ended"]', log.read_text("utf-8"))), "utf-8")
    assert shell("restore", "monday", "--yes").exit_code == 0
    assert lived(url, configured, scenario.has_ended) == [True]


async def test_a_start_ends_nothing_that_began_again(sqlite_url: str) -> None:
    """The log is read at every start, also where nothing was restored."""
    async with open_world(sqlite_url) as world:
        await make_organiser(world, "Olga")
        await end_organiser(world)
        again = partial(replay, world.store, DECLARED, world.settings.storage, world.files, world.clock.now())
        await again()
        await world.change(participant_store.set_organises, await number(world, "Olga"), True)
        assert (await again()).ended == 0
        assert await organises(world, "Olga", True)


# --- the ids of those who come after


async def add_somebody(world: World, name: str) -> int:
    now = world.clock.now()
    return (await world.change(participant_store.add, ref=name, given_name=name, family_name="", now=now)).id


def check_new_ids(shell: Shell, url: str, folder: Path) -> None:
    """Restore the same backup twice: nobody who comes after gets the id of somebody who was there in between."""
    lived(url, folder, partial(add_somebody, name="Ann"))
    assert shell("backup", "monday").exit_code == 0
    given: list[int] = []
    for name in ("Bo", "Cy", "Dee"):
        given += lived(url, folder, partial(add_somebody, name=name), partial(add_somebody, name=f"{name} too"))
        assert shell("restore", "monday", "--yes").exit_code == 0
    assert len({*given}) == 6
    assert given == sorted(given)


def test_who_comes_after_a_restore_has_an_id_that_nobody_had(shell: Shell, configured: Path) -> None:
    url = f"sqlite:///{configured}/rencontres.db"
    assert shell("invitations", "--out", "none.csv").exit_code == 0  # which makes the tables
    check_new_ids(shell, url, configured)


@pytest.mark.usefixtures("postgres_programs")
def test_who_comes_after_a_restore_has_an_id_that_nobody_had_on_postgresql(
    shell: Shell, configured: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENCONTRES_STORAGE__URL", empty_postgres_url)
    assert shell("invitations", "--out", "none.csv").exit_code == 0
    check_new_ids(shell, empty_postgres_url, configured)


async def test_a_start_finds_a_backup_that_was_put_there_by_hand(store_url: str) -> None:
    """The log names an ending, or an erasure, of which the database knows nothing."""
    async with open_world(store_url) as world:

        async def start() -> Replayed:
            now = world.clock.now()
            return await replay(world.store, DECLARED, world.settings.storage, world.files, now)

        await make_organiser(world, "Olga")
        await end_organiser(world)
        assert (await start()).ended == 0
        first = await add_somebody(world, "Ann")
        await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)
        await world.store.transact(lambda tx: tx.run("DELETE FROM endings WHERE kind <> :begun", begun="begun"))
        await start()
        second = await add_somebody(world, "Bo")
        assert second > first + 1_000_000
        await world.change(erase, DECLARED, second, world.clock.now(), texts=True, files=world.files)
        await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)
        third = await add_somebody(world, "Bo")  # as in a backup from before that
        await world.clock.advance(timedelta(hours=1))
        assert (await start()).people == 1
        assert await add_somebody(world, "Cy") > third + 1_000_000


async def test_what_looks_at_everyone_goes_through_no_empty_ranges(store_url: str) -> None:
    async with open_world(store_url) as world:
        for name in ("Ann", "Bo", "Cy"):
            await add_somebody(world, name)
        await world.change(skip_given_ids, world.clock.now())
        far = [await add_somebody(world, name) for name in ("Dee", "Eve")]
        ranges = await world.read(participant_store.id_ranges, 2)
        assert ranges[0] == (0, 2)
        assert len(ranges) <= 4
        assert all(any(after < each <= last for after, last in ranges) for each in (*far, 3))


async def test_tables_that_were_empty_begin_anew_as_well(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.change(skip_given_ids, world.clock.now())
        await world.join("Kim", "of Kim")
        (account,) = await world.read(participant_store.accounts_of, await number(world, "Kim"))
        assert account.id
        assert account.id > 1_000_000
        await world.change(skip_given_ids, world.clock.now() - timedelta(days=1))
        assert await add_somebody(world, "Bo") == await number(world, "Kim") + 1, "ids that are higher already stay"
