"""Payloads stay valid: what stands in messages that people were sent long ago opens the same screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.actions import Go
from bot.conversation.hearing import ItIsMyEdit
from tests.drivers.neutral import decodes
from tests.world import EVERY_ROUTE, open_world
from tools.payloads import GOLDEN, declared, differences, main


def test_no_code_changes_what_it_carries() -> None:
    """A new code gets a new line; a line that is changed or gone is a button in people's chats that no longer works."""
    golden, present = GOLDEN.read_text("utf-8").splitlines(), declared(EVERY_ROUTE)
    assert differences(golden, present) == ([], [])
    assert golden == present, "in their order, and each once"


def test_lines_are_added_for_new_codes_and_for_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = GOLDEN.read_text("utf-8").splitlines(keepends=True)
    golden = tmp_path / "payloads.tsv"
    golden.write_text("".join(lines[:3] + lines[5:]), "utf-8")
    assert main(["check"], golden) == 1
    assert main(["update"], golden) == 0
    assert golden.read_text("utf-8").splitlines(keepends=True) == lines
    for wrong in (lines[0].replace("int", "str"), "aaa\tpress\torganiser\tint\t\n"):
        golden.write_text("".join([wrong, *lines[1:-1]]), "utf-8")
        capsys.readouterr()
        assert main(["update"], golden) == 1
        assert wrong.strip("\n") in capsys.readouterr().out
        assert golden.read_text("utf-8") == "".join([wrong, *lines[1:-1]]), "nothing is written beside a mistake"


async def test_a_slip_in_a_payload_that_a_test_makes_fails_it(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1")
        with pytest.raises(AssertionError, match="no screen has the payload «go-hom»"):
            await zoe.follow("go-hom")
        await zoe.follow("go-hom", forged=True)
        assert zoe.text.startswith("That button has aged.")


@pytest.mark.parametrize(
    ("payload", "known"),
    [
        (Go("moi").encode(), True),
        ("dk-0", True),
        ("dk-é", False),
        (ItIsMyEdit.code, False),
        ("zz-1", False),
        ("", False),
    ],
)
def test_a_payload_is_of_a_screen_of_a_question_or_of_words_that_wait(payload: str, known: bool) -> None:
    assert decodes(EVERY_ROUTE, payload) is known
