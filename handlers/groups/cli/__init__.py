"""The commands `rencontres groups …`, which form groups from a list of people, without a bot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import AsJson, Commands, command_group

commands = Commands()
groups = command_group("form, explain: groups from a list of people, without a bot.")
commands.offer_group("groups", 120, groups)

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
Png = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Draw the groups, a picture for each theme: several are FILE-<theme>, or FILE-<theme>-1, FILE-<theme>-2 …",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over files that are there.")]
Pdf = Annotated[Path | None, typer.Option(metavar="FILE", help="Print lists for the doors, a page for each group.")]


@groups.command("form")
def form(
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
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Form groups of different nationalities, and write them.

    Exit code 1 where that is impossible, 2 where a file cannot be read: nothing is written then."""
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


@groups.command("explain")
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
    """Say how good groups are that are there already.

    Exit code 2 where a file cannot be read."""
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
