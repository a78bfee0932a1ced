"""`python -m tools.statements`: SQL outside stores, and services that are given a request."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import statements

ROOT = Path(__file__).parents[2]


def problems(root: Path, module: str, source: str) -> list[str]:
    """What is wrong in a checkout that has only this module."""
    path = root / module
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    return [str(problem) for problem in statements.check(root)]


@pytest.mark.parametrize(
    "source",
    [
        'row = tx.one("SELECT 1 AS one FROM boats WHERE id = :id", id=1)',
        'tx.run(f"DELETE FROM {table} WHERE id = :id", id=1)',
        'tx.run(f"UPDATE {table} SET name = :name")',
        '_INSERT = "INSERT INTO boats (name) VALUES (:name)"',
        'condition = "EXISTS (SELECT 1 FROM boats b WHERE b.owner = p.id)"',
        'condition = f" AND {mine}"',
        'order = "name" " ORDER BY name"',
    ],
)
def test_sql_outside_a_store_is_found(tmp_path: Path, source: str) -> None:
    found = problems(tmp_path, "handlers/boats/participant.py", f"\n{source}\n")
    assert [problem.split(" «")[0] for problem in found] == ["handlers/boats/participant.py:2: SQL outside a store:"]


@pytest.mark.parametrize(
    "module",
    [
        "handlers/boats/store.py",
        "handlers/boats/store/moorings.py",
        "handlers/boats/mooring_store.py",
        "handlers/boats/personal_data.py",
        "handlers/boats/audiences.py",
        "bot/database/sqlite.py",
    ],
)
def test_stores_and_what_declares_conditions_hold_sql(tmp_path: Path, module: str) -> None:
    source = 'sql = "SELECT 1 AS one FROM boats WHERE id = :id"\n'
    assert problems(tmp_path / "theirs", module, source) == []
    assert len(problems(tmp_path / "elsewhere", "handlers/boats/messages.py", source)) == 1


def test_words_are_no_sql() -> None:
    source = '''
    """A docstring may say: SELECT 1 FROM boats."""
    said = "Select a boat from the list, and update its name where you like."
    loud = "WHERE ARE YOU?"
    sql = "SELECT id FROM boats"
    '''
    [(sql, _line)] = statements.statements(ast.parse("if True:\n" + source))
    assert sql == "SELECT id FROM boats"


def test_the_engine_names_no_table_of_a_capability(tmp_path: Path) -> None:
    declared = tmp_path / "handlers" / "boats" / "personal_data.py"
    declared.parent.mkdir(parents=True)
    declared.write_text('PERSONAL_DATA = (PersonalData(table="boats", goes="owner"),)\n', encoding="utf-8")
    source = 'sql = "SELECT d.id FROM deliveries d"\njoined = " LEFT JOIN boats b ON b.owner = d.participant_id"\n'
    found = problems(tmp_path, "bot/delivery/delivery_store.py", source)
    assert found == ["bot/delivery/delivery_store.py:2: the engine names a table of a capability: boats"]


@pytest.mark.parametrize("module", ["handlers/boats/service.py", "handlers/boats/service/renting.py"])
def test_a_service_takes_no_request(tmp_path: Path, module: str) -> None:
    source = "from bot.conversation.routes import Request, Transaction\n"
    assert problems(tmp_path, module, source) == [f"{module}:1: a service takes no Request"]


def test_a_screen_takes_one(tmp_path: Path) -> None:
    source = "from bot.conversation.routes import Request\n"
    assert problems(tmp_path / "screen", "handlers/boats/participant.py", source) == []
    assert len(problems(tmp_path / "service", "handlers/boats/service.py", source)) == 1


def test_the_statements_of_a_store_are_seen() -> None:
    store = ast.parse((ROOT / "handlers" / "themes" / "store.py").read_text(encoding="utf-8"))
    assert any(sql.startswith("SELECT") for sql, _line in statements.statements(store))


def test_the_command_fails_where_something_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "boats.py").write_text('sql = "DELETE FROM boats"\n', encoding="utf-8")
    command = [sys.executable, "-m", "tools.statements"]
    ended = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "handlers/boats.py:1: SQL outside a store: «DELETE FROM boats»\n")
