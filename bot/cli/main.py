"""The command `rencontres`.

Only what `--help` shows is here and in `bot.cli_…`: each command imports what it needs when it runs, so that help
comes at once. Exit codes: 0 done, 1 not done or not well, 2 asked wrongly or a file that cannot be read, 130
interrupted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli.options import AsJson, ConfigFile, ExistingFile, Sure, command_group, finish
from bot.cli.people import erasing, exporting, importing, organisers
from handlers.groups.cli import groups
from handlers.programme.cli import programme


class _Commands(TyperGroup):
    """Tells an error that can be helped in one line on standard error."""

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
            from bot.cli.console import err, explain

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
    help="The chatbot of a gathering, on Telegram, on Discord and in a browser, over one store.",
)


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


@app.command()
def run(
    config: ConfigFile = None,
    only: Annotated[
        str | None,
        typer.Option(metavar="PARTS", help="Only these, with commas: telegram, discord, web, delivery."),
    ] = None,
) -> None:
    """Run the bot until it is stopped."""
    from bot.cli.running import serve

    finish(serve(config, only))


@app.command()
def demo(
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, show_default="8080, or a free one", help="Where the page listens; 0 for any free port."
        ),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page where there is a desktop.")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the database where it is.")] = False,
) -> None:
    """Show the bot in a browser, with invented people."""
    from bot.rehearsal.demo import run as run_demo

    finish(run_demo(port=port, browser=browser, keep=keep))


@app.command()
def rehearse(
    participants: Annotated[
        int, typer.Option(min=12, max=5_000, metavar="N", help="How many invented people take part.")
    ] = 100,
    seed: Annotated[int, typer.Option(metavar="N", help="The same number plays the same again.")] = 8,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Keep the exports, what everyone received, and the account."),
    ] = None,
) -> None:
    """Play a whole gathering on three platforms, and check that everything arrived.

    With people who do not exist, servers on this machine, and time that is moved on. Exit code 1 where anything is
    missing, or came twice."""
    from bot.cli.rehearsing import rehearse as run_rehearsal

    finish(run_rehearsal(participants=participants, seed=seed, out=out))


@app.command()
def check(config: ConfigFile = None) -> None:
    """Look at all that a start needs, and say what is missing.

    A line each; exit code 1 where something is not well."""
    from bot.cli.checking import check as run_check

    finish(run_check(config))


@app.command()
def init(
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="The gathering's name.")] = None,
    starts: Annotated[str | None, typer.Option(metavar="DAY", help="Its first day, like 2027-06-10.")] = None,
    ends: Annotated[str | None, typer.Option(metavar="DAY", help="Its last day.")] = None,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="Where it is, like Europe/Paris.")] = None,
    page: Annotated[str | None, typer.Option(metavar="URL", help="The https address of its page; '' for none.")] = None,
    token: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="Telegram's token; '' for none. Safer typed when asked.")
    ] = None,
    organiser: Annotated[
        int | None, typer.Option(metavar="ID", help="The first organiser's numeric Telegram id; 0 for none.")
    ] = None,
    config: Annotated[Path, typer.Option("--config", "-c", metavar="FILE", help="The file to write.")] = Path(
        "config.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write config.toml after a few questions."""
    from bot.cli.initialising import Answers, write_config

    answers = Answers(name, starts, ends, zone, page, token, organiser)
    write_config(config, answers, force=force)


config_commands = command_group("diff: config.toml beside what is in use.")


@config_commands.command("diff")
def config_diff(
    config: ConfigFile = None,
    apply: Annotated[bool, typer.Option("--apply", help="Make the store say what the file says.")] = False,
) -> None:
    """Show where the file differs from what is in use.

    For themes, their deadline and sessions, which the store holds since the first start.
    Exit code 1 where they differ."""
    from bot.cli.config_diff import compare_config

    finish(compare_config(config, apply=apply))


@app.command()
def invitations(
    config: ConfigFile = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the list here (CSV) instead of showing it.")
    ] = None,
    cards: Annotated[
        Path | None, typer.Option(metavar="DIR", file_okay=False, help="Draw a card (PNG) for each person here.")
    ] = None,
    renew: Annotated[
        str | None, typer.Option(metavar="REF", help="Only this person, whose earlier links and code end.")
    ] = None,
    detach: Annotated[
        bool,
        typer.Option(
            "--detach/--keep-accounts",
            help="With --renew: take this person's accounts off, whoever uses them, or leave them.",
        ),
    ] = True,
) -> None:
    """Make links and codes for whoever has none yet.

    They are told once: the store keeps only their hashes."""
    from handlers.registration.cli_inviting import invite_people

    finish(invite_people(config, file=out, cards=cards, renew=renew, detach=detach))


@app.command()
def announce(
    audience: Annotated[
        str,
        typer.Option(
            metavar="AUDIENCE",
            help="all, theme:KEY, group:ID, territory:CODE, platform:NAME, present:DAY, unchosen or organisers.",
        ),
    ],
    file: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            help="The words, in markdown; FILE.en.md beside it for those who read English.",
        ),
    ],
    config: ConfigFile = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, readable=True, help="A picture or document; may be repeated."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When, as people say it: «demain 14h», «2027-06-10 14:00».")
    ] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Also at night, and however much people had today.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show who would be told and what, and stop.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also where the same was announced a few minutes ago.")
    ] = False,
) -> None:
    """Tell many people something.

    The bot sends it when it runs. Exit code 1 where nobody would be told."""
    from handlers.announcements.cli import Asked
    from handlers.announcements.cli import announce as run_announce

    asked = Asked(audience, file, tuple(attach or ()), at, urgent=urgent, again=again)
    finish(run_announce(config, asked, dry_run=dry_run))


@app.command()
def outbox(
    config: ConfigFile = None,
    failed: Annotated[bool, typer.Option("--failed", help="What never arrived instead, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what waits to leave, since when, and why."""
    from bot.cli.outbox import show_outbox

    finish(show_outbox(config, failed=failed, as_json=as_json))


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False)], config: ConfigFile = None) -> None:
    """Copy the database to a new file, also while the bot runs."""
    from bot.cli.backups import back_up

    finish(back_up(config, file))


@app.command()
def restore(file: ExistingFile, config: ConfigFile = None, yes: Sure = False) -> None:
    """Put a backup in the database's place.

    The bot must not run. Who was erased since the backup is erased again."""
    from bot.cli.backups import restore as run_restore

    finish(run_restore(config, file, sure=yes))


for _name, _group in (  # as help lists them
    ("config", config_commands),
    ("import", importing),
    ("groups", groups),
    ("programme", programme),
    ("organiser", organisers),
    ("export", exporting),
    ("erase", erasing),
):
    app.add_typer(_group, name=_name)


def main() -> None:
    """Run the command line."""
    app(prog_name="rencontres")
