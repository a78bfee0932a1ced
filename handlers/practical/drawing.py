"""Draws practical information as one sheet of A4 for the doors, in one language or several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

from bot.content.branding import Branding
from bot.content.texts import Reader, Run, Span, Text, _, plain, render
from bot.drawing.qr import qr_rows
from bot.drawing.typeset import typeset_pdf
from handlers.practical.model.sections import Section

_TEMPLATE = Path(__file__).with_name("sheet.typ")

DAY: Sequence[tuple[Text, Sequence[Text]]] = (
    (
        _("The day before"),
        (
            _("Write once more to those who have not joined or have no theme: /organiser, People."),
            _("Give each group its room and hour: /groupes."),
            _("Ask whoever hosts the bot for a backup."),
        ),
    ),
    (
        _("Before the doors open"),
        (
            _("Hang the poster of the bot at the entrance, and the lists at the doors of the rooms."),
            _("A charged telephone for each of the team."),
        ),
    ),
    (
        _("At the entrance"),
        (
            _("Take attendance: /groupes, Attendance. Several of you can."),
            _("Not on the list: New person. Invitation lost: New invitation."),
            _("All are ticked and some are missing: Adjust the groups, then Keep."),
        ),
    ),
    (
        _("The workshops"),
        (
            _("/panneau shows every group. The big button is the next step."),
            _("First help the group that calls (🆘), then those that say nothing."),
        ),
    ),
    (
        _("The plenary"),
        (
            _("Open the screen on the computer of the projector: /pleniere, Open the screen."),
            _("Begin, then the big button. If a telephone fails, anybody of the team goes on."),
        ),
    ),
    (
        _("Something changes"),
        (
            _("Another room or hour: change it in the programme; those concerned are told."),
            _("A mistake: Undo this change, for ten minutes."),
            _("To know whether all are safe: /securite."),
        ),
    ),
    (
        _("In the evening"),
        (_("Read tomorrow’s programme once more, and save the results: /organiser."),),
    ),
)
"""What the team does on the day, moment by moment, as it is printed on one page."""

PrintedLine = Sequence[tuple[str, bool]]
"""A line on paper, as stretches of text; each has a flag for whether it is bold."""


class PrintedText(TypedDict):
    """A section of practical information in one language (`lang`), as printed on the sheet.

    If `ticked` is True, each line has a box to tick with a pen.
    """

    lang: str
    title: str
    lines: Sequence[PrintedLine]
    ticked: bool


class PrintedSheet(TypedDict):
    """The content of a sheet: its title in its first language, the texts of each section, and addresses for joining."""

    title: str
    sections: Sequence[Sequence[PrintedText]]
    join: Sequence[str]


def plan_sheet(sections: Iterable[Section], locales: Sequence[str], zone: str, join: Sequence[str]) -> PrintedSheet:
    """Return the content of a sheet in these locales; `join` are the addresses at which people can join.

    A section without a text in some of the languages is printed in the others; a section without a text in any of them
    is printed in another language. Sections without any text are left out.
    """
    printed = [texts for section in sections if (texts := _texts(section, locales, zone))]
    title = plain(_("Practical information"), Reader(locales[0], zone))
    return {"title": title, "sections": printed, "join": join}


def plan_day_sheet(emergency: Sequence[Span], locale: str, zone: str) -> PrintedSheet:
    """Return the content of the page for the team's pockets: what to do at which moment of the day.

    `locale` is the language of the page. `emergency` are a title and lines about whom to call, which are printed last.
    """
    reader = Reader(locale, zone)
    first, *numbers = emergency
    moments: list[tuple[Span, Sequence[Span], bool]] = [*((*moment, True) for moment in DAY), (first, numbers, False)]
    sections: list[list[PrintedText]] = [
        [_printed(locale, plain(title, reader), [_line(line, reader) for line in lines], ticked=ticked)]
        for title, lines, ticked in moments
    ]
    return {"title": plain(_("The day itself"), reader), "sections": sections, "join": []}


def _texts(section: Section, locales: Sequence[str], zone: str) -> Sequence[PrintedText]:
    written = [locale for locale in locales if locale in section.locales] or section.locales[:1]
    return [
        _text(section, locale, Reader(locale, zone), with_place=not number) for number, locale in enumerate(written)
    ]


def _text(section: Section, locale: str, reader: Reader, *, with_place: bool) -> PrintedText:
    lines: list[PrintedLine] = [_line(line, reader) for line in section.lines(locale) if line != ""]
    if with_place and section.address:
        lines.append([(section.address, False)])
    if with_place and section.link:
        label, url = section.link
        lines.append([(f"{label} · {_on_paper(url)}" if label else _on_paper(url), False)])
    return _printed(locale, plain(section.title, reader), lines)


def _printed(locale: str, title: str, lines: Sequence[PrintedLine], *, ticked: bool = False) -> PrintedText:
    return {"lang": locale, "title": title, "lines": lines, "ticked": ticked}


def _line(line: Span, reader: Reader) -> PrintedLine:
    return [(_words(run), run.strong) for run in render(line, reader)]


def _words(run: Run) -> str:
    """Return a stretch of text as it stands on paper, where a link that is no telephone number needs its address."""
    if not run.url or run.url.startswith("tel:") or _on_paper(run.url) in run.text:
        return run.text
    return f"{run.text} ({_on_paper(run.url)})"


def _on_paper(url: str) -> str:
    return url.partition("://")[2].rstrip("/") or url


def draw_sheet(sheet: PrintedSheet, branding: Branding, locale: str) -> bytes:
    """Return a sheet as a PDF file of A4, with a QR code for each address at which people can join.

    The letters are as large as one page allows. If the text does not fit even in the smallest letters, a second page
    follows.
    """
    data: Mapping[str, Any] = {
        **sheet,
        "join": [{"text": _on_paper(url), "qr": qr_rows(url)} for url in sheet["join"]],
    }
    return typeset_pdf(_TEMPLATE, data, branding, locale)
