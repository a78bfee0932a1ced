"""The command `rencontres`.

Only what `--help` shows is here: each command imports what it needs when it runs, so that help comes at once. Exit
codes: 0 done, 1 not done or not well, 2 asked wrongly or a file that cannot be read, 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


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
            from bot.commands.console import err, explain

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


def _group(name: str, summary: str) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=summary)
    app.add_typer(group, name=name)
    return group


def _finish(work: Coroutine[Any, Any, bool]) -> None:
    """Run a command to its end; whether all is well decides the exit code."""
    import asyncio

    if not asyncio.run(work):
        raise typer.Exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(version("rencontres"))
        except PackageNotFoundError:
            typer.echo("not installed: run from a checkout")
        raise typer.Exit


ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", show_default=False, help="Settings; config.toml if there is one."),
]
ExistingFile = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]
Ref = Annotated[str, typer.Argument(metavar="REF", help="The person's ref in the list of participants.")]
Sure = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


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
    from bot.commands.running import serve

    _finish(serve(config, only))


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the page listens; 0 for any free port.")] = 8080,
    browser: Annotated[bool, typer.Option(help="Open the page where there is a desktop.")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the database where it is.")] = False,
) -> None:
    """Show the bot in a browser, with invented people."""
    from bot.rehearsal.demo import run as run_demo

    _finish(run_demo(port=port, browser=browser, keep=keep))


@app.command()
def check(config: ConfigFile = None) -> None:
    """Look at all that a start needs, and say what is missing.

    A line each; exit code 1 where something is not well."""
    from bot.commands.checking import check as run_check

    _finish(run_check(config))


@app.command()
def init(
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="The gathering's name.")] = None,
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
    """Write config.toml after three questions."""
    from bot.commands.initialising import write_config

    write_config(config, name, token, organiser, force=force)


config_commands = _group("config", "diff: config.toml beside what is in use.")


@config_commands.command("diff")
def config_diff(
    config: ConfigFile = None,
    apply: Annotated[bool, typer.Option("--apply", help="Make the store say what the file says.")] = False,
) -> None:
    """Show where the file differs from what is in use.

    For themes, their deadline and sessions, which the store holds since the first start.
    Exit code 1 where they differ."""
    from bot.commands.config_diff import compare_config

    _finish(compare_config(config, apply=apply))


import_commands = _group("import", "participants FILE: take in the selected people.")


@import_commands.command("participants")
def import_participants(
    file: ExistingFile,
    config: ConfigFile = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Import; without it, only what would happen is shown.")
    ] = False,
) -> None:
    """Take in selected people from a CSV or XLSX file.

    All of them or, if anything on any line is wrong, none."""
    from bot.commands.importing import import_people

    _finish(import_people(config, file, apply=apply))


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
) -> None:
    """Make links and codes for whoever has none yet.

    They are told once: the store keeps only their hashes."""
    from bot.commands.inviting import invite_people

    _finish(invite_people(config, file=out, cards=cards, renew=renew))


groups_commands = _group("groups", "form, explain: groups from a list of people, without a bot.")

PeopleFile = Annotated[
    Path,
    typer.Argument(
        metavar="PARTICIPANTS",
        exists=True,
        dir_okay=False,
        readable=True,
        help="CSV or XLSX: id, name (or given_name, family_name), country, gender, birth_year, theme, platform;"
        " second_theme if you like.",
    ),
]
GroupsFile = Annotated[
    Path,
    typer.Argument(metavar="GROUPS", exists=True, dir_okay=False, readable=True, help="CSV: participant_id, group."),
]
Smallest = Annotated[int, typer.Option("--min", min=1, metavar="N", help="The smallest group, in people.")]
Largest = Annotated[int, typer.Option("--max", min=1, metavar="N", help="The largest.")]
Rules = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="CSV: type, a, b; type is together, apart or pin (a: an id, b: a group)."),
]
Previous = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The groups until now: as few people as possible leave theirs."),
]
History = Annotated[
    str,
    typer.Option(metavar="FILES", help="Groups of earlier days, with commas: people meet again as little as can be."),
]
Year = Annotated[
    int | None, typer.Option(min=1900, max=2200, show_default="this year", help="The year in which ages are counted.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]
Png = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the groups, up to 60 in all.")]
Pdf = Annotated[Path | None, typer.Option(metavar="FILE", help="Print lists for the doors, a page for each group.")]


@groups_commands.command("form")
def groups_form(
    people: PeopleFile,
    out: Annotated[Path, typer.Option(metavar="GROUPS", dir_okay=False, help="The file to write, CSV.")],
    smallest: Smallest = 5,
    largest: Largest = 7,
    target: Annotated[
        int | None, typer.Option(min=1, metavar="N", show_default="6", help="The size aimed at, in people.")
    ] = None,
    count: Annotated[
        list[str] | None, typer.Option(metavar="THEME=N", help="How many groups a theme makes; may be repeated.")
    ] = None,
    sizes: Annotated[
        list[str] | None,
        typer.Option(metavar="THEME=MIN-MAX", help="Other sizes for one theme, like culture=4-7; may be repeated."),
    ] = None,
    wait: Annotated[
        list[str] | None, typer.Option(metavar="THEME", help="A theme that makes no groups for now; may be repeated.")
    ] = None,
    move: Annotated[
        list[str] | None, typer.Option(metavar="ID=THEME", help="Someone who takes another theme; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Picks among groups that are equally good.")] = 0,
    constraints: Rules = None,
    previous: Previous = None,
    locked: Annotated[
        str,
        typer.Option(
            metavar="GROUPS", help="Groups of --previous that stay as they are: culture-1, or 1 in every theme; commas."
        ),
    ] = "",
    history: History = "",
    rounds: Annotated[
        int, typer.Option(min=1, max=20, help="As many rounds, planned together: GROUPS-1.csv, GROUPS-2.csv …")
    ] = 1,
    time_limit: Annotated[float, typer.Option(min=0.1, help="Seconds that a theme may take.")] = 30.0,
    year: Year = None,
    png: Png = None,
    pdf: Pdf = None,
    as_json: AsJson = False,
) -> None:
    """Form groups of different nationalities, and write them.

    Exit code 1 where that is impossible, 2 where a file cannot be read: nothing is written then."""
    from bot.commands.grouping import Wanted, form_groups, this_year
    from bot.commands.grouping_asked import Asked

    asked = Asked(
        people,
        year or this_year(),
        smallest=smallest,
        largest=largest,
        target=target,
        seed=seed,
        time_limit=time_limit,
        constraints=constraints,
        previous=previous,
        locked=locked,
        history=history,
        counts=tuple(count or ()),
        sizes=tuple(sizes or ()),
        waiting=tuple(wait or ()),
        moves=tuple(move or ()),
    )
    if code := form_groups(asked, Wanted(out, png=png, pdf=pdf, as_json=as_json, rounds=rounds)):
        raise typer.Exit(code)


@groups_commands.command("explain")
def groups_explain(
    people: PeopleFile,
    groups: GroupsFile,
    smallest: Smallest = 5,
    largest: Largest = 7,
    constraints: Rules = None,
    previous: Previous = None,
    history: History = "",
    year: Year = None,
    png: Png = None,
    pdf: Pdf = None,
    as_json: AsJson = False,
) -> None:
    """Say how good groups are that are there already.

    Exit code 2 where a file cannot be read."""
    from bot.commands.grouping import Wanted, explain_groups, this_year
    from bot.commands.grouping_asked import Asked

    asked = Asked(
        people,
        year or this_year(),
        smallest=smallest,
        largest=largest,
        constraints=constraints,
        previous=previous,
        history=history,
    )
    if code := explain_groups(asked, groups, Wanted(png=png, pdf=pdf, as_json=as_json)):
        raise typer.Exit(code)


programme_commands = _group("programme", "import FILE, show: the sessions of the gathering.")


@programme_commands.command("import")
def programme_import(
    file: ExistingFile,
    config: ConfigFile = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Import; without it, only what would happen is shown.")
    ] = False,
    cancel_missing: Annotated[
        bool, typer.Option("--cancel-missing", help="Cancel the sessions that the file does not name any more.")
    ] = False,
) -> None:
    """Take in the programme from an .ics, CSV or XLSX file.

    All of it or, if anything in it is wrong, nothing. Those whose sessions change are told."""
    from bot.commands.programme import import_programme

    _finish(import_programme(config, file, apply=apply, cancel_missing=cancel_missing))


@programme_commands.command("show")
def programme_show(config: ConfigFile = None) -> None:
    """Show the sessions, a line each."""
    from bot.commands.programme import show_programme

    _finish(show_programme(config))


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
    from bot.commands.announcing import Asked
    from bot.commands.announcing import announce as run_announce

    asked = Asked(audience, file, tuple(attach or ()), at, urgent=urgent, again=again)
    _finish(run_announce(config, asked, dry_run=dry_run))


@app.command()
def outbox(
    config: ConfigFile = None,
    failed: Annotated[bool, typer.Option("--failed", help="What never arrived instead, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what waits to leave, since when, and why."""
    from bot.commands.outbox import show_outbox

    _finish(show_outbox(config, failed=failed, as_json=as_json))


organiser_commands = _group("organiser", "invite NAME: make someone an organiser.")


@organiser_commands.command("invite")
def organiser_invite(
    name: Annotated[str, typer.Argument(metavar="NAME", help="How they are called.")], config: ConfigFile = None
) -> None:
    """Make a link that works once, for a new organiser."""
    from bot.commands.inviting import invite_an_organiser

    _finish(invite_an_organiser(config, name))


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False)], config: ConfigFile = None) -> None:
    """Copy the database to a new file, also while the bot runs."""
    from bot.commands.backups import back_up

    _finish(back_up(config, file))


@app.command()
def restore(file: ExistingFile, config: ConfigFile = None, yes: Sure = False) -> None:
    """Put a backup in the database's place.

    The bot must not run. Who was erased since the backup is erased again."""
    from bot.commands.backups import restore as run_restore

    _finish(run_restore(config, file, sure=yes))


export_commands = _group("export", "person REF: everything kept about someone.")


@export_commands.command("person")
def export_person(
    ref: Ref,
    config: ConfigFile = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it here instead of showing it.")] = None,
) -> None:
    """Everything kept about a person, as JSON."""
    from bot.commands.people import export

    _finish(export(config, ref, file=out))


erase_commands = _group("erase", "person REF: forget someone for good.")


@erase_commands.command("person")
def erase_person(
    ref: Ref,
    config: ConfigFile = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="What they wrote for others too; without it, it stays without its author.")
    ] = False,
    yes: Sure = False,
) -> None:
    """Erase a person for good, on every platform."""
    from bot.commands.people import erase

    _finish(erase(config, ref, texts=texts, sure=yes))


def main() -> None:
    """Run the command line."""
    app(prog_name="rencontres")
