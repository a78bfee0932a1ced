"""What the documents say is there, is there: commands, files, names in the code, keys."""

from __future__ import annotations

import ast
import re
import secrets
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

import discord
import polib
import pytest
import typer.main
from pydantic import BaseModel

from bot.cli.main import app
from bot.content.texts import Reader, plain
from bot.people.listed import RosterPerson
from bot.platforms.discord.checking import INVITED_WITH
from tests import world
from tests.world import AllSettings

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.fr.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]

BOTFATHER = {"/newbot", "/setprivacy", "/setjoingroups", "/setuserpic", "/deletebot", "/revoke"}
ADDRESSES = {"/health"}
OTHERS = {"proxy_read_timeout", "last_commit", "pg_dump", "pg_restore", "max_connections"}
"""Words with underscores that are nginx's and PostgreSQL's."""

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")

_PLACEHOLDER = re.compile('= "[A-Z]+(_[A-Z]+)+"')
"""What stands in the documents for a secret of one's own, which is refused."""

COMMANDS = {"en": ROOT / "docs" / "commands.md", "fr": ROOT / "docs" / "commandes.md"}
"""The page of all commands, by language."""

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def blocks(text: str, language: str) -> list[str]:
    return [body for kind, body in _FENCE.findall(text) if kind == language]


def spans(document: Path) -> list[str]:
    """What stands in backticks within the prose."""
    return _SPAN.findall(_FENCE.sub("", document.read_text("utf-8")))


def typed(document: Path) -> Iterator[str]:
    """What a reader could type into a shell, or a service's file."""
    text = document.read_text("utf-8")
    for block in [*blocks(text, "console"), *blocks(text, "ini")]:
        for line in block.splitlines():
            yield from line.removeprefix("$ ").partition("#")[0].split("&&")
    yield from spans(document)


# --- the shell


@each_document
def test_every_command_and_option_exists(document: Path) -> None:
    program = typer.main.get_command(app)
    for line in typed(document):
        found = re.match(r"(?:sudo |docker compose run --rm )?(?:\S*/)?rencontres (.+)", line.strip())
        if not found:
            continue
        command: Any = program
        for word in found[1].split():
            if word in getattr(command, "commands", {}):
                command = command.commands[word]
            elif option := re.match(r"\[?(--[\w-]+)", word):
                known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
                assert option[1] in known | {"--help"}, line
            else:
                assert not hasattr(command, "commands"), f"no such command: {line}"


@pytest.mark.parametrize("language", COMMANDS)
def test_every_command_is_listed(language: str) -> None:
    table = COMMANDS[language].read_text("utf-8")
    program: Any = typer.main.get_command(app)
    for name, command in program.commands.items():
        for full in [f"{name} {sub}" for sub in getattr(command, "commands", {})] or [name]:
            assert f"rencontres {full}" in table


@each_document
def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for line in typed(document):
        if found := re.match(r"make ([a-z-]+)", line.strip()):
            assert found[1] in targets, line


@each_document
def test_every_module_to_run_exists(document: Path) -> None:
    for line in typed(document):
        if found := re.match(r"python -m ([\w.]+)", line.strip()):
            path = ROOT / found[1].replace(".", "/")
            candidates = (path.with_suffix(".py"), path / "__main__.py")
            assert any(file.is_file() for file in candidates), line


# --- files and names


@each_document
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@each_document
def test_every_file_exists(document: Path) -> None:
    for span in spans(document):
        if re.fullmatch(r"\.?[a-z]\w*/[\w./-]*(\.\w+|/|\w)", span) and "NNN" not in span:
            assert (ROOT / span).exists(), span


@cache
def names_in(path: Path) -> frozenset[str]:
    """What a module defines: functions, classes with their members, assigned names."""

    def walk(body: list[ast.stmt], prefix: str) -> Iterator[str]:
        for node in body:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield prefix + name
                case ast.ClassDef(name=name, body=members):
                    yield prefix + name
                    yield from walk(members, f"{prefix}{name}.")
                case ast.Assign(targets=targets):
                    yield from (prefix + target.id for target in targets if isinstance(target, ast.Name))
                case ast.AnnAssign(target=ast.Name(id=name)):
                    yield prefix + name

    return frozenset(walk(ast.parse(path.read_text("utf-8")).body, ""))


@each_document
def test_every_name_stands_where_documents_say(document: Path) -> None:
    for path, _colons, name in (span.partition("::") for span in spans(document) if ".py::" in span):
        assert name in names_in(ROOT / path), f"{path}::{name}"


# --- what people type in chat


@each_document
def test_every_slash_command_exists(document: Path) -> None:
    router = world.EVERY_ROUTE
    for span in spans(document):
        if re.fullmatch(r"/\w+", span) and span not in BOTFATHER | ADDRESSES:
            assert router.command(span[1:]), span


@pytest.mark.parametrize("language", COMMANDS)
def test_the_slash_commands_are_listed(language: str) -> None:
    rows = [
        f"| `/{command.name}` | `/{command.names.get('en', command.name)}` | `/{command.names.get('de', command.name)}`"
        f" | {plain(command.description, Reader(language, 'UTC'))} |"
        for command in world.EVERY_ROUTE.commands.values()
        if command.name != "start"
    ]
    shown = re.findall(r"^\| `/.*$", COMMANDS[language].read_text("utf-8"), re.MULTILINE)
    assert shown == rows


def _as_typed(words: str) -> str:
    """Without French typography, and with … for what stands in braces."""
    return re.sub(r"\{\w+\}", "…", words).translate({0xA0: " ", 0x202F: " ", ord("’"): "'"})


@pytest.fixture(scope="module")
def french() -> frozenset[str]:
    """All that is said in French, as it is typed."""
    entries = polib.pofile(str(ROOT / "locales/fr/LC_MESSAGES/messages.po"))
    return frozenset(_as_typed(form) for entry in entries for form in (entry.msgstr, *entry.msgstr_plural.values()))


@each_document
def test_every_button_of_the_manuals_is_called_so(document: Path, french: frozenset[str]) -> None:
    for label in re.findall(r"\*\*«([^»]+)»\*\*", document.read_text("utf-8")):
        assert label in french, label


# --- configuration


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        kind = get_args(field.annotation)[0] if get_origin(field.annotation) is tuple else field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (f"{name}.{inner}" for inner in keys(kind))


def known_keys() -> set[str]:
    """Every key, by itself and after its section."""
    whole = set(keys(AllSettings))
    return whole | {key.rpartition(".")[2] for key in whole}


@each_document
def test_every_key_exists(document: Path) -> None:
    text, known = document.read_text("utf-8"), known_keys()
    for block in blocks(text, "toml"):
        AllSettings.model_validate(tomllib.loads(_PLACEHOLDER.sub(f'= "{secrets.token_urlsafe(32)}"', block)))
    for name in re.findall(r"RENCONTRES_(\w+__\w+)=", text):
        assert name.lower().replace("__", ".") in known, name
    if document.name == "CONTRIBUTING.md" or document.parent.name == "decisions":
        return
    if document.stem in {"architecture", "logs"}:  # the keys of logs.md are compared by tools.log_events
        return
    columns = set(RosterPerson.__dataclass_fields__)
    for span in spans(document):
        word = span.partition(" = ")[0]
        if re.fullmatch(r"[a-z]+(_[a-z]+)+", word):
            assert word in known | columns | OTHERS, span
        elif re.fullmatch(rf"({'|'.join(AllSettings.model_fields)})\.[a-z_]+", word):
            assert word in known, span
        elif section := re.fullmatch(r"\[(\w+)\]", word):
            assert section[1] in AllSettings.model_fields, span


@pytest.mark.parametrize("page", ["platforms.md", "plateformes.md"])
def test_the_address_that_adds_the_bot_to_a_server_asks_for_what_is_used(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    found = re.search(r"permissions=(\d+)", text)
    assert found
    assert discord.Permissions(int(found[1])) == INVITED_WITH


def test_the_first_page_is_short() -> None:
    for name in ("README.md", "README.fr.md"):
        assert len((ROOT / name).read_bytes()) <= 9_000
