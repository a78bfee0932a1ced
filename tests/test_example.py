"""The capability in docs/example: added to a copy of the tree, as CONTRIBUTING.md says, it works and needs no more."""

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

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "example"
NAME = "arrivals"
_COPIED = ("bot", "handlers", "locales", "tests")
_QUOTED = re.compile(r"^ *```python\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the example in it: its files, its name, its texts."""
    tree = tmp_path_factory.mktemp("example") / "tree"
    for folder in _COPIED:  # with what is compiled, so that nothing has to be again
        shutil.copytree(ROOT / folder, tree / folder)
    shutil.copy(ROOT / "pyproject.toml", tree)
    for folder in ("handlers", "tests"):
        shutil.copytree(EXAMPLE / folder, tree / folder, dirs_exist_ok=True)
    listed = tree / "handlers" / "__init__.py"
    last = f'    "{CAPABILITIES[-1]}",\n'
    listed.write_text(listed.read_text("utf-8").replace(last, f'{last}    "{NAME}",\n'), "utf-8")
    for locale in LOCALES:
        texts = polib.pofile(str(catalogue_path(tree, locale)))
        known = {entry.msgid for entry in texts}
        texts.extend(entry for entry in polib.pofile(str(catalogue_path(EXAMPLE, locale))) if entry.msgid not in known)
        catalogue_path(tree, locale).write_text(str(texts), "utf-8")
    return tree


def files(root: Path) -> Mapping[str, bytes]:
    """Every file of the copied folders, by its path below `root`, without what Python compiled."""
    paths = (path for folder in _COPIED for path in (root / folder).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.suffix != ".pyc"}


def run(tree: Path, *command: str) -> str:
    """What a command prints in the copy. It must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_a_folder_a_name_texts_and_tests(tree: Path) -> None:
    before, after = files(ROOT), files(tree)
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"handlers/__init__.py", *(f"locales/{locale}/LC_MESSAGES/messages.po" for locale in LOCALES)}
    added = after.keys() - before.keys()
    assert {tuple(path.split("/")[:2]) for path in added} == {("handlers", NAME), ("tests", NAME)}
    name = after["handlers/__init__.py"].splitlines()
    assert [line for line in name if line not in before["handlers/__init__.py"].splitlines()] == [
        f'    "{NAME}",'.encode()
    ]


def test_its_tests_pass_on_both_engines(tree: Path) -> None:
    asked = (f"tests/{NAME}", "tests/people/test_personal_data.py", "tests/test_capability.py")
    results = run(tree, sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", *asked)
    passed = re.findall(rf"tests/{NAME}/\S+::(\w+)\[(\w+).*\] PASSED", results)
    written = set(re.findall(r"async def (test_\w+)", (EXAMPLE / f"tests/{NAME}/test_{NAME}.py").read_text("utf-8")))
    assert set(passed) == {(test, engine) for test in written for engine in ("sqlite", "postgres")}


def test_it_keeps_the_contracts_of_imports(tree: Path) -> None:
    lint_imports = str(Path(sysconfig.get_path("scripts")) / "lint-imports")
    assert " 0 broken." in run(tree, lint_imports, "--no-cache")


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
