"""Whoever has a role has what is for it; nobody else does, organisers included, and whoever loses it no longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product

import pytest

from bot.content.errors import UserError
from bot.content.roles import Role, Who, allows, known, required, stored, stricter
from bot.content.texts import _
from bot.conversation.incoming import Called, Pressed
from bot.membership import inviting, revoking
from bot.people import facilitator_store, participant_store, role_store
from bot.people.audiences import EVERYONE
from bot.people.participants import Participant
from handlers.navigation import people_store, service
from handlers.trust.model import TRUSTED
from handlers.trust.service import name_trusted
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up
from tests.engines import on_one_engine
from tests.outbox import deliver, pushed
from tests.participants import number
from tests.people.builders import APPLICATIONS, CODES, HELPER, MARK, OFFICE, READER, tell_readers
from tests.world import World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, beside=[APPLICATIONS]) as world:
        yield world


async def person(world: World, given_name: str) -> Participant:
    found = await world.read(participant_store.find, await number(world, given_name))
    assert found is not None
    return found


async def give(world: World, given_name: str, role: Role, scope: str = "") -> None:
    await world.change(service.give_role, await person(world, given_name), role, scope, world.clock.now())


async def take(world: World, given_name: str, role: Role, scope: str = "") -> bool:
    who = await person(world, given_name)
    return await world.change(service.take_role, world.declared, who, role, scope, world.clock.now())


async def crowd(world: World) -> dict[str, NeutralChat]:
    """A reader; and those who are none, the most powerful first."""
    chats = {"reader": await world.join("Rea", "11"), "organiser": await world.organiser()}
    for place, name in enumerate(("facilitator", "trusted", "office", "participant"), 20):
        chats[name] = await world.join(name.capitalize(), str(place))
    chats["stranger"] = world.chat("90", name="Sam")
    now = world.clock.now()
    await give(world, "Rea", READER, "CA-QC")
    await give(world, "Office", OFFICE)
    await world.change(facilitator_store.give, await number(world, "Facilitator"), [EVERYONE])
    await world.change(name_trusted, await number(world, "Trusted"), "fr", "always", now)
    return chats


def said(chat: NeutralChat) -> str:
    """All that a chat was answered: lines, labels, what opens filled in, files."""
    files = [file.content.decode(errors="replace") for file in chat.files]
    form = str(chat.prefill) if chat.form else ""
    return "\n".join((chat.text, *chat.buttons, *chat.options, *files, form, str(chat.toast)))


@on_one_engine
async def test_only_readers_get_a_field_a_list_a_file_or_a_notice(world: World) -> None:
    chats = await crowd(world)
    readers = await world.read(people_store.holders, READER.key)
    assert [reader.given_name for reader in readers] == ["Rea"]
    everybody = [await number(world, name) for name in ("Rea", "Inès", "Facilitator", "Trusted", "Office")]
    await world.change(tell_readers, everybody, world.clock.now())
    for name, chat in chats.items():
        got = []
        for payload in CODES:
            await chat.act(Pressed(payload))
            got.append(MARK in said(chat))
        for content in (Called("aide"), Called("moi"), Called("dossiers")):
            await chat.act(content)
            got.append(MARK in said(chat))
        await chat.send("Readers")  # the plain words of the command
        got.append(MARK in said(chat))
        assert any(got) is (name == "reader"), name
    told = [claimed for claimed in await deliver(world) if MARK in claimed.content]
    assert len(told) == len(everybody)
    assert [claimed.recipient.native_id for claimed in told if claimed.allowed] == ["11"]


@on_one_engine
async def test_a_file_is_not_handed_over_once_the_role_is_lost(world: World) -> None:
    chats = await crowd(world)
    await chats["reader"].act(Pressed("uxj"))
    await take(world, "Rea", READER, "CA-QC")
    await catch_up(world)
    told = await pushed(world, chats["reader"])
    assert not any(MARK in each for each in told)
    assert any(each.startswith("Only for: Readers.") for each in told)


@on_one_engine
async def test_organisers_may_what_a_role_lets_do_only_where_it_says_so(world: World) -> None:
    chats = await crowd(world)
    await chats["organiser"].act(Pressed("uxh"))
    assert chats["organiser"].text == "Welcome them"
    await chats["organiser"].act(Pressed("ux"))
    assert chats["organiser"].text == "Only for: Readers. A question? Write to the team with /team."
    await chats["participant"].act(Pressed("uxh"))
    assert chats["participant"].text == "Only for: Helpers at the door. A question? Write to the team with /team."
    await give(world, "Participant", HELPER)
    await chats["participant"].act(Pressed("uxh"))
    assert chats["participant"].text == "Welcome them"


@on_one_engine
async def test_somebody_who_does_not_attend_can_have_a_role(world: World) -> None:
    code = await world.invite("Hal", attends=False)
    hal = world.chat("30", name="Hal")
    await give(world, "Hal", READER, "BE")
    await hal.follow(f"j-{code}")
    await hal.command("dossiers")
    assert MARK in hal.text
    await hal.command("moi")
    await hal.press("More…")
    assert MARK in hal.buttons


@on_one_engine
async def test_who_loses_one_scope_keeps_the_other(world: World) -> None:
    rea = (await crowd(world))["reader"]
    await give(world, "Rea", READER, "BE")
    assert await take(world, "Rea", READER, "CA-QC")
    assert not await take(world, "Rea", READER, "CA-QC")
    await rea.act(Pressed("ux"))
    assert "Quebec" not in rea.text
    assert "Belgium" in rea.text


@on_one_engine
async def test_a_ban_takes_every_role_and_its_end_gives_them_back(world: World) -> None:
    chats = await crowd(world)
    rea, now = await person(world, "Rea"), world.clock.now()
    kept = await world.change(revoking.revoke, world.declared, rea, now)
    assert await world.read(role_store.of_person, rea.id) == []
    await chats["reader"].act(Pressed("ux"))
    assert MARK not in said(chats["reader"])
    await world.change(revoking.reinstate, world.declared, rea, kept, now + timedelta(minutes=1))
    assert await world.read(role_store.scopes_of, rea.id, READER.key) == ["CA-QC"]
    await chats["reader"].act(Pressed("ux"))
    assert MARK in chats["reader"].text


async def test_what_a_restore_gives_back_is_taken_again(world: World) -> None:
    await crowd(world)
    rea, now = await number(world, "Rea"), world.clock.now()
    await give(world, "Rea", READER, "BE")
    await take(world, "Rea", READER, "CA-QC")
    rows = await world.store.read(
        lambda tx: tx.all("SELECT kind, what FROM endings WHERE kind = 'reader' AND back = 0")
    )
    await world.change(role_store.give, rea, READER.key, "CA-QC", now)
    ended = await world.change(world.declared.end_again, {"reader": [row["what"] for row in rows]}, now)
    assert ended == 1
    assert await world.read(role_store.scopes_of, rea, READER.key) == ["BE"]


async def test_the_role_of_a_person_of_trust_is_theirs_alone_and_limited(world: World) -> None:
    await crowd(world)
    trust = known()[TRUSTED]
    assert not trust.organisers_too
    await give(world, "Rea", trust)
    await give(world, "Office", trust)
    with pytest.raises(UserError, match="trusted people already"):
        await give(world, "Participant", trust)
    assert await take(world, "Rea", trust)
    await give(world, "Participant", trust)


def test_what_is_stored_of_a_role_says_who_may() -> None:
    plain_role, closed = Role("open_one", _("Roles")), Role("closed_one", _("Roles"), organisers_too=False)
    some = (*Who, plain_role, closed)
    assert [required(*stored(rung)) for rung in Who] == [*Who]
    nobodys = required(*stored(plain_role))  # as no capability declares it
    assert not allows(nobodys, Who.ORGANISER, "")
    assert allows(plain_role, Who.ORGANISER, "")
    assert not allows(closed, Who.ORGANISER, "")
    assert allows(closed, Who.PARTICIPANT, "reader closed_one")
    assert not allows(plain_role, Who.FACILITATOR, "reader closed_one")
    for one, other in product(some, some):
        assert stricter(one, other) in (one, other)
    assert stricter(closed, Who.ORGANISER) == closed
    assert stricter(plain_role, Who.ORGANISER) == Who.ORGANISER
    assert stricter(None, plain_role) == plain_role


async def test_who_makes_a_new_invitation_gets_by_it_no_role_that_organisers_lack(world: World) -> None:
    chats = await crowd(world)
    await give(world, "Rea", HELPER)
    await chats["reader"].act(Pressed("uxd"))
    await world.dispatcher.close()
    rea, now = await person(world, "Rea"), world.clock.now()
    await world.change(inviting.renew, world.declared, world.settings, rea, now, bot_username="bot")
    assert await world.read(role_store.of_person, rea.id) == [("helper", "")]
    trusted = await person(world, "Trusted")
    await world.change(inviting.renew, world.declared, world.settings, trusted, now, bot_username="bot")
    assert await world.read(role_store.of_person, trusted.id) == []
