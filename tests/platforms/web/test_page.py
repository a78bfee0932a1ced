"""A personal page as its owner uses it, without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from bot.config import setting_store
from bot.content.forms import Upload
from bot.content.texts import Moment, _
from bot.content.views import Button, Choice, File, Option, Picture, Raw, View
from bot.conversation.routes import MenuPart, Request
from bot.delivery.platform import Address
from bot.membership.inviting import OrganiserInvitation, invite_organiser
from bot.people import participant_store
from bot.rehearsal.chat_driver_web import WebChat, words_of
from handlers.navigation import sections
from handlers.themes.participant import choose_second
from tests.drivers.gestures import choose_in_menu
from tests.drivers.web import WebHarness, open_web
from tests.groups.builders import group
from tests.participants import number
from tests.pictures import png
from tests.world import START, make_settings, open_world


async def push(harness: WebHarness, chat: WebChat, view: View, delivery_id: int = 1) -> str:
    """Send someone what they did not ask for."""
    return await harness.adapter.send(Address(chat.person_id), view, chat.reader, delivery_id=delivery_id)


async def organiser(harness: WebHarness) -> WebChat:
    """An organiser with a page."""
    chat = await harness.joined("Inès")
    await harness.world.store.transact(lambda tx: participant_store.set_organises(tx, int(chat.person_id), True))
    await chat.look()
    return chat


async def test_three_taps_in_one_message_from_the_link_to_a_theme(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé", "Dupont")
    assert "Welcome, " in zoe.text
    await zoe.pick("Culture")
    assert zoe.buttons == ("Confirm this theme", "See the other themes")
    await zoe.press("Confirm")
    assert zoe.text.startswith("Your theme is Culture.")
    assert zoe.toast == "You’re in."
    assert len(zoe.messages) == 1


async def test_what_is_said_below_is_not_said_above_it_too(harness: WebHarness) -> None:
    ines = await organiser(harness)
    await group(harness.world, ["Inès"])
    published = "UPDATE rounds SET published_at = 1"
    await harness.world.store.transact(lambda tx: tx.run(published))
    await ines.command("organiser")
    await ines.press("Workshops")
    await ines.press("The results")
    await ines.press("Workbook (XLSX)")
    assert (ines.text, ines.toast) == ("I am making the file. It will be here in a moment.", None)


async def test_who_is_invited_to_organise_does_from_their_page_on(harness: WebHarness) -> None:
    world = harness.world

    where = world.settings.web.model_copy(update={"public_url": harness.root})
    settings = world.settings.model_copy(update={"web": where})

    async def invite(name: str) -> OrganiserInvitation:
        made = partial(invite_organiser, settings=settings, name=name, now=world.clock.now(), bot_username=None)
        return await world.store.transact(made)

    async def codes(person: int) -> list[bool]:
        """Of each organiser's code of someone, whether it was used."""
        codes = "SELECT used_at FROM secrets WHERE purpose = 'organiser' AND participant_id = :id"
        rows = await world.store.read(lambda tx: tx.all(codes, id=person))
        return [row["used_at"] is not None for row in rows]

    ines, late = await invite("Inès"), await invite("Luc")
    assert ines.page_link
    assert late.page_link
    page = harness.person()
    await page.open_link(ines.page_link.rpartition("/")[2])
    await page.command("organiser")
    assert "Announce" in page.buttons
    assert await codes(ines.person.id) == [True]
    await world.clock.advance(timedelta(days=8))
    other = harness.person()
    await other.get(f"/p/{late.page_link.rpartition('/')[2]}")
    assert other.status == 404
    await other.get(f"/p/{ines.page_link.rpartition('/')[2]}")
    assert other.status == 200  # it is theirs since they came in


async def test_the_link_opens_nothing_until_the_door_is_pressed(harness: WebHarness) -> None:
    zoe = harness.person()
    link = await harness.page_link("Zoé")
    await zoe.get(f"/p/{link}")
    assert "Open my page" in zoe.page.text
    assert "Zoé" not in zoe.page.text
    assert not list(zoe.browser.cookie_jar)
    await zoe.open_link(link)
    assert link not in zoe.url
    assert "Welcome, " in zoe.text


async def test_the_door_of_an_invitation_leads_to_other_platforms_too(sqlite_url: str) -> None:
    discord = {"token": "t" * 60, "guild_id": 1, "welcome_channel_id": 2}
    telegram = {"token": "123456789:AAGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}
    async with open_world(sqlite_url, make_settings(telegram=telegram, discord=discord)) as world:
        await world.change(setting_store.set_telegram_username, "rencontres_bot")
        async with open_web(world) as harness:
            zoe = harness.person()
            link = await harness.page_link("Zoé")
            await zoe.get(f"/p/{link}")
            assert [each["href"] for each in zoe.page.all("a")][-2:] == [
                f"https://t.me/rencontres_bot?start=j-{link}",
                "https://discord.com/channels/1/2",
            ]
            assert "Go on here" in zoe.page.text
            await zoe.open_link(link)
            assert "Welcome, " in zoe.text
            await harness.person().get(f"/p/{link}")
            again = harness.person()
            await again.get(f"/p/{link}")
            assert "Open my page" in again.page.text
            assert "t.me" not in str([each["href"] for each in again.page.all("a")])


async def test_a_link_is_pasted_where_a_page_opens_no_more(harness: WebHarness) -> None:
    link = await harness.page_link("Zoé")
    phone = harness.person()
    await phone.get("/c/1/")
    assert phone.status == 404
    form = phone.page.first("form")
    assert form
    await phone.post(form, {"link": "https://rencontres.example.org/p/nothing"})
    assert phone.status == 404
    await phone.post(form, {"link": f" https://rencontres.example.org/p/{link}/ "})
    assert "Welcome, " in phone.text
    for odd in ({"link": "x" * 5_000}, {"link": ("a", "b")}, {}):
        await phone.post(form, odd)
        assert phone.status in (400, 404)


async def test_the_link_opened_elsewhere_shows_where_one_is_and_not_what_was_said(harness: WebHarness) -> None:
    link = await harness.page_link("Zoé")
    phone, laptop = harness.person(), harness.person()
    await phone.open_link(link)
    await phone.pick("Culture")
    await phone.press("Confirm")
    await laptop.open_link(link)
    assert [words_of(message).splitlines()[0] for message in laptop.messages] == [
        "This browser is new. To go on, press “It was me” elsewhere: your older browser.",
        "101 days to go until Rencontres",
    ]
    await laptop.open_link(link)
    assert len(laptop.messages) == 2


async def test_words_are_said_back_before_they_are_answered(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.send("  Bonjour \n\n\n à tous  ")
    assert words_of(zoe.messages[1]) == "Bonjour\n\nà tous"
    assert zoe.latest is zoe.messages[2]


async def test_a_command_is_a_word_or_an_entry_of_the_menu(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.command("thème")
    assert zoe.options[0].startswith("Culture")
    await choose_in_menu(zoe, "Settings")
    assert zoe.text.startswith("Language: English")
    assert words_of(zoe.page.all("article", css="person")[-1]) == "Settings"
    await choose_in_menu(zoe, "Ask the team")
    assert zoe.sheet is not None
    await zoe.fill("Is there a shuttle?")
    assert zoe.text == "Your question is kept. The team will read it as soon as somebody is here."
    await zoe.send("/nonsense")
    assert "I do not know /nonsense." in zoe.text


async def test_a_command_named_in_a_text_can_be_pressed(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await push(harness, zoe, View(("Lost? Type /aide, or read /usr/aide and https://example.org/aide.",)))
    await zoe.look()
    (named,) = zoe.latest.all("button", css="inline")
    await zoe.post(zoe.latest.all("form", css="buttons")[0], {named["name"]: named["value"]}, to=named["formaction"])
    assert "You can also just write" in zoe.text
    await zoe.send("/aide")
    assert not zoe.page.all("article", css="person")[-1].all("button")


@pytest.mark.parametrize(("selected", "tapped"), [((), ["a", "b"]), (("a",), [])])
async def test_a_list_in_which_nothing_is_chosen_yet_is_tapped(
    harness: WebHarness, selected: tuple[str, ...], tapped: list[str]
) -> None:
    zoe = await harness.joined("Zoé")
    options = (Option("a", "First"), Option("b", "Second"))
    await push(harness, zoe, View(("Which?",), choice=Choice(choose_second.to(), options, selected)))
    await zoe.look()
    assert [row["value"] for row in zoe.latest.all("button", css="option")] == tapped
    assert bool(zoe.latest.all("input", type="radio")) is not bool(tapped)


_BACK = (Button("Back", Raw("go-aide")),)


@pytest.mark.parametrize(
    ("handed", "holds"),
    [
        (View(("Your file",), _BACK, attachments=(File("not-joined.csv", b"a;b", "text/csv"),)), (1, 0, False)),
        (View(("A picture",), _BACK, attachments=(Picture(png(9, 9), "A plan"),)), (0, 1, False)),
        (View(("Code: ABCD",), _BACK, secret=True), (0, 0, True)),
    ],
    ids=("file", "picture", "secret"),
)
async def test_what_is_handed_over_once_is_answered_below(
    harness: WebHarness, handed: View, holds: tuple[int, int, bool]
) -> None:
    zoe = await harness.joined("Zoé")
    await push(harness, zoe, handed)
    await zoe.look()
    shown = zoe.latest["id"]
    await zoe.press("Back")
    assert "You can also just write" in zoe.text
    [kept] = [message for message in zoe.messages if message["id"] == shown]
    assert (len(kept.all("a", css="file")), len(kept.all("img")), "Code: ABCD" in kept.text) == holds


async def test_an_empty_line_says_nothing(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.send(" \u200b ")
    assert len(zoe.messages) == 1


async def test_too_long_a_text_stays_where_it_was_typed(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.send("é" * 4_003)
    assert zoe.status == 422
    assert zoe.notice.startswith("3 characters too many (at most 4000).")
    composer = zoe.page.first("textarea", id="words")
    assert composer is not None
    assert composer.text == "é" * 4_003
    assert len(zoe.messages) == 1


async def test_a_form_that_a_screen_refuses_opens_again_with_what_was_typed(harness: WebHarness) -> None:
    await harness.world.invite("Max", "Dupont")
    ines = await organiser(harness)
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill("Max")
    await ines.press("Max Dupont (")
    await ines.press("Correct")
    await ines.fill("Maxime", "Dupont", "Québec", "1950", "")
    assert (ines.status, ines.text) == (422, "The gathering is for people born from 1992 to 2009.")
    year, name = (ines.page.first("input", id=f"answer-{field}") for field in ("birth_year", "given_name"))
    assert year is not None
    assert name is not None
    assert (year["value"], year["aria-invalid"], name["value"]) == ("1950", "true", "Maxime")
    await ines.fill("Maxime", "Dupont", "Québec", "1999", "")
    assert ines.text.startswith("Maxime Dupont corrected")
    assert "1950" not in ines.page.text, "what was refused is not in the conversation"


async def test_a_form_says_what_is_wrong_beside_the_answer_and_keeps_it(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.command("code")
    assert zoe.text == "Your invitation"
    await zoe.fill("A" * 41)
    assert zoe.status == 422
    assert zoe.text.startswith("1 character too many (at most 40).")
    field = zoe.page.first("input", id="answer-invitation")
    assert field is not None
    assert (field["value"], field["aria-invalid"]) == ("A" * 41, "true")
    assert zoe.page.first(id="answer-invitation-problem") is not None
    assert "answer-invitation-problem" in field["aria-describedby"]
    await zoe.fill("AAAA-BBBB")
    assert zoe.text.startswith("This code does not work here")
    assert "AAAA-BBBB" not in zoe.page.text  # what is typed as a code is kept nowhere


async def test_a_form_opens_filled_with_what_is_known(harness: WebHarness) -> None:
    ines = await organiser(harness)
    await harness.world.invite("Zoé", "Dupont")
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill("dupont")
    await ines.press("\u2068Zoé Dupont")
    await ines.press("Correct")
    given = ines.page.first("input", id="answer-given_name")
    assert given is not None
    assert given["value"] == "Zoé"


async def test_a_day_and_an_hour_are_picked_from_a_calendar(harness: WebHarness) -> None:
    ines = await organiser(harness)
    await ines.command("annonces")
    await ines.press("A campaign")
    asked = ines.page.first("input", id="answer-deadline")
    assert asked is not None
    assert asked["type"] == "datetime-local"
    await ines.fill("https://vote.example", "Vote for us", "10 June 2099 14:00", "Vote!")
    assert "is too far ahead" in ines.page.text
    picked = ines.page.first("input", id="answer-deadline")
    assert picked is not None
    assert picked["value"] == "2099-06-10T14:00"
    await ines.fill("https://vote.example", "Vote for us", "2027-06-10T14:00", "Vote!")
    assert "It ends by itself: Thursday 10 June, 14:00 in Paris" in ines.text


async def test_a_file_is_sent_in_a_form(harness: WebHarness) -> None:
    ines = await organiser(harness)
    await ines.command("organiser")
    await ines.press("People")
    await ines.press("Import a list")
    await ines.fill(Upload("list.pdf", b"%PDF"))
    assert "I cannot read" in ines.text
    await ines.fill(Upload("liste.csv", "prénom,nom,pays\nAda,Lovelace,France\n".encode()))
    assert ines.sheet is None
    assert words_of(ines.page.all("article", css="person")[-1]) == "Import a list\nliste.csv"


def menu_of(chat: WebChat) -> list[str]:
    """The headings and entries of a page's menu."""
    menu = chat.page.first("details", css="menu")
    assert menu is not None
    return [each.text for each in menu.walk() if each.tag in ("h2", "button")]


async def test_the_menu_holds_what_one_can_do_now_under_headings(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    menu = menu_of(zoe)
    assert menu[:4] == ["Now", "Choose a theme", "Home", "Questions"]
    below = menu.index("My account")
    assert menu[below - 1 : below + 5] == [
        "Emergency",
        "My account",
        "Settings",
        "My accounts",
        "Privacy",
        "I am not coming",
    ]

    await harness.world.change(participant_store.set_organises, await number(harness.world, "Zoé"), True)
    await zoe.look()
    assert menu_of(zoe)[:2] == ["Team", "Organise"]


async def test_a_menu_that_cannot_be_told_keeps_nobody_from_their_page(
    harness: WebHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = await harness.joined("Zoé")

    async def broken(request: Request) -> Sequence[Button]:
        await request.tx.one("SELECT nothing FROM nowhere")
        return ()

    router = harness.world.dispatcher.router
    parts = (*router.shared.menu, MenuPart(sections.ACCOUNT, 99, broken))
    monkeypatch.setattr(router, "shared", replace(router.shared, menu=parts))
    with capture_logs() as logs:
        await zoe.look()
    assert zoe.text.startswith("Welcome, \u2068Zoé\u2069!")
    assert [entry["event"] for entry in logs] == ["web.menu_failed"]
    assert menu_of(zoe) == [
        "Sound when a message arrives",
        "Notify me while the page is closed",
        "Show the text on the lock screen too",
        "Add to the home screen",
        "Close my page on this device",
    ]


async def test_choosing_nothing_says_what_that_is(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.pick("Culture")
    await zoe.press("Confirm")
    await zoe.press("Name a second choice")
    assert zoe.options[-1] == "✓ No second choice"
    await zoe.pick("No second choice")
    assert zoe.text == "No second choice, then."


async def test_of_several_options_no_more_are_taken_than_may_be(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    options = tuple(Option(value, value.upper()) for value in "abc")
    await push(harness, zoe, View(("Which?",), choice=Choice(choose_second.to(), options, ("a",), at_most=2)))
    await zoe.look()
    assert zoe.options == ("✓ A", "B", "C")
    await zoe.pick("A", "B", "C")
    assert (zoe.status, zoe.notice) == (422, "Choose 2 at most.")
    await zoe.pick()
    assert (zoe.status, zoe.notice) == (422, "Choose 1 at least.")


async def test_what_is_pushed_is_new_until_it_was_seen(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    view = View((_("A place opened up: your theme is now {theme}.", theme="CivicTech"),))
    assert await push(harness, zoe, view, 7) == await push(harness, zoe, view, 7)
    await zoe.look()
    assert zoe.pushed == ("A place opened up: your theme is now CivicTech.",)
    assert zoe.page.first(id="new") is not None
    await zoe.look()
    assert zoe.page.first(id="new") is None


async def test_older_messages_are_a_link_away_and_their_buttons_work(harness: WebHarness) -> None:
    zoe, max_ = await harness.joined("Zoé"), await harness.joined("Max")
    await push(harness, zoe, View(("Where am I?",), (Button("Tell me", Raw("go-moi")),)))
    for count in range(60):
        await push(harness, zoe, View((f"Word {count}",)), 10 + count)
    await zoe.look()
    assert [words_of(message) for message in zoe.messages] == [f"Word {number}" for number in range(10, 60)]
    here, link = zoe.url, zoe.page.first("a", id="older")
    assert link is not None
    await max_.get(link["href"])
    assert max_.status == 404
    await zoe.get(link["href"])
    assert [words_of(message) for message in zoe.messages][1:] == ["Where am I?", *[f"Word {n}" for n in range(10)]]
    assert zoe.page.first("a", id="older") is None
    assert "Back to my page" in zoe.page.text
    asked = next(message for message in zoe.messages if words_of(message) == "Where am I?")
    form = asked.all("form", css="buttons")[0]
    await zoe.post(form, {"payload": "go-moi"})
    assert zoe.url.endswith(f"?before={int(asked['id'][1:]) + 1}")
    assert "No theme chosen yet." in words_of(zoe.messages[-1])
    async with zoe.browser.get(f"{here}?before=3", headers={"Accept": "application/json"}) as answer:
        told = await answer.json()
        assert ([each["id"] for each in told["messages"]], told["older"]) == ([1], None)


async def test_a_message_is_edited_in_its_place(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    message = await push(harness, zoe, View(("Before",)))
    await zoe.send("meanwhile")
    assert await harness.adapter.edit(Address(zoe.person_id), message, View(("After",)), zoe.reader) == message
    await zoe.look()
    assert words_of(zoe.messages[1]) == "After"
    again = await harness.adapter.edit(Address(zoe.person_id), "99999", View(("Anew",)), zoe.reader)
    assert again != "99999"


async def test_files_are_downloaded_and_pictures_have_words(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    file = File("données d'Ève.json", b'{"a": 1}')
    await push(harness, zoe, View(("Your data",), attachments=(Picture(png(4, 3), _("Help")), file)))
    await zoe.look()
    assert zoe.file == file
    picture = zoe.page.first("img", alt="Help")
    assert picture is not None
    async with zoe.browser.get(harness.root + picture["src"]) as sent:
        assert (sent.headers["Content-Type"], await sent.read()) == ("image/png", png(4, 3))


async def test_a_picture_has_its_size_before_it_is_there_and_leads_to_itself(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await push(harness, zoe, View(("The groups",), attachments=(Picture(png(640, 480), _("Help")),)))
    await zoe.look()
    picture = zoe.page.first("img", alt="Help")
    link = zoe.page.first("a", href=picture["src"] if picture else "")
    assert picture is not None
    assert link is not None
    assert (picture["width"], picture["height"]) == ("640", "480")


async def test_each_reads_their_own_language(harness: WebHarness) -> None:
    max_ = harness.person(**{"Accept-Language": "de-CH, en;q=0.5"})
    await max_.open_link(await harness.page_link("Max", locale=None))
    html = max_.page.first("html")
    assert html is not None
    assert html["lang"] == "de"


async def test_a_time_is_told_in_the_venues_zone_and_marked_for_the_script(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    deadline = next(time for time in zoe.page.all("time") if "May" in time.text)
    assert deadline.text == "Saturday 1 May, 12:00"
    assert deadline["datetime"] == "2027-05-01T10:00:00+00:00"
    stamp = zoe.page.all("p", css="stamp")[0].all("time")[0]
    assert (stamp.text, stamp["datetime"]) == ("10:00", START.isoformat())


async def test_what_is_pushed_to_many_pages_is_each_ones_own(harness: WebHarness) -> None:
    people = [await harness.joined("Zoé"), await harness.joined("Max"), await harness.joined("Luc", locale="fr")]
    choice = Choice(choose_second.to(), (Option("a", "Arts"), Option("b", "Books")), ("a",), at_most=2)
    picture = Picture(png(4, 3), _("Your photo"))
    view = View((_("Your photo"), "See /moi"), (Button("Tell me", Raw("go-moi")),), choice, attachments=(picture,))
    for delivery_id, chat in enumerate(people):
        await push(harness, chat, view, delivery_id)
    tokens = set()
    for chat in people:
        await chat.look()
        own, message, here = chat.latest, chat.latest["id"].removeprefix("m"), f"/c/{chat.person_id}/"
        composer = chat.page.first("form", id="composer")
        assert composer
        seal = next(hidden["value"] for hidden in composer.all("input", name="seal"))
        assert [hidden["value"] for hidden in own.all("input", name="seal")] == [seal, seal]
        assert [hidden["value"] for hidden in own.all("input", name="message")] == [message, message]
        assert [(form["id"], form["action"]) for form in own.all("form")] == [
            (f"c{message}", f"{here}pick"),
            (f"f{message}", f"{here}press"),
        ]
        assert own.all("a", css="picture")[0]["href"] == f"{here}picture/{message}/0?v={own['data-revision']}"
        assert own.all("button", css="inline")[0]["form"] == f"f{message}"
        tokens |= {hidden["value"] for hidden in own.all("input", name="token")}
    assert len(tokens) == 6


async def test_what_is_pushed_to_many_pages_is_in_each_ones_language_and_time(harness: WebHarness) -> None:
    zoe, luc = await harness.joined("Zoé"), await harness.joined("Luc", locale="fr")
    view = View((_("Your photo"), Moment(START + timedelta(minutes=12), "left")))
    await push(harness, zoe, view, 1)
    await push(harness, luc, view, 2)
    await zoe.look()
    await luc.look()
    assert (zoe.text, luc.text) == ("Your photo\nIn 12 minutes", "Ta photo\nDans 12 minutes")
    await harness.world.clock.advance(timedelta(minutes=1))
    await zoe.look()
    assert zoe.text == "Your photo\nIn 11 minutes"
    await push(harness, zoe, view, 3)
    await zoe.look()
    assert [message.all("p", css="stamp")[0].text for message in zoe.messages[-2:]] == ["10:00", "10:01"]


async def test_the_html_of_a_secret_is_not_remembered_for_other_pages(
    harness: WebHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.web.pages._REMEMBERED", 64)
    zoe, pages = await harness.joined("Zoé"), harness.adapter._auth_routes._pages
    await push(harness, zoe, View(("The code is ABC-DEF",), secret=True), 1)
    await push(harness, zoe, View(("The bus leaves at 9",)), 2)
    await zoe.look()
    remembered = "".join(pages._remembered.values())
    assert "The bus leaves at 9" in remembered
    assert "ABC-DEF" not in remembered
    for number_ in range(3, 100):
        await push(harness, zoe, View((f"Message {number_}",)), number_)
    await zoe.look()
    assert len(pages._remembered) <= 64


async def test_a_page_is_closed_on_one_device(harness: WebHarness) -> None:
    link = await harness.page_link("Zoé")
    phone, library = harness.person(), harness.person()
    await phone.open_link(link)
    await library.open_link(link)
    await choose_in_menu(library, "Close my page on this device")
    assert "No page opens here" in library.page.text
    await phone.look()
    assert phone.status == 200


async def test_who_erases_themselves_reads_so_and_leaves_nothing(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.command("effacer")
    await zoe.press("Erase my texts too")
    await zoe.press("Yes, erase me")
    assert zoe.status == 410
    assert "Back to my page" not in zoe.page.text
    assert zoe.page.all("main")[0].text.strip()
    await zoe.get("/c/1/")
    assert zoe.status == 404
