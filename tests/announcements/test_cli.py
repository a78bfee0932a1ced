"""`rencontres announce`: whom it reaches and how it arrives, then once to everyone, now or at a typed time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest

from bot.config.settings import load_settings
from bot.content.texts import source_name
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.people import participant_store
from bot.people.audiences import EVERYONE
from bot.people.participants import Account
from handlers.announcements.model import Announcement
from handlers.announcements.store.announcements import list_announcements
from handlers.announcements.store.contents import find_content
from handlers.announcements.store.reports import copies_of
from tests.pictures import drawn
from tests.shell import Shell
from tests.world import SECTIONS

P = ParamSpec("P")
T = TypeVar("T")

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
PEOPLE = "ref,given_name,family_name,country,theme\nR1,Zoé,Dupont,CA-QC,culture\nR2,Léo,Martin,FR,civic\n"


def in_store(work: Callable[Concatenate[Transaction, P], Awaitable[T]], *args: P.args, **values: P.kwargs) -> T:
    """Run a function of a store in a transaction, in the store of this folder."""

    async def unit(tx: Transaction) -> T:
        return await work(tx, *args, **values)

    async def transact() -> T:
        store = await open_store(load_settings(Path("config.toml"), SECTIONS).storage.url)
        try:
            return await store.transact(unit)
        finally:
            await store.close()

    return asyncio.run(transact())


async def come_in(tx: Transaction) -> None:
    """Let both come in on Telegram, where Léo cannot be written to any more."""
    for ref in ("R1", "R2"):
        person = await participant_store.find_by_ref(tx, ref)
        assert person is not None
        account = await participant_store.attach(tx, Account("telegram", ref, ref, "", None), person.id, NOW)
        await participant_store.join(tx, person.id, NOW)
    assert account.id is not None
    await participant_store.mark_reachable(tx, account.id, False)


@pytest.fixture
def folder_of_words(shell: Shell, configured: Path) -> Path:
    """Two people who came in, one of whom cannot be reached, and a message with an English variant."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0
    in_store(come_in)
    (configured / "message.md").write_text("**Bonjour** à *tous*", encoding="utf-8")
    (configured / "message.en.md").write_text("Hello everyone", encoding="utf-8")
    return configured


def announced() -> Sequence[Announcement]:
    return in_store(list_announcements, 9)


def test_a_dry_run_shows_who_is_reached_and_stores_nothing(shell: Shell, folder_of_words: Path) -> None:
    shown = shell("announce", "--audience", "all", "--file", "message.md", "--urgent", "--dry-run")  # also by night
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        "1 person: 1 telegram; 1 unreachable",
        "  not to Léo Martin: cannot be reached",
        "--- text:",
        "Bonjour à tous",
        "--- text in en:",
        "Hello everyone",
        "---",
        "Nothing was sent. Without --dry-run, it leaves at once.",
    ]
    assert not announced()


def test_it_leaves_once_in_ten_seconds_with_every_variant(shell: Shell, folder_of_words: Path) -> None:
    (folder_of_words / "map.png").write_bytes(drawn("PNG"))
    sent = shell("announce", "--audience", "all", "--file", "message.md", "--attach", "map.png", "--urgent")
    assert sent.exit_code == 0
    assert sent.stdout.splitlines()[-1] == "Announcement 1 leaves in ten seconds. Organisers can stop it in chat."
    [stored] = announced()
    assert (stored.state, stored.audience, stored.urgent, stored.author_id) == ("sending", EVERYONE, True, None)
    content = in_store(find_content, 1)
    assert content
    assert content.words.keys() == {"", "en"}
    assert [source_name(file.name) for file in content.attachments] == ["map.png"]
    assert [copy.state for copy in in_store(copies_of, 1)] == ["waiting", "waiting"]
    assert "2 telegram announcement 1: waiting since" in shell("outbox").stdout


def test_the_same_twice_is_pointed_out(shell: Shell, folder_of_words: Path) -> None:
    words = ("announce", "--audience", "theme:culture", "--file", "message.md")
    assert shell(*words).exit_code == 0
    second = shell(*words)
    assert second.exit_code == 1
    assert "the same text was just sent to the same people (announcement 1): add --again" in second.stderr
    assert len(announced()) == 1
    assert shell(*words, "--again").exit_code == 0


def test_the_same_for_another_hour_is_pointed_out_too(shell: Shell, folder_of_words: Path) -> None:
    words = ("announce", "--audience", "all", "--file", "message.md", "--at", "2099-06-10T12:00Z")
    assert shell(*words).exit_code == 0
    second = shell(*words)
    assert second.exit_code == 1
    assert "the same text is already scheduled for the same people (announcement 1): add --again" in second.stderr
    assert len(announced()) == 1


def test_a_typed_time_is_told_in_paris_and_montreal(shell: Shell, folder_of_words: Path) -> None:
    sent = shell("announce", "--audience", "all", "--file", "message.md", "--at", "10 juin 2099 14h", "--urgent")
    told = "leaves Wednesday 10 June 2099, 14:00 in Paris, 08:00 in Montréal."
    assert told in sent.stdout.splitlines()[-1]
    [stored] = announced()
    assert (stored.state, stored.due, stored.urgent) == ("waiting", datetime(2099, 6, 10, 12, 0, tzinfo=UTC), True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3 juin 2020 12h", "That is past."),
        ("30 février 2099 12h", "There is no such day in the calendar."),
        ("3/6/2099 14h", "--at 2099-03-06T13:00Z"),
        ("bientôt", "I do not understand this date."),
    ],
)
def test_a_time_that_cannot_be_is_asked_again(shell: Shell, folder_of_words: Path, typed: str, said: str) -> None:
    refused = shell("announce", "--audience", "all", "--file", "message.md", "--at", typed)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert not announced()


@pytest.mark.parametrize(
    ("change", "said", "code"),
    [
        (
            {"audience": "everybody"},
            "no audience is called 'everybody'; choose from all, theme:culture, theme:civic,",
            2,
        ),
        ({"audience": "theme:musik"}, "there is no theme musik: culture, civic", 2),
        ({"audience": "group:7"}, "there is no group 7", 2),
        ({"audience": "platform:fax"}, "there is no platform fax: discord, email, telegram, web", 2),
        ({"audience": "territory:DE"}, "", 1),
        ({"words": b""}, "This answer is empty", 2),
        ({"words": b"\xff\xfe\xfa"}, "is not UTF-8 text", 2),
        ({"words": b"word " * 4000}, "it would take", 2),
    ],
)
def test_what_cannot_be_sent_says_why_and_changes_nothing(
    shell: Shell, folder_of_words: Path, change: dict[str, Any], said: str, code: int
) -> None:
    if "words" in change:
        (folder_of_words / "message.md").write_bytes(change["words"])
    refused = shell("announce", "--audience", change.get("audience", "all"), "--file", "message.md")
    assert refused.exit_code == code
    assert said in refused.stderr
    if code == 1:
        assert refused.stdout.splitlines()[-1] == "Nothing was sent: it would reach nobody."
    assert not announced()


def test_a_long_text_is_shown_in_its_parts(shell: Shell, folder_of_words: Path) -> None:
    (folder_of_words / "message.md").write_text("word " * 1000, encoding="utf-8")
    shown = shell("announce", "--audience", "all", "--file", "message.md", "--dry-run").stdout
    assert "telegram: 2 messages, of 4091, 919 characters" in shown
    assert "discord: 3 messages" in shown
