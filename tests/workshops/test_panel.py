"""A facilitator's panel: what it says of the groups, who comes first, and what is done from it."""

from __future__ import annotations

from datetime import timedelta

from bot.content.folding import MOST_FOR_LEADERS, in_sight
from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation.incoming import Pressed
from bot.delivery import outbox
from bot.people import facilitator_store
from bot.platforms.discord.render import draw
from bot.platforms.telegram.render import draw_text
from handlers.groups.store.groups import groups_of_round
from handlers.syntheses.store import put_card
from handlers.workshops.facilitator.panel import draw_panel
from handlers.workshops.service.phases import pause_phase
from handlers.workshops.store.panel import touch_all_panels
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import add_day, crowd, group, mark_published
from tests.ideas.builders import idea
from tests.live_screens import live_screens
from tests.participants import number
from tests.workshops.builders import (
    PHASES,
    ended,
    facilitator,
    open_person,
    panel,
    published,
    revealed,
    say,
    settings,
    started,
)
from tests.world import World, make_settings, open_world


async def keys(world: World) -> list[tuple[str, bool]]:
    """The panels that are kept up to date, and whether each is behind."""
    panels = await live_screens(world)
    assert all(panel.pinned for panel in panels)
    return [(panel.key, panel.behind) for panel in panels]


@on_one_engine
async def test_a_line_says_where_a_group_stands(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        school = await world.store.read(lambda tx: groups_of_round(tx, 1))
        run = await started(world, school[0])
        other = await started(world, school[1])
        await say(world, "Léa", "A bus", run_of=school[0].id)
        await say(world, "Léa", "A school bus", run_of=school[0].id)
        await maya.command("panneau")
        assert maya.text.startswith("Welcome, Maya!"), "the panel itself is the answer"
        await panel(world, maya)
        assert maya.text.splitlines() == [
            "The workshops: Understand the stakes · ends at 10:40 · 1/3 wrote",
            "CivicTech 1 · 0 ideas · 0/1",  # the most silent first
            "Education 1 · B12 · 2 ideas · 1/2",
        ]
        await ended(world, run)
        await panel(world, maya)
        assert "Education 1 · B12 · over · 2 ideas · 1/2 · incomplete" in maya.text
        await ended(world, other)
        await panel(world, maya)
        assert maya.text.splitlines() == [
            "The workshops: Understand the stakes · over · 1/3 wrote",
            "Education 1 · B12 · 2 ideas · 1/2 · incomplete",
            "CivicTech 1 · 0 ideas · 0/1 · incomplete",
        ]


@on_one_engine
async def test_once_somebody_votes_a_line_says_how_many_did(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        made, *_others = await world.store.read(lambda tx: groups_of_round(tx, 1))
        run = await started(world, made)
        for text in ("A bus", "A boat"):
            await idea(world, made, "Léa", text, phase="stakes")
        await revealed(world, run)
        await maya.command("panneau")
        await panel(world, maya)
        assert maya.text.splitlines()[0].endswith(" · 1/2 wrote")
        lea = world.chat("100")
        await lea.command("phase")
        await lea.pick("1. A bus")
        await panel(world, maya)
        assert maya.text.splitlines()[0].endswith(" · 1/2 voted")
        assert "2 ideas · 1/2" in maya.text


@on_one_engine
async def test_a_facilitator_sees_their_groups_and_an_organiser_all(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world, audiences=("theme:civic",))
        ines = await world.organiser()
        for chat in (maya, ines):
            await chat.command("panneau")
            await panel(world, chat)
        assert "CivicTech 1 · not begun" in maya.text
        assert "Education" not in maya.text
        assert "Education 1 · B12 · not begun" in ines.text


async def test_a_theme_is_started_from_the_panel(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        await maya.command("panneau")
        await panel(world, maya)
        assert [button for button in maya.buttons if button.startswith("Start")] == ["Start: Understand the stakes"]
        await maya.press("More…")
        assert maya.fresh
        starts = "Start for Education", "Start for CivicTech"
        assert maya.buttons == ("Education 1", "CivicTech 1", *starts, "Equality", "My panel")
        await maya.press("Start for CivicTech")
        assert maya.text.splitlines()[0] == "Understand the stakes: 40 minutes, for CivicTech 1"
        await maya.press("Start in 1 group")
        await panel(world, maya)
        assert "Start for CivicTech" not in maya.buttons
        await maya.press("Start: Understand the stakes")
        await maya.press("Start in 1 group")
        await panel(world, maya)
        assert not any(button.startswith("Start") for button in maya.buttons)
        assert "Invite quiet people to speak" in maya.buttons


async def test_folded_it_says_what_matters(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        await maya.command("panneau")
        await panel(world, maya)
        await started(world, (await world.store.read(lambda tx: groups_of_round(tx, 1)))[1])
        await NeutralChat(world.dispatcher, "102").command("alaide")
        await world.clock.advance(timedelta(minutes=36))
        await world.change(touch_all_panels, world.clock.now())  # as time that passes does
        await panel(world, maya)
        await maya.press("Collapse")
        folded = ["The workshops: Understand the stakes"]
        folded.append("2 groups · in 4 minutes · 1 call for help · 1 incomplete · 1 silent")
        assert maya.text.splitlines() == folded
        assert maya.buttons == (
            "Go to CivicTech 1",
            "Manage: Understand the stakes",
            "Start: Understand the stakes",
            "Expand",
        )
        await panel(world, maya)  # as it is drawn from now on
        assert maya.text.splitlines() == folded
        await maya.press("Expand")
        assert "CivicTech 1" in maya.text


async def test_a_phase_about_to_end_unrevealed_says_so(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        civic = (await world.store.read(lambda tx: groups_of_round(tx, 1)))[1]
        await started(world, civic)
        await say(world, "Nora", "A boat", run_of=civic.id)
        await maya.command("panneau")
        await panel(world, maya)
        assert "not revealed" not in maya.text
        await maya.press("Manage: Understand the stakes")
        assert maya.buttons[0] == "Reveal the ideas"  # in two taps from the panel
        await maya.command("panneau")
        await panel(world, maya)
        await world.clock.advance(timedelta(minutes=36))
        await world.change(touch_all_panels, world.clock.now())  # as time that passes does
        await panel(world, maya)
        assert "1/1 · incomplete · not revealed" in maya.text


async def test_it_goes_once_all_is_over(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings()) as world:
        await published(world)
        maya = await facilitator(world, audiences=("theme:civic",))
        await maya.command("panneau")
        [(key, _behind)] = await keys(world)
        civic = (await world.store.read(lambda tx: groups_of_round(tx, 1)))[1]
        subject = key.partition(":")[2]

        async def shown() -> View | None:
            return await world.store.read(lambda tx: draw_panel(tx, subject, world.clock.now()))

        for phase in PHASES:
            assert await shown()
            await ended(world, await started(world, civic, phase["key"]))
        await world.clock.advance(timedelta(minutes=10) - timedelta(microseconds=1))
        assert await shown()  # nothing was written down yet

        nora, now = await number(world, "Nora"), world.clock.now()
        words = dict.fromkeys(("present", "obstacle", "change", "carrier"), "x")
        await world.change(put_card, civic.id, nora, "CA-QC", now, **words)
        assert await shown()  # that the last phase is over can still be undone
        await world.clock.advance(timedelta(microseconds=1))
        assert await shown() is None
        await maya.command("panneau")
        assert "CivicTech 1" in maya.text  # who asks for it still reads how it ended


async def test_it_goes_with_the_day(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        await maya.command("panneau")
        await panel(world, maya)
        await world.clock.advance(timedelta(days=365))
        await world.store.transact(lambda tx: touch_all_panels(tx, world.clock.now()))
        [(key, behind)] = await keys(world)
        assert behind
        subject = key.partition(":")[2]
        assert await world.store.read(lambda tx: draw_panel(tx, subject, world.clock.now())) is None


async def test_what_happens_in_a_group_touches_the_panels_that_show_it(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world, audiences=("theme:civic",))
        karim = await facilitator(world, "71", ("theme:school",), name="Karim")
        ines = await world.organiser()
        shown = (maya, karim, ines)
        for chat in shown:
            await chat.command("panneau")
            await panel(world, chat)
        civic = (await world.store.read(lambda tx: groups_of_round(tx, 1)))[1]
        nora = NeutralChat(world.dispatcher, "102")

        async def touched() -> list[bool]:
            behind = [behind for _key, behind in await keys(world)]
            for chat, old in zip(shown, behind, strict=True):
                if old:
                    await panel(world, chat)
            return behind

        await started(world, civic)
        assert await touched() == [True, False, True]
        await nora.send("A boat")
        assert await touched() == [True, False, True]
        await nora.command("alaide")
        assert await touched() == [True, False, True]
        assert await touched() == [False, False, False]


async def test_opened_anew_only_the_new_one_lives(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        await maya.command("panneau")
        await maya.command("panneau")
        assert len(await keys(world)) == 1


async def test_before_groups_are_published_there_is_none(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        maya = await facilitator(world)
        await maya.command("panneau")
        assert maya.text == "The groups are not published yet."
        assert await keys(world) == []


@on_one_engine
async def test_who_needs_somebody_comes_first(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        chats = await crowd(world, "Léa", "Tim", "Nora", "Ada")
        made = [await group(world, [name], number_=n, room=f"B{n}") for n, name in enumerate(chats, 1)]
        await mark_published(world)
        maya = await facilitator(world)
        for each in made:
            await started(world, each)
        for name, each in zip(("Léa", "Nora"), (made[0], made[2]), strict=True):
            await say(world, name, "Yes", run_of=each.id)
        await chats["Nora"].command("sos")
        await world.clock.advance(timedelta(minutes=6))
        await maya.command("panel")
        await panel(world, maya)
        assert maya.text.splitlines() == [
            "The workshops: Understand the stakes · ends at 10:40 · 2/4 wrote",
            "Education 3 · B3 · 🆘 10:00 · 1 idea · 1/1",
            "Education 2 · B2 · 0 ideas · 0/1",  # silent for six minutes
            "Education 4 · B4 · 0 ideas · 0/1",
            "Education 1 · B1 · 1 idea · 1/1",
        ]
        manage = "Manage: Understand the stakes"
        assert maya.buttons == ("Go to Education 3", manage, "Invite quiet people to speak", "Collapse", "More…")
        await maya.press("Go to Education 3")
        assert maya.text.splitlines()[0] == "You are going to Education 3."
        await panel(world, maya)
        assert "Education 3 · B3 · Maya is on the way" in maya.text
        await maya.press("Helped: Education 3")
        assert maya.text == "Thank you. The call is closed."
        await panel(world, maya)
        assert "goes there" not in maya.text


async def test_three_calls_leave_six_buttons(sqlite_url: str) -> None:
    """What waits longest gives way: quiet people are invited, and the panel is folded, behind «More…»."""
    async with open_world(sqlite_url, settings()) as world:
        chats = await crowd(world, "Léa", "Tim", "Nora", "Ada")
        made = [await group(world, [name], number_=n, room=f"B{n}") for n, name in enumerate(chats, 1)]
        await mark_published(world)
        maya = await facilitator(world)
        for each in made[:3]:
            await started(world, each)
        for name in ("Léa", "Tim", "Nora"):
            await chats[name].command("sos")
        await maya.command("panel")
        shown = await panel(world, maya)
        assert in_sight(shown) <= MOST_FOR_LEADERS
        assert len(maya.buttons) <= MOST_FOR_LEADERS
        assert maya.buttons[-1] == "More…"
        assert [button for button in maya.buttons if button.startswith("Go to")] == [
            "Go to Education 1",
            "Go to Education 2",
            "Go to Education 3",
        ]
        await maya.press("More…")
        assert "Invite quiet people to speak" in maya.buttons


@on_one_engine
async def test_a_group_is_opened_below_the_panel(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        await maya.command("panneau")
        await panel(world, maya)
        await maya.press("More…")
        answered = await maya.act(Pressed(maya.payload("Education 1")))
        assert answered
        assert answered.reply
        assert answered.reply.fresh
        assert len(await keys(world)) == 1


@on_one_engine
async def test_a_break_and_the_end_are_told(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world, audiences=("theme:school",))
        school = (await world.store.read(lambda tx: groups_of_round(tx, 1)))[0]
        run = await started(world, school)
        await world.clock.advance(timedelta(minutes=10))
        await world.store.transact(lambda tx: pause_phase(tx, run, world.clock.now()))
        await maya.command("panneau")
        await panel(world, maya)
        assert maya.text.splitlines() == [
            "The workshops: Understand the stakes · break, 30 minutes left · 0/2 wrote",
            "Education 1 · B12 · 0 ideas · 0/2",
        ]


@on_one_engine
async def test_groups_in_several_phases_say_which(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        school, civic = await world.store.read(lambda tx: groups_of_round(tx, 1))
        await started(world, school)
        await started(world, civic, "challenge")
        await maya.command("panneau")
        await panel(world, maya)
        assert maya.text.startswith("The workshops · 0/3 wrote\n")
        assert "Education 1 · B12 · phase 1 · in 40 minutes" in maya.text
        assert "CivicTech 1 · phase 2 · in 30 minutes" in maya.text


async def test_seventeen_groups_fit_and_more_are_paged(store_url: str) -> None:
    many = make_settings(organisers={"telegram": [900]}, phases=PHASES)
    async with open_world(store_url, many) as world:
        names = [f"Person{n}" for n in range(40)]
        await crowd(world, *names)
        for n in range(40):
            await group(world, [names[n]], theme=("school", "civic")[n % 2], number_=n + 1, room="Amphithéâtre_Nord")
        await mark_published(world)
        maya = await facilitator(world)
        for n, each in enumerate(await world.store.read(lambda tx: groups_of_round(tx, 1))):
            await started(world, each, ("stakes", "challenge")[n % 2], minutes=4 if n < 20 else None)
        for name in names[:2]:
            await NeutralChat(world.dispatcher, str(100 + int(name[6:]))).command("alaide")
        await maya.command("panneau")
        view = await panel(world, maya)
        for locale in ("fr", "en", "de"):
            reader = Reader(locale, "Europe/Paris")
            [part] = draw(view, reader)
            assert len(part.content) <= 2000, locale
            assert len(draw_text(view, reader)) == 1
            assert part.components
            assert len(part.components.children) <= 25
        assert len(maya.text.splitlines()) == 1 + 17
        assert in_sight(view) <= MOST_FOR_LEADERS
        assert maya.buttons[-2:] == ("Next ▶", "More…")
        await maya.press("Next ▶")
        assert maya.buttons[-3:] == ("◀ Previous", "Next ▶", "More…")
        await maya.press("Next ▶")
        assert len(maya.text.splitlines()) == 1 + 40 - 34
        assert maya.buttons[-2:] == ("◀ Previous", "More…")
        [(key, behind)] = await keys(world)
        assert key.endswith(":3")
        assert behind
        await maya.press("More…")
        assert maya.fresh
        for turn in ("Next ▶", "◀ Previous"):
            await maya.press(turn)
            assert not maya.fresh, turn


async def test_it_ends_with_the_role(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        await maya.command("panneau")
        await world.change(facilitator_store.give, await number(world, "Maya"), [])
        [(key, _behind)] = await keys(world)
        assert await world.store.read(lambda tx: draw_panel(tx, key.partition(":")[2], world.clock.now())) is None


@on_one_engine
async def test_a_pinned_panel_goes_on_with_the_groups_of_the_next_day(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        await maya.command("panneau")
        await add_day(world, 2, "2027-03-02")
        two = await group(world, ["Léa", "Nora"], round_=2, room="C3")
        await world.clock.advance(timedelta(days=1))
        await panel(world, maya)
        assert "Education 1 · B12 · not begun" in maya.text
        await started(world, two)
        assert [behind for _key, behind in await keys(world)] == [True]
        await panel(world, maya)
        assert [line[:16] for line in maya.text.splitlines()[1:]] == ["Education 1 · C3"]


async def test_a_role_that_changes_and_a_room_show_on_the_panel(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya, ines = await facilitator(world), await world.organiser()
        await maya.command("panneau")
        await panel(world, maya)
        school = (await world.store.read(lambda tx: groups_of_round(tx, 1)))[0]
        await world.store.transact(lambda tx: outbox.refresh_channels(tx, [school.id], world.clock.now()))
        assert [behind for _key, behind in await keys(world)] == [True]
        await panel(world, maya)
        await open_person(ines, "Maya")
        await ines.press("Their workshops")
        await ines.pick("CivicTech")
        assert [behind for _key, behind in await keys(world)] == [True]
        await panel(world, maya)
        assert "Education" not in maya.text
