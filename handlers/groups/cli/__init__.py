"""The commands `rencontres groups …`, which form groups from a list of people, without a bot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import AsJson, CommandGroup, Commands

commands = Commands()
groups = CommandGroup("Form groups from a list of people, without the bot.")
commands.offer_group("groups", 120, groups)

PeopleFile = Annotated[
    Path,
    typer.Argument(
        metavar="PARTICIPANTS",
        exists=True,
        dir_okay=False,
        readable=True,
        help="CSV, XLSX or ODS file with the columns id, name (or given_name, family_name), country, gender,"
        " birth_year, theme, platform and, optionally, second_theme.",
    ),
]
GroupsFile = Annotated[
    Path,
    typer.Argument(
        metavar="GROUPS",
        exists=True,
        dir_okay=False,
        readable=True,
        help="CSV file with the columns participant_id and group.",
    ),
]
Smallest = Annotated[int, typer.Option("--min", min=1, metavar="N", help="Smallest size of a group.")]
Largest = Annotated[int, typer.Option("--max", min=1, metavar="N", help="Largest size of a group.")]
Rules = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="CSV file of rules: type (together, apart or pin), a (an id), b (another id, or a group to pin to).",
    ),
]
Previous = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Earlier groups of the same day: reports how many people change groups, as few as possible.",
    ),
]
History = Annotated[
    str,
    typer.Option(
        metavar="FILES",
        help="Groups of earlier days, separated by commas: reports how many people meet again, as few as possible.",
    ),
]
Year = Annotated[
    int | None,
    typer.Option(
        min=1900, max=2200, metavar="YEAR", show_default="this year", help="Year for which ages are calculated."
    ),
]
Png = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Picture of the groups to write; if several are needed: FILE-<theme>.png, FILE-<theme>-1.png …",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Pdf = Annotated[Path | None, typer.Option(metavar="FILE", help="Door lists to write, one page per group.")]


@groups.offer("form")
def form(
    people: PeopleFile,
    out: Annotated[Path, typer.Option(metavar="GROUPS", dir_okay=False, help="CSV file to write.")],
    smallest: Smallest = 5,
    largest: Largest = 7,
    target: Annotated[
        int | None, typer.Option(min=1, metavar="N", show_default="6", help="Preferred size of a group.")
    ] = None,
    count: Annotated[
        list[str] | None, typer.Option(metavar="THEME=N", help="Number of groups for a theme; repeatable.")
    ] = None,
    sizes: Annotated[
        list[str] | None,
        typer.Option(metavar="THEME=MIN-MAX", help="Sizes for one theme, like culture=4-7; repeatable."),
    ] = None,
    wait: Annotated[
        list[str] | None, typer.Option(metavar="THEME", help="Theme to leave without groups for now; repeatable.")
    ] = None,
    move: Annotated[
        list[str] | None, typer.Option(metavar="ID=THEME", help="Person to move to another theme; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Random seed: chooses among equally good groups.")] = 0,
    constraints: Rules = None,
    previous: Previous = None,
    locked: Annotated[
        str,
        typer.Option(
            metavar="GROUPS",
            help="Groups of --previous to keep, separated by commas: culture-1, or 1 for group 1 of every theme.",
        ),
    ] = "",
    history: History = "",
    rounds: Annotated[
        int,
        typer.Option(min=1, max=20, metavar="N", help="Rounds to plan together: GROUPS-1.csv, GROUPS-2.csv …"),
    ] = 1,
    time_limit: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Time limit for each theme.")] = 30.0,
    year: Year = None,
    png: Png = None,
    pdf: Pdf = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Form groups of mixed nationalities, and write them to a file.

    Exits with 1 if that is impossible, and with 2 if a file cannot be read; nothing is written then.

    Example: rencontres groups form people.xlsx --out groups.csv --pdf doors.pdf"""
    from handlers.groups.cli.forming import OutputOptions, form_groups, this_year
    from handlers.groups.cli.problems import ProblemOptions

    options = ProblemOptions(
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
    output = OutputOptions(out, png=png, pdf=pdf, as_json=as_json, rounds=rounds, force=force)
    if code := form_groups(options, output):
        raise typer.Exit(code)


@groups.offer("explain")
def explain(
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
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Report how good existing groups are.

    Exits with 2 if a file cannot be read."""
    from handlers.groups.cli.forming import OutputOptions, explain_groups, this_year
    from handlers.groups.cli.problems import ProblemOptions

    options = ProblemOptions(
        people,
        year or this_year(),
        smallest=smallest,
        largest=largest,
        constraints=constraints,
        previous=previous,
        history=history,
    )
    output = OutputOptions(png=png, pdf=pdf, as_json=as_json, force=force)
    if code := explain_groups(options, groups, output):
        raise typer.Exit(code)
