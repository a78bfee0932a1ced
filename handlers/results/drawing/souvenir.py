"""Writes a participant's souvenir (PDF): one page with their group, what it proposed, and their ideas."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bot.content.names import shortened
from bot.content.texts import Name, Text, _, _n
from bot.drawing.typeset import typeset_pdf
from handlers.results.drawing.screen import proposal
from handlers.results.messages import Wording
from handlers.results.model import ResultGroup, ResultIdea, WorkshopResults

_TEMPLATE = Path(__file__).with_name("souvenir.typ")
_MOST_IDEAS, _MOST_GROWN, _MOST_LETTERS = 12, 2, 240


def write_souvenir(
    results: WorkshopResults,
    group: ResultGroup,
    name: str,
    own: Collection[int],
    days: tuple[date, date],
    wording: Wording,
) -> bytes:
    """Return the souvenir of one person as a PDF file of one page.

    `name` is the person's name, `own` are the ids of the ideas that they gave in the group, and `days` the gathering's
    first and last day. If not all ideas fit, the ones with the most votes are shown.
    """
    say = wording.say
    ideas = [idea for idea in group.ideas if _ids(idea) & set(own)]
    data = {
        "name": name,
        "title": say(_("I was there")),
        "days": wording.days(*days),
        "group": {"title": wording.group(results, group), "members": [member.name for member in group.members]},
        "proposal": proposal(results, group, wording),
        "ideas": [_idea(idea, group, own, wording) for idea in ideas[:_MOST_IDEAS]],
        # How many are left out is known only once the page is laid out.
        "others": [say(_n("And {count} other.", "And {count} others.", count)) for count in range(len(ideas) + 1)],
        "words": {"group": say(_("My group")), "proposal": say(_("What we proposed")), "ideas": say(_("My ideas"))},
    }
    return typeset_pdf(_TEMPLATE, data, wording.branding, wording.locale)


def _ids(idea: ResultIdea) -> set[int]:
    return {idea.id, *(merged.id for merged in idea.merged)}


def _idea(idea: ResultIdea, group: ResultGroup, own: Collection[int], wording: Wording) -> dict[str, Any]:
    """Return the text of one's own idea, and what grew out of it.

    Where it was merged into somebody else's, the text is one's own.
    """
    mine = idea if idea.id in own else next(merged for merged in idea.merged if merged.id in own)
    anonymous = wording.say(_("without my name")) if mine.anonymous else ""
    return {
        "text": shortened(mine.text, _MOST_LETTERS),
        "about": [*filter(None, (anonymous, wording.votes(idea)))],
        "grown": [wording.say(line) for line in _grown(idea, mine, group)],
    }


def _grown(idea: ResultIdea, mine: ResultIdea, group: ResultGroup) -> Iterator[Text]:
    if mine is not idea:
        yield _("Merged with «{idea}»", idea=_beginning(idea))
    further = [other for other in group.ideas if other.parent_id in _ids(idea)]
    for other in further[:_MOST_GROWN]:
        if other.author:
            yield _("{person} built on it: «{idea}»", person=Name(other.author), idea=_beginning(other))
        else:
            yield _("Somebody built on it: «{idea}»", idea=_beginning(other))


def _beginning(idea: ResultIdea) -> Name:
    return Name(shortened(idea.text, _MOST_LETTERS // 2))
