"""For whom a phase is run: all of one's groups «a», those of a theme «t_KEY», or one of them «g_ID»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.content.errors import Stale
from bot.content.texts import Localised, Span, Text, _n
from bot.content.views import Option
from bot.conversation.routes import Request
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.store import find_round
from handlers.themes.store import all_themes, find_theme
from handlers.workshops import store
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service.facilitators import group_to_run, groups_run_by

ALL = "a"
_LONGEST = 20
"""Characters of the word for one group: a number with more digits is none of the store's."""


def of_group(group_id: int) -> str:
    """One group."""
    return f"g_{group_id}"


@dataclass(frozen=True, slots=True)
class GroupsScope:
    """Groups of one round, what they are called together and each, and all the phases they began."""

    word: str
    groups: Sequence[Group]
    whom: Span
    titles: Mapping[int, Text]
    runs: Sequence[PhaseRun]

    @property
    def open(self) -> Mapping[int, PhaseRun]:
        """The phase each group is in, by group; those between phases are missing."""
        return {run.group_id: run for run in self.runs if run.open}

    def under_way(self, phase: str) -> Sequence[PhaseRun]:
        """That phase, in the groups that are in it."""
        return [run for run in self.open.values() if run.phase == phase]

    @property
    def idle(self) -> Sequence[Group]:
        """The groups between phases."""
        return [group for group in self.groups if group.id not in self.open]

    def had(self, phase: str) -> bool:
        """Whether every group between phases has had that phase; False where there is none."""
        return bool(self.idle) and not self._without(phase)

    def to_start(self, phase: str) -> Sequence[Group]:
        """The groups for whom a phase can begin: those between phases who have not had it, else all between phases."""
        return self._without(phase) or self.idle

    def following(self, method: Sequence[Phase]) -> Phase | None:
        """The first phase that some group between phases has not had."""
        return next((phase for phase in method if self._without(phase.key)), None)

    def _without(self, phase: str) -> Sequence[Group]:
        had = {run.group_id for run in self.runs if run.phase == phase}
        return [group for group in self.idle if group.id not in had]


async def find(request: Request, word: str) -> GroupsScope:
    """The groups behind a word. Raises Stale where there are none, UserError for a group that is someone else's."""
    if word.startswith("g_"):
        if not word[2:].isdecimal() or len(word) > _LONGEST:
            raise Stale
        found: Sequence[Group] = [await group_to_run(request.tx, request.participant, int(word[2:]))]
        round_ = await find_round(request.tx, found[0].round)
        if round_ is None or not round_.published:
            raise Stale
    else:
        mine = await groups_run_by(request.tx, request.participant, request.today)
        found = mine if word == ALL else [group for group in mine if f"t_{group.theme}" == word]
    if not found:
        raise Stale
    titles = await _titles(request, found)
    inside = {group.id for group in found}
    runs = [run for run in await store.runs_of_groups(request.tx, found[0].round) if run.group_id in inside]
    return GroupsScope(word, found, await _whom(request, word, found, titles), titles, runs)


async def options(request: Request) -> Sequence[Option]:
    """What someone may choose among: all of their groups, each theme of several, each group; nothing without groups."""
    mine = await groups_run_by(request.tx, request.participant, request.today)
    if not mine:
        return []
    titles = await _titles(request, mine)
    keys = list(dict.fromkeys(group.theme for group in mine))
    listed = {theme.key: Localised(theme.title) for theme in await all_themes(request.tx)}
    return [
        # L10N: never zero
        Option(ALL, _n("Your group", "All {count} groups", len(mine))),
        *(Option(f"t_{key}", listed[key]) for key in keys if len(keys) > 1),
        *(Option(of_group(group.id), titles[group.id]) for group in mine),
    ]


async def _whom(request: Request, word: str, found: Sequence[Group], titles: Mapping[int, Text]) -> Span:
    if len(found) == 1:
        return titles[found[0].id]
    if word == ALL:
        return _n("{count} group", "{count} groups", len(found))
    theme = await find_theme(request.tx, found[0].theme)
    if theme is None:
        raise Stale
    return _n("{theme}, {count} group", "{theme}, {count} groups", len(found), theme=Localised(theme.title))


async def _titles(request: Request, found: Sequence[Group]) -> Mapping[int, Text]:
    listed = {theme.key: theme for theme in await all_themes(request.tx)}
    return {group.id: title(group, listed[group.theme]) for group in found}
