"""The shell reads the same files as the chat, and ends as soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harmful_files import CALENDARS, TABLES, WORKBOOKS
from tests.shell import Shell


@pytest.mark.parametrize("name", ["a row far away", "a long first line"])
def test_importing_a_list_that_kills_ends_with_a_refusal(shell: Shell, configured: Path, name: str) -> None:
    (configured / "list").write_bytes({**WORKBOOKS, **TABLES}[name]())
    refused = shell("import", "participants", "list")
    assert (refused.exit_code, refused.stdout.splitlines()[-1]) == (1, "Nothing was imported.")


@pytest.mark.parametrize("name", ["sessions", "a zone of many rules"])
def test_importing_a_programme_that_kills_ends_with_a_refusal(shell: Shell, configured: Path, name: str) -> None:
    (configured / "programme.ics").write_bytes(CALENDARS[name]())
    refused = shell("programme", "import", "programme.ics")
    assert (refused.exit_code, refused.stdout.splitlines()[-1]) == (1, "Nothing was imported. Problems to correct: 1.")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a row far away", "it is too long: 250000 lines at most"),
        ("a size that is not true", "“people” cannot be read. Save it again as CSV, Excel or LibreOffice."),
        ("a long cell", "“people” cannot be read. Save it again as CSV, Excel or LibreOffice."),
    ],
)
def test_forming_groups_from_a_file_that_kills_ends_with_a_refusal(
    shell: Shell, folder: Path, name: str, why: str
) -> None:
    (folder / "people").write_bytes({**WORKBOOKS, **TABLES}[name]())
    refused = shell("groups", "form", "people", "--out", "groups.csv")
    assert refused.exit_code == 2
    assert refused.stderr.splitlines()[0].endswith(why)


def test_a_file_without_an_end_is_read_no_further_than_it_may_be(shell: Shell, configured: Path) -> None:
    zeros = Path("/dev/zero")
    if not zeros.exists():
        pytest.skip("this system has no such file")
    (configured / "list.csv").symlink_to(zeros)
    refused = shell("import", "participants", "list.csv")
    assert (refused.exit_code, refused.stdout.splitlines()[0]) == (1, "“list.csv” is too large: 5 MB at most.")
