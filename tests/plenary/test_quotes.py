"""What the room writes, in messages: stored is what is quoted and who wrote it, and read is what it says now."""

from __future__ import annotations

from datetime import timedelta

from bot.content.texts import ERASED, plain
from handlers.plenary.actions import ShowQuestions
from handlers.plenary.organiser.asking import hide_question, open_question
from handlers.plenary.participant.presenting import show_presenters
from handlers.plenary.participant.questions import answer_question
from handlers.plenary.service.presenting import set_presenters
from tests.drivers.gestures import words
from tests.groups.builders import group, mark_published
from tests.later import read_later, shown, stored
from tests.outbox import arrive, fates, pushed
from tests.participants import number
from tests.plenary.builders import running
from tests.plenary.test_questions import open_room
from tests.plenary.test_room import stage
from tests.stored_rows import stored_rows
from tests.world import open_world


async def test_a_question_on_somebodys_page_is_a_reference_and_hidden_there_too(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        lea, tim, ines = room.people["Léa"], room.people["Tim"], await world.organiser()
        await room.asks("Tim", "Who pays\nfor it?")
        await tim.press("With my first name")
        own = shown(tim)
        await lea.follow(ShowQuestions(room.first).encode())
        listed = shown(lea)
        (question,) = await room.questions()
        assert not any(word in stored(listed) + stored(own) for word in ("pays", '"Tim'))
        assert f'["quote", "stagequestion", "{question.id}", 0]' in stored(listed)
        assert "1. Who pays\nfor it? · Tim" in await read_later(world, listed)
        await ines.follow(open_question.to(question.id).encode())
        await ines.follow(hide_question.to(question.id, hidden=True).encode())
        (entry,) = (await stored_rows(world.store, "journal"))["journal"]
        assert "pays" not in entry["what"]
        assert f"1. {plain(ERASED, lea.reader)} · Tim" in await read_later(world, listed)
        assert "Who pays\nfor it?" in await read_later(world, own)
        assert "Who pays\nfor it?" in await read_later(world, shown(ines))


async def test_an_answer_that_changes_is_written_anew_where_it_arrived(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        zoe, tim = room.people["Zoé"], await room.asks("Tim", "Who pays for it?")
        await tim.press("With my first name")
        (question,) = await room.questions()
        for answer in ("The town.", "The country."):
            await zoe.follow(answer_question.to(question.id).encode())
            await zoe.fill(answer)
            stored = (await stored_rows(world.store, "deliveries"))["deliveries"]
            assert not any(word in row["content"] for row in stored for word in ("pays", answer))
            assert words((await pushed(world, tim))[-1]).splitlines()[1] == answer
            assert await fates(world, tim) == [("waiting", "send" if answer == "The town." else "edit")]
            await arrive(world, tim)
            await world.clock.advance(timedelta(minutes=2))


async def test_who_presents_and_who_could_help_are_ids(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "300", territory="SN")
        ali = await world.join("Ali", "301")
        made = await group(world, ["Ali"])
        await mark_published(world)
        await world.change(set_presenters, made.id, [await number(world, "Ali")])
        state = await running(world)
        await ali.follow(show_presenters.to(made.id).encode())
        assert "Ali" not in stored(shown(ali))
        assert "Presenting: Ali\n" in await read_later(world, shown(ali))
        await stage(world, zoe, state)
        await zoe.press("At home too")
        for offer in ("a hall", "two halls"):
            await zoe.press("I could help with…")
            await zoe.fill(offer)
            if offer == "a hall":
                await ali.command("groupe")
                assert not any(word in stored(shown(ali)) for word in ("a hall", "Zoé"))
            assert f"Zoé could help: {offer}" in await read_later(world, shown(ali))
        await zoe.press("Take it back")
        assert f"Zoé could help: {plain(ERASED, ali.reader)}" in await read_later(world, shown(ali))
