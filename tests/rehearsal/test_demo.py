"""The demo as a stranger meets it: its page over HTTP and in Chromium, and once the command in a process of its own."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FrameLocator, Page, expect
from playwright.async_api import TimeoutError as NotThere
from typer.testing import CliRunner

from bot.app import App, build
from bot.cli.main import app
from bot.clock import to_micros
from bot.config.settings import Settings
from bot.database.engine import Store, Transaction
from bot.people import participant_store
from bot.platforms.web.adapter import Web
from bot.rehearsal import demo as demo_command
from bot.rehearsal import suggestions
from bot.rehearsal.demo_gathering import PEOPLE, DemoGathering, demo_settings, populate
from bot.rehearsal.neighbours import Neighbours
from handlers.announcements.store.announcements import add_announcement, begin_release
from handlers.encounters import store as encounters
from handlers.encounters.model import Encounter
from handlers.encounters.service import go_on
from handlers.encounters.solver.model import Table
from handlers.groups.model import Group
from handlers.groups.settings import GroupSettings
from handlers.groups.solver.model import Limits
from handlers.groups.solver.remedies import can_split
from handlers.groups.store.groups import add_group
from handlers.groups.store.members import put_in_group
from handlers.groups.store.rounds import add_round, mark_round_published
from handlers.initiatives.store.contacts import answers_of
from handlers.plenary.model.gallery import GALLERY
from handlers.plenary.service.conducting import begun, store_step
from handlers.plenary.service.preparing import possible_sessions, prepare, round_to_present, take_gallery
from handlers.plenary.store.plenaries import all_plenaries, find_state
from handlers.programme.settings import SessionSettings
from handlers.programme.store import all_sessions
from handlers.registration.store import everyone_listed
from handlers.syntheses.model import CANVAS
from handlers.syntheses.store import current_version
from handlers.themes.service import choose_theme
from handlers.themes.store import all_themes
from handlers.workshops.model import PhaseRun
from handlers.workshops.service.phases import end_phase, reveal_ideas, start_phase
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import open_run_of
from tests.clock import ManualClock
from tests.rehearsal.builders import PATIENCE, Demo, open_demo, open_program
from tests.world import seed

NOW = datetime(2031, 10, 1, 8, 30, tzinfo=UTC)


in_one_loop = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with open_demo(tmp_path) as demo:
        yield demo


# --- the demo gathering


async def invented(store: Store, folder: Path) -> tuple[DemoGathering, Settings]:
    settings = demo_settings(folder, 8080, NOW)
    await seed(store, settings)
    return await populate(store, settings, NOW), settings


def test_whenever_it_is_shown_the_gathering_is_ahead(tmp_path: Path) -> None:
    gathering = demo_settings(tmp_path, 8080, NOW).gathering
    assert gathering.theme_deadline == datetime(2031, 10, 22, 12, 0)  # noqa: DTZ001 - local time of the gathering
    assert gathering.starts - gathering.theme_deadline.date() == timedelta(days=7)
    assert gathering.ends - gathering.starts == timedelta(days=2)


def test_its_programme_and_its_groups_are_within_its_days(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path, 8080, NOW)
    days = {session.starts.date() for session in settings.all_of(SessionSettings)}
    first = settings.gathering.starts
    assert days == {first, first + timedelta(days=1), settings.gathering.ends}
    assert settings.all_of(SessionSettings)[0].starts == datetime(2031, 10, 29, 9, 0)  # noqa: DTZ001 - local time of the gathering
    assert settings.of(GroupSettings).meeting == datetime(2031, 10, 29, 14, 0)  # noqa: DTZ001


async def test_a_hundred_people_some_in_some_not_and_one_theme_nearly_full(store: Store, tmp_path: Path) -> None:
    demo_gathering, _settings = await invented(store, tmp_path)
    people = [each for each in (await store.read(everyone_listed)).values() if each.id != demo_gathering.organiser.id]
    assert len(people) == PEOPLE
    standing = Counter((person.status, person.person.theme is not None) for person in people)
    assert standing["joined", True] > 60
    assert standing["joined", False] > 5
    assert standing["invited", False] == 20
    offered = await store.read(all_themes)
    assert {theme.key: theme.seats_left for theme in offered} == {"culture": 1, "school": None, "civic": None}
    assert [theme.key for theme in offered] == ["culture", "school", "civic"]
    assert all(can_split(theme.taken, Limits()) for theme in offered)
    from_where = Counter(person.person.territory for person in people if person.person.theme)
    assert from_where["CA-QC"] > 8
    assert from_where["FR"] < len(people) / 2


async def test_what_is_sent_to_invented_people_waits_on_their_pages(store: Store, tmp_path: Path) -> None:
    demo_gathering, _settings = await invented(store, tmp_path)
    accounts = await store.read(lambda tx: participant_store.accounts_of(tx, demo_gathering.organiser.id))
    assert [(account.platform, account.chat) for account in accounts] == [("web", str(demo_gathering.organiser.id))]
    assert await store.read(lambda tx: participant_store.accounts_of(tx, demo_gathering.newcomer)) == []


async def test_moves_count_from_the_beginning_of_the_demo(store: Store, tmp_path: Path) -> None:
    demo_gathering, _settings = await invented(store, tmp_path)
    later = NOW + timedelta(minutes=1)

    async def made() -> set[int]:
        found = await store.read(lambda tx: suggestions.tried_moves(tx, NOW, {demo_gathering.newcomer}))
        assert len(found) == len(demo_gathering.moves) == 14
        return {number for number, is_made in enumerate(found) if is_made}

    assert await made() == set()

    async def choose_and_ask(tx: Transaction) -> None:
        person = await participant_store.find(tx, demo_gathering.newcomer)
        assert person
        await choose_theme(tx, person, "culture", later)
        await tx.run(
            "INSERT INTO questions (participant_id, question, asked_at) VALUES (:id, 'Où dormons-nous ?', :now)",
            id=person.id,
            now=to_micros(later),
        )

    await store.transact(choose_and_ask)
    assert await made() == {0, 1}
    await store.transact(lambda tx: tx.run("UPDATE questions SET answered_at = :now", now=to_micros(later)))
    assert await made() == {0, 1, 2}

    async def announce(tx: Transaction) -> None:
        made = await add_announcement(tx, demo_gathering.organiser.id, ("Bienvenue",), (), later)
        await begin_release(tx, made.id, later, urgent=False)

    await store.transact(announce)
    assert await made() == {0, 1, 2, 5}


# --- its people at work


@dataclass
class Workshop:
    """The demo's town in a house of its own, one group published: the newcomer, visited, and five others."""

    app: App
    demo_gathering: DemoGathering
    people: Neighbours
    group: Group
    clock: ManualClock

    async def begin(self, key: str) -> PhaseRun:
        async def unit(tx: Transaction) -> PhaseRun:
            phase = await find_phase(tx, key)
            assert phase
            await start_phase(tx, self.app.settings, phase, [self.group.id], self.clock.now(), None)
            run = await open_run_of(tx, self.group.id)
            assert run
            return run

        return await self.app.store.transact(unit)

    async def end(self, run: PhaseRun) -> None:
        await self.app.store.transact(lambda tx: end_phase(tx, run, self.clock.now()))

    async def count(self, rows: str, what: str = "*") -> int:
        found = await self.app.store.read(lambda tx: tx.one(f"SELECT COUNT({what}) AS number FROM {rows}"))
        assert found
        number: int = found["number"]
        return number


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    settings = demo_settings(tmp_path, 8080, NOW)
    clock = ManualClock(NOW)
    async with build(settings, only=frozenset({"web", "delivery"}), clock=clock) as app:
        demo_gathering = await populate(app.store, settings, NOW)

        async def form(tx: Transaction) -> Group:
            await participant_store.join(tx, demo_gathering.newcomer, NOW)
            listed = [each for each in (await everyone_listed(tx)).values() if each.person.theme == "school"]
            others = [each.id for each in listed if each.status == "joined" and each.person.locale == "fr"]
            await add_round(tx, 1, settings.gathering.starts, None)
            group = await add_group(tx, 1, "school", 1)
            for person in (demo_gathering.newcomer, *others[:5]):
                await put_in_group(tx, person, group)
            await mark_round_published(tx, 1, NOW)
            return group

        pages = app.platforms["web"]
        assert isinstance(pages, Web)
        group = await app.store.transact(form)
        yield Workshop(
            app, demo_gathering, Neighbours(app.store.read, pages.act, {demo_gathering.newcomer}), group, clock
        )


async def test_the_others_of_a_group_give_ideas_one_by_one_and_whoever_is_visited_does_not(workshop: Workshop) -> None:
    await workshop.begin("stakes")
    assert await workshop.people.act()
    assert await workshop.count("ideas") == 1
    await workshop.people.finish()
    assert await workshop.count("ideas") == 5
    assert await workshop.count("ideas", "DISTINCT text") == 5
    assert await workshop.count("ideas", "DISTINCT author_id") == 4  # one says nothing, and can be nudged
    assert await workshop.count(f"ideas WHERE author_id = {workshop.demo_gathering.newcomer}") == 0
    assert await workshop.count("page_messages WHERE author = 'person'") == 5
    assert not await workshop.people.act()


async def test_in_a_gallery_they_ask_and_applaud_at_the_tables_that_they_visit(workshop: Workshop) -> None:
    newcomer = workshop.demo_gathering.newcomer

    async def hold(tx: Transaction) -> None:
        listed = [each for each in (await everyone_listed(tx)).values() if each.person.theme == "civic"]
        group = await add_group(tx, 1, "civic", 1)
        for person in [each for each in listed if each.status == "joined"][:6]:
            await put_in_group(tx, person.id, group)
        round_ = await round_to_present(tx)
        assert round_
        [session, *_others] = await possible_sessions(tx, NOW)
        await prepare(tx, round_, session, GALLERY)
        [plenary] = await all_plenaries(tx)
        await take_gallery(tx, plenary, 2, seed=1)
        state = await find_state(tx, plenary.id)
        assert state
        await store_step(tx, state, begun(state, NOW, NOW), NOW)

    await workshop.app.store.transact(hold)
    await workshop.people.finish()
    asked = await workshop.app.store.read(lambda tx: tx.all("SELECT group_id, author_id FROM stage_questions"))
    assert Counter(row["group_id"] for row in asked) == {workshop.group.id: 2, workshop.group.id + 1: 2}
    assert newcomer not in {row["author_id"] for row in asked}, "the visitor plays the newcomer"
    own = "stage_questions q JOIN members m ON m.group_id = q.group_id AND m.participant_id = q.author_id"
    assert await workshop.count(own) == 0
    assert await workshop.count("applause") == 2
    assert not await workshop.people.act()


async def test_once_revealed_they_vote_and_after_the_end_write_what_they_keep(workshop: Workshop) -> None:
    run = await workshop.begin("challenge")
    await workshop.people.finish()
    assert await workshop.count("idea_votes") == 0
    store, settings = workshop.app.store, workshop.app.settings
    await store.transact(lambda tx: reveal_ideas(tx, settings, run, workshop.clock.now()))
    await workshop.people.finish()
    assert await workshop.count("idea_votes", "DISTINCT participant_id") == 4
    await workshop.end(run)
    assert not await workshop.people.act()  # the group is visited: its text waits until time is moved
    await workshop.people.finish()
    kept = await store.read(lambda tx: current_version(tx, workshop.group.id, "challenge"))
    assert kept
    assert kept.content["sentence"].startswith("Comment ")
    assert await workshop.count("synthesis_opinions WHERE approves = 1") == 1


async def test_they_fill_in_the_canvas_and_describe_their_territories(workshop: Workshop) -> None:
    run = await workshop.begin("solutions")
    await workshop.people.finish()
    await workshop.end(run)
    await workshop.people.finish()
    kept = await workshop.app.store.read(lambda tx: current_version(tx, workshop.group.id, "solutions"))
    assert kept
    assert set(kept.content) == {"idea", *CANVAS}
    await workshop.begin("territories")
    await workshop.people.finish()
    assert await workshop.count("territory_cards WHERE obstacle <> ''") == 4
    assert not await workshop.people.act()


async def test_after_an_encounter_they_say_whether_they_want_to_keep_in_touch(workshop: Workshop) -> None:
    store, now, newcomer = workshop.app.store, workshop.clock.now(), workshop.demo_gathering.newcomer

    async def hold(tx: Transaction) -> Encounter:
        [session] = [each for each in await all_sessions(tx) if each.plan.key == "coffee-in-pairs"]
        made = await encounters.find(tx, await encounters.add(tx, session_id=session.id, seatings=2, minutes=5))
        assert made
        await encounters.put_guests(tx, made.id, [newcomer, *others], here=encounters.CAME)
        for seating in (1, 2):
            tables = [Table((newcomer, others[seating])), Table((others[0], others[3 - seating]))]
            await encounters.put_seats(tx, made.id, seating, tables)
        await encounters.set_seating(tx, made, 1, now + timedelta(minutes=5))
        begun = await encounters.find(tx, made.id)
        assert begun
        return begun

    people = await store.read(everyone_listed)
    others = [each.id for each in people.values() if each.status == "joined" and each.id != newcomer][:3]
    encounter = await store.transact(hold)
    assert not await workshop.people.act()  # nobody answers while they still talk
    await store.transact(lambda tx: go_on(tx, encounter, now))
    await workshop.people.finish()
    assert (await store.read(lambda tx: answers_of(tx, others[1])))[newcomer] is True
    assert await workshop.count("contact_answers") == 3
    assert await workshop.count(f"contact_answers WHERE participant_id = {newcomer}") == 0


# --- the page over HTTP


@in_one_loop
async def test_the_page_speaks_three_languages_lists_everyone_and_loads_nothing_from_elsewhere(demo: Demo) -> None:
    for asked, spoken in (("?lang=de", "de"), ("?lang=en", "en"), ("", "fr")):
        status, page = await demo.get(f"/demo{asked}", **{"Accept-Language": "fr-CA"})
        assert status == 200
        assert f'<html lang="{spoken}">' in page
        assert page.count("<option") == PEOPLE
    async with demo.browser.get(demo.address) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert set(re.findall(r'(?:src|href)="(?!/|\?)([^"]+)"', await response.text())) == set()
    # Nor can another site move time or open a page; and who does not exist has none.
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert await demo.move("day", **elsewhere) == 403
    assert (await demo.get("/demo/as/1", **elsewhere))[0] == 403
    assert (await demo.get("/demo/as/99999"))[0] == 404
    assert (await demo.get("/demo?who=99999"))[0] == 200


@in_one_loop
async def test_one_browser_holds_two_people_apart_and_finds_them_as_they_were_left(demo: Demo) -> None:
    first, second = re.findall(r'src="/demo/as/(\d+)\?lang=', (await demo.get("/demo?lang=en"))[1])
    before = (await demo.get(f"/demo/as/{first}?lang=en"))[1]
    assert "Welcome, " in before
    await demo.get(f"/demo/as/{second}?lang=en")
    _status, participant = await demo.get(f"/c/{first}/")
    _status, organiser = await demo.get(f"/c/{second}/")
    assert "You are part of the team." in organiser
    assert "You are part of the team." not in participant
    assert f'data-here="/c/{first}/"' in participant
    after = (await demo.get(f"/demo/as/{first}?lang=de"))[1]
    assert before.count("<article") == after.count("<article") == 1
    assert '<html lang="de">' in after


@in_one_loop
async def test_time_moves_forward_to_the_first_morning_and_nothing_is_missed_on_the_way(demo: Demo) -> None:
    who = re.findall(r'src="/demo/as/(\d+)\?lang=', (await demo.get("/demo?lang=en"))[1])
    for each in who:
        await demo.get(f"/demo/as/{each}?lang=en")
    began = await demo.now()
    assert (began["ahead"], began["before"]) == (True, True)
    await demo.move("day")
    assert (await demo.now())["date"] != began["date"]
    assert await demo.move("deadline") == 200
    over = await demo.now()
    assert (over["time"], over["ahead"]) == ("12:00", False)
    assert over["until"].startswith("Themes could be chosen until")
    assert await demo.move("deadline") == 200
    assert (await demo.now())["date"] == over["date"]
    for _twice in range(2):  # past it, there is no such thing to move to
        assert await demo.move("gathering") == 200
        there = await demo.now()
        assert (there["time"], there["ahead"], there["before"]) == ("08:00", False, False)
    assert "You have no theme yet. Choose one until" in (await demo.get(f"/c/{who[0]}/"))[1]
    assert "not sent" not in (await demo.get(f"/c/{who[1]}/"))[1]


# --- its end


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


async def test_it_ends_in_good_order_and_leaves_nothing(tmp_path: Path) -> None:
    async with open_program(tmp_path) as demo:
        assert (await demo.get("/demo"))[0] == 200
        assert left_in(tmp_path)
        assert await demo.end() == 0
        assert left_in(tmp_path) == set()
        with pytest.raises(aiohttp.ClientConnectorError):
            await demo.get("/demo")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
async def test_a_kill_and_a_closed_terminal_end_it_like_ctrl_c(name: str, tmp_path: Path) -> None:
    async with open_demo(tmp_path) as demo:
        assert left_in(tmp_path)
        assert await demo.end(signal.Signals[name]) == 0
        assert left_in(tmp_path) == set()


def test_a_port_that_is_asked_for_and_taken_is_refused_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = CliRunner().invoke(app, ["demo", "--no-browser", "--port", str(port)])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == f"Error: port {port} is taken: give --port another number, or 0 for any free one\n"


def test_where_the_usual_port_is_taken_the_demo_says_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(demo_command, "_USUAL_PORT", port)
        elsewhere = demo_command._place(None)
    assert elsewhere != port
    said = f"Port {port} is taken by another program: the page is on port {elsewhere} this time.\n"
    assert capsys.readouterr().out == said


async def test_the_database_can_be_kept(tmp_path: Path) -> None:
    async with open_demo(tmp_path, keep=True) as demo:
        assert await demo.end() == 0
    assert "rencontres.db" in left_in(tmp_path)


@in_one_loop
async def test_without_the_library_the_demo_goes_on_without_discord(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_command, "has_discord", lambda: False)
    async with open_demo(tmp_path, discord=True) as demo:
        page = (await demo.get("/demo?lang=en"))[1]
        assert "participant-telegram" in page
        assert "participant-discord" not in page
        assert (await demo.get("/demo/phone/discord/1"))[0] == 404


# --- in a browser


@pytest_asyncio.fixture(loop_scope="session")
async def page(demo: Demo, browser: Browser) -> AsyncIterator[Page]:
    """The demo in a desktop's window. Errors of its scripts, and what its policy forbids, fail the test."""
    complaints: list[str] = []
    page = await browser.new_page(locale="en")
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    await page.goto(demo.address)
    yield page
    await page.close()
    assert complaints == []


def participant(page: Page) -> FrameLocator:
    return page.frame_locator("#participant")


async def pick(page: Page, theme: str) -> None:
    await participant(page).locator(".option", has_text=theme).last.click()


async def ticked(page: Page, move: int) -> None:
    """The page asks by itself every second, too; here it asks at once."""
    await page.evaluate("ask('now')")
    await expect(page.locator("#moves li").nth(move)).to_have_class("made")


async def press_until(frame: FrameLocator, name: str, then: str) -> None:
    """Press a button, again where the page was just drawn anew, until another one is there, and press that."""
    for _time in range(3):
        await frame.get_by_role("button", name=name, exact=True).last.click()
        with contextlib.suppress(NotThere):
            await frame.get_by_role("button", name=then, exact=True).last.click(timeout=15_000)
            return


@pytest.mark.browser
@in_one_loop
async def test_the_first_moves_are_ticked_as_they_are_made(page: Page) -> None:
    organiser = page.frame_locator("#organiser")
    ticks = page.locator("#moves li")
    await page.emulate_media(reduced_motion="reduce")  # what moves is waited for at each click
    await pick(page, "Culture")
    await participant(page).get_by_role("button", name="Confirm this theme").click()
    await expect(ticks.nth(0)).to_have_class("made")

    await participant(page).get_by_label("Your message").fill("Is there a piano in the hall for the choir?")
    await participant(page).get_by_label("Your message").press("Enter")
    await participant(page).get_by_role("button", name=re.compile("^(Ask the team|Yes)$")).last.click()
    await ticked(page, 1)
    await expect(ticks.nth(2)).not_to_have_class("made")

    await organiser.get_by_role("button", name="Answer", exact=True).click()
    await organiser.get_by_label("Your answer").last.fill("At the hostel.")
    await organiser.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(participant(page).locator("article").last).to_contain_text("At the hostel.")
    await ticked(page, 2)

    await participant(page).get_by_label("Your message").fill("c koi le code wifi")
    await participant(page).get_by_label("Your message").press("Enter")
    await participant(page).get_by_role("button", name="Yes, thanks").click()
    await ticked(page, 3)

    for name in ("Organise", "More…", "Groups", "Form groups", "Keep", "Publish"):
        await organiser.locator("article").last.get_by_role("button", name=name, exact=True).click()
    await expect(organiser.locator("article").last).to_contain_text("people will be told right away")
    await organiser.get_by_role("button", name="Publish", exact=True).last.click()
    await ticked(page, 4)

    await press_until(organiser, "Organise", "Announce")
    await organiser.get_by_role("button", name="Write an announcement", exact=True).last.click()
    await organiser.get_by_role("dialog").locator("textarea").fill("Welcome, everyone!")
    await organiser.get_by_role("dialog").get_by_role("button", name="Send").click()
    await organiser.locator(".option", has_text="Everyone").last.click()
    await organiser.get_by_role("button", name="Send now", exact=True).last.click()
    await ticked(page, 5)

    for name in ("Organise", "Workshops", "Run the workshops", "Start: Understand the stakes"):
        await organiser.get_by_role("button", name=name, exact=True).last.click()
    await organiser.get_by_role("button", name="Start in").last.click()
    await ticked(page, 6)
    await expect(participant(page).get_by_role("button", name="Give an idea")).to_be_visible()
    await participant(page).get_by_label("Your message").fill("Need: a bus in the evening")
    await participant(page).get_by_label("Your message").press("Enter")
    await ticked(page, 7)
    await organiser.get_by_role("button", name="Reveal the ideas").last.click()
    vote = page.get_by_role("button", name="Vote", exact=True)
    ballot = participant(page).locator("article", has=vote).last
    await ballot.locator(".option").first.click()  # one's own may be on the next page, behind what others gave first
    await ballot.get_by_role("button", name="Vote", exact=True).click()
    await ticked(page, 8)

    for name in ("Organise", "Workshops", "The plenary"):
        await organiser.get_by_role("button", name=name, exact=True).last.click()
    await organiser.locator(".option", has_text="What the groups found").last.click()
    await expect(organiser.get_by_text("The order is not drawn yet.").last).to_be_visible()
    for name in ("Begin", "Begin now"):
        await organiser.get_by_role("button", name=name, exact=True).last.click()
    await ticked(page, 9)

    await organiser.get_by_label("Your message").fill("/trust")
    await organiser.get_by_label("Your message").press("Enter")
    name = (await page.locator("#who option:checked").inner_text()).split(" · ")[0].split(",")[0]
    await press_until(organiser, "Name trusted people", "Name someone")
    for _time in range(3):  # the form does not open where the page was just drawn anew
        with contextlib.suppress(NotThere):
            await organiser.get_by_label("Their name").last.fill(name, timeout=15_000)
            break
        await organiser.get_by_role("button", name="Name someone", exact=True).last.click()
    await organiser.get_by_role("dialog").get_by_role("button", name="Search").click()
    await organiser.locator("button", has_text=name).last.click()
    await organiser.get_by_label("Which languages").last.fill("French")
    await organiser.get_by_label("When can").last.fill("8:00 to 23:00")
    await organiser.get_by_role("dialog").get_by_role("button", name="Send").click()
    await ticked(page, 10)

    for _time in range(3):  # what is typed while the page is drawn again goes
        await organiser.get_by_label("Your message").fill("/safety")
        await organiser.get_by_label("Your message").press("Enter")
        with contextlib.suppress(NotThere):
            await organiser.get_by_role("button", name="A drill", exact=True).last.click(timeout=15_000)
            break
    await organiser.locator(".option", has_text="Everyone").last.click()
    await organiser.get_by_role("button", name="Yes, a drill now", exact=True).last.click()
    await ticked(page, 11)

    for _time in range(3):  # the answers to the drill draw the organiser's last messages anew
        await press_until(organiser, "Organise", "Workshops")
        with contextlib.suppress(NotThere):
            await organiser.get_by_role("button", name="The results", exact=True).last.click(timeout=15_000)
            await organiser.get_by_role("button", name="Workbook (XLSX)", exact=True).last.click(timeout=15_000)
            break
    await ticked(page, 13)

    await organiser.get_by_label("Your message").fill("/encounters")
    await organiser.get_by_label("Your message").press("Enter")
    await organiser.locator(".option", has_text="Coffee in pairs").last.click()
    for name in ("Plan the tables", "Begin", "Yes, begin"):
        await organiser.get_by_role("button", name=name, exact=True).last.click()
    await ticked(page, 12)
    await expect(page.locator("#next")).to_contain_text("be someone else")


@pytest.mark.browser
@in_one_loop
async def test_someone_else_is_looked_at_later_and_in_another_language(page: Page, demo: Demo) -> None:
    await page.locator("#who").select_option(index=5)
    await page.get_by_role("button", name="To the deadline").click()
    await expect(page.locator("#time")).to_have_text("12:00")
    await expect(page.get_by_role("button", name="To the deadline")).to_be_disabled()
    await expect(page.get_by_role("button", name="To the gathering")).to_be_enabled()
    await expect(participant(page).locator("article").first).to_contain_text("Themes could be chosen until")
    await expect(participant(page).locator(".option")).to_have_count(0)

    who = await page.locator("#who").input_value()
    await page.get_by_role("link", name="Deutsch").click()
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(participant(page).locator("html")).to_have_attribute("lang", "de")
    await expect(page.locator("#who")).to_have_value(who)
    await demo.end()
    await expect(page.locator("#ended")).not_to_be_empty()
