"""`rencontres announce`: whom it reaches and how it arrives, then once to everyone, now or at a typed time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config.settings import load_settings
from bot.database.engine import Row, Transaction
from bot.database.opening import open_store
from tests.pictures import drawn
from tests.shell import Shell
from tests.world import SECTIONS

PEOPLE = "ref,given_name,family_name,country,theme\nR1,Zoé,Dupont,CA-QC,culture\nR2,Léo,Martin,FR,civic\n"


def rows(sql: str) -> Sequence[Row]:
    """Do something in the store of this folder."""

    async def work() -> Sequence[Row]:
        store = await open_store(load_settings(Path("config.toml"), SECTIONS).storage.url)
        try:

            async def unit(tx: Transaction) -> Sequence[Row]:
                return await tx.all(sql)

            return await store.transact(unit)
        finally:
            await store.close()

    return asyncio.run(work())


@pytest.fixture
def folder_of_words(shell: Shell, configured: Path) -> Path:
    """Two people who came in, one of whom cannot be reached, and a message with an English variant."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0
    rows("UPDATE participants SET status = 'joined' RETURNING id")
    rows(
        "INSERT INTO accounts (platform, native_id, chat, name, participant_id, unreachable, linked_at)"
        " SELECT 'telegram', ref, ref, '', id, CASE WHEN ref = 'R2' THEN 1 ELSE 0 END, 0 FROM participants"
        " RETURNING id"
    )
    (configured / "message.md").write_text("**Bonjour** à *tous*", encoding="utf-8")
    (configured / "message.en.md").write_text("Hello everyone", encoding="utf-8")
    return configured


def announced() -> Sequence[Row]:
    return rows("SELECT * FROM announcements ORDER BY id")


def test_a_dry_run_shows_who_is_reached_and_stores_nothing(shell: Shell, folder_of_words: Path) -> None:
    shown = shell("announce", "--audience", "all", "--file", "message.md", "--urgent", "--dry-run")  # also by night
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        "1 person: 1 telegram; 1 unreachable",
        "  not Léo Martin: cannot be reached",
        "--- the words:",
        "Bonjour à tous",
        "--- the words in en:",
        "Hello everyone",
        "---",
        "Nothing is sent: without --dry-run, it leaves at once.",
    ]
    assert not announced()


def test_it_leaves_once_in_ten_seconds_with_every_variant(shell: Shell, folder_of_words: Path) -> None:
    (folder_of_words / "map.png").write_bytes(drawn("PNG"))
    sent = shell("announce", "--audience", "all", "--file", "message.md", "--attach", "map.png", "--urgent")
    assert sent.exit_code == 0
    assert sent.stdout.splitlines()[-1] == "Announcement 1 leaves in ten seconds. Organisers can stop it in chat."
    [kept] = announced()
    assert (kept["state"], kept["audience"], kept["urgent"], kept["author_id"]) == ("sending", "all", 1, None)
    assert set(json.loads(kept["content"])["words"]) == {"", "en"}
    [carried] = rows("SELECT kind, name FROM announcement_files")
    assert (carried["kind"], carried["name"]) == ("picture", "map.png")
    assert len(rows("SELECT id FROM deliveries WHERE announcement_id = 1 AND state = 'waiting'")) == 2
    assert "2 telegram announcement 1: waiting since" in shell("outbox").stdout


def test_the_same_twice_is_pointed_out(shell: Shell, folder_of_words: Path) -> None:
    words = ("announce", "--audience", "theme:culture", "--file", "message.md")
    rows("UPDATE choices SET theme = 'culture' RETURNING theme")
    assert shell(*words).exit_code == 0
    second = shell(*words)
    assert second.exit_code == 1
    assert "the same was announced to the same people just now (announcement 1): add --again" in second.stderr
    assert len(announced()) == 1
    assert shell(*words, "--again").exit_code == 0


def test_the_same_for_another_hour_is_pointed_out_too(shell: Shell, folder_of_words: Path) -> None:
    words = ("announce", "--audience", "all", "--file", "message.md", "--at", "2099-06-10T12:00Z")
    assert shell(*words).exit_code == 0
    second = shell(*words)
    assert second.exit_code == 1
    assert "the same is to be announced to the same people at its hour (announcement 1): add --again" in second.stderr
    assert len(announced()) == 1


def test_a_typed_time_is_told_in_paris_and_montreal(shell: Shell, folder_of_words: Path) -> None:
    sent = shell("announce", "--audience", "all", "--file", "message.md", "--at", "10 juin 2099 14h", "--urgent")
    told = "leaves Wednesday 10 June 2099, 14:00 in Paris, 08:00 in Montréal."
    assert told in sent.stdout.splitlines()[-1]
    [kept] = announced()
    due = datetime(2099, 6, 10, 12, 0, tzinfo=UTC)
    assert (kept["state"], kept["due_at"], kept["urgent"]) == ("waiting", int(due.timestamp()) * 1_000_000, 1)


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
            "no audience is called 'everybody'; there is all, theme:culture, theme:civic,",
            2,
        ),
        ({"audience": "theme:musik"}, "there is no theme musik: culture, civic", 2),
        ({"audience": "group:7"}, "there is no group 7", 2),
        ({"audience": "platform:fax"}, "there is no platform fax: discord, telegram, web", 2),
        ({"audience": "territory:DE"}, "", 1),
        ({"words": b""}, "There is nothing to read", 2),
        ({"words": b"\xff\xfe\xfa"}, "not a text in UTF-8", 2),
        ({"words": b"word " * 4000}, "it would arrive as", 2),
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
        assert refused.stdout.splitlines()[-1] == "Nobody would be told: nothing is sent."
    assert not announced()


def test_a_long_text_is_shown_in_its_parts(shell: Shell, folder_of_words: Path) -> None:
    (folder_of_words / "message.md").write_text("word " * 1000, encoding="utf-8")
    shown = shell("announce", "--audience", "all", "--file", "message.md", "--dry-run").stdout
    assert "telegram: 2 messages, of 4091, 919 characters" in shown
    assert "discord: 3 messages" in shown
