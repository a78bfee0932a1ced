"""The scope of a facilitator's action: the groups whose phase is started or changed.

A scope travels in buttons as a word: «a» for all of one's groups, «t_KEY» for those of a theme, «g_ID» for one group.
"""

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
"""The word for all groups that a facilitator runs."""
_LONGEST = 20
"""The longest word for one group, in characters. No id in the store has more digits."""


def group_word(group_id: int) -> str:
    """Return the word for one group."""
    return f"g_{group_id}"


@dataclass(frozen=True, slots=True)
class GroupsScope:
    """Some groups of one round, with their names and runs.

    `whom` names them together («Culture, 3 groups»), `titles` each by its id. `runs` are all runs of these groups.
    """

    word: str
    groups: Sequence[Group]
    whom: Span
    titles: Mapping[int, Text]
    runs: Sequence[PhaseRun]

    @property
    def open(self) -> Mapping[int, PhaseRun]:
        """The open run of each group, by the group's id. Groups between phases are missing."""
        return {run.group_id: run for run in self.runs if run.open}

    def under_way(self, phase: str) -> Sequence[PhaseRun]:
        """Return the open runs of a phase."""
        return [run for run in self.open.values() if run.phase == phase]

    @property
    def idle(self) -> Sequence[Group]:
        """The groups between phases."""
        return [group for group in self.groups if group.id not in self.open]

    def had(self, phase: str) -> bool:
        """Return whether every group between phases has had a phase; False where no group is between phases."""
        return bool(self.idle) and not self._without(phase)

    def to_start(self, phase: str) -> Sequence[Group]:
        """Return the groups between phases that have not had a phase, or all between phases where all have had it."""
        return self._without(phase) or self.idle

    def following(self, method: Sequence[Phase]) -> Phase | None:
        """Return the first phase that some group between phases has not had; None where all have had every phase."""
        return next((phase for phase in method if self._without(phase.key)), None)

    def _without(self, phase: str) -> Sequence[Group]:
        """Return the groups between phases that have not had a phase."""
        had = {run.group_id for run in self.runs if run.phase == phase}
        return [group for group in self.idle if group.id not in had]


async def find_scope(request: Request, word: str) -> GroupsScope:
    """Return the scope of a word.

    Raises Stale where it has no groups, UserError for a group whose workshops the person does not run.
    """
    if word.startswith("g_"):
        if not word[2:].isdecimal() or len(word) > _LONGEST:
            raise Stale
        groups: Sequence[Group] = [await group_to_run(request.tx, request.participant, int(word[2:]))]
        round_ = await find_round(request.tx, groups[0].round)
        if round_ is None or not round_.published:
            raise Stale
    else:
        mine = await groups_run_by(request.tx, request.participant, request.today)
        groups = mine if word == ALL else [group for group in mine if f"t_{group.theme}" == word]
    if not groups:
        raise Stale
    titles = await _titles(request, groups)
    inside = {group.id for group in groups}
    runs = [run for run in await store.runs_of_groups(request.tx, groups[0].round) if run.group_id in inside]
    return GroupsScope(word, groups, await _whom(request, word, groups, titles), titles, runs)


async def options(request: Request) -> Sequence[Option]:
    """Return the scopes a facilitator can choose: all their groups, each theme if there are several, and each group.

    The list is empty for a person without groups.
    """
    mine = await groups_run_by(request.tx, request.participant, request.today)
    if not mine:
        return []
    titles = await _titles(request, mine)
    keys = list(dict.fromkeys(group.theme for group in mine))
    themes = {theme.key: Localised(theme.title) for theme in await all_themes(request.tx)}
    return [
        # L10N: never zero
        Option(ALL, _n("Your group", "All {count} groups", len(mine))),
        *(Option(f"t_{key}", themes[key]) for key in keys if len(keys) > 1),
        *(Option(group_word(group.id), titles[group.id]) for group in mine),
    ]


async def _whom(request: Request, word: str, groups: Sequence[Group], titles: Mapping[int, Text]) -> Span:
    if len(groups) == 1:
        return titles[groups[0].id]
    if word == ALL:
        return _n("{count} group", "{count} groups", len(groups))
    theme = await find_theme(request.tx, groups[0].theme)
    if theme is None:
        raise Stale
    return _n("{theme}, {count} group", "{theme}, {count} groups", len(groups), theme=Localised(theme.title))


async def _titles(request: Request, groups: Sequence[Group]) -> Mapping[int, Text]:
    themes = {theme.key: theme for theme in await all_themes(request.tx)}
    return {group.id: title(group, themes[group.theme]) for group in groups}
