"""Decks: one for the plenary with every group, and each group's own, which shows the same of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.content.texts import _, _n
from handlers.results.charts import Chart
from handlers.results.model import Attachment, Gathering, Group
from handlers.results.photos import USUAL_BYTES, Photo, smaller
from handlers.results.slides import Deck
from handlers.results.wording import Wording
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP

ReadFile = Callable[[Attachment], bytes | None]
"""What gives the content of an attachment; None where it is gone."""


def plenary(whole: Gathering, wording: Wording, charts: Sequence[Chart], read: ReadFile, *, most: int | None) -> bytes:
    """A deck of the whole: what was done, then group after group. `most` are the bytes its photos may take."""
    photos = sum(len(group.pictures) for group in whole.groups)
    each = USUAL_BYTES if most is None else min(USUAL_BYTES, most // max(1, photos))
    deck = _deck(wording)
    count, ideas = len(whole.groups), sum(len(group.ideas) for group in whole.groups)
    deck.opening(
        wording.name,
        [
            wording.say(_("What the groups made")),
            wording.say(_n("{count} group", "{count} groups", count)),
            wording.say(_n("{count} idea", "{count} ideas", ideas)),
        ],
    )
    for chart in charts:
        deck.picture(chart.title, Photo(chart.content, chart.width, chart.height), chart.alt)
    for group in whole.groups:
        _add(deck, whole, group, wording, read, each)
    return deck.content()


def own(whole: Gathering, group: Group, wording: Wording, read: ReadFile) -> bytes:
    """The deck of one group."""
    deck = _deck(wording)
    _add(deck, whole, group, wording, read, USUAL_BYTES)
    return deck.content()


def _deck(wording: Wording) -> Deck:
    return Deck(title=wording.name, foot=wording.name, more=wording.say(_("(continued)")), locale=wording.locale)


def _add(deck: Deck, whole: Gathering, group: Group, wording: Wording, read: ReadFile, photo_bytes: int) -> None:
    say = wording.say
    called = wording.group(whole, group)
    people = [
        f"{each.name} ({wording.territory(each.territory)})" if each.territory else each.name for each in group.members
    ]
    deck.opening(called, [say(_("Theme: {theme}", theme=wording.theme(whole, group.theme))), "", *people])
    challenge, solution = whole.current(group, "challenge"), whole.current(group, "solution")
    runners_up = challenge.get(RUNNERS_UP, "")
    beneath = f"{say(_('Also proposed:'))}\n{runners_up}" if runners_up else ""
    missing = say(_("Not written down yet."))
    deck.statement(_titled(called, say(_("Our challenge"))), challenge.get("sentence") or missing, beneath)
    deck.statement(_titled(called, say(_("Our solution"))), solution.get("idea") or missing)
    if any(solution.get(name) for name in CANVAS):
        fields = [(say(LABELS[name]), solution.get(name) or "–") for name in CANVAS]
        deck.fields(_titled(called, say(_("How it works"))), fields)
    grid, empty = group.grid, say(_("still open"))
    if grid.territories:
        heads = [say(_("Territory")), *(say(CARD_LABELS[name]) for name in CARD_FIELDS)]
        rows = [
            [
                wording.territory(code),
                *(
                    "\n".join(card.said(name) for card in grid.cards[code] if card.said(name)) or empty
                    for name in CARD_FIELDS
                ),
            ]
            for code in wording.sorted_territories(grid.territories)
        ]
        deck.table(_titled(called, say(_("In our territories"))), heads, rows, empty=empty)
    for attachment in group.pictures:
        content = read(attachment)
        photo = smaller(content, photo_bytes) if content else None
        if photo:
            alt = say(
                _(
                    "A photo of the group's sheet of paper, from the phase «{phase}»",
                    phase=wording.phase(whole, attachment.phase),
                )
            )
            deck.picture(_titled(called, wording.phase(whole, attachment.phase)), photo, alt)


def _titled(group: str, subject: str) -> str:
    """What a slide is called: its subject, after whose it is."""
    return f"{subject} · {group}"
