"""The figures of `python -m tools.weak_tests`, each shown to fail on a test that is as it should not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.figures import Figure, none_of, report
from tools.weak_tests import absent, always, either, read_tests, silent, statements

SOUND = """
import pytest
from tests.builders import expect_groups

def test_asserts():
    assert form(12) == [4, 4, 4]

def test_raises():
    with pytest.raises(ValueError):
        form(0)

async def test_lets_a_helper_assert(world):
    await expect_groups(world, 3)

def test_starts_a_program():
    subprocess.run(["rencontres", "--help"], check=True)
"""

BUILDERS = """
async def expect_groups(world, count):
    await wait_for(world)
    assert len(world.groups) == count
"""


def counted(tmp_path: Path, text: str) -> list[Figure]:
    """The figures of a checkout whose groups have sound tests, and one file with this."""
    folder = tmp_path / "tests" / "groups"
    folder.mkdir(parents=True)
    (folder / "test_sound.py").write_text(SOUND, encoding="utf-8")
    (folder / "builders.py").write_text(BUILDERS, encoding="utf-8")
    (folder / "test_weak.py").write_text(text, encoding="utf-8")
    files = read_tests(tmp_path)
    return [statements(files, ["groups"]), silent(files), either(files), always(files), absent(files)]


def test_sound_tests_are_not_counted(tmp_path: Path) -> None:
    assert [figure.number for figure in counted(tmp_path, "")] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("def test_x():\n    run('DELETE FROM groups')", "sql", "tests/groups/test_weak.py:2: DELETE …"),
        ("SQL = 'UPDATE groups SET room = 1'", "sql", "tests/groups/test_weak.py:1: UPDATE …"),
        ("def test_x():\n    form(12)", "silent", "tests/groups/test_weak.py:1: test_x"),
        ("def test_x():\n    assert form(1) or form(2)", "either", "tests/groups/test_weak.py:2: form(1) or form(2)"),
        ("def test_x():\n    assert len(form(1)) >= 0", "always", "tests/groups/test_weak.py:2: len(form(1)) >= 0"),
        *(
            (f"def test_x():\n    assert {claim}", "absent", "tests/groups/test_weak.py:1: test_x")
            for claim in (
                "'Ana' not in form(1)",
                "form(0) == []",
                "(form(0), form(1)) == ((), None)",
                "not form(0) and form(1) is None",
                "all('Ana' not in group for group in form(1))",
                "not any('Ana' in group for group in form(1))",
            )
        ),
    ],
)
def test_a_weak_test_is_named_where_it_stands(tmp_path: Path, text: str, key: str, line: str) -> None:
    found = {figure.key: figure.counted for figure in counted(tmp_path, text) if not figure.met}
    assert found.get(key) == [line]


@pytest.mark.parametrize(
    "shown",
    [
        "assert 'Bo' in form(2)",
        "assert form(2) == ['Bo']",
        "assert run('check').exit_code == 0",
        "[group] = form(2)",
        "(group,) = form(2)",
        "with pytest.raises(ValueError): form(-1)",
        "zoe.sees('Welcome')",
    ],
)
def test_what_is_missing_may_be_asserted_beside_what_is_there(tmp_path: Path, shown: str) -> None:
    figures = {
        figure.key: figure for figure in counted(tmp_path, f"def test_x():\n    assert not form(0)\n    {shown}")
    }
    assert (figures["absent"].met, figures["silent"].met) == (True, True)


def test_a_helper_counts_only_if_each_of_its_name_asserts(tmp_path: Path) -> None:
    other = "class Other:\n    def expect_groups(self): ..."
    [line] = counted(tmp_path, f"def test_x():\n    expect_groups(1)\n\n{other}")[1].counted[-1:]
    assert line == "tests/groups/test_weak.py:1: test_x"


def test_a_helper_of_the_same_file_is_the_one_that_is_called(tmp_path: Path) -> None:
    own = "def expect_groups(count): assert count\n\ndef test_x():\n    expect_groups(1)"
    other = "def test_y():\n    expect_groups(1)"
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "builders.py").write_text("def expect_groups(self): ...", encoding="utf-8")
    (tmp_path / "tests" / "test_own.py").write_text(own, encoding="utf-8")
    (tmp_path / "tests" / "test_other.py").write_text(other, encoding="utf-8")
    assert silent(read_tests(tmp_path)).counted == ["tests/test_other.py:1: test_y"]


def test_sql_beside_the_tests_of_capabilities_is_nobodys_business(tmp_path: Path) -> None:
    for folder in ("database", "groups"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
        (tmp_path / "tests" / folder / "test_store.py").write_text("SQL = 'SELECT 1'", encoding="utf-8")
    assert statements(read_tests(tmp_path), ["groups"]).counted == ["tests/groups/test_store.py:1: SELECT …"]


def test_a_missed_aim_is_told_and_fails_only_where_it_is_enforced(capsys: pytest.CaptureFixture[str]) -> None:
    missed, met = none_of("silent", "tests that assert nothing", ["a.py:1: x"]), none_of("either", "doubts", [])
    assert report([missed, met], frozenset()) == 0
    assert capsys.readouterr().out == "tests that assert nothing: 1 (aim: 0, missed)\ndoubts: 0 (aim: 0)\n"
    assert report([missed, met], frozenset({"silent", "either"})) == 1
    assert capsys.readouterr().out.splitlines()[1] == "    a.py:1: x"
    assert report([missed], frozenset({"either"}), everything=True) == 0
    assert capsys.readouterr().out.splitlines()[1] == "    a.py:1: x"
