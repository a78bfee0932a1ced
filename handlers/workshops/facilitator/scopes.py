"""The scope of a facilitator's action: the groups in which a phase is started or changed.

In buttons, a scope is a word: «a» for all groups whose workshops the person runs, «t_KEY» for the groups of a theme,
«g_ID» for one group. A group that is in no phase is called «between phases».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.content.errors import Stale, existing
from bot.content.texts import Localised, Span, Text, _n
from bot.content.views import Option
from bot.conversation.routes import Request
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.store.rounds import find_round
from handlers.themes.store import all_themes, find_theme
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service.facilitators import group_to_run, groups_run_by
from handlers.workshops.store.runs import runs_of_groups

ALL = "a"
"""The scope word for all groups whose workshops a facilitator runs."""
_LONGEST = 20
"""How many characters a scope word for one group may have. No id in the database is longer."""


def group_word(group_id: int) -> str:
    """Return the word «g_ID», which stands for one group in facilitators' buttons."""
    return f"g_{group_id}"


@dataclass(frozen=True, slots=True)
class GroupsScope:
    """The groups of one day for which a facilitator acts, with their runs (one phase in one group each).

    `word` stands for the groups in buttons. `whom` names all groups together («Culture, 3 groups»); `titles` has the
    title of each group by its id. `runs` holds all runs of these groups, also the ended ones.
    """

    word: str
    groups: Sequence[Group]
    whom: Span
    titles: Mapping[int, Text]
    runs: Sequence[PhaseRun]

    @property
    def open(self) -> Mapping[int, PhaseRun]:
        """The open run (the phase now under way) of each group that is in a phase, by the group's id."""
        return {run.group_id: run for run in self.runs if run.open}

    def under_way(self, phase: str) -> Sequence[PhaseRun]:
        """Return the open runs of the phase with this key, one for each group that is in it."""
        return [run for run in self.open.values() if run.phase == phase]

    @property
    def idle(self) -> Sequence[Group]:
        """The groups that are in no phase now, so that a phase could start there."""
        return [group for group in self.groups if group.id not in self.open]

    def had(self, phase: str) -> bool:
        """Return whether every group that is in no phase now has had the phase with this key.

        Returns False if all groups are in a phase.
        """
        return bool(self.idle) and not self._without(phase)

    def to_start(self, phase: str) -> Sequence[Group]:
        """Return the groups in which the phase with this key would start.

        These are the groups that are in no phase now and have not had this phase. If there are none, all groups that
        are in no phase now have it once more.
        """
        return self._without(phase) or self.idle

    def following(self, method: Sequence[Phase]) -> Phase | None:
        """Return the next phase for the groups that are in no phase now: the first that one of them has not had.

        `method` holds all phases in order. Returns None if each of these groups has had every phase.
        """
        return next((phase for phase in method if self._without(phase.key)), None)

    def _without(self, phase: str) -> Sequence[Group]:
        """Return the groups between phases that have not had the phase with this key."""
        had = {run.group_id for run in self.runs if run.phase == phase}
        return [group for group in self.idle if group.id not in had]


async def find_scope(request: Request, word: str) -> GroupsScope:
    """Return the groups for which a facilitator acts, from the `word` in a button that stands for them.

    «a» is all groups that the person runs, «t_KEY» a theme's groups, «g_ID» one group. Raises Stale if the word is
    wrong or there are no such groups, UserError if «g_ID» is a group whose workshops the person does not run.
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
    runs = [run for run in await runs_of_groups(request.tx, groups[0].round) if run.group_id in inside]
    return GroupsScope(word, groups, await _whom(request, word, groups, titles), titles, runs)


async def options(request: Request) -> Sequence[Option]:
    """Return what a facilitator can choose to act for: all their groups, each theme if they have several, each group.

    The list is empty for a person who runs no workshops of the day.
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
    theme = existing(await find_theme(request.tx, groups[0].theme))
    return _n("{theme}, {count} group", "{theme}, {count} groups", len(groups), theme=Localised(theme.title))


async def _titles(request: Request, groups: Sequence[Group]) -> Mapping[int, Text]:
    themes = {theme.key: theme for theme in await all_themes(request.tx)}
    return {group.id: title(group, themes[group.theme]) for group in groups}
