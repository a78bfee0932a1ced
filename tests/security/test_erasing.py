"""Who erases themselves stands nowhere any more: not in the store, on others' pages, in files, nor after a restore."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.content.forms import Upload
from bot.content.texts import ERASED, Listing, Name, Reader, Strong, _, plain
from bot.content.views import File, View
from bot.delivery import outbox
from bot.membership import erasure
from bot.people import participant_store
from bot.people.naming import account_label
from bot.people.participants import Account
from bot.platforms.web import page_store
from bot.rehearsal.chat_driver import Chat, ChatDriver
from bot.rehearsal.chat_driver_web import WebChat
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from tests.engines import on_one_engine
from tests.outbox import views
from tests.participants import number
from tests.security.builders import Gathering, open_gathering
from tests.world import DECLARED, open_world

NAME, FAMILY = "Xanthippe", "Quixotry"
WORD, UNREAD, GROUPS = "zebrule", "quagmirth", "brindlewick"
PHOTO = b"%PDF-1.4 " + b"velouria" * 40
SHEET = Upload("xanthippe-plan.pdf", PHOTO, media_type="application/pdf")
PERSON = (NAME, FAMILY, UNREAD)
"""All that is told of the person, and what nobody else has read of what they wrote."""
TEXTS = (WORD, "velouria")
"""What they wrote and others have read, and what is in their photo; GROUPS is in what they typed for their group."""
DECLARED_COLUMNS = {(data.table, column) for data in DECLARED.tables for column in data.columns}
"""The columns of which a declaration says what forgetting someone does."""
ENGLISH = Reader("en", "UTC")
WITH_TEXTS, WITHOUT = "Erase my texts too", "Keep my texts, without my name"


@dataclass
class Lived:
    """A gathering in which one person did everything that can be done; some read it on their page, one on Telegram."""

    who: Chat
    pages: tuple[WebChat, ...]
    ali: ChatDriver
    team: WebChat

    @property
    def everyone(self) -> tuple[Chat, ...]:
        return (self.who, *self.pages, self.ali)


async def live(gathering: Gathering, on: str) -> Lived:
    """Everything by chat: a question, ideas with a photo, a vote, a report, a canvas, a call, a card of a territory.

    What others opened of it, and what the organisers had made of it, stays on their pages; some is still on its way.
    """
    who = await gathering.join(NAME, on, family_name=FAMILY, territory="CA-QC")
    max_ = await gathering.join_page("Max", family_name="Roy", territory="FR")
    ali = cast("ChatDriver", await gathering.join("Ali", "telegram", territory="BE"))
    team = await gathering.organiser_page()
    lived = Lived(who, (max_, team), ali, team)
    await who.command("team")
    await who.fill(f"Is there a {WORD} for lunch?")
    await gathering.group(NAME, "Max", "Ali")
    await gathering.publish()
    await gathering.start_phase(phase="solutions")
    await gathering.delivered(*lived.everyone)
    for each in (max_, ali, team):
        await each.command("groupe")
    await max_.press("As a picture")
    await team.command("panneau")
    await who.send(f"A {WORD} kitchen for all neighbours")
    await cast("ChatDriver", who).give(SHEET, caption=f"The {WORD} plan")
    await max_.send("A library that is open at night")
    await gathering.reveal()
    await gathering.delivered(*lived.everyone)
    await read_by_others(max_, ali)
    await who.command("phase")
    await who.pick("3. A library")
    await who.command("phase")
    await who.press("Our solution")
    await who.press("For whom, what, how")
    await who.fill(f"For every {GROUPS} child", "Books", "By bus")
    await gathering.delivered(*lived.everyone)
    for each in (max_, ali):
        await each.command("phase")
        await each.press("Our solution")
        await each.press("I approve")
    await who.command("alaide")
    await gathering.delivered(*lived.everyone)
    await gathering.end_phase()
    await who.send(f"A {UNREAD} that comes late")
    await gathering.start_phase(phase="territories")
    await gathering.delivered(*lived.everyone)
    await who.command("phase")
    await who.press("My territory")
    await who.press("Write my card")
    await who.fill(f"The {WORD} colleges", "Money", "The law", "Someone")
    for each in (max_, ali):
        await each.command("phase")
        await each.press("Our territories")
        await each.press("As a picture")
    await gathering.delivered(*lived.everyone)
    await made_by_the_team(gathering, team)
    return lived


async def read_by_others(max_: Chat, ali: Chat) -> None:
    """Others open the wall, the ideas and the photo; they report, vote, build on it."""
    for each in (max_, ali):
        await each.command("phase")
        await each.press("The wall")
        await each.pick(f"The {WORD} plan")
        await each.press("See the file")
        await each.command("phase")
        await each.press("The wall")
        await each.pick(f"A {WORD} kitchen")
        await each.press("Report")
        await each.press("Report it")
    await max_.command("phase")
    await max_.press("The wall")
    await max_.pick(f"The {WORD} plan")
    await max_.press("Vote for it")
    await max_.press("Build on it")
    await max_.fill("And a garden beside it")


async def made_by_the_team(gathering: Gathering, team: WebChat) -> None:
    """Lists, a person's card corrected, files; the last of them are asked for and not made yet."""
    await team.command("organiser")
    await team.press("Find someone")
    await team.fill(NAME)
    await team.press(NAME)
    await team.command("questions")
    await team.press("Answer number 1")
    await team.command("animer")
    await team.press("The wall")
    await team.command("bilan")
    await team.press("Workbook (XLSX)")
    await team.command("groupes")
    await team.press("As a picture")
    await gathering.delivered(team)
    await team.command("bilan")
    await team.press("Booklet (PDF)")
    await team.command("groupes")
    await team.press("Lists for the doors")


async def erase(gathering: Gathering, lived: Lived, which: str) -> None:
    await lived.who.command("effacer")
    await lived.who.press(which)
    await lived.who.press("Yes, erase me")
    await gathering.finish_erasing()
    await gathering.delivered(*lived.pages, lived.ali)


def among(marks: Iterable[str], *contents: str | bytes) -> set[str]:
    """The marks that stand in one of these, in any case, also inside of what is packed."""
    found = set()
    for content in contents:
        read = content if isinstance(content, str) else unpacked(content)
        found |= {mark for mark in marks if mark.lower() in read.lower()}
    return found


def unpacked(content: bytes) -> str:
    packed = b""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            packed = b"\n".join(archive.read(name) for name in archive.namelist())
    return (content + packed).decode("utf-8", "replace")


async def shown(lived: Lived) -> list[str]:
    """Others' pages, read anew; on Telegram what came by itself, as it reads now."""
    for page in lived.pages:
        await page.look()
    return [*(page.page.text for page in lived.pages), *pushed(lived.ali)]


def pushed(chat: ChatDriver) -> list[str]:
    """What came by itself, as it reads now."""
    return [each.text for each in chat.received if not each.asked]


def columns_with(numbers: set[int], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[tuple[str, str]]:
    """The columns, with their tables, in which one of these numbers stands: where a row leads to whose it is."""
    return {
        (table, column)
        for table, stored in rows.items()
        for row in stored
        for column, value in row.items()
        if isinstance(value, int) and value in numbers
    }


def numbers_of(name: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[int]:
    """The number of the person of this first name, and the numbers of their accounts."""
    [person] = [row["id"] for row in rows["participants"] if row["given_name"] == name]
    return {person, *(row["id"] for row in rows["accounts"] if row["participant_id"] == person)}


async def workbook(gathering: Gathering, team: WebChat) -> bytes:
    """What came out of the workshops, as a file."""
    await team.command("bilan")
    await team.press("Workbook (XLSX)")
    await gathering.delivered(team)
    assert team.file
    return team.file.content


async def test_someone_is_nowhere_or_only_in_what_their_group_had_read(sqlite_url: str) -> None:
    marks = (*PERSON, *TEXTS, SHEET.name.removesuffix(".pdf"))
    async with open_gathering(sqlite_url, "telegram") as gathering:
        await gathering.count_people_from(7_000_000)
        with capture_logs() as logs:
            lived = await live(gathering, "web")
            rows, files = await gathering.rows(), gathering.kept()
            numbers = numbers_of(NAME, rows)
            assert columns_with(numbers, rows) - DECLARED_COLUMNS == {("participants", "id"), ("accounts", "id")}
            assert among(marks, *files.values()) == set(marks)
            assert among(marks, *await shown(lived)) >= {NAME, FAMILY, WORD}
            await erase(gathering, lived, WITH_TEXTS)
        assert columns_with(numbers, await gathering.rows()) == set()
        assert among(marks, *gathering.kept().values()) == set()
        assert among(marks, str(logs)) == set()
        assert among(marks, *await shown(lived)) == set()
        assert "A library that is open at night" in lived.pages[0].page.text
        written = await workbook(gathering, lived.team)
        assert among((*marks, GROUPS), written) == {GROUPS}  # others approved of it: it is the group's

        await gathering.put_back(rows, files)  # the same once more, but for what is chosen
        await erase(gathering, lived, WITHOUT)
        assert among(marks, *gathering.kept().values()) == set(TEXTS)
        assert among(marks, *await shown(lived)) == {WORD}
        assert among(marks, await workbook(gathering, lived.team)) == {WORD}


async def test_on_postgresql_and_telegram_too_and_after_a_restore(postgres_url: str) -> None:
    marks = (*PERSON, *TEXTS)
    async with open_gathering(postgres_url, "telegram") as gathering:
        await gathering.count_people_from(7_000_000)
        lived = await live(gathering, "telegram")
        rows, files = await gathering.rows(), gathering.kept()
        numbers = numbers_of(NAME, rows)
        leading = columns_with(numbers, rows)
        assert leading - DECLARED_COLUMNS == {("participants", "id"), ("accounts", "id")}
        assert leading >= {("ideas", "author_id"), ("members", "participant_id"), ("deliveries", "account_id")}
        assert NAME in "\n".join(pushed(lived.ali))
        await erase(gathering, lived, WITH_TEXTS)
        assert among(marks, str(await gathering.rows()), *gathering.kept().values()) == set()
        assert columns_with(numbers, await gathering.rows()) == set()
        assert among(marks, *await shown(lived)) == set()
        card = next(text for text in pushed(lived.ali) if "\nEducation 1 · " in text)
        assert "\nAli (Belgium)\nMax R. (France)\n" in card  # corrected where it arrived
        await gathering.put_back(rows, files)
        assert among(marks, str(await gathering.rows()), *gathering.kept().values()) == set(marks)
        await gathering.restart()
        assert among(marks, str(await gathering.rows()), *gathering.kept().values()) == set()


async def test_who_is_back_after_a_restore_is_erased_at_the_next_start(gathering: Gathering) -> None:
    who, max_ = await gathering.join_page(NAME, family_name=FAMILY), await gathering.join_page("Max")
    await gathering.group(NAME, "Max")
    await gathering.publish()
    await gathering.delivered(who, max_)
    rows = await gathering.rows()
    await who.command("effacer")
    await who.press(WITH_TEXTS)
    await who.press("Yes, erase me")
    await gathering.finish_erasing()
    await gathering.put_back(rows, {})
    assert among(PERSON, *gathering.kept().values()) == {NAME, FAMILY}
    await gathering.restart()
    assert among(PERSON, *gathering.kept().values()) == set()
    await max_.look()
    assert among(PERSON, max_.page.text) == set()


async def test_another_one_of_the_same_first_name_stays(gathering: Gathering) -> None:
    durand = await gathering.join_page("Zoé", family_name="Durand")
    await gathering.join_page("Zoé", family_name="Martin")
    max_ = await gathering.join_page("Max")
    await gathering.group("Max")
    await gathering.join_group("Durand", "Martin")
    await gathering.publish()
    await gathering.delivered(max_)
    await durand.command("effacer")
    await durand.press(WITHOUT)
    await durand.press("Yes, erase me")
    await gathering.delivered(max_)
    assert "Zoé M." in max_.page.text
    assert "Zoé D." not in max_.page.text


async def test_who_calls_themselves_by_a_common_word_takes_it_out_of_nobodys_words(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.join("Ada", "1")
        await world.join("Mallory", "2")
        ada, mallory, now = await number(world, "Ada"), await number(world, "Mallory"), world.clock.now()
        accounts = [Account("discord", name, f"chat-{name}", name, "en") for name in ("north", "112")]
        for account in accounts:
            await world.change(participant_store.attach, account, mallory, now)
        known = [
            each for each in await world.read(participant_store.accounts_of, mallory) if each.platform == "discord"
        ]
        numbers = _("If you are in danger, call: {numbers}.", numbers=Listing((Strong("112"),)))
        said = View(("The exit is at the north.", numbers, *(account_label(each, to_others=True) for each in known)))
        await world.change(page_store.add, ada, "bot", said, now)
        await world.change(erasure.erase, DECLARED, mallory, now, texts=False, files=world.files)
        await erasure.finish_erasures(world.store, DECLARED, world.settings.storage, world.files)
        shown = (await world.read(page_store.latest, ada)).messages[-1].view
        assert [plain(line, ENGLISH) for line in shown.lines] == [
            "The exit is at the north.",
            "If you are in danger, call: 112.",
            *2 * [f"Discord · {plain(ERASED, ENGLISH)}"],
        ]


async def test_the_same_words_of_others_stay(sqlite_url: str) -> None:
    words = "Is there a bus on Sunday?"
    async with open_world(sqlite_url) as world:
        chats = [await world.join(name, name) for name in ("Ada", "Zoé", "Max")]
        for chat in chats[:2]:
            await chat.command("equipe")
            await chat.fill(words)
        ada, zoe, max_ = [await number(world, name) for name in ("Ada", "Zoé", "Max")]
        now, view = world.clock.now(), View((Name(words),))
        for reader in (ada, max_):
            await world.change(page_store.add, reader, "bot", view, now)
        await world.change(outbox.notify, max_, view, now, outbox.Telling.NEWS)
        await world.change(erasure.erase, DECLARED, zoe, now, texts=True, files=world.files)
        await erasure.finish_erasures(world.store, DECLARED, world.settings.storage, world.files)
        pages = [(await world.read(page_store.latest, reader)).messages[-1].view for reader in (ada, max_)]
        assert pages == [view, view]
        assert await views(world, chats[2]) == [view]


async def test_a_file_that_reaches_a_page_after_the_erasure_leaves_the_disk_too(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_gathering(store_url) as gathering:
        await gathering.join_page(NAME, family_name=FAMILY)
        max_, world, now = await gathering.join_page("Max"), gathering.world, gathering.world.clock.now()
        who, reader = await number(world, NAME), await number(world, "Max")
        await gathering.delivered(max_)
        send, sending, erased = gathering.site.adapter.send, asyncio.Event(), asyncio.Event()

        async def late(*address: Any, **how: Any) -> str:
            sending.set()
            await erased.wait()
            return await send(*address, **how)

        monkeypatch.setattr(gathering.site.adapter, "send", late)
        file = File("list.csv", f"{NAME};{FAMILY}".encode(), "text/csv", frozenset((who,)))
        await world.change(outbox.notify, reader, View((_("A file."),), attachments=(file,)), now, outbox.Telling.NEWS)
        delivering = asyncio.create_task(gathering.delivered(max_))
        await sending.wait()
        await world.change(erasure.erase, DECLARED, who, now, texts=True, files=world.files)
        await gathering.finish_erasing()
        erased.set()
        await delivering
        rows = await gathering.rows()
        assert "The file here named someone" in max(rows["page_messages"], key=itemgetter("id"))["content"]
        assert rows["page_files"] == []
        assert among(PERSON, *gathering.kept().values()) == set()


@on_one_engine
async def test_a_calendar_file_that_names_them_goes(store_url: str) -> None:
    async with open_gathering(store_url, "telegram") as gathering:
        who = await gathering.join(NAME, "web", family_name=FAMILY)
        reader = await gathering.join_page("Max")
        starts = gathering.world.clock.now() + timedelta(hours=3)
        titles = dict.fromkeys(("fr", "en", "de"), "Stars")
        plan = Plan("stars", titles, starts, starts + timedelta(hours=1), "Europe/Paris", speaker=f"{NAME} {FAMILY}")
        await gathering.world.change(add_session, plan)
        await reader.command("programme")
        await reader.press("Add to my calendar")
        assert reader.file is not None
        await who.command("effacer")
        await who.press(WITH_TEXTS)
        await who.press(next(label for label in who.buttons if label.startswith("Yes")))
        await gathering.finish_erasing()
        assert (await gathering.rows())["page_files"] == []
        files = [content for path, content in gathering.kept().items() if "files" in path.parts]
        assert among((FAMILY,), *files) == set()
