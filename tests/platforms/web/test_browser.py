"""Journeys in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from bot.content.texts import Moment, Span, Strong, _
from bot.content.views import Button, Choice, Option, Picture, Raw, View
from bot.database.engine import Transaction
from bot.delivery.platform import Address
from bot.people import facilitator_store, participant_store
from bot.people.audiences import Audience
from handlers.groups.store.groups import add_group
from handlers.groups.store.rounds import mark_round_published
from handlers.ideas.store.walls import LIGHT
from handlers.themes.participant import choose_second
from handlers.themes.store import set_theme_deadline
from handlers.trust.facilitator.lists import turn_list
from handlers.trust.service import begin_check
from tests.drivers.web import WebHarness, open_web
from tests.groups.builders import group
from tests.ideas.builders import hidden, idea, photo
from tests.pictures import png
from tests.platforms.web.phone import READER, enter
from tests.workshops.builders import PHASES, revealed, started
from tests.world import make_settings, open_world

# In the loop of the browser, which serves all tests; each has a gathering and a phone of its own.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STICKY = """
[...document.querySelectorAll("[role=log] *")]
    .filter((element) => getComputedStyle(element).position === "sticky")
    .map((element) => element.outerHTML)
"""
NAMELESS = """
[...document.querySelectorAll("button, a, input:not([type=hidden]), textarea, summary, dialog, img, [role=log]")]
    .filter((element) => !(element.innerText || element.textContent).trim() && !element.ariaLabel
        && !element.labels?.length && !element.matches("[aria-labelledby], [alt]"))
    .map((element) => element.outerHTML)
"""


@pytest_asyncio.fixture(loop_scope="session")
async def harness(sqlite_url: str) -> AsyncIterator[WebHarness]:
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        yield harness


async def test_joining_by_the_link_and_choosing_a_theme_without_leaving_the_page(
    harness: WebHarness, phone: Page
) -> None:
    await enter(harness, phone)
    await phone.evaluate("window.stayed = true")
    await phone.get_by_role("button", name="Culture").click()
    await phone.get_by_role("button", name="Confirm this theme").click()
    log = phone.get_by_role("log")
    await expect(log).to_contain_text("Your theme is Culture.")
    await expect(log).to_contain_text("You’re in.")
    await expect(log.locator("article")).to_have_count(1)
    assert await phone.evaluate("window.stayed")
    await phone.get_by_role("button", name="Change theme").click()
    await expect(log.get_by_role("button", name="Culture")).to_contain_text("Your theme")
    await phone.get_by_role("button", name="Home").click()  # beside a choice that a tap makes, it takes none along
    await expect(log).to_contain_text("Theme: Culture")
    # Where a finger types, Enter begins a line: its key promises nothing else.
    assert await phone.get_by_label("Your message").get_attribute("enterkeyhint") is None
    await phone.get_by_label("Your message").fill("Merci !")
    await phone.get_by_role("button", name="Send", exact=True).click()
    await expect(log.locator(".person")).to_contain_text("Merci !")
    await expect(phone.get_by_label("Your message")).to_have_value("")
    await phone.reload()
    await expect(log.locator("article")).to_have_count(3)


async def test_what_is_chosen_goes_with_the_press_of_another_button(harness: WebHarness, phone: Page) -> None:
    zoe = Address(await enter(harness, phone))
    choice = Choice(choose_second.to(), (Option("a", "First"), Option("b", "Second")), ("a",), at_least=0, at_most=2)
    begin = Button("Begin with one", Raw("go-moi"), style="primary", unsent="Begin")
    await harness.adapter.send(zoe, View(("Which?",), (begin,), choice), READER, delivery_id=1)
    log = phone.get_by_role("log")
    await expect(log.get_by_role("button", name="Begin")).to_have_text("Begin with one", use_inner_text=True)
    await phone.get_by_label("Second").check()
    await expect(log.get_by_role("button", name="Begin")).to_have_text("Begin", use_inner_text=True)
    await phone.get_by_label("Second").uncheck()
    await phone.get_by_label("First").uncheck()
    await expect(log.get_by_role("button", name="Begin")).to_have_text("Begin", use_inner_text=True)
    words = phone.get_by_label("Your message")
    await words.fill("/reminders")
    await words.press("Enter")
    for kind in ("Meal", "Workshop"):  # of these only who turns them on is reminded
        await expect(phone.get_by_label(kind)).not_to_be_checked()
    await phone.get_by_label("Meal").check()
    await log.get_by_role("button", name="Settings").click()
    await expect(log.locator("article").last).to_contain_text("Noted.")
    await words.fill("/reminders")
    await words.press("Enter")
    await expect(phone.get_by_label("Meal").last).to_be_checked()
    await expect(phone.get_by_label("Workshop").last).not_to_be_checked()
    await expect(phone.get_by_label("Visit").last).to_be_checked()


async def test_a_phase_starts_in_two_taps_without_scrolling(sqlite_url: str, phone: Page) -> None:
    settings = make_settings(phases=PHASES, gathering={"starts": "2027-03-01"})
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:

        async def thirteen_groups(tx: Transaction) -> None:
            for number in range(13):
                await add_group(tx, 1, ("school", "civic", "culture")[number % 3], number // 3 + 1)
            await mark_round_published(tx, 1, world.clock.now())

        await world.store.transact(thirteen_groups)
        maya = await enter(harness, phone, "Maya")
        await world.store.transact(lambda tx: facilitator_store.give(tx, int(maya), [Audience()]))
        await phone.get_by_label("Your message").fill("/facilitate")
        await phone.get_by_role("button", name="Send", exact=True).click()
        for label in ("Start: Understand the stakes", "Start in 13 groups"):
            button = phone.get_by_role("button", name=label)
            await expect(button).to_be_in_viewport(ratio=1)
            box, bar = await button.bounding_box(), await phone.locator("footer").bounding_box()
            assert box
            assert bar
            assert box["y"] + box["height"] <= bar["y"], label
            await button.click()
        await expect(phone.get_by_role("log")).to_contain_text("“Understand the stakes” has begun in 13 groups.")


async def test_a_form_points_at_what_is_wrong_and_is_corrected(harness: WebHarness, phone: Page) -> None:
    await enter(harness, phone)
    await phone.get_by_label("Your message").fill("/code")
    await phone.get_by_role("button", name="Send", exact=True).click()
    dialog = phone.get_by_role("dialog", name="Your invitation")
    code = dialog.get_by_label("The code of your invitation")
    await expect(code).to_be_focused()
    await dialog.get_by_role("link", name="Cancel").click()
    await expect(phone.locator("dialog")).to_be_hidden()
    await expect(phone.get_by_label("Your message")).to_be_focused()
    await phone.keyboard.type("/code")
    await phone.keyboard.press("Enter")
    await code.fill("A" * 41)
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_text("1 character too many")).to_be_visible()
    await expect(code).to_be_focused()
    await expect(code).to_have_value("A" * 41)
    await expect(code).to_have_accessible_description(
        "12 characters, for instance ABCD-EFGH-JKLM "
        "1 character too many (at most 40)."
        " Your text is kept: shorten it and send it again."
    )
    await code.fill("AAAA-BBBB-CCCC")
    await dialog.get_by_role("button", name="Send").click()
    await expect(phone.get_by_role("log")).to_contain_text("This code does not work here")
    await expect(phone.locator("dialog")).to_be_hidden()


async def test_everything_is_reached_by_keyboard(harness: WebHarness, phone: Page) -> None:
    await phone.goto(f"{harness.root}/p/{await harness.page_link('Zoé')}")
    await phone.keyboard.press("Tab")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("log")).to_contain_text("Welcome, ")
    await phone.evaluate("document.activeElement.blur()")
    await phone.get_by_role("link", name="Skip to the latest message").focus()
    await phone.keyboard.press("Enter")
    for _stop in range(10):
        await phone.keyboard.press("Tab")
        if await phone.evaluate("document.activeElement.matches('.option')"):
            break
    await phone.keyboard.press("Tab")
    await expect(phone.get_by_role("button", name="Education")).to_be_focused()
    await phone.keyboard.press("Enter")
    await expect(phone.locator(".bot")).to_be_focused()
    await phone.keyboard.press("Tab")
    await expect(phone.get_by_role("button", name="Confirm this theme")).to_be_focused()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("log")).to_contain_text("Your theme is Education.")
    await phone.get_by_label("Your message").focus()
    await phone.keyboard.type("/code")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("dialog")).to_be_visible()
    await phone.keyboard.press("Escape")
    await expect(phone.get_by_role("dialog")).to_be_hidden()
    await expect(phone.get_by_label("Your message")).to_be_focused()
    await phone.keyboard.press("Shift+Tab")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("button", name="Settings")).to_be_visible()
    await phone.keyboard.press("Escape")
    await expect(phone.get_by_role("button", name="Settings")).to_be_hidden()


async def test_the_menu_is_as_things_stand_no_wider_than_the_page_and_opens_without_a_connection_too(
    harness: WebHarness, new_phone: Page
) -> None:
    phone = new_phone
    await phone.goto(f"{harness.root}/p/{await harness.page_link('Zoé')}")
    await phone.get_by_role("button", name="Open my page").click()
    foot = phone.get_by_role("contentinfo")
    await foot.get_by_label("Home").click()
    await expect(foot.get_by_role("button", name="Choose a theme")).to_be_visible()
    await phone.keyboard.press("Escape")
    await harness.world.store.transact(lambda tx: set_theme_deadline(tx, harness.world.clock.now()))
    open_when_asked: list[bool] = []

    async def let_through(route: Route) -> None:
        open_when_asked.append(await phone.locator(".menu").evaluate("(menu) => menu.open"))
        await route.continue_()

    await phone.route("**/menu", let_through)
    await phone.clock.install(time=0)
    await phone.clock.pause_at(1)  # the patience of the page, which a busy machine would exhaust, does not end
    await phone.evaluate("document.documentElement.style.paddingRight = '15px'")  # as wide as a scroll bar
    await foot.get_by_label("Home").click()
    await expect(foot.get_by_role("button", name="Settings")).to_be_visible()
    await expect(foot.get_by_role("button", name="Choose a theme")).to_have_count(0)
    assert open_when_asked == [False]  # no entry changes once it is in view
    right = "(selector) => Math.round(document.querySelector(selector).getBoundingClientRect().right)"
    assert await phone.evaluate(right, ".menu .panel") == await phone.evaluate(right, ".composer")
    await phone.keyboard.press("Escape")
    await phone.unroute("**/menu")
    await phone.context.set_offline(offline=True)
    await expect(foot.get_by_role("button", name="Settings")).to_be_hidden()
    await foot.get_by_label("Home").click()
    await expect(foot.get_by_role("button", name="Settings")).to_be_visible()


async def test_what_is_pushed_arrives_by_itself_and_nothing_is_cut_at_360_pixels_in_the_dark(
    harness: WebHarness, phone: Page
) -> None:
    zoe = Address(await enter(harness, phone))
    deadline = harness.world.settings.gathering.deadline
    assert deadline
    end = Moment(deadline + timedelta(hours=1), "time")
    lasts = _("{start}–{end}", start=Moment(deadline, "time"), end=end)
    until = _("You can change it until {deadline}.", deadline=Moment(deadline))
    view = View((until, lasts, _("Since {date}.", date=Moment(deadline - timedelta(hours=9)))))
    sent = await harness.adapter.send(zoe, view, READER, delivery_id=1)
    pushed = phone.get_by_role("log").locator(".pushed")
    await expect(pushed).to_contain_text("Saturday 1 May, 12:00 (06:00 for you).")
    await expect(pushed).to_contain_text("12:00–13:00 (06:00–07:00 for you)")
    await expect(pushed).to_contain_text("Saturday 1 May, 03:00 (Friday 30 April, 21:00 for you).")
    long = "Anticonstitutionnellement" * 4
    options = tuple(Option(str(number), f"{long} {number}", long) for number in range(3))
    view = View((long, "https://example.org/" + long), (Button(long),), Choice(choose_second.to(), options, at_most=2))
    await harness.adapter.edit(zoe, sent, view, READER)
    await expect(pushed).to_contain_text(long)
    await expect(pushed).not_to_contain_text("You can change it")
    for opened in ("", "/code"):
        if opened:
            await phone.get_by_label("Your message").fill(opened)
            await phone.keyboard.press("Enter")
            await expect(phone.get_by_role("dialog")).to_be_visible()
        assert await phone.evaluate("document.documentElement.scrollWidth") == 360
    assert await phone.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 25, 28)"
    nameless = await phone.evaluate(NAMELESS)
    assert nameless == []
    assert await phone.evaluate("document.documentElement.lang") == "en"


async def test_the_tab_looked_at_is_live_when_too_many_are_and_the_others_wait(sqlite_url: str, phone: Page) -> None:
    settings = make_settings(limits={"streams": 2})
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        await enter(harness, phone)
        tabs = [phone, *[await phone.context.new_page() for _tab in range(2)]]
        for tab in tabs[1:]:
            async with tab.expect_response(lambda answer: "/events" in answer.url):
                await tab.goto(phone.url)
        waits = phone.locator("#status", has_text="This tab is paused")
        await expect(waits).to_be_visible()
        async with phone.expect_response(lambda answer: "/events" in answer.url):
            await phone.locator("header").click()
        await expect(waits).not_to_be_visible()
        await expect(tabs[1].locator("#status")).to_contain_text("This tab is paused")


async def test_what_the_team_has_pinned_is_a_line_that_opens_once_it_is_scrolled_past(
    harness: WebHarness, phone: Page
) -> None:
    """The team works with what is pinned; others read there what is on."""
    zoe = Address(await enter(harness, phone))
    await harness.world.store.transact(lambda tx: participant_store.set_organises(tx, int(zoe.chat), True))
    await phone.reload()
    lines: list[Span] = [Strong("Culture 3"), *(f"Group {number}" for number in range(40))]
    card = await harness.adapter.send(zoe, View(("Here is your group.", *lines)), READER, delivery_id=1)
    await harness.adapter.pin(zoe, card)
    pinned, line = phone.locator(".pinned"), phone.get_by_role("button", name="Culture 3")
    await expect(pinned).to_be_in_viewport()
    await expect(line).not_to_be_visible()
    await harness.adapter.send(zoe, View(tuple(f"Idea {number}" for number in range(40))), READER, delivery_id=2)
    await expect(phone.get_by_role("log")).to_contain_text("Idea 39")
    await phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(line).to_be_visible()
    await expect(pinned).not_to_be_in_viewport()
    assert await phone.evaluate("document.querySelector('#pin').getBoundingClientRect().bottom") < 740 * 0.15
    await line.click()
    await expect(pinned).to_be_in_viewport()
    await pinned.evaluate("card => card.scrollTop = 200")
    await harness.adapter.edit(zoe, card, View((*lines, "Group 40")), READER)
    await expect(pinned).to_contain_text("Group 40")
    assert await pinned.evaluate("card => card.scrollTop") == 200
    await phone.keyboard.press("Escape")
    await expect(line).to_be_focused()
    await expect(pinned).not_to_be_in_viewport()


async def test_the_last_words_stay_when_the_page_is_erased(harness: WebHarness, phone: Page) -> None:
    await enter(harness, phone)
    await phone.get_by_label("Your message").fill("/effacer")
    await phone.keyboard.press("Enter")
    await phone.get_by_role("button", name="Erase my texts too").click()
    await phone.get_by_role("button", name="Yes, erase me").click()
    await expect(phone.get_by_role("alert")).to_contain_text("erased")
    await expect(phone.get_by_role("log").locator("article")).to_have_count(0)
    await expect(phone.get_by_label("Your message")).to_be_hidden()


async def test_a_ballot_shows_photos_small_to_who_may_see_them_and_nothing_covers_its_ideas(
    sqlite_url: str, phone: Page
) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world, open_web(world) as harness:
        await enter(harness, phone)
        await world.join("Ali", "300")
        made = await group(world, ["Zoé", "Ali"])
        run = await started(world, made, "solutions")
        ideas = [await idea(world, made, "Ali", f"Idée {place}, " + "assez longue " * 9) for place in range(1, 9)]
        await photo(world, ideas[6], png(900, 300))
        await photo(world, ideas[7], png(40, 30) + bytes(LIGHT))
        await revealed(world, run)
        await phone.get_by_label("Your message").fill("/phase")
        await phone.get_by_role("button", name="Send", exact=True).click()
        ballot = phone.locator(".message", has=phone.locator(".choice")).last
        await expect(ballot).to_contain_text("0/3 chosen")
        picture = ballot.get_by_role("img")
        await expect(picture).to_have_count(1)
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("naturalWidth", 900)
        assert await picture.evaluate("(image) => image.clientWidth") < 80
        assert await phone.evaluate(STICKY) == []
        await ballot.locator(".option").nth(6).click()
        await ballot.get_by_role("button", name="Vote").last.click()
        await expect(ballot).to_contain_text("1/3 chosen")
        async with phone.context.expect_page() as opened:
            await ballot.get_by_role("link", name="Idée 7").click()
        address = (await opened.value).url
        assert address.endswith(f"/beside/idea-{ideas[6].id}")
        assert (await phone.request.get(address)).headers["cache-control"] == "private, max-age=600"
        assert (await phone.request.get(f"{address}99")).status == 404
        await hidden(world, ideas[6])
        assert (await phone.request.get(address)).status == 404, "it is read by nobody else now"


@pytest.mark.parametrize("phase", ["stakes", "territories"])
async def test_after_an_idea_the_next_one_and_the_way_back_are_in_sight(
    sqlite_url: str, phone: Page, phase: str
) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world, open_web(world) as harness:
        await enter(harness, phone)
        await started(world, await group(world, ["Zoé"]), phase)
        words, send = phone.get_by_label("Your message"), phone.get_by_role("button", name="Send", exact=True)
        back = phone.get_by_role("button", name="This is not an idea")
        for place in range(1, 3):
            await words.fill(f"{place}. " + "The last bus leaves long before the concert ends. " * 6)
            await send.click()
            await expect(back).to_have_count(place)
            await expect(back.last).to_be_in_viewport(ratio=1)
            await expect(words).to_be_in_viewport(ratio=1)
        await expect(phone.get_by_role("button", name="Another idea")).to_have_count(0)
        if phase == "stakes":
            await words.fill("/phase")
            await send.click()
            await phone.get_by_role("button", name="Give an idea").click()
            await phone.get_by_role("dialog").locator("textarea").fill("The stage has no ramp. " * 20)
            await phone.get_by_role("dialog").get_by_role("button", name="Send").click()
            await expect(phone.get_by_role("button", name="Another idea")).to_be_in_viewport(ratio=1)
            await expect(back.last).to_be_in_viewport(ratio=1)


async def test_below_a_picture_the_buttons_are_in_view_at_once(harness: WebHarness, phone: Page) -> None:
    who = await enter(harness, phone)
    for delivery, (name, size) in enumerate({"Tall": (1200, 3000), "Wide": (3000, 1200)}.items(), start=1):
        view = View(
            ("Keep these?",), (Button(f"Keep {name}", Raw("go-moi")),), attachments=(Picture(png(*size), name),)
        )
        await harness.adapter.send(Address(who), view, READER, delivery_id=delivery)
        picture = phone.get_by_role("img", name=name)
        await expect(picture).to_be_visible()
        await expect(phone.get_by_role("button", name=f"Keep {name}")).to_be_in_viewport(ratio=1)
    async with phone.context.expect_page() as opened:
        await picture.click()
    assert "/picture/" in (await opened.value).url


async def test_a_press_in_a_long_list_leaves_the_list_where_it_is_and_the_focus_in_it(
    harness: WebHarness, phone: Page
) -> None:
    ines = await enter(harness, phone, "Inès")
    world = harness.world
    await world.store.transact(lambda tx: participant_store.set_organises(tx, int(ines), True))
    names = [f"P{place:02}" for place in range(20)]
    for name in names:
        await world.invite(name)
    await world.change(begin_check, int(ines), Audience(), world.clock.now(), drill=True)
    opens = View(("The list",), (Button("Open it", turn_list.to(1, "invited", 0)),))
    await harness.adapter.send(Address(ines), opens, READER, delivery_id=1)
    log = phone.get_by_role("log")
    await log.get_by_role("button", name="Open it").click()
    await expect(log.get_by_role("button", name="P00")).to_be_visible()
    await log.get_by_role("button", name="P12").scroll_into_view_if_needed()
    # Safari does not keep in place by itself what is read, as Chromium would.
    await phone.evaluate("document.documentElement.style.overflowAnchor = 'none'")
    passing = "(message) => message.insertAdjacentHTML('beforeend', '<p class=toast>Done.</p>')"
    for pressed in ("P12", "P13", "P14"):
        if pressed == "P14":  # a passing word further up goes with this press
            await log.locator(".message .bubble").first.evaluate(passing)
        buttons = log.locator(".buttons").last
        await log.get_by_role("button", name=pressed, exact=True).scroll_into_view_if_needed()
        before = await buttons.bounding_box()
        await log.get_by_role("button", name=pressed, exact=True).click()
        await expect(log.get_by_role("button", name=f"Undo: {pressed}")).to_be_attached()
        await expect(log.get_by_role("button", name=pressed, exact=True)).to_have_count(0)
        after = await buttons.bounding_box()
        assert before
        assert after
        assert abs(before["y"] - after["y"]) <= 2, "whatever passing words come and go above"
        assert await phone.evaluate("document.activeElement.matches('.buttons button')"), "the keyboard goes on there"
    # Another screen in the same place is led to.
    await log.get_by_role("button", name="All groups").click()
    await expect(log.get_by_text("Are you safe? To: everyone")).to_be_in_viewport()
