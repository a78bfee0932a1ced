"""Writes the booklet (PDF): a cover, the contents, a chapter for each group, and an index by territory."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.content.names import shortened
from bot.content.territories import by_name
from bot.content.texts import Name, _, _n
from bot.drawing.typeset import typeset_pdf
from handlers.results.drawing.figures import chart_data
from handlers.results.drawing.photos import Photo, ReadFile, bytes_of_each, read_photos
from handlers.results.messages import Wording
from handlers.results.model import ResultGroup, ResultIdea, ResultPhase, Version, WorkshopResults
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP

_TEMPLATE = Path(__file__).with_name("booklet.typ")
_MOST_IDEAS = 8
"""How many ideas of a phase are printed, those with the most votes. The workbook has all."""

_GLIMPSE = 140
"""How many characters of an idea or a text stand in the contents, for a group that wrote no challenge."""
_FOOT = 48  # letters of the gathering's name, and of a theme's, that fit into the foot of a page

Data = dict[str, Any]
"""What the template prints, as JSON values."""


def write_booklet(results: WorkshopResults, wording: Wording, read: ReadFile, *, most: int | None) -> bytes:
    """Return the booklet of the results as a PDF file, in the language of `wording`.

    `read` returns the content of an attachment. `most` is how many bytes all photos together may take, None for no
    limit.
    """
    files, data = {}, _booklet(results, wording)
    pictures = [group.pictures[0] for group in results.groups if group.pictures]
    photos = read_photos(read, pictures, bytes_of_each(most, len(pictures)))
    for group, chapter in zip(results.groups, data["groups"], strict=True):
        for picture in group.pictures[:1]:
            if photo := photos.get(picture.digest):
                name = f"photo-{group.id}.svg"
                files[name] = _drawing(photo)
                alt = _("Photo of a sheet of paper: {phase}", phase=wording.phase(results, picture.phase))
                chapter["photo"] = {"file": name, "alt": wording.say(alt), "ratio": photo.width / photo.height}
    return typeset_pdf(_TEMPLATE, data, wording.branding, wording.locale, files=files)


def _drawing(photo: Photo) -> bytes:
    """Return a photo as a drawing (SVG) of nothing else: Typst would decode a JPEG file, which takes much memory."""
    size = f'width="{photo.width}" height="{photo.height}"'
    content = base64.b64encode(photo.content).decode()
    image = f'<image {size} xlink:href="data:image/jpeg;base64,{content}"/>'
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {namespaces} {size}>{image}</svg>".encode()


def _booklet(results: WorkshopResults, wording: Wording) -> Data:
    say, groups = wording.say, results.groups
    ideas = sum(len(group.ideas) for group in groups)
    foot = shortened(wording.name, _FOOT)
    days = wording.gathered or [group.day for group in groups]
    return {
        "title": say(_("What the groups came up with")),
        "foot": foot,
        "counts": [
            say(_n("{count} group", "{count} groups", len(groups))),
            say(_n("{count} idea", "{count} ideas", ideas)),
        ],
        "dates": wording.days(min(days), max(days)) if days else "",
        "charts": [asdict(chart) for chart in chart_data(results, wording)],
        "words": {
            "contents": say(_("Contents")),
            "charts": say(_("In figures")),
            "index": say(_("By territory")),
            # L10N: the abbreviation of «page» before its number
            "page": say(_("p.")),
            "ideas": say(_("Ideas")),
            "also": say(_("Also proposed (votes):")),
            "squares": [say(CARD_LABELS[name]) for name in CARD_FIELDS],
            # L10N: in the booklet: a square that nobody filled in
            "open": say(_("still open")),
            "photo": say(_("From the group's sheets of paper")),
        },
        "parts": [
            {**part, "foot": f"{foot} · {shortened(part['title'], _FOOT)}"}
            for part in _by_theme(results, wording, range(len(groups)))
        ],
        "groups": [_chapter(results, group, wording) for group in groups],
        "index": _index(results, wording),
    }


def _by_theme(results: WorkshopResults, wording: Wording, numbers: Sequence[int]) -> Sequence[Data]:
    """Return groups, each given by its place among all, by theme and day, in their order."""
    parts = groupby(numbers, lambda number: wording.theme_and_day(results, results.groups[number]))
    return [{"title": title, "groups": [*part]} for title, part in parts]


def _index(results: WorkshopResults, wording: Wording) -> Sequence[Data]:
    """Return each territory that groups wrote about, with these groups by theme."""
    groups: dict[str, list[int]] = {}
    for number, group in enumerate(results.groups):
        for code in dict.fromkeys(card.territory for card in group.cards if card.territory):
            groups.setdefault(code, []).append(number)
    return [
        {"territory": wording.territory(code), "parts": _by_theme(results, wording, groups[code])}
        for code in by_name(groups, wording.locale)
    ]


def _chapter(results: WorkshopResults, group: ResultGroup, wording: Wording) -> Data:
    title, number = wording.group(results, group), wording.say(_("Group {number}", number=group.number))
    sections = {phase.key: _section(results, group, phase, wording) for phase in results.phases}
    if group.cards:  # their grid stands in the phase of territories, and at the end if that phase was removed
        of_grid = next((phase.key for phase in results.phases if phase.collects == "territories"), "")
        end = {"title": wording.say(_("In our territories")), "versions": [], "ideas": [], "others": ""}
        grid = [{"territory": territory, "squares": squares} for territory, squares in wording.grid(group)]
        sections.setdefault(of_grid, end)["grid"] = grid
    return {
        "title": title,
        "number": number,
        "name": f"{number} · {group.name}" if group.name else number,
        "about": _in_a_line(results, group, wording),
        "members": [
            {"name": member.name, "territory": wording.territory(member.territory)} for member in group.members
        ],
        "sections": [part for part in sections.values() if part["versions"] or part["grid"] or part["ideas"]],
        "photo": None,
    }


def _in_a_line(results: WorkshopResults, group: ResultGroup, wording: Wording) -> str:
    """Return what stands below a group in the contents: its challenge, else its solution, most voted idea or text."""
    if written := results.current(group, "challenge").get("sentence") or results.current(group, "solution").get("idea"):
        return written
    if voted := next((idea.text for idea in group.ideas if idea.votes and idea.text), ""):
        return wording.say(_("According to your votes: {idea}", idea=Name(shortened(voted, _GLIMPSE))))
    texts = (" ".join(version.content.get("text", "").split()) for version in group.versions)
    return next((shortened(text, _GLIMPSE) for text in texts if text), "")


def _section(results: WorkshopResults, group: ResultGroup, phase: ResultPhase, wording: Wording) -> Data:
    ideas = [idea for idea in group.ideas if idea.phase == phase.key]
    others = len(ideas) - _MOST_IDEAS
    rest = _n("And {count} other idea, in the workbook.", "And {count} other ideas, in the workbook.", others)
    return {
        "title": wording.words(phase.title),
        "versions": [
            _version(version, wording, ideas)
            for version in results.of(group, phase.collects)
            if version.phase == phase.key
        ],
        "grid": [],
        "ideas": [{"text": idea.text, "about": _about(idea, wording)} for idea in ideas[:_MOST_IDEAS]],
        "others": wording.say(rest) if others > 0 else "",
    }


def _about(idea: ResultIdea, wording: Wording) -> Sequence[str]:
    return [*filter(None, (wording.category(idea.category), wording.author(idea), wording.votes(idea)))]


def _version(version: Version, wording: Wording, ideas: Sequence[ResultIdea]) -> Data:
    """Return a version; the further challenges that had votes only where no ideas are printed below it."""
    content: Mapping[str, str] = version.content
    return {
        "label": wording.say(_("Another version")) if version.rival else "",
        "lead": content.get("sentence") or content.get("idea", ""),
        "text": content.get("text", ""),
        "also": content.get(RUNNERS_UP, "") if not ideas else "",
        "fields": [{"label": wording.say(LABELS[name]), "text": content[name]} for name in CANVAS if content.get(name)],
        "opinions": wording.opinions_together(version),
    }
