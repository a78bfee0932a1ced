"""What the commands of `rencontres` share: options that several commands have, and how a command ends."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        envvar="RENCONTRES_CONFIG",
        show_envvar=False,
        show_default=False,
        help="Settings; config.toml if there is one.",
    ),
]
ExistingFile = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]
Sure = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]


F = TypeVar("F", bound=Callable[..., Any])


class Commands(typer.Typer):
    """The commands of the engine, or of one capability. Help lists all commands by `place`, lowest first."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, int] = {}

    def offer(self, word: str, place: int) -> Callable[[F], F]:
        """Return a decorator that makes a function the command with this word; `place` is its place in the help."""
        self.places[word] = place
        return self.command(word)

    def offer_group(self, word: str, place: int, group: typer.Typer) -> None:
        """Add a group of commands that have this first word in common; `command_group` creates such a group."""
        self.places[word] = place
        self.add_typer(group, name=word)


def command_group(summary: str) -> typer.Typer:
    """Return an empty group for commands that have a first word in common; help shows `summary`."""
    return typer.Typer(no_args_is_help=True, help=summary)


def finish(work: Coroutine[Any, Any, bool]) -> None:
    """Run the coroutine of a command, and exit with 0 if it returns True, else with 1."""
    import asyncio

    if not asyncio.run(work):
        raise typer.Exit(1)
