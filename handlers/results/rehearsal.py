"""What remains: the files for partners and the plenary, in which every idea that stands is found once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from bot.cli import console
from bot.content.i18n import LOCALES
from bot.content.texts import Reader, _, file_name, plain
from bot.database.engine import Transaction
from bot.rehearsal.contributions import DemoMove, Rehearsal, Stage, plain_instructions
from bot.rehearsal.playing import Play
from handlers.results import store
from handlers.results.cli.exporting import ExportOptions, export_workshops
from handlers.results.jobs import RESULTS

FOLDER = "export"
WORKBOOK = "workshops.xlsx"
ASKED_FOR = "bilan.xlsx"


async def are_taken(tx: Transaction, _since: datetime, _visitors: Collection[int]) -> bool:
    """Whether a file of the results was handed over, in any language."""
    called = {file_name(name, Reader(locale, "UTC")) for name in RESULTS.values() for locale in LOCALES}
    return any([await store.stands_on_a_page(tx, name) for name in sorted(called)])


async def export(play: Play) -> None:
    """`rencontres export`, beside the running house."""
    config = play.folder / "export.toml"
    config.write_text(f"[storage]\nurl = {_quoted(play.settings.storage.url)}\n", "utf-8")
    folder = play.folder / FOLDER
    with _in_silence():
        await export_workshops(config, ExportOptions(folder, None, force=False), environment={})
    made = sorted(path.name for path in folder.rglob("*") if path.is_file())
    decks = sum(name.endswith(".pptx") for name in made) - 1
    play.report.tell(
        f"The workshops are exported: workbook, slides, booklet and {decks} decks, {len(made)} files in all."
    )


async def take_away(play: Play) -> None:
    """The organiser asks for the workbook in chat: it holds the same."""
    await play.organiser.command("bilan")
    await play.organiser.act("wbf-xlsx")
    await play.servers.calm()
    file = play.organiser.file
    if file is None:
        play.differences.append(f"the organiser asked for the workbook and got «{play.organiser.text}»")
        return
    (play.folder / ASKED_FOR).write_bytes(file.content)
    play.report.tell("Inès asks for the workbook in chat, and gets it.")


@contextmanager
def _in_silence() -> Iterator[None]:
    """What the command says by itself the account says in its way."""
    console.out.quiet = console.err.quiet = True
    try:
        yield
    finally:
        console.out.quiet = console.err.quiet = False


def _quoted(text: str) -> str:
    return f"'{text}'"


def differences(play: Play) -> list[str]:
    """What the exported files have too much or too little of."""
    folder = play.folder / FOLDER
    if not (folder / WORKBOOK).is_file():
        return [f"there is no {WORKBOOK}"]
    reader = Reader(play.settings.gathering.locales[0], "UTC")
    found = Counter(_ideas(folder / WORKBOOK, reader))
    lines = [
        f"{idea.author.name}: «{idea.text}» is in the export {found[idea.text]} times, due {int(idea.stands)}"
        for idea in play.ideas
        if found[idea.text] != idea.stands
    ]
    known = {idea.text for idea in play.ideas}
    lines += [f"nobody said «{text}», which is in the export" for text in found if text not in known]
    if (play.folder / ASKED_FOR).is_file() and Counter(_ideas(play.folder / ASKED_FOR, reader)) != found:
        lines.append("the workbook asked for in chat holds other ideas than the exported one")
    lines += [f"{name} is missing" for name in ("plenary.pptx", "booklet.pdf") if not (folder / name).is_file()]
    return lines


def _ideas(path: Path, reader: Reader) -> list[str]:
    """The words of every idea in the workbook."""
    with closing(load_workbook(path, read_only=True)) as book:
        headings, *rows = book[plain(_("Ideas"), reader)].iter_rows(values_only=True)
    column = headings.index(plain(_("Idea"), reader))
    return [str(row[column]) for row in rows if row[column]]


REHEARSAL = Rehearsal(
    moves=(
        DemoMove(
            80,
            _("Take the results"),
            plain_instructions(
                _(
                    "As the organiser: «Organise», «Workshops», «The results»: workbook, slides, booklet."
                    " Other phases make them grow."
                )
            ),
            are_taken,
        ),
    ),
    stages=(
        Stage("exported", 2, export, needs=("territories over",)),
        Stage("results asked for", 2, take_away, needs=("exported",)),
    ),
    differences=differences,
)
