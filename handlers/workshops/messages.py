"""The texts and buttons of workshops: messages about a phase, and the lines of a facilitator's panel.

A phase is one step of the workshops, a run is this phase in one group. The panel is a message that shows a
facilitator the progress of their groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.content.texts import Joined, Localised, Moment, Name, Person, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, View
from bot.conversation.routes import Go
from handlers.themes.model import Theme
from handlers.workshops.actions import (
    CallForHelp,
    GiveIdea,
    MyIdeas,
    MyTerritory,
    OpenCanvas,
    OpenSynthesis,
    OpenTerritories,
    ShowWall,
    Vote,
)
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.store.ideas import Collected
from handlers.workshops.store.panel import GroupProgress

# L10N: a button: a phase is a part of the workshop
SHOW_PHASE = Button(_("My phase"), Go("phase"))
RUN = Button(_("Run the workshops"), Go("animer"), style="primary")
RUN_TOO = replace(RUN, style="plain")
"""The button `RUN` without emphasis, for messages in which another button is emphasised."""
VOTING_OVER = _("This phase is finished, and voting with it.")
IDEAS_KEPT = _("This phase is finished: your ideas stay as they were.")
VOTE_FIRST = _("Vote to see the results.")
"""The text in place of the numbers of votes for people who have not voted yet."""
# L10N: a button, for who has voted already
CHANGE_VOTE = _("Change my vote")
_MINUTE = timedelta(minutes=1)


def phase_title(phase: Phase) -> Span:
    """Return the title of a phase."""
    return Localised(phase.title)


def give_button(phase: Phase, run: PhaseRun) -> Button:
    """Return the button with which a participant contributes to a phase: an idea, a fact or a territory card."""
    if phase.collects == "territories":
        # L10N: a button: it opens the form in which someone describes the territory they speak for
        return Button(_("My territory"), MyTerritory(run.id), style="primary")
    if phase.collects == "challenge":
        return Button(_("Suggest a challenge"), GiveIdea(run.id), style="primary")
    return Button(_("Give an idea"), GiveIdea(run.id), style="primary")


def result_button(phase: Phase, run: PhaseRun) -> Button:
    """Return the button to the result of a phase, which the group writes together.

    The result is the grid of territory cards, the solution, or the synthesis (what the group keeps of its ideas).
    """
    if phase.collects == "territories":
        # L10N: a button: it opens the group's grid, with a line for each territory
        return Button(_("Our territories"), OpenTerritories(run.group_id))
    if phase.collects == "solution":
        return Button(_("Our solution"), OpenCanvas(run.id))
    # L10N: a button: it opens the synthesis: what the group keeps of all its ideas
    return Button(_("Our takeaways"), OpenSynthesis(run.id))


def vote_button(run: PhaseRun, given: int = 0) -> Button:
    """Return the button with which a member votes among the ideas of the group, or changes the `given` votes."""
    if given:
        return Button(CHANGE_VOTE, Vote(run.id))
    # L10N: a button, a verb: choose the best ideas of one's group
    return Button(_("Vote"), Vote(run.id), style="primary")


def ballot_buttons(phase: Phase, run: PhaseRun) -> tuple[Button, ...]:
    """Return the buttons below the ideas to vote for; the most used buttons come first."""
    give = replace(give_button(phase, run), style="plain")
    return give, call_button(run), wall_button(run), result_button(phase, run)


def my_ideas_button(run: PhaseRun, count: int) -> tuple[Button, ...]:
    """Return the button to the `count` ideas that a person gave in a phase, as a tuple; () if `count` is 0."""
    # L10N: never zero
    return (Button(_n("My idea", "My {count} ideas", count), MyIdeas(run.id)),) if count else ()


def votes_line(run: PhaseRun, votes: int, given: int) -> Text:
    """Return a line that says how many `votes` a person has, until when, and how many of these they have `given`."""
    if run.ends_at is None:
        return _n("{count} vote · {given}/{count} chosen", "{count} votes · {given}/{count} chosen", votes, given=given)
    return _n(
        "{count} vote, until {time} · {given}/{count} chosen",
        "{count} votes, until {time} · {given}/{count} chosen",
        votes,
        time=Strong(Moment(run.ends_at, "time")),
        given=given,
    )


def wall_button(run: PhaseRun) -> Button:
    """Return the button that shows the ideas of the group."""
    # L10N: a button: the wall is the list of all ideas of a group
    return Button(_("The wall"), ShowWall(run.id))


def call_button(run: PhaseRun) -> Button:
    """Return the button with which a group calls a facilitator during a phase."""
    # L10N: a button: it calls a facilitator to the room of the group
    return Button(_("Call a facilitator"), CallForHelp(run.group_id), stays="always")


def time_left(run: PhaseRun) -> Text:
    """Return a line that says when an open phase ends: «It ends in 12 minutes, at 14:42.».

    If the phase is paused, the line says how many minutes are left after the break.
    """
    if run.ends_at is None:
        return _n(
            "A break. {count} minute will be left when it goes on.",
            "A break. {count} minutes will be left when it goes on.",
            whole_minutes(run.remaining),
        )
    # L10N: {end} is a moment with its own preposition, such as «in 12 minutes, at 14:42».
    return _("It ends {end}.", end=Moment(run.ends_at, "end"))


def whole_minutes(length: timedelta | None) -> int:
    """Return a length of time in minutes, rounded up; 0 if the length is None."""
    return -(-(length or timedelta()) // _MINUTE)


def begin_view(phase: Phase, run: PhaseRun, starting_point: Span | None = None, before: Sequence[Span] = ()) -> View:
    """Return the message that announces the beginning of a phase: what is asked of the group, and until when.

    `starting_point` is a text of an earlier phase that the group continues; None if there is none. `before` are lines
    about a phase that has just ended.
    """
    return View((heading(phase, run), *instruction_lines(phase, starting_point), *before), _begin_buttons(phase, run))


def _begin_buttons(phase: Phase, run: PhaseRun) -> tuple[Button, ...]:
    return give_button(phase, run), SHOW_PHASE, call_button(run)


def call_off_view(phase: Phase, collected: Collected) -> View:
    """Return the message that the start of a phase was undone. `collected` is what the group gave meanwhile."""
    line = _("False alarm: {phase} will begin later.", phase=Strong(phase_title(phase)))
    something = collected.ideas or collected.territories
    texts = (_("What you wrote is kept."),) if something else ()
    return View((line, *texts), (SHOW_PHASE,))


def heading(phase: Phase, run: PhaseRun) -> Span:
    """Return one line with the title of an open phase and the time of its end, or that it is paused."""
    title = Strong(phase_title(phase))
    if run.ends_at is None:
        # L10N: the first line of a message: the clock of this phase is stopped, with so many minutes left
        return _n(
            "{phase}: a break, then {count} more minute",
            "{phase}: a break, then {count} more minutes",
            whole_minutes(run.remaining),
            phase=title,
        )
    # L10N: {end} is a moment with its own preposition, such as «in 12 minutes, at 14:42».
    return _("{phase}: ends {end}", phase=title, end=Moment(run.ends_at, "end"))


def instruction_lines(phase: Phase, starting_point: Span | None = None) -> tuple[Span, ...]:
    """Return the instruction of a phase as lines, after the starting point or, without one, before the example.

    `starting_point` is a text of an earlier phase that the group continues; None if there is none.
    """
    if starting_point is not None:
        return starting_point, Localised(phase.instruction)
    example = (_("For example: {example}", example=Localised(phase.example)),) if phase.example else ()
    return Localised(phase.instruction), *example


Purpose = Literal["asks", "warns", "tells"]
"""The purpose of a message about a phase: to ask for ideas, warn of the end, or tell of a change.

The message that asks for ideas is the phase's card, which shows changes, such as that ideas can be read, and the end.
The purpose is stored with the message, so that the message can be rewritten when the phase changes.
"""


PURPOSES: Sequence[Purpose] = get_args(Purpose)


def update_view(purpose: Purpose, before: View, phase: Phase, run: PhaseRun) -> View:
    """Return the new content of a message that a group got earlier, now that its phase has changed.

    `purpose` is the purpose of the message and `before` its present content. While the phase is open, a message that
    asks for ideas or warns of the end shows the present end. Once the phase is over, a warning says so. Other messages
    keep only their first line.
    """
    if purpose in ("asks", "warns") and run.open:
        buttons = before.buttons if len(before.buttons) > 1 else _begin_buttons(phase, run)
        return replace(before, lines=(heading(phase, run), *before.lines[1:]), buttons=buttons)
    if purpose == "warns":
        finished = _("{phase} is finished.", phase=Strong(phase_title(phase)))
        return replace(before, lines=(finished, *before.lines[1:]), buttons=())
    if purpose == "asks":
        return before
    return replace(before, lines=before.lines[:1], buttons=(), choice=None)


def warning_view(phase: Phase, run: PhaseRun) -> View:
    """Return the message that warns silent members of a group that its phase ends soon."""
    question = _("Is there something you have not said yet?")
    return View((heading(phase, run), question), (give_button(phase, run), result_button(phase, run)))


def resume_view(phase: Phase, run: PhaseRun) -> View:
    """Return the message that a phase continues after a break."""
    line = _("{phase} resumes.", phase=Strong(phase_title(phase)))
    return View((line, time_left(run)), (give_button(phase, run), SHOW_PHASE))


def reveal_view(phase: Phase, run: PhaseRun, ideas: int, votes: int, ballot: Choice | None) -> View:
    """Return the card of a phase after its ideas were revealed to the group, with a choice of ideas to vote for.

    `ideas` is the number of ideas; `votes` is the number of votes that each person has, 0 without voting. `ballot` is
    the choice of the first ideas to vote for; None if there are no ideas.
    """
    if not ideas:
        none_yet = _("From now on your group sees each idea as it arrives. There are none yet.")
        return View((heading(phase, run), none_yet), (give_button(phase, run), wall_button(run), call_button(run)))
    sentence = _n("{count} idea from your group is revealed.", "{count} ideas from your group are revealed.", ideas)
    give = replace(give_button(phase, run), style="plain")
    if not votes:
        return View((heading(phase, run), sentence), (wall_button(run), give, call_button(run)))
    ask = _n("You have {count} vote, until the phase ends.", "You have {count} votes, until the phase ends.", votes)
    give, call, wall, _result = ballot_buttons(phase, run)
    more = ballot is not None and len(ballot.options) < ideas
    buttons = (vote_button(run), give, call) if more else (give, call, wall)
    return View((heading(phase, run), sentence, ask), buttons, ballot)


def end_view(phase: Phase, run: PhaseRun, collected: Collected, following: Sequence[Span], unwritten: bool) -> View:
    """Return the card of a phase that is over: its ideas in numbers, what is still to be written, and what comes next.

    `following` are the lines about the written result and the next phase. `unwritten` says whether the group's result
    is still missing.
    """
    left = (
        _("Your grid still has empty boxes.")
        if phase.collects == "territories"
        else _("You can still write down what you keep.")
    )
    result = collected_line(phase, collected)
    line = _("{phase} is finished. Thank you!", phase=Strong(phase_title(phase)))
    buttons = (result_button(phase, run), *((wall_button(run),) if collected.ideas else ()))
    return View((line, Joined((result, " ", left)) if unwritten else result, *following), buttons)


def over_line(phase: Phase, collected: Collected) -> Span:
    """Return one line that says that a phase is over, and how many ideas were given in it."""
    over = _("{phase} is finished. Thank you!", phase=Strong(phase_title(phase)))
    return Joined((over, " ", collected_line(phase, collected)))


def voting_over_view(phase: Phase, run: PhaseRun) -> View:
    """Return the message that replaces a screen for voting once the phase is over."""
    return View((VOTING_OVER,), (result_button(phase, run), wall_button(run), SHOW_PHASE))


def collected_line(phase: Phase, collected: Collected) -> Span:
    """Return one line with the number of ideas of a group in a phase and, if the phase has them, of territories."""
    ideas: Span = _("No idea was given.")
    if collected.ideas:
        ideas = _n(
            "{ideas} from {count} person.",
            "{ideas} from {count} people.",
            collected.people,
            ideas=_n("{count} idea", "{count} ideas", collected.ideas),
        )
    if phase.collects != "territories":
        return ideas
    territories: Span = _("No territory was described.")
    if collected.territories:
        territories = _n(
            "{count} territory was described.", "{count} territories were described.", collected.territories
        )
    return Joined((territories, " ", ideas)) if collected.ideas else territories


def next_phase_line(phase: Phase | None, *, inside: bool, at: datetime | None) -> Span:
    """Return a line that says which phase is next, and when; None as `phase` means that no phase is left.

    `inside` says whether a workshop of the programme is taking place, so that the phase follows at once. `at` is when
    the next workshop begins. If there is neither, the line says that the facilitator decides.
    """
    if phase is None:
        return _("That was the last phase.")
    title = phase_title(phase)
    if inside:
        return _("Next, right after: {phase}", phase=title)
    if at is not None:
        return _("Next, {moment}: {phase}", phase=title, moment=Moment(at))
    return _("Next: {phase}. Your facilitator will say when.", phase=title)


# --- A facilitator's panel: one line for each of their groups, those that need somebody first.


PER_PAGE = 17
"""How many groups one page of the panel shows.

More would not fit the 2,000 characters and 25 buttons that a message can have on every platform.
"""
_MOST_LETTERS_OF_THEME, _MOST_LETTERS = 12, 10
"""How many characters of a theme's title, and of the name of a room, the panel shows."""
_SOON = timedelta(minutes=5)


def sort_by_urgency(standings: Sequence[GroupProgress], now: datetime) -> Sequence[GroupProgress]:
    """Return groups sorted by how much they need a facilitator; `standings` holds the progress of each group.

    First come groups with a call for help that nobody has taken, then groups with a call that somebody has taken, then
    groups that are behind or silent, then the others. Among equals, groups of which few members spoke are first.
    """
    return sorted(standings, key=lambda progress: (_urgency(progress, now), _share_spoken(progress)))


def _urgency(progress: GroupProgress, now: datetime) -> int:
    if progress.call is not None:
        return 0 if progress.taken_by is None else 1
    return 2 if is_behind(progress, now) or is_silent(progress, now) else 3


def _share_spoken(progress: GroupProgress) -> float:
    """Return which share of a group's members, from 0 to 1, gave something in its open phase; 1 without one."""
    if progress.run is None or not progress.run.open or not progress.members:
        return 1.0
    return progress.spoken / progress.members


def is_behind(progress: GroupProgress, now: datetime) -> bool:
    """Return whether a group's result is still missing although the phase is over or ends within five minutes."""
    run = progress.run
    if run is None or not progress.missing:
        return False
    return not run.open or (run.ends_at is not None and run.ends_at - now <= _SOON)


def is_silent(progress: GroupProgress, now: datetime) -> bool:
    """Return whether nobody in a group has given anything, at least five minutes after its phase began.

    Returns False for groups without present members.
    """
    run = progress.run
    if run is None or not run.open or progress.spoken:
        return False
    return progress.members > 0 and now - run.started_at >= _SOON


def is_unread(progress: GroupProgress, now: datetime) -> bool:
    """Return whether a group's ideas are still hidden from its members, and its phase ends within five minutes.

    Returns False for groups without ideas.
    """
    run = progress.run
    if run is None or not run.open or run.revealed or not progress.ideas:
        return False
    return run.ends_at is not None and run.ends_at - now <= _SOON


def short_title(progress: GroupProgress, themes: Mapping[str, Theme]) -> Text:
    """Return a short title of a group: «Culture 3»."""
    group = progress.group
    # L10N: a group: the short title of its theme, and its number within the theme
    return _("{theme} {number}", theme=short_theme(themes[group.theme]), number=group.number)


def short_theme(theme: Theme) -> Localised:
    """Return the title of a theme, cut to 12 characters: «Innovation…»."""
    return Localised({locale: _cut(title, _MOST_LETTERS_OF_THEME) for locale, title in theme.title.items()})


def panel_lines(
    shown: Sequence[GroupProgress],
    everyone: Sequence[GroupProgress],
    themes: Mapping[str, Theme],
    phases: Mapping[str, Phase],
    now: datetime,
) -> tuple[Span, ...]:
    """Return the lines of one page of a facilitator's panel, the message about the progress of their groups.

    The first line names the phase if all groups share one; then each group has a line. `shown` are the groups of the
    page, `everyone` all groups of the facilitator. `themes` and `phases` are by key.
    """
    shared, clock = _shared_phase(everyone), _shared_clock(everyone)
    heading = _heading(shared, phases)
    if not everyone:
        return heading, _("You are not running any group today. A question? Write to the team with /equipe.")
    total = _shared_count(everyone)
    title = _joined([heading, *((_ends(clock),) if clock else ()), *((total,) if total else ())])
    counted = total is not None
    return (title, *(_line(progress, themes, phases, shared, clock, now, counted=counted) for progress in shown))


def folded_lines(everyone: Sequence[GroupProgress], phases: Mapping[str, Phase], now: datetime) -> tuple[Span, ...]:
    """Return the two lines of a folded panel, the message that shows a facilitator the progress of their groups.

    The first line names the phase. The second says when it ends and how many groups need a facilitator. `everyone` are
    all groups of the facilitator; `phases` are by key.
    """
    open_runs = [progress.run for progress in everyone if progress.run and progress.run.open]
    parts: list[Span] = [_n("{count} group", "{count} groups", len(everyone))]
    if open_runs:
        parts.append(_time(min(open_runs, key=lambda run: (run.ends_at is None, run.ends_at or now))))
    if calling := sum(progress.call is not None and progress.taken_by is None for progress in everyone):
        parts.append(Strong(_n("{count} call for help", "{count} calls for help", calling)))
    if behind := sum(is_behind(progress, now) for progress in everyone):
        # L10N: a part of one line about groups: how many have not written the result of their phase
        parts.append(_n("{count} incomplete", "{count} incomplete", behind))
    if silent := sum(is_silent(progress, now) for progress in everyone):
        # L10N: a part of one line about groups: in how many of them nobody has said anything
        parts.append(_n("{count} silent", "{count} silent", silent))
    return _heading(_shared_phase(everyone), phases), _joined(parts)


def _shared_phase(everyone: Sequence[GroupProgress]) -> str | None:
    """Return the key of the phase that all groups with an open phase are in; None if they are in several.

    Between phases, it is the key of the phase that all groups had last; None if there is none or several.
    """
    keys = {run.phase for run in _latest(everyone)}
    return next(iter(keys)) if len(keys) == 1 else None


def _latest(everyone: Sequence[GroupProgress]) -> Sequence[PhaseRun]:
    """Return the phases that groups are in; between phases, the phases that they had last."""
    runs = [progress.run for progress in everyone if progress.run]
    return [run for run in runs if run.open] or runs


def _shared_clock(everyone: Sequence[GroupProgress]) -> PhaseRun | None:
    """Return an open phase if all open ones end at the same time; None if they differ.

    Between phases, return an ended one if all groups had the same phase last; None if there is none, or they differ.
    """
    runs = _latest(everyone)
    clocks = {
        (run.ends_at, run.remaining if run.ends_at is None else None) if run.open else (run.phase, None) for run in runs
    }
    return runs[0] if len(clocks) == 1 else None


def _shared_count(everyone: Sequence[GroupProgress]) -> Span | None:
    """Return how many members wrote, or voted, in all groups together; None where one group counts other than another.

    It says what the figures in the lines of the groups count, so that a line fits on a phone.
    """
    begun = [progress for progress in everyone if progress.run]
    voting = {bool(progress.voted) for progress in begun}
    if len(voting) != 1:
        return None
    members = sum(progress.members for progress in begun)
    if voting.pop():
        return _voted(sum(progress.voted for progress in begun), members)
    return _wrote(sum(progress.spoken for progress in begun), members)


def _voted(voted: int, members: int) -> Text:
    # L10N: a part of the line about a group, or about all groups: 4 of its 6 members have voted for ideas
    return _("{voted}/{members} voted", voted=voted, members=members)


def _wrote(spoken: int, members: int) -> Text:
    # L10N: a part of the line about a group, or about all groups: 4 of its 6 members have given an idea
    return _("{spoken}/{members} wrote", spoken=spoken, members=members)


def _heading(shared: str | None, phases: Mapping[str, Phase]) -> Span:
    if shared is None:
        return Strong(_("The workshops"))
    return Strong(_("The workshops: {phase}", phase=Localised(phases[shared].title)))


def _line(
    progress: GroupProgress,
    themes: Mapping[str, Theme],
    phases: Mapping[str, Phase],
    shared: str | None,
    clock: PhaseRun | None,
    now: datetime,
    *,
    counted: bool,
) -> Span:
    """Return the line about a group: «Culture 6 · Room 3 · 8 ideas · 4/5 wrote», without what the title says of all.

    `shared` is the key of the phase of all groups, `clock` a run of which the title says when it ends or that it is
    over; None each where groups differ. `counted` says that the title tells what a figure such as «4/5» counts.
    """
    parts: list[Span] = [Strong(short_title(progress, themes))]
    if progress.group.room:
        parts.append(Name(_cut(progress.group.room, _MOST_LETTERS)))
    if progress.called_at is not None:
        # L10N: a part of the line about a group, which calls for help. {time} is how long ago
        called = _("🆘 {time}", time=Moment(progress.called_at, "left"))
        if progress.taken_by is None:
            parts.append(Strong(called))
        else:
            taker = Person(progress.taken_by, "given", progress.taker)
            # L10N: a part of the line about a group that called for help: a facilitator is on the way to it
            parts.append(_("{name} is on the way", name=taker))
    if progress.run is None:
        # L10N: a part of the line about a group: it has not had any phase
        parts.append(_("not begun"))
    else:
        if progress.run.phase != shared:
            parts.append(_("phase {number}", number=phases[progress.run.phase].position + 1))
        if clock is None or clock.open != progress.run.open:
            parts.append(_time(progress.run))
        if progress.ideas or phases[progress.run.phase].collects != "territories":  # there, cards are what counts
            parts.append(_n("{count} idea", "{count} ideas", progress.ideas))
        if counted:
            parts.append(f"{progress.voted or progress.spoken}/{progress.members}")
        else:
            words = _voted(progress.voted, progress.members) if progress.voted else None
            parts.append(words or _wrote(progress.spoken, progress.members))
    if is_behind(progress, now):
        # L10N: a part of the line about a group: it has not written the result of its phase
        parts.append(_("incomplete"))
    if is_unread(progress, now):
        # L10N: a part of the line about a group: its ideas cannot be read yet, although the phase ends soon
        parts.append(_("not revealed"))
    return _joined(parts)


def _joined(parts: Sequence[Span]) -> Span:
    spans: list[Span] = []
    for part in parts:
        spans += [" · ", part] if spans else [part]
    return Joined(tuple(spans))


def _ends(run: PhaseRun) -> Span:
    # L10N: a part of the title of a panel: when the phase ends. {time} is an hour, such as «10:40»
    return _time(run) if run.ends_at is None or not run.open else _("ends at {time}", time=Moment(run.ends_at, "time"))


def _time(run: PhaseRun) -> Span:
    if run.ends_at is not None and run.open:
        return Moment(run.ends_at, "left")
    if run.remaining is not None and run.open:
        minutes = max(1, round(run.remaining / timedelta(minutes=1)))
        return _n("break, {count} minute left", "break, {count} minutes left", minutes)
    # L10N: a part of the line about a group: its phase has ended
    return _("over")


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
