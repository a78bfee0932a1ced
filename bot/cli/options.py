"""What the commands of `rencontres` share: common options, the form of the help, and how a command ends."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        envvar="RENCONTRES_CONFIG",
        show_envvar=False,
        show_default=False,
        help="Settings file (default: config.toml, if it exists).",
    ),
]
Apply = Annotated[bool, typer.Option("--apply", help="Import the file, instead of only showing what would change.")]
Sure = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


F = TypeVar("F", bound=Callable[..., Any])


def existing_file(what: str) -> Any:
    """Return the declaration of a command's argument FILE, the path of an existing file that can be read.

    `what` describes the file in the help. The command does not run if there is no such file.
    """
    return typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help=what)


class _Command(TyperCommand):
    """A command whose help shows arguments plainly: `restore FILE`, where typer writes `restore {FILE}`, `<file>`."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(piece.strip("{}") for piece in self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path.rstrip(), pieces)  # `export DIR` runs a command without a word

    def format_options(self, ctx: Any, formatter: Any) -> None:
        arguments = [(param.display_name_raw, param.help) for param in self.params if isinstance(param, TyperArgument)]
        if arguments:
            with formatter.section("Arguments"):
                formatter.write_dl(arguments)
        records = (param.get_help_record(ctx) for param in self.get_params(ctx) if isinstance(param, TyperOption))
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record])


class Commands(typer.Typer):
    """The commands of `rencontres` that the engine or one capability offers; the help sorts them by `place`."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, int] = {}

    def offer(self, word: str, place: int) -> Callable[[F], F]:
        """Return a decorator that makes a function the command `rencontres WORD`.

        The help shows the function's docstring. `place` is the command's position in the help, lowest number first.
        """
        self.places[word] = place
        return self.command(word, cls=_Command)

    def offer_group(self, word: str, place: int, group: CommandGroup) -> None:
        """Add a group of commands whose first word is `word`.

        `place` is the group's position in the help, lowest number first.
        """
        self.places[word] = place
        self.add_typer(group, name=word)


class CommandGroup(typer.Typer):
    """Commands of `rencontres` that share a first word, such as `groups form` and `groups explain`."""

    def __init__(self, summary: str, cls: type[TyperGroup] = TyperGroup, subcommands: str | None = None) -> None:
        """The help shows `summary`. Its usage line shows `subcommands`, or COMMAND [ARGS]... if that is None."""
        super().__init__(cls=cls, no_args_is_help=True, help=summary, subcommand_metavar=subcommands)

    def offer(self, word: str) -> Callable[[F], F]:
        """Return a decorator that makes a function the command whose second word is `word`."""
        return self.command(word, cls=_Command)


def finish(work: Coroutine[Any, Any, bool]) -> None:
    """Run the coroutine of a command, then exit: with code 0 if it returned True, otherwise with 1."""
    import asyncio

    if not asyncio.run(work):
        raise typer.Exit(1)
