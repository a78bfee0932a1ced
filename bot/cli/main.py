"""The command `rencontres`.

The engine's own commands are in this module and this package; a capability's commands are the `commands` of its module
`cli`. These modules contain only what help needs. Each command imports the rest when it runs, so that help appears at
once. Exit codes: 0 done, 1 not done or a problem found, 2 wrong usage or an unreadable file, 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group
from typer.models import CommandInfo, TyperInfo

from bot.cli.options import AsJson, CommandGroup, Commands, ConfigFile, Sure, existing_file, finish
from bot.cli.people import erasing, exports
from bot.config.modules import modules
from handlers import CAPABILITIES


class _Offered(Mapping[str, Any]):
    """The commands by their words. A command is built, with all its options, when it is first needed."""

    def __init__(self, sources: Iterable[Commands]) -> None:
        """Raises ValueError if two sources offer the same word, unless it is the same group of commands."""
        self._declared: dict[str, CommandInfo | TyperInfo] = {}
        self._places: dict[str, int] = {}
        self._built: dict[str, Any] = {}
        for source in sources:
            for command in source.registered_commands:
                self._declare(command.name, command)
            for group in source.registered_groups:
                self._declare(group.name, group)
            self._places |= source.places

    def _declare(self, word: str | None, declared: CommandInfo | TyperInfo) -> None:
        assert word is not None, "commands are offered by their word"
        known = self._declared.setdefault(word, declared)
        if known is not declared and not (
            isinstance(known, TyperInfo)
            and isinstance(declared, TyperInfo)
            and known.typer_instance is declared.typer_instance
        ):
            raise ValueError(f"two commands are called «{word}»")

    def summaries(self) -> Iterator[tuple[str, str]]:
        """Yield each command's word with its summary for the help, without loading any command."""
        for word in self:
            declared = self._declared[word]
            if isinstance(declared, TyperInfo):
                assert declared.typer_instance is not None
                yield word, declared.typer_instance.info.help or ""
            else:
                yield word, cleandoc(declared.callback.__doc__ or "")

    def __getitem__(self, word: str) -> Any:
        if word not in self._built:
            declared = self._declared[word]
            alone = typer.Typer(rich_markup_mode=None)
            if isinstance(declared, TyperInfo):
                alone.registered_groups.append(declared)
            else:
                alone.registered_commands.append(declared)
            self._built[word] = get_group(alone).commands[word]
        return self._built[word]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._declared, key=self._places.__getitem__))

    def __len__(self) -> int:
        return len(self._declared)


_FORMER = {"doctor": "report"}
"""The words of the release before this one, by which a command can still be called; help does not list them."""


def _sources() -> Iterator[Commands]:
    """Yield the engine's commands, then the commands of each capability that has a `cli` module."""
    yield _engine
    yield from (module.commands for module in modules("cli", CAPABILITIES))


class _Commands(TyperGroup):
    """The group of all commands; prints an error that the user can do something about as one line on standard error."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._offered = _Offered(_sources())
        self.commands = self._offered  # type: ignore[assignment]  # nobody adds to it

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, _FORMER.get(cmd_name, cmd_name))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        listed = [TyperCommand(word, help=summary) for word, summary in self._offered.summaries()]
        TyperGroup(commands=listed).format_commands(ctx, formatter)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.Exit:
            raise
        except typer.Abort as abort:
            if isinstance(abort.__context__, KeyboardInterrupt):  # at a question
                raise typer.Exit(130) from None
            raise
        except Exception as error:
            from bot.cli.console import explain
            from bot.cli.terminal import err

            explained = explain(error)
            if explained is None:
                raise
            line, code = explained
            err.print(f"Error: {line}")
            raise typer.Exit(code) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help comes in half the time
    pretty_exceptions_enable=False,  # a pretty traceback shows variables, tokens among them
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Run the chatbot of a gathering, on Telegram, on Discord and in the browser.\n\n"
    "To set it up: rencontres init, then check, then run. To try it first: rencontres demo.\n\n"
    "The settings are in config.toml, or in the file that --config or RENCONTRES_CONFIG names.",
)
_engine = Commands()


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(version("rencontres"))
        except PackageNotFoundError:
            typer.echo("not installed: run from a checkout")
        raise typer.Exit


@app.callback()
def _rencontres(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None: ...


@_engine.offer("run", 0)
def run(
    config: ConfigFile = None,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="PARTS", help="Run only these parts, separated by commas: telegram, discord, web, delivery."
        ),
    ] = None,
) -> None:
    """Run the bot until it is stopped."""
    from bot.cli.optional import UNUSED, without

    with without(*UNUSED):
        from bot.cli.running import serve

        finish(serve(config, only))


@_engine.offer("demo", 10)
def demo(
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            metavar="PORT",
            show_default="8080, or else a free port",
            help="Port of the page; 0 for any free port.",
        ),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser, if there is a desktop.")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the database when the demo ends.")] = False,
    discord: Annotated[
        bool, typer.Option("--discord", help="Also show phones with Discord; requires the library simcord.")
    ] = False,
) -> None:
    """Try the bot in a browser, with invented people."""
    from bot.rehearsal.demo import run as run_demo

    finish(run_demo(port=port, browser=browser, keep=keep, discord=discord))


@_engine.offer("rehearse", 20)
def rehearse(
    participants: Annotated[
        int, typer.Option(min=12, max=5_000, metavar="N", help="Number of invented participants.")
    ] = 100,
    seed: Annotated[int, typer.Option(metavar="N", help="Random seed: the same number plays the same gathering.")] = 8,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            show_default=False,
            help="Empty or new folder for the exports, the messages that everyone received, and the report.",
        ),
    ] = None,
) -> None:
    """Play a whole gathering, and check that every message arrives.

    Simulates it on all platforms, with invented people, servers on this machine, and a clock that is moved forward.
    Exits with 1 if any message is missing, or arrives twice."""
    from bot.cli.rehearsing import rehearse as run_rehearsal

    finish(run_rehearsal(participants=participants, seed=seed, out=out))


@_engine.offer("check", 30)
def check(config: ConfigFile = None) -> None:
    """Check that the bot has everything it needs to start.

    Prints a line for each finding, with what to do about it, and changes nothing. Exits with 1 if something must be
    corrected."""
    from bot.cli.checking import check as run_check

    finish(run_check(config))


@_engine.offer("status", 33)
def status(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Show whether the bot is running, and its last backup.

    Also shows how many people have joined, and how many messages wait to be sent."""
    from bot.cli.status import show_status

    finish(show_status(config, as_json=as_json))


@_engine.offer("report", 35)
def report(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            dir_okay=False,
            show_default=False,
            help="File to write, instead of printing.",
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="The bot's log file, whose warnings and errors are counted.",
        ),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Write a report on the installation, for remote support.

    The report is JSON: versions, settings without secrets, counts and recent errors. It contains no personal data."""
    from bot.cli.reporting import examine

    finish(examine(config, file, log))


@_engine.offer("init", 40)
def init(
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the gathering.")] = None,
    starts: Annotated[str | None, typer.Option(metavar="DATE", help="First day, like 2027-06-10.")] = None,
    ends: Annotated[str | None, typer.Option(metavar="DATE", help="Last day.")] = None,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="Time zone, like Europe/Paris.")] = None,
    languages: Annotated[
        str | None, typer.Option(metavar="CODES", help="Languages offered, like fr,en; the first is the default.")
    ] = None,
    registration: Annotated[
        str | None,
        typer.Option(metavar="WHO", help="Who may register: invited (people on your list) or open (anyone)."),
    ] = None,
    contact: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Address for questions about personal data; '' for none yet.")
    ] = None,
    telephone: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Phone number of the person on call; '' for none yet.")
    ] = None,
    page: Annotated[str | None, typer.Option(metavar="URL", help="Address of the web page; '' for none.")] = None,
    token: Annotated[
        str | None,
        typer.Option(metavar="TOKEN", help="Telegram token; '' for none. It is safer to type it when asked."),
    ] = None,
    organiser: Annotated[
        int | None, typer.Option(metavar="ID", help="Numeric Telegram id of the first organiser; 0 for none.")
    ] = None,
    config: Annotated[Path, typer.Option("--config", "-c", metavar="FILE", help="File to write.")] = Path(
        "config.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write config.toml after a few questions.

    A question that an option answers is not asked. Without a terminal, defaults are used."""
    from bot.cli.initialising import Answers, write_config

    answers = Answers(name, starts, ends, zone, languages, registration, contact, telephone, page, token, organiser)
    write_config(config, answers, force=force)


config_commands = CommandGroup("Compare config.toml with the database.")


@config_commands.offer("diff")
def config_diff(
    config: ConfigFile = None,
    apply: Annotated[bool, typer.Option("--apply", help="Change the database to match the file.")] = False,
) -> None:
    """Show where config.toml and the database differ.

    Compares what is read from the file at the first start only, such as sessions, phases and deadlines.
    Exits with 1 if they differ."""
    from bot.cli.config_diff import compare_config

    finish(compare_config(config, apply=apply))


@_engine.offer("outbox", 70)
def outbox(
    config: ConfigFile = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Instead, show the messages that were never delivered.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the messages that wait to be sent, and why they wait."""
    from bot.cli.outbox import show_outbox

    finish(show_outbox(config, failed=failed, as_json=as_json))


@_engine.offer("trace", 75)
def trace(
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REFERENCE",
            help="Reference from an error message or from the log, like 3F2A91C0.",
        ),
    ] = "",
    config: ConfigFile = None,
    delivery: Annotated[
        int | None,
        typer.Option(
            "--delivery", metavar="NUMBER", help="Number of a sent message to start from, instead of REFERENCE."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Trace a message or press, and everything it caused.

    Give its reference, or the number of a message that the bot sent as a result. No names and no texts are shown.
    """
    from bot.cli.tracing import show_trace

    finish(show_trace(config, reference, delivery, as_json=as_json))


@_engine.offer("backup", 80)
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write, or existing folder to add a backup to.")],
    config: ConfigFile = None,
    days: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            show_default=False,
            help="Keep backups in the folder FILE for N days, instead of `[storage] backup_days`.",
        ),
    ] = None,
) -> None:
    """Copy the database to a new file, even while the bot runs.

    Photos and documents are copied into the folder FILE.files next to it. If FILE is a folder, a backup is added to it
    and tested, then backups that are too old are deleted.
    """
    from bot.cli.backups import add_backup, back_up

    finish(back_up(config, file) if days is None and not file.is_dir() else add_backup(config, file, days))


@_engine.offer("restore", 90)
def restore(
    file: Annotated[Path, existing_file("Backup to restore.")], config: ConfigFile = None, yes: Sure = False
) -> None:
    """Replace the database with a backup.

    Stop the bot first. Whatever was erased or revoked since the backup is erased or revoked again."""
    from bot.cli.backups import restore as run_restore

    finish(run_restore(config, file, sure=yes))


@_engine.offer("move", 95)
def move(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Database to copy from: sqlite:///… or postgresql://…")
    ],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Empty database of the other kind.")],
    config: ConfigFile = None,
) -> None:
    """Move the gathering from SQLite to PostgreSQL, or back.

    Stop the bot first. Every copied row is checked against the original before the copy is saved, and the source is
    left unchanged. Leave the password out of the address: it is read from PGPASSWORD or ~/.pgpass.

    Example: rencontres move sqlite:///rencontres.db postgresql:///rencontres"""
    from bot.cli.moving import move_gathering

    finish(move_gathering(config, source, target))


_engine.offer_group("config", 100, config_commands)
_engine.offer_group("export", 150, exports)
_engine.offer_group("erase", 160, erasing)


def main() -> None:
    """Run the command line of `rencontres`."""
    app(prog_name="rencontres")
