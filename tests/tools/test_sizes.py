"""The figures of the program's size: what each counts, and that a ceiling holds."""

from __future__ import annotations

from pathlib import Path

from tools.sizes import measure

SCREENS = '''
from bot.content.views import Reply, reply
from handlers.boats import store

class OpenBoat(Action, code="qb"):
    boat: int

@routes.press("qc")
async def ask_to_sell(request, boat: int) -> Reply:
    """Ask whether somebody is sure."""
    return await _sure(request, boat)

@routes.form("qd", BoatForm)
async def rename(request, form, boat: int, seen: str) -> Reply:
    """Rename a boat."""
    old = action.boat
    return reply(old, buttons=(Button(_("Next ▶"), OpenBoat(1)),))

async def _sure(request, boat: int) -> Reply:
    return reply()
'''


def checkout(root: Path) -> Path:
    """A checkout with one capability."""
    for folder in ("bot", "handlers/boats", "benchmarks", "docs/example/handlers"):
        (root / folder).mkdir(parents=True)
    (root / "handlers/boats/organiser.py").write_text(SCREENS, encoding="utf-8")
    return root


def test_each_figure_counts_what_it_names(tmp_path: Path) -> None:
    figures = {figure.key: figure for figure in measure(checkout(tmp_path), {})}
    counted = ("actions", "action_fields", "fingerprints", "questions", "paging", "one_statement")
    assert {key: figures[key].number for key in counted} == dict.fromkeys(counted, 1)
    assert (figures["imports"].number, figures["names_handlers"].number) == (2, 2)
    assert figures["lines_boats"].number == figures["role_organiser"].number == SCREENS.count("\n")
    assert figures["paging"].counted == ["handlers/boats/organiser.py:17: Next ▶"]


def test_what_is_above_its_ceiling_misses_its_aim(tmp_path: Path) -> None:
    figures = {figure.key: figure for figure in measure(checkout(tmp_path), {"paging": 0, "one_statement": 1})}
    assert (figures["paging"].met, figures["one_statement"].met, figures["actions"].met) == (False, True, True)
