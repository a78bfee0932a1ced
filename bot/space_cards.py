"""What a group's place shows: its name and its card, in words for everyone in it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.groups import Group, Member, Round
from bot.domain.themes import Theme
from bot.texts import Localised, Moment, Name, Span, Strong, Territory, Text, _
from bot.views import View


def space_title(group: Group, theme: Theme, *, rounds: int) -> Text:
    """The name of a group's place; with several rounds it says the day, so that no two places have the same name."""
    words: dict[str, Span] = {"theme": Localised(theme.title), "number": group.number}
    title = (
        _("{theme} · group {number} · {name}", name=Name(group.name), **words)
        if group.name
        else _("{theme} · group {number}", **words)
    )
    return _("{group} · day {day}", group=title, day=group.round) if rounds > 1 else title


def space_card(title: Span, group: Group, held: Round, members: Sequence[Member]) -> View:
    """The card pinned in a group's place: who meets where, and when first."""
    lines: list[Span] = [Strong(title)]
    if group.room:
        lines.append(_("Room: {room}", room=Name(group.room)))
    if held.meets_at:
        lines.append(_("First meeting: {moment}", moment=Moment(held.meets_at)))
    lines += [
        _("{name}, {territory}", name=Name(each.name), territory=Territory(each.territory))
        if each.territory
        else Name(each.name)
        for each in members
    ]
    return View(tuple(lines))
