"""The figures of `python -m tools.imports`, each shown to fail on a small tree that breaks its rule."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tools import imports
from tools.imports import (
    circles,
    classes_twice,
    other_roles,
    read_sources,
    renamed_modules,
    renamed_symbols,
    screens_across,
    within_capabilities,
    written_across,
)

ROOT = Path(__file__).parents[2]


def tree(root: Path, modules: dict[str, str]) -> Path:
    """A checkout with these modules, by path, and an empty `__init__` in each folder of theirs."""
    for name, text in {"bot/clock.py": "", "handlers/__init__.py": "", **modules}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for folder in path.relative_to(root).parents[:-1]:
            (root / folder / "__init__.py").touch()
    return root


def graph(*lines: str) -> grimp.ImportGraph:
    """A graph of the imports «importer -> imported» between modules of handlers, their packages included."""
    drawn = grimp.ImportGraph()
    for line in lines:
        importer, imported = (f"handlers.{module}" for module in line.split(" -> "))
        drawn.add_import(importer=importer, imported=imported)
        for module in (importer, imported):
            for end in range(1, module.count(".") + 1):
                drawn.add_module(".".join(module.split(".")[:end]))
    return drawn


def test_imports_that_leave_their_capability_are_counted_against_all() -> None:
    within = ("themes.service -> themes.store", "themes.participant -> themes.service")
    left_out = (
        "themes.service -> navigation.actions",
        "groups.cli -> ideas.store",
        "groups.cli.options -> groups.cli",
        "groups.service -> groups.solver.forming",
    )
    figure = within_capabilities(graph(*within, *left_out, "ideas.wall -> themes.store"))
    assert (figure.number, figure.met) == (67, True)
    assert figure.counted == ["handlers.ideas.wall -> handlers.themes.store"]
    figure = within_capabilities(graph(*within, "ideas.wall -> themes.store", "ideas.cards -> themes.store"))
    assert (figure.number, figure.met) == (50, False)


def test_a_circle_is_found_between_capabilities_and_within_one() -> None:
    acyclic = graph("ideas.wall -> themes.store", "ideas.store -> themes.model")
    assert (circles(acyclic).number, circles(acyclic).met) == (0, True)
    acyclic.add_import(importer="handlers.themes.model", imported="handlers.ideas.layout")
    between = circles(acyclic)
    assert (between.number, between.met) == (1, False)
    assert between.counted == ["handlers.themes.model -> handlers.ideas.layout"]
    inside = circles(graph("ideas.wall -> ideas.store", "ideas.store -> ideas.wall"))
    assert (inside.number, inside.met) == (1, False)


@pytest.mark.parametrize(
    ("imported", "allowed"),
    [
        ("themes.service", True),
        ("themes.hooks", True),
        ("themes.line_store", True),
        ("themes.messages.words", True),
        ("navigation.layout", True),
        ("ideas.cards", True),
        ("themes.participant", False),
        ("themes.layout", False),
        ("themes", False),
    ],
)
def test_the_screens_of_another_capability_are_left_alone(imported: str, allowed: bool) -> None:
    figure = screens_across(graph(f"ideas.wall -> {imported}"))
    assert figure.counted == ([] if allowed else [f"handlers.ideas.wall -> handlers.{imported}"])
    assert figure.met is allowed


def test_only_modules_of_ours_count_as_renamed(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {
            "handlers/themes/store.py": "def take() -> None: ...",
            "handlers/ideas/wall.py": (
                "import handlers.themes.store\n"
                "import handlers.themes.store as places\n"
                "import json as data\n"
                "from handlers.themes import store\n"
                "from handlers.themes import store as seats\n"
                "from handlers.themes.store import take as take_seat\n"
            ),
            "tests/test_wall.py": "from handlers.ideas import wall as shown\n",
        },
    )
    sources = read_sources(tmp_path)
    assert renamed_modules(sources, ("bot", "handlers")) == [
        "handlers/ideas/wall.py:2: handlers.themes.store as places",
        "handlers/ideas/wall.py:5: handlers.themes.store as seats",
    ]
    assert renamed_symbols(sources, ("bot", "handlers")) == [
        "handlers/ideas/wall.py:6: handlers.themes.store.take as take_seat"
    ]
    assert renamed_modules(sources, ("tests",)) == ["tests/test_wall.py:1: handlers.ideas.wall as shown"]


STORE = '''
_TAKE = "UPDATE seats SET taken = 1"


async def take(tx): await tx.run(_TAKE)


async def take_last(tx): return await take(tx)


async def free(tx):
    """Frees nothing. UPDATE seats would."""
    return await tx.one("SELECT id FROM seats FOR UPDATE")
'''


@pytest.mark.parametrize(
    ("use", "found"),
    [
        ("from handlers.themes import store\nasync def wall(tx): await store.take(tx)", "store.take"),
        ("from handlers.themes import store\nasync def wall(tx): await store.take_last(tx)", "store.take_last"),
        ("import handlers.themes.store\nasync def wall(tx): await handlers.themes.store.take(tx)", "store.take"),
        ("from handlers.themes.store import take as sell\ncall = (sell,)", "store.take"),
        ("from handlers.themes.line_store import take\nasync def wall(tx): await take(tx)", "line_store.take"),
        ("from handlers.themes import store\nasync def wall(tx): await store.free(tx)", None),
        ("from handlers.themes import service\nasync def wall(tx): await service.take(tx)", None),
    ],
)
def test_a_capability_that_writes_to_the_store_of_another_is_named(tmp_path: Path, use: str, found: str | None) -> None:
    service = "from handlers.themes import store\nasync def take(tx): await store.take(tx)"
    tree(
        tmp_path,
        {
            "handlers/themes/store.py": STORE,
            "handlers/themes/line_store.py": "from handlers.themes.store import take",
            "handlers/themes/service.py": service,
            "handlers/ideas/wall.py": use,
        },
    )
    figure = written_across(read_sources(tmp_path))
    assert figure.counted == ([f"handlers/ideas/wall.py:2: handlers.themes.{found}"] if found else [])
    assert (figure.number, figure.met) == ((1, False) if found else (0, True))


def test_public_class_names_that_stand_twice_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = "class Day: ...\nclass _Row: ...\n"
    tree(tmp_path, {"bot/content/days.py": both, "handlers/ideas/model.py": f"{both}class Idea: ...\n"})
    figure = classes_twice(read_sources(tmp_path))
    assert (figure.number, figure.met) == (1, True)
    assert figure.counted == ["Day: bot.content.days, handlers.ideas.model"]
    monkeypatch.setattr(imports, "MOST_CLASSES_TWICE", 0)
    assert not classes_twice(read_sources(tmp_path)).met


def test_the_command_prints_the_figures_of_a_checkout_and_fails_on_a_missed_aim(tmp_path: Path) -> None:
    tree(tmp_path, {"handlers/ideas/service.py": "from handlers.ideas import store", "handlers/ideas/store.py": ""})

    def run() -> tuple[int, list[str]]:
        command = [sys.executable, "-m", "tools.imports", "--root", str(tmp_path)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        told = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
        return told.returncode, told.stdout.splitlines()

    assert run() == (
        0,
        [
            "imports within a capability, of 1 between modules of handlers: 100 % (aim: at least 65 %)",
            "imports that close a circle: 0 (aim: 0)",
            "modules of ours imported under another name: 0 (aim: at most 5)",
            "writes to another capability's store: 0 (aim: 0)",
            "imports of another capability's screens: 0 (aim: 0)",
            "modules of a capability without a role: 0 (aim: 0)",
            "class names defined twice or more: 0 (aim: at most 10)",
            "functions, classes and values under another name: 0",
            "modules under another name in tests, tools and benchmarks: 0",
        ],
    )
    tree(
        tmp_path,
        {f"handlers/themes/participant/screen{number}.py": "from handlers.ideas import store" for number in range(3)},
    )
    code, lines = run()
    assert (code, lines[0]) == (
        1,
        "imports within a capability, of 4 between modules of handlers: 25 % (aim: at least 65 %, missed)",
    )
    assert lines[1] == "    handlers.themes.participant.screen0 -> handlers.ideas.store"


def test_a_module_of_a_capability_that_has_none_of_the_roles_is_named(tmp_path: Path) -> None:
    names = ("store", "participant/wall", "wall", "gallery/wall")
    tree(tmp_path, {f"handlers/ideas/{name}.py": "" for name in names} | {"handlers/navigation/layout.py": ""})
    figure = other_roles(read_sources(tmp_path))
    assert (figure.met, figure.counted) == (False, ["handlers.ideas.gallery", "handlers.ideas.wall"])
