"""Makes a new, working capability from the one in docs/example, with its words replaced (`make capability NAME=walks`).

In it, people announce a thing, see and withdraw it, and are reminded of it; the team reads all of them. It has a folder
with a migration, texts in all languages, tests, a scenario, and its lines in lists of capabilities. Its author adds the
parts of screens shared by capabilities, such as the menu.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import keyword
import re
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polib

from bot.capability import make_router
from bot.content.i18n import LOCALES
from bot.conversation.router import Router
from bot.conversation.routes import FACILITATOR, ORGANISER
from bot.database.schema import migrations
from handlers import CAPABILITIES
from tools.catalogues import update
from tools.extraction import catalogue_path
from tools.imports import ROLES
from tools.map import free_codes, load_capabilities, next_migration, taken_codes
from tools.sizes import CEILINGS, read_modules

ROOT = Path(__file__).parents[1]
EXAMPLE = Path("docs", "example")
"""The folder of the capability that is the template; its files have the same paths below it as in the checkout."""

_PLURAL, _SINGULAR, _CODE = "arrivals", "arrival", "va"
_FOREIGN = {"ankünfte": _PLURAL, "ankunft": _SINGULAR, "arrivées": _PLURAL, "arrivée": _SINGULAR, "arrivee": _SINGULAR}
"""Its words in other languages, in whose place the English ones stand until somebody translates them."""
_LEFT_OUT = {
    "MY_ARRIVAL",
    "is_expected",
    "home_part",
    "test_home_and_menu_lead_to_an_arrival_until_it_is_over",
}
"""What belongs to screens whose whole contents the tests of others know: the author decides what stands there."""
_SHARED_SCREENS = re.compile(r"^    (?:home|menu)=.*\n", re.MULTILINE)
_PAYLOADS = Path("tests", "conversation", "payloads.tsv")
_NAME = re.compile(r"[a-z]{3,13}")

_ROW = "| `/arrival` | `/arrival` | `/arrival` | Your arrival |"
_MANUAL = """\
## Arrivals

Chaque personne annonce, change et retire le sien par `/arrival` ; le bot le lui rappelle deux heures avant. Ceux qui
sont à venir : **«Personnes»** → **«Arrivals»**.

"""
_MANUAL_BEFORE = "## Annuler\n"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a new capability: its name, one of its things («walk» for «walks»), the first letters of codes."""

    name: str
    one: str
    code: str

    def replaced_in(self, text: str) -> str:
        """Return a text of the example with these words in place of the example's words."""
        for word, english in _FOREIGN.items():
            for form in (str.lower, str.capitalize):
                text = text.replace(form(word), form(english))
        if self.one[0] not in "aeiou":
            text = re.sub(rf"(?<![a-zA-Z])([Aa])n(?=[ _]{_SINGULAR}(?![a-z]))", r"\1", text)
        for old, new in ((_PLURAL, self.name), (_SINGULAR, self.one)):
            for form in (str.lower, str.capitalize, str.upper):
                text = text.replace(form(old), form(new))
        return re.sub(rf'(^|"){_CODE}(?=[xl]?["\t])', rf"\g<1>{self.code}", text, flags=re.MULTILINE)


def choose_words(name: str, one: str, router: Router) -> Words:
    """Return the words for a new capability, with a free code. Raises ValueError if a word is taken.

    `one` is what a thing of the capability called `name` is called («walk» for «walks»); for '', it is found from that.
    """
    if name in CAPABILITIES or (ROOT / "handlers" / name).exists():
        raise ValueError(f"there is a capability {name!r}")
    one = one or name.removesuffix("s")
    for word in (name, one):
        if not _NAME.fullmatch(word):
            raise ValueError(f"{word!r} is no name: three to thirteen letters from a to z")
        if keyword.iskeyword(word) or keyword.issoftkeyword(word) or hasattr(builtins, word):
            raise ValueError(f"{word!r} is a word of Python")
        if word in _words_of_the_engine() or _class_exists(word.capitalize()):
            raise ValueError(f"{word!r} is a word of the engine, or of its capabilities")
        if router.command(word) or router.find_plain_words(word, LOCALES):
            raise ValueError(f"{word!r} already leads to a screen")
    if name == one:
        raise ValueError(f"what is one of {name!r} called? Say it: ARGS='--one …'")
    if not _can_be_a_table(name):
        raise ValueError(f"no table can be called {name!r}, or one is")
    free = [code for code in free_codes(taken_codes(router)) if code != _CODE]
    return Words(name, one, min(free, key=lambda code: (code[0] != name[0], code[1] not in name, code)))


def _words_of_the_engine() -> Collection[str]:
    """What modules of the engine and of any capability are called, and every word that the template uses itself."""
    modules = {path.stem for path in (ROOT / "bot").rglob("*.py")} | {path.name for path in (ROOT / "bot").iterdir()}
    template = "".join(path.read_text("utf-8") for path in (ROOT / EXAMPLE).rglob("*.py"))
    return {*modules, *ROLES, *re.findall(r"[a-z]+", template)} - {_PLURAL, _SINGULAR}


def _class_exists(name: str) -> bool:
    declared = re.compile(rf"^class {name}(?:Form)?\b", re.MULTILINE)
    modules = (path for package in ("bot", "handlers") for path in (ROOT / package).rglob("*.py"))
    return any(declared.search(path.read_text("utf-8")) for path in modules)


def _can_be_a_table(name: str) -> bool:
    if any(re.search(rf"CREATE TABLE {name}\b", migration.sql) for migration in migrations()):
        return False
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute(f"CREATE TABLE {name} (id INTEGER)")
        except sqlite3.OperationalError:  # a word of SQL
            return False
    return True


def make(words: Words, router: Router) -> list[Path]:
    """Write a new capability into this checkout, and return its files."""
    migration = f"{next_migration():03}"
    written = [_write(words, path, migration) for package in ("handlers", "tests") for path in _template_files(package)]
    modules = [path for path in written if path.suffix == ".py"]
    _ruff(
        "check", "--select", "F401,I", "--fix", "--quiet", *modules
    )  # drops imports without use, and sorts the others
    _ruff("format", "--quiet", *modules)
    last = f'    "{CAPABILITIES[-1]}",\n'
    _change(Path("handlers", "__init__.py"), lambda text: text.replace(last, f'{last}    "{words.name}",\n'))
    own = words.replaced_in((ROOT / EXAMPLE / _PAYLOADS).read_text("utf-8")).splitlines()
    _change(_PAYLOADS, lambda text: "".join(f"{line}\n" for line in sorted([*text.splitlines(), *own])))
    _add_texts(words)
    _add_to_documents(words, router)
    _raise_ceiling()
    return written


def _template_files(package: str) -> Iterator[Path]:
    """The files of the template below one of its packages, relative to it; payloads.tsv is merged instead."""
    for path in sorted((ROOT / EXAMPLE / package).rglob("*")):
        if path.is_file() and path.suffix in {".py", ".sql"}:
            yield path.relative_to(ROOT / EXAMPLE)


def _write(words: Words, path: Path, migration: str) -> Path:
    """Write one file of the template with other words, without what is left out; return where."""
    text = (ROOT / EXAMPLE / path).read_text("utf-8")
    if path.suffix == ".py":
        text = _SHARED_SCREENS.sub("", _without(text, _LEFT_OUT))
    target = ROOT / re.sub(r"/\d{3}_", f"/{migration}_", words.replaced_in(path.as_posix()))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(words.replaced_in(text), "utf-8")
    return target


def _without(source: str, names: Collection[str]) -> str:
    """A module without the functions and values of these names."""
    lines = source.splitlines(keepends=True)
    for statement in reversed(ast.parse(source).body):
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                if name in names:
                    del lines[statement.lineno - 1 : statement.end_lineno]
    return "".join(lines)


def _ruff(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "ruff", *arguments], cwd=ROOT, check=True)  # noqa: S603


def _change(path: Path, change: Callable[[str], str]) -> None:
    """Change a file of the checkout. Raises ValueError where the place of the change is not found."""
    before = (ROOT / path).read_text("utf-8")
    after = change(before)
    if after == before:
        raise ValueError(f"{path.as_posix()} has not the place in which something is to be added")
    (ROOT / path).write_text(after, "utf-8")


def _add_texts(words: Words) -> None:
    for locale in LOCALES:
        texts = polib.pofile(words.replaced_in(catalogue_path(ROOT / EXAMPLE, locale).read_text("utf-8")))
        path = catalogue_path(ROOT, locale)
        catalogue = polib.pofile(str(path))
        known = {entry.msgid for entry in catalogue}
        catalogue.extend(entry for entry in texts if entry.msgid not in known)
        path.write_text(str(catalogue), "utf-8")
    update(ROOT)


def _add_to_documents(words: Words, router: Router) -> None:
    """Add its command to the pages of commands, its data to the privacy manual, its screens to the organisers'."""
    above = next(command.name for command in router.commands.values() if command.who in (FACILITATOR, ORGANISER))
    row = f"| `/{above}` |"
    for page in ("commandes.md", "commands.md"):
        _change(Path("docs", page), lambda text: text.replace(row, f"{words.replaced_in(_ROW)}\n{row}"))
    subprocess.run([sys.executable, "-m", "tools.privacy_manual", "update"], cwd=ROOT, check=True)
    manual = words.replaced_in(_MANUAL)
    _change(Path("docs", "organisateurs.md"), lambda text: text.replace(_MANUAL_BEFORE, f"{manual}{_MANUAL_BEFORE}"))


def _raise_ceiling() -> None:
    """Let handlers/ be as large as it is now, where the new capability is what passes the ceiling."""
    lines = sum(module.lines for module in read_modules(ROOT, "handlers"))
    most = tomllib.loads(CEILINGS.read_text("utf-8"))["lines_handlers"]
    if lines > most:
        path = CEILINGS.relative_to(ROOT)
        _change(path, lambda text: text.replace(f"lines_handlers = {most}", f"lines_handlers = {lines}"))
        print(f"{path.as_posix()}: handlers/ may have {lines} lines now. Say why in the commit.")


def main(arguments: Collection[str] | None = None) -> int:
    """Make the capability that the command line names. Returns 1, and says why, if its name is not allowed, else 0."""
    parser = argparse.ArgumentParser(
        prog="make capability NAME=…", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", help="what it is called: a plural, for instance walks")
    parser.add_argument("--one", default="", help="what one of them is called (default: the name without its s)")
    given = parser.parse_args(arguments)
    router = make_router(list(load_capabilities().values()))
    try:
        words = choose_words(given.name, given.one, router)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for path in make(words, router):
        print(path.relative_to(ROOT).as_posix())
    print(
        f"\nIt works: make demo, then /{words.one}. Next: what it is really about; its words in locales/, which are"
        " English ones in French and German too; docs/; a place in the menu and on one's own screen."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
