"""Invitations, printed once; and organisers who come in by a link of their own."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from bot.config import setting_store
from bot.database.engine import Transaction
from bot.membership import inviting
from bot.people.listed import RosterPerson
from handlers.navigation.actions import Renew
from handlers.registration.organiser.invitations import kept_accounts, read_kept
from handlers.registration.participant.joining import join
from handlers.registration.participant.organiser_link import become_organiser
from handlers.registration.store import add_people, rows_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.participants import number
from tests.world import World, make_settings, open_world

REFUSED = "This code does not work here"


async def organiser_secret(world: World, name: str = "Luc") -> str:
    """The secret of a new organiser's link."""

    async def unit(tx: Transaction) -> str:
        made = await inviting.invite_organiser(tx, world.settings, name, world.clock.now(), bot_username=None)
        return made.code

    return await world.store.transact(unit)


def file_lines(chat: NeutralChat) -> list[str]:
    """The lines of the file in the latest message."""
    return chat.file.content.decode("utf-8-sig").splitlines() if chat.file else []


def test_the_links_carry_the_actions_that_take_them() -> None:
    assert inviting.telegram_link("bot", "j-CODE").endswith(join.to("CODE").encode())
    assert inviting.telegram_link("bot", "o-CODE").endswith(become_organiser.to("CODE").encode())


async def test_invitations_are_printed_once_and_open_the_door(store_url: str) -> None:
    where = make_settings(organisers={"telegram": [900]}, web={"public_url": "https://rencontres.example/"})
    async with open_world(store_url, where) as world:
        await world.change(setting_store.set_telegram_username, "rencontres_bot")
        selected = RosterPerson("A1", "Zoe", locale="en", email="z@example.org")
        await world.change(add_people, rows_of([selected]), world.clock.now())
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Invitations")
        assert ines.text.startswith("Invitations made and not used yet: 0. Still to make: 1.")
        make = ines.payload("Make the file")
        await ines.follow(make)
        head, *_lines = file_lines(ines)
        [line] = csv.DictReader(io.StringIO(ines.file.content.decode("utf-8-sig")), delimiter=";") if ines.file else []
        assert ines.view
        assert ines.view.secret
        assert head == (
            '"reference";"given name";"full name";"email";"language";"text to send";"Telegram link";"code";"page link"'
        )
        telegram, code, page = line["Telegram link"], line["code"], line["page link"]
        assert [line[each] for each in ("reference", "given name", "email", "language")] == [
            "A1",
            "Zoe",
            "z@example.org",
            "en",
        ]
        assert line["text to send"].splitlines() == [
            "Hello Zoe,",
            "The team of “Rencontres” writes to you: you are invited.",
            "When: from Thursday 10 June 2027 to Saturday 12 June 2027",
            f"Your own invitation, to open: {page}",
            "Answer by Saturday 1 May, 12:00.",
            "It takes one minute, and there is nothing to install.",
            "This invitation is for you alone: please do not pass it on. See you soon!",
        ]
        assert telegram == f"https://t.me/rencontres_bot?start=j-{code.replace('-', '')}"
        assert page.startswith("https://rencontres.example/p/")
        await ines.follow(make)
        assert ines.text.startswith("All invitations are made already.")
        assert file_lines(ines) == []
        zoe = world.chat("1")
        await zoe.command("code")
        await zoe.fill(code)
        assert zoe.text.startswith("Welcome, Zoe")


async def test_the_unused_ones_are_made_anew_and_the_earlier_ones_end(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        code = await world.invite("Zoé")
        await world.join("Ali", "2")
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("People")
        await ines.press("Invitations")
        await ines.press("Renew the unused ones")
        assert ines.text.startswith("Renew 1 invitation? The earlier one stops working at once.")
        await ines.press("Renew them")
        assert ines.view
        assert ines.view.secret
        [line] = csv.DictReader(io.StringIO(ines.file.content.decode("utf-8-sig")), delimiter=";") if ines.file else []
        assert line["given name"] == "Zoé"
        zoe = world.chat("1")
        await zoe.follow(f"j-{code}")
        assert REFUSED in zoe.text
        await zoe.follow(f"j-{line['code'].replace('-', '')}")
        assert zoe.text.startswith("Welcome, \u2068Zoé")
        await ines.command("organiser")
        await ines.press("People")
        assert "Invitations" not in ines.buttons  # nothing is left that could be made


async def test_an_organisers_link_works_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        secret = await organiser_secret(world)
        luc = world.chat("5")
        await luc.follow(f"o-{secret}")
        assert luc.text.startswith("Welcome to the team, Luc.")
        await luc.press("Organise")
        assert "Nobody is on the list yet" in luc.text
        await luc.follow(f"o-{secret}")
        assert luc.text.startswith("Welcome to the team, Luc.")
        thief = world.chat("6")
        await thief.follow(f"o-{secret}")
        assert thief.text.startswith(REFUSED)


@on_one_engine
async def test_a_participant_who_opens_it_becomes_an_organiser_as_who_they_are(store_url: str) -> None:
    async with open_world(store_url) as world:
        secret = await organiser_secret(world)
        zoe = await world.join("Zoe", "1")
        await zoe.follow(f"o-{secret}")
        assert zoe.text.startswith("Welcome to the team, Zoe.")
        await zoe.press("Organise")
        await zoe.press("Find someone")
        await zoe.fill("luc")
        assert zoe.text == "Nobody is called that."


async def test_the_code_can_be_typed_where_there_are_no_links(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        secret = await organiser_secret(world)
        luc = world.chat("5", platform="discord", modal=True)
        await luc.command("organiser")
        await luc.press("I have an organiser's code")
        await luc.fill(f"o-{secret}")
        assert luc.text.startswith("Welcome to the team, Luc.")


async def test_guessing_and_waiting_too_long_teach_nothing(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        secret = await organiser_secret(world)
        luc = world.chat("5")
        for _ in range(5):
            await luc.follow("o-ABCDEFGHJKLMNPQRSTUVWXYZ23")
            assert luc.text.startswith(REFUSED)
        await luc.follow(f"o-{secret}")
        assert luc.text.startswith("Too many codes for now: you can try again in 10 minutes")
        await world.clock.advance(timedelta(minutes=10))
        await luc.follow(f"o-{secret}")
        assert luc.text.startswith("Welcome to the team")
        late = await organiser_secret(world, "Max")
        await world.clock.advance(inviting.ORGANISER_LINK_KEPT)
        max_ = world.chat("6")
        await max_.follow(f"o-{late}")
        assert max_.text.startswith(REFUSED)


@on_one_engine
async def test_a_renewed_invitation_is_shown_as_a_secret(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe")
        ines = await world.organiser()
        await ines.follow(Renew(await number(world, "Zoe"), "").encode())
        assert "Code:" in ines.text
        assert ines.view
        assert ines.view.secret


def test_five_accounts_can_stay_linked_however_high_their_numbers_are() -> None:
    far = [str(252_455_616_000 + place) for place in range(5)]  # of the year 2028, after a restore
    button = Renew(int(far[0]), kept_accounts(far))
    assert read_kept(Renew.decode(button.encode().split("-")[1:]).keep) == [int(account_id) for account_id in far]
    assert read_kept(kept_accounts(())) == []
    assert read_kept("12_7") == [12, 7], "a button of before holds decimals"
    assert read_kept("x_7_") == [7]
