"""The parts of the rehearsal (a gathering played by the program) about results.

An organiser includes the ideas that nobody revealed or voted for, exports files, and asks for a workbook in the chat.
Each idea that counts must be in both exactly once.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, time
from functools import lru_cache

from openpyxl import load_workbook

from bot.cli import terminal
from bot.content.i18n import LOCALES
from bot.content.texts import Reader, _, file_name, plain
from bot.database.engine import Transaction
from bot.rehearsal.contributions import DemoMove, Rehearsal, Stage
from bot.rehearsal.playing import Play
from handlers.results.cli.exporting import ExportOptions, export_workshops
from handlers.results.messages import RESULT_FILES
from handlers.results.store.numbers import stands_on_a_page

FOLDER = "export"
ASKED_FOR = "bilan.xlsx"


async def are_taken(tx: Transaction, _since: datetime) -> bool:
    """Return whether any personal page has received a file of all results, in any language."""
    names = {file_name(name, Reader(locale, "UTC")) for name in RESULT_FILES.values() for locale in LOCALES}
    return any([await stands_on_a_page(tx, name) for name in sorted(names)])


async def export(play: Play) -> None:
    """Run `rencontres export` while the bot runs."""
    config = play.folder / "export.toml"
    config.write_text(f"[storage]\nurl = '{play.settings.storage.url}'\n", "utf-8")
    folder = play.folder / FOLDER
    with _in_silence():
        await export_workshops(config, ExportOptions(folder, None, force=False), environment={})
    names = sorted(path.name for path in folder.rglob("*") if path.is_file())
    decks = sum(name.endswith(".pptx") for name in names) - 1
    play.report.tell(
        f"The workshops are exported: workbook, slides, booklet and {decks} decks, {len(names)} files in all."
    )


async def take_in(play: Play) -> None:
    """Let the organiser request the booklet, look at the ideas that it leaves out, and include all of them."""
    await play.organiser.command("bilan")
    await play.organiser.act("wbf-pdf")
    if play.organiser.offers("wbq"):  # they are listed, none of them ticked
        for payload in ("wbq", "wbw", "wbm-pdf"):
            await play.organiser.act(payload)
    await play.servers.calm()
    if play.organiser.file is None:
        play.differences.append(f"the organiser asked for the booklet and got «{play.organiser.text}»")
        return
    play.report.tell("Inès asks for the booklet, takes in what nobody revealed or voted for, and gets it.")


async def take_away(play: Play) -> None:
    """Let the organiser request the workbook in the chat, and save the file to compare it with the export later."""
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
    """Let the command print nothing, since the rehearsal has a report of its own."""
    terminal.out.quiet = terminal.err.quiet = True
    try:
        yield
    finally:
        terminal.out.quiet = terminal.err.quiet = False


def differences(play: Play) -> list[str]:
    """Return a line for each idea or file that is missing from the export, or that the export has more than once."""
    reader = Reader(play.settings.gathering.locales[0], "UTC")
    files = {what: play.folder / FOLDER / file_name(name, reader) for what, name in RESULT_FILES.items()}
    if missing := [f"{file.name} is missing" for file in files.values() if not file.is_file()]:
        return missing
    counts = Counter(_ideas(files["xlsx"].read_bytes(), reader))
    lines = [
        f"{idea.author.name}: «{idea.text}» is in the export {counts[idea.text]} times, due {int(idea.stands)}"
        for idea in play.ideas
        if counts[idea.text] != idea.stands
    ]
    texts = {idea.text for idea in play.ideas}
    lines += [f"nobody said «{text}», which is in the export" for text in counts if text not in texts]
    asked_for = play.folder / ASKED_FOR
    if asked_for.is_file() and Counter(_ideas(asked_for.read_bytes(), reader)) != counts:
        lines.append("the workbook asked for in chat holds other ideas than the exported one")
    return lines


@lru_cache(maxsize=4)
def _ideas(workbook: bytes, reader: Reader) -> Sequence[str]:
    """Return the text of every idea in a workbook, whose headings are in the language of `reader`."""
    with closing(load_workbook(io.BytesIO(workbook), read_only=True)) as book:
        headings, *rows = book[plain(_("Ideas"), reader)].iter_rows(values_only=True)
    column = headings.index(plain(_("Idea"), reader))
    return [str(row[column]) for row in rows if row[column]]


REHEARSAL = Rehearsal(
    moves=(
        DemoMove(
            80,
            _("Take the results"),
            _(
                "As the organiser: «Organise», «Workshops», «The results»: workbook, slides, booklet. Before the"
                " last two, tick what nobody revealed or voted for. Other phases make them grow."
            ),
            are_taken,
        ),
    ),
    stages=(
        Stage("ideas taken in", 2, take_in, at=time(13), needs=("territories over",)),
        Stage("exported", 2, export, at=time(13), needs=("ideas taken in",)),
        Stage("results asked for", 2, take_away, at=time(13), needs=("exported",)),
    ),
    differences=differences,
)
