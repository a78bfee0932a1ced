"""A rehearsal of a dozen people: it goes by with nothing missing, and what is made to be missing is found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook
from rich.console import Console

from bot.content.texts import _, plain
from bot.rehearsal.botapi import SeenMessage
from bot.rehearsal.cast import CastMember
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.playing import Play
from bot.rehearsal.rehearsing import differences, rehearse
from handlers.results.rehearsal import FOLDER
from tests.drivers.discord import nothing_gathered
from tests.drivers.program import Bench

# Ten seconds of work, which a busy machine does in minutes.
pytestmark = [pytest.mark.first, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """It, to its end; what is set for the real program, outside, is none of its business."""
    folder = tmp_path_factory.mktemp("rehearsal")
    with (
        pytest.MonkeyPatch.context() as outside,
        nothing_gathered(),
        (folder / "shown.txt").open("w", encoding="utf-8") as shown,
    ):
        outside.setenv("RENCONTRES_STORAGE__URL", f"sqlite:///{folder}/of-the-real-gathering.db")
        outside.setenv("RENCONTRES_GATHERING__NAME", "")
        return asyncio.run(rehearse(Console(file=shown), folder, people=14, seed=1, new_process=Bench))


def on_telegram(play: Play) -> Iterator[tuple[CastMember, TelegramChat]]:
    for player in play.coming:
        if isinstance(player.driver, TelegramChat):
            yield player, player.driver


def test_everything_comes_once_through_four_restarts_and_every_idea_is_exported(played: Play) -> None:
    assert played.found == []
    assert played.servers.restarts == 4
    assert {player.platform for player in played.coming} == {"telegram", "web", "discord", "email"}
    assert played.expected.count > 200
    assert played.expected_in_threads.count > 4  # revealing ideas edits a card
    assert len(played.ideas) > 60


def test_the_account_and_what_everyone_received_are_kept(played: Play) -> None:
    account = (played.folder / "account.txt").read_text("utf-8")
    assert "14 people have their invitations" in account
    assert "Every message came exactly once" in account
    assert "in a gallery of tables" in account
    assert "12 people meet in pairs, four times" in account
    assert len(list((played.folder / "received").iterdir())) == 14


def test_a_message_that_the_server_lost_is_missed(played: Play) -> None:
    player, chat = next(on_telegram(played))
    [lost] = [message for message in chat.user.chat.messages.values() if "affiche de la soirée" in message.text]
    lost.gone = True
    assert differences(played) == [f"{player.name}: «Voici l'affiche de la soirée.»: due 1, came 0"]
    lost.gone = False


def test_a_message_that_came_twice_is_noticed(played: Play) -> None:
    player, chat = next(on_telegram(played))
    messages = chat.user.chat.messages
    [twice] = [message for message in messages.values() if "affiche de la soirée" in message.text]
    messages[0] = twice
    assert differences(played) == [f"{player.name}: «Voici l'affiche de la soirée.»: due 1, came 2"]
    del messages[0]


def test_what_nobody_was_to_say_is_noticed(played: Play) -> None:
    player, chat = next(on_telegram(played))
    shown = chat.user.chat.shown[-1].message
    said, asked = shown.data, chat._answers
    shown.data, chat._answers = {**said, "text": "Salut !", "caption": "Salut !"}, set()
    found = differences(played)
    shown.data, chat._answers = said, asked
    assert any(line.startswith(f"{player.name}: nobody was to say") for line in found)


def test_what_the_house_did_not_save_is_noticed_though_it_was_an_answer(played: Play) -> None:
    player, chat = next(on_telegram(played))
    message = next(shown.message for shown in chat.user.chat.shown if shown.message.id in chat._answers)
    words = plain(_("Not saved: our store does not answer. Try again in a minute."), player.reader)
    chat.user.chat.shown.insert(0, SeenMessage(message, {"text": words}, edited=False))
    found = differences(played)
    del chat.user.chat.shown[0]
    assert f"{player.name}: something was not saved" in found


def test_an_idea_that_is_not_in_the_export_is_missed(played: Play) -> None:
    book = played.folder / FOLDER / "ateliers.xlsx"
    before = book.read_bytes()
    [idea, *_others] = [each for each in played.ideas if each.stands]
    workbook = load_workbook(book)
    for sheet in workbook:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == idea.text:
                    cell.value = None
    workbook.save(book)
    found = differences(played)
    book.write_bytes(before)
    assert found == [
        f"{idea.author.name}: «{idea.text}» is in the export 0 times, due 1",
        "the workbook asked for in chat holds other ideas than the exported one",
    ]


def test_an_idea_that_was_taken_back_and_is_in_the_export_is_noticed(played: Play) -> None:
    withdrawn = next(idea for idea in played.ideas if idea.stands)
    withdrawn.stands = False
    assert differences(played) == [
        f"{withdrawn.author.name}: «{withdrawn.text}» is in the export 1 times, due 0",
    ]
    withdrawn.stands = True
