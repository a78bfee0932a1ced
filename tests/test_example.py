"""The capability in docs/example, and a new one made of it: in a copy of the tree they work, and need no more."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import textwrap
from collections.abc import Mapping
from pathlib import Path

import polib
import pytest

from bot.content.i18n import LOCALES
from handlers import CAPABILITIES
from tools.catalogue_checks import check
from tools.extraction import catalogue_path

pytestmark = pytest.mark.first

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "example"
NAME = "arrivals"
NEW = "lanterns"
"""What `make capability` is asked for."""
PAYLOADS = Path("tests", "conversation", "payloads.tsv")
_COPIED = ("bot", "handlers", "locales", "tests")
_PAGES = ("commandes", "commands", "confidentialite", "organisateurs")
_BESIDE = ("tools", "docs/example", "pyproject.toml", *(f"docs/{page}.md" for page in _PAGES))
"""What a new capability is made with, and listed in."""
_QUOTED = re.compile(r"^ *```python\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the example in it (its files, its name, its texts), and then a new one."""
    tree = tmp_path_factory.mktemp("example") / "tree"
    for folder in _COPIED:  # with what is compiled, so that nothing has to be again
        shutil.copytree(ROOT / folder, tree / folder)
    for path in _BESIDE:
        (tree / path).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, tree / path)
    for folder in ("handlers", "tests"):
        shutil.copytree(EXAMPLE / folder, tree / folder, dirs_exist_ok=True)
    codes = [*(ROOT / PAYLOADS).read_text("utf-8").splitlines(), *(EXAMPLE / PAYLOADS).read_text("utf-8").splitlines()]
    (tree / PAYLOADS).write_text("".join(f"{line}\n" for line in sorted(codes)), "utf-8")
    listed = tree / "handlers" / "__init__.py"
    last = f'    "{CAPABILITIES[-1]}",\n'
    listed.write_text(listed.read_text("utf-8").replace(last, f'{last}    "{NAME}",\n'), "utf-8")
    for locale in LOCALES:
        texts = polib.pofile(str(catalogue_path(tree, locale)))
        known = {entry.msgid for entry in texts}
        texts.extend(entry for entry in polib.pofile(str(catalogue_path(EXAMPLE, locale))) if entry.msgid not in known)
        catalogue_path(tree, locale).write_text(str(texts), "utf-8")
    run(tree, sys.executable, "-m", "tools.new_capability", NEW)
    return tree


def files(root: Path) -> Mapping[str, bytes]:
    """Every file of the copied folders, by its path below `root`, without what Python compiled."""
    paths = (path for folder in _COPIED for path in (root / folder).rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.suffix not in (".pyc", ".mo")
    }


def run(tree: Path, *command: str) -> str:
    """What a command prints in the copy. It must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_a_folder_a_name_texts_and_tests(tree: Path) -> None:
    before, after = files(ROOT), files(tree)
    changed = {path for path in before if before[path] != after[path]}
    catalogues = {f"locales/{locale}/LC_MESSAGES/messages.po" for locale in LOCALES}
    assert changed == {"handlers/__init__.py", "locales/messages.pot", PAYLOADS.as_posix(), *catalogues}
    added = after.keys() - before.keys()
    folders = {(package, name) for package in ("handlers", "tests") for name in (NAME, NEW)}
    assert {tuple(path.split("/")[:2]) for path in added} == {*folders, ("tests", "scenarios")}
    names = after["handlers/__init__.py"].splitlines()
    assert [line for line in names if line not in before["handlers/__init__.py"].splitlines()] == [
        f'    "{name}",'.encode() for name in (NAME, NEW)
    ]


def test_its_tests_pass_on_both_engines(tree: Path) -> None:
    asked = (
        *(f"tests/{name}" for name in (NAME, NEW)),
        f"tests/scenarios/test_{NEW}.py",
        *("tests/conversation/test_payloads.py", "tests/conversation/test_forms_of_people.py"),
        *("tests/people/test_personal_data.py", "tests/test_capability.py"),
    )
    results = run(tree, sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", *asked)
    passed = re.findall(rf"tests/{NAME}/\S+::(\w+)\[(\w+).*\] PASSED", results)
    assert len(re.findall(rf"tests/{NEW}/\S+ PASSED", results)) > 10
    written = set(re.findall(r"async def (test_\w+)", (EXAMPLE / f"tests/{NAME}/test_{NAME}.py").read_text("utf-8")))
    assert set(passed) == {(test, engine) for test in written for engine in ("sqlite", "postgres")}


def test_it_keeps_the_contracts_of_imports(tree: Path) -> None:
    lint_imports = str(Path(sysconfig.get_path("scripts")) / "lint-imports")
    assert " 0 broken." in run(tree, lint_imports, "--no-cache")


def test_what_is_made_keeps_to_style_and_its_texts_are_translated(tree: Path) -> None:
    run(tree, sys.executable, "-m", "ruff", "check", "--no-cache", f"handlers/{NEW}", f"tests/{NEW}")
    run(tree, sys.executable, "-m", "ruff", "format", "--no-cache", "--check", f"handlers/{NEW}", f"tests/{NEW}")
    for locale in LOCALES:
        of_new = [entry for entry in polib.pofile(str(catalogue_path(tree, locale))) if is_in(entry, NEW)]
        assert len(of_new) > 5
        assert [entry.msgid for entry in of_new if not entry.translated()] == []
    for page in ("commandes.md", "commands.md"):
        assert "| `/lantern` |" in (tree / "docs" / page).read_text("utf-8")
    assert "| lanterns : " in (tree / "docs" / "confidentialite.md").read_text("utf-8")
    assert "## Lanterns" in (tree / "docs" / "organisateurs.md").read_text("utf-8")


def is_in(entry: polib.POEntry, capability: str) -> bool:
    """Whether a text of a catalogue is said by a capability."""
    return any(path.startswith(f"handlers/{capability}/") for path, _line in entry.occurrences)


STARTED = """
import asyncio, sys
from bot.app import build
from bot.config.settings import compose, load_sections
from handlers import CAPABILITIES

async def start():
    url = {"url": f"sqlite:///{sys.argv[1]}"}
    async with build(compose(load_sections(CAPABILITIES)).model_validate({"storage": url})) as app:
        print(await app.store.read(lambda tx: tx.values(str, "SELECT name FROM sqlite_schema ORDER BY name")))

asyncio.run(start())
"""
"""Starts the program of the tree on a database, and prints the tables."""


@pytest.fixture(scope="module")
def started(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database on which the program of the tree was started, and its tables as that printed them."""
    database = tmp_path_factory.mktemp("started") / "rencontres.db"
    return database, run(tree, sys.executable, "-c", STARTED, str(database))


@pytest.mark.parametrize("name", ["rides", "practical", NEW])
def test_a_capability_that_is_taken_away_leaves_its_tables_and_a_program_that_starts(
    tree: Path, started: tuple[Path, str], tmp_path: Path, name: str
) -> None:
    (before, tables), listed = started, tree / "handlers" / "__init__.py"
    assert name in tables
    database, names = shutil.copy(before, tmp_path), listed.read_text("utf-8")
    (tree / "handlers" / name).rename(tmp_path / name)
    listed.write_text(names.replace(f'    "{name}",\n', ""), "utf-8")
    try:
        assert run(tree, sys.executable, "-c", STARTED, str(database)) == tables
    finally:
        (tmp_path / name).rename(tree / "handlers" / name)
        listed.write_text(names, "utf-8")


def test_its_texts_are_translated() -> None:
    assert len(polib.pofile(str(catalogue_path(EXAMPLE, "fr")))) > 5
    assert check(EXAMPLE, LOCALES) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_what_it_says_as_others_do_is_translated_alike(locale: str) -> None:
    ours = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue_path(ROOT, locale)))}
    theirs = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue_path(EXAMPLE, locale)))}
    shared = ours.keys() & theirs.keys()
    assert shared
    assert {msgid: theirs[msgid] for msgid in shared} == {msgid: ours[msgid] for msgid in shared}


def test_contributing_quotes_it() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("### A capability,")[2].partition("\n### ")[0]
    quoted = [textwrap.dedent(block) for block in _QUOTED.findall(text)]
    written = "".join(path.read_text("utf-8") for path in EXAMPLE.rglob("*.py"))
    assert len(quoted) == 2
    assert [block for block in quoted if block not in written] == []
