"""Finds the places of messages in the code, such as buttons, and how long messages can be there; nothing is run.

A message belongs to a place if it is written there (`Button(_("Withdraw"), …)`) or under a name given in the same
function or module (`said = _("Withdraw")`, then `Button(said, …)`); values that functions return are not followed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.texts import LONGEST_LABEL
from tools.message_rules import placeholders


@dataclass(frozen=True, slots=True)
class Place:
    """A place with little room, such as a button: its name, its most characters, and how many a phone shows."""

    what: str
    holds: int
    phone: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """A message in a place with little room, and where in the code it is."""

    message: str
    place: Place
    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem to fix, and where it is. A `warning` does not fail the command."""

    path: Path
    line: int
    what: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'warning: ' if self.warning else ''}{self.what}"


BUTTON = Place("a button", LONGEST_LABEL, phone=30)
OPTION = Place("an option", LONGEST_LABEL)
DESCRIPTION = Place("an option's description", 100)
PLACEHOLDER = Place("a choice's placeholder", 100)
LABEL = Place("a field's label", 45)
HINT = Place("a field's hint", 100)
TITLE = Place("a form's title", 45)
COMMAND = Place("a command's description", 100)
TOAST = Place("a toast", 200)

BY_POSITION: Mapping[str, tuple[tuple[int, str, Place], ...]] = {
    "Button": ((0, "label", BUTTON),),
    "Option": ((1, "label", OPTION), (2, "description", DESCRIPTION)),
    "routes.command": ((1, "description", COMMAND),),
    **dict.fromkeys(("text", "integer", "choice", "territory", "upload"), ((0, "label", LABEL),)),
}
"""The places of a function's arguments (position, name), by the function's name."""

BY_NAME: Mapping[str, Place] = {"placeholder": PLACEHOLDER, "hint": HINT, "toast": TOAST, "yes": BUTTON}
"""The places of arguments with these names, whatever the function."""

_TELEGRAM_NAME = re.compile(r"[a-z0-9_]{1,32}")
_DISCORD_NAME = re.compile(r"[-\w]{1,32}")

Names = Mapping[str, list[ast.expr]]


def uses(path: Path, tree: ast.Module) -> Iterator[Use]:
    """Yield every message in the syntax of a module that is in a place with little room, such as a button."""
    module = _assigned(tree.body)
    for statement in tree.body:
        names = {**module, **_assigned(ast.walk(statement))}
        for node in ast.walk(statement):
            for argument, place in _places(node):
                for call in _messages(argument, names):
                    yield Use(str(_literal(call.args[0])), place, path, call.lineno)


def messages(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield every message in the syntax of a module, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _callee(node) in {"_", "_n"}:
            message = _literal(node.args[0])
            if message is not None:
                yield message, node.lineno


def problems(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """Yield messages that catalogues cannot hold or values cannot fill, and commands that a platform would refuse."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found: Iterable[str] = ()
            match _callee(node):
                case "_":
                    found = _message_problems(node, node.args[:1])
                case "_n":
                    found = _message_problems(node, node.args[:2], "count")
                case "routes.command":
                    found = _command_problems(node)
            yield from (Problem(path, node.lineno, what) for what in found)


def _places(node: ast.AST) -> Iterator[tuple[ast.expr, Place]]:
    match node:
        case ast.Call(args=arguments, keywords=keywords):
            named = {keyword.arg: keyword.value for keyword in keywords if keyword.arg}
            for position, name, place in BY_POSITION.get(_callee(node), ()):
                if position < len(arguments):
                    yield arguments[position], place
                elif name in named:
                    yield named[name], place
            yield from ((named[name], place) for name, place in BY_NAME.items() if name in named)
        case ast.ClassDef(bases=bases, body=body) if any(ast.unparse(base).endswith("Form") for base in bases):
            for statement in body:
                match statement:
                    case ast.AnnAssign(target=ast.Name("title"), value=ast.expr() as value):
                        yield value, TITLE


def _messages(argument: ast.expr, names: Names) -> Iterator[ast.Call]:
    written = list(ast.walk(argument))
    for name in [node.id for node in written if isinstance(node, ast.Name)]:
        for value in names.get(name, ()):
            written += ast.walk(value)
    return (node for node in written if isinstance(node, ast.Call) and _callee(node) in {"_", "_n"})


def _message_problems(call: ast.Call, ids: list[ast.expr], *implied: str) -> Iterator[str]:
    literals = [message for message in map(_literal, ids) if message is not None]
    if len(literals) < len(ids):
        yield "a message must be a literal, or no catalogue can hold it"
        return
    try:
        wanted = frozenset[str]().union(*map(placeholders, literals))
    except ValueError as error:
        yield str(error)
        return
    given = {keyword.arg for keyword in call.keywords}
    if None not in given:  # ** gives what only the running program knows
        for name in sorted(wanted - given - {*implied}):
            yield f"{{{name}}} has no value"
        for name in sorted(str(name) for name in given - wanted):
            yield f"the message has no place for {name}"


def _command_problems(call: ast.Call) -> Iterator[str]:
    name = _literal(call.args[0]) if call.args else None
    if name is not None and not _TELEGRAM_NAME.fullmatch(name):
        yield f"/{name}: Telegram takes at most 32 of a-z, 0-9 and _"
    for keyword in call.keywords:
        for node in ast.walk(keyword.value) if keyword.arg in {"names", "aliases"} else ():
            word = _literal(node)
            if word is not None and (not _DISCORD_NAME.fullmatch(word) or word != word.lower()):
                yield f"/{word}: Discord takes one lower-case word of at most 32"


def _assigned(nodes: Iterable[ast.AST]) -> Names:
    names: dict[str, list[ast.expr]] = {}
    for node in nodes:
        match node:
            case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                names.setdefault(name, []).append(value)
    return names


def _callee(call: ast.Call) -> str:
    """`Button` for Button(…) and views.Button(…), `routes.command` for a declaration."""
    match call.func:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name("routes"), name):
            return f"routes.{name}"
        case ast.Attribute(_, name):
            return name
    return ""


def _literal(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
