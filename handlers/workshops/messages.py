"""What people read of phases: beginnings, changes, ends; and a facilitator's panel, a line a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.content.texts import Joined, Localised, Moment, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, View
from bot.conversation.routes import Go
from handlers.themes.model import Theme
from handlers.workshops.actions import (
    CallForHelp,
    GiveFact,
    GiveIdea,
    Grid,
    MyTerritory,
    OpenCanvas,
    OpenSynthesis,
    ShowWall,
    Vote,
)
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.store import Collected, GroupProgress

SHOW_PHASE = Button(_("My phase"), Go("phase"))
RUN = Button(_("Run the workshops"), Go("animer"), style="primary")
RUN_TOO = replace(RUN, style="plain")
"""The way to the workshops that someone runs."""
VOTING_OVER = _("This phase is finished, and voting with it. Your votes are kept.")
_MINUTE = timedelta(minutes=1)


def phase_title(phase: Phase) -> Span:
    """What a phase is called."""
    return Localised(phase.title)


def give(phase: Phase, run: PhaseRun) -> Button:
    """What one does first in a phase."""
    if phase.collects == "territories":
        return Button(_("My territory"), MyTerritory(run.id), style="primary")
    action = GiveFact(run.id) if phase.collects == "facts" else GiveIdea(run.id)
    return Button(_("Give an idea"), action, style="primary")


def keep(phase: Phase, run: PhaseRun) -> Button:
    """Where the group writes down what it keeps of a phase."""
    if phase.collects == "territories":
        return Button(_("Our territories"), Grid(run.group_id))
    if phase.collects == "solution":
        return Button(_("Our solution"), OpenCanvas(run.id))
    return Button(_("What we keep"), OpenSynthesis(run.id))


def vote_button(run: PhaseRun) -> Button:
    """What one does first in a phase once its ideas can be read."""
    return Button(_("Vote"), Vote(run.id), style="primary")


def wall(run: PhaseRun) -> Button:
    """The ideas of one's group."""
    return Button(_("The wall"), ShowWall(run.id))


def call(run: PhaseRun) -> Button:
    """A facilitator is needed."""
    return Button(_("Help!"), CallForHelp(run.group_id))


def time_left(run: PhaseRun) -> Text:
    """Where an open phase stands in time: «It ends in 12 minutes, at 14:42.», or a break."""
    if run.ends_at is None:
        return _n(
            "A break. {count} minute is left after it.",
            "A break. {count} minutes are left after it.",
            minutes(run.remaining),
        )
    return _("It ends {end}.", end=Moment(run.ends_at, "end"))


def minutes(length: timedelta | None) -> int:
    """A length in minutes, begun ones counted whole."""
    return -(-(length or timedelta()) // _MINUTE)


def begins(phase: Phase, run: PhaseRun, starting_point: Span | None = None) -> View:
    """A phase begins: what is asked, until when; `starting_point` is what the group wrote before, and works on now."""
    return View((heading(phase, run), *asked(phase, starting_point)), _to_begin_with(phase, run))


def _to_begin_with(phase: Phase, run: PhaseRun) -> tuple[Button, ...]:
    return give(phase, run), SHOW_PHASE, call(run)


def called_off(phase: Phase, made: Collected) -> View:
    """The start of a phase was taken back."""
    said = _("{phase} has not begun after all: starting it was undone.", phase=Strong(phase_title(phase)))
    kept = (_("What was written meanwhile is kept for when it begins."),) if made.ideas or made.territories else ()
    return View((said, *kept), (SHOW_PHASE,))


def heading(phase: Phase, run: PhaseRun) -> Span:
    """A phase that is open, and where it stands in time, in one line."""
    title = Strong(phase_title(phase))
    if run.ends_at is None:
        return _("{phase}: a break", phase=title)
    return _("{phase}: ends {end}", phase=title, end=Moment(run.ends_at, "end"))


def asked(phase: Phase, starting_point: Span | None = None) -> tuple[Span, ...]:
    """What is asked in a phase, after what it is asked of; where there is nothing of that, before an example."""
    if starting_point is not None:
        return starting_point, Localised(phase.instruction)
    example = (_("For example: {example}", example=Localised(phase.example)),) if phase.example else ()
    return Localised(phase.instruction), *example


Purpose = Literal["asks", "tells", "reveals", "ends"]
"""What a message of a phase is for: to ask for ideas, to tell of a change, to say that ideas can be read, or that the
phase is over. It is stored with the message, so that its words may change."""


PURPOSES: Sequence[Purpose] = get_args(Purpose)


def as_it_stands(purpose: Purpose, before: View, phase: Phase, run: PhaseRun) -> View:
    """What a group was told of a phase, as it must read now that the phase has changed.

    What asks for ideas goes on asking, until the time that is true now; when the phase is over it says so. What told
    of a change keeps to that.
    """
    if purpose == "asks" and run.open:
        buttons = before.buttons or _to_begin_with(phase, run)
        return replace(before, lines=(heading(phase, run), *before.lines[1:]), buttons=buttons)
    if purpose == "asks":
        finished = _("{phase} is finished.", phase=Strong(phase_title(phase)))
        return replace(before, lines=(finished, *before.lines[1:]), buttons=())
    if (purpose == "reveals" and run.open and run.revealed) or (purpose == "ends" and not run.open):
        return before
    return replace(before, lines=before.lines[:1], buttons=())


def warns(phase: Phase, run: PhaseRun, votes: int) -> View:
    """A phase ends soon. `votes` are those a person has, once the ideas can be read."""
    said = _("Is there something you have not said yet?")
    if run.revealed and votes:
        until_then = _("Votes can be given and changed until the end.")
        also = replace(give(phase, run), style="plain")
        return View((heading(phase, run), said, until_then), (vote_button(run), also, keep(phase, run)))
    return View((heading(phase, run), said), (give(phase, run), keep(phase, run)))


def moves(phase: Phase, run: PhaseRun, by: timedelta) -> View:
    """An open phase ends later; or, that being undone, when it was to end first."""
    title = Strong(phase_title(phase))
    end = Strong(Moment(run.ends_at, "time")) if run.ends_at else None
    if by >= timedelta():
        said = _n("{phase}: {count} minute more.", "{phase}: {count} minutes more.", by // _MINUTE, phase=title)
        return View((said, *((_("It ends at {time} now.", time=end),) if end else ())), (SHOW_PHASE,))
    if end:
        return View((_("{phase} ends at {time} after all.", phase=title, time=end),), (SHOW_PHASE,))
    return View((_("{phase}: the minutes added are taken back.", phase=title),), (SHOW_PHASE,))


def pauses(phase: Phase, run: PhaseRun) -> View:
    """The clock of a phase stands."""
    said = _n(
        "{phase}: a break. {count} minute is left after it; ideas are still taken.",
        "{phase}: a break. {count} minutes are left after it; ideas are still taken.",
        minutes(run.remaining),
        phase=Strong(phase_title(phase)),
    )
    return View((said,), (SHOW_PHASE,))


def goes_on(phase: Phase, run: PhaseRun) -> View:
    """A phase goes on after a break, or after an end that was taken back."""
    said = _("{phase} goes on.", phase=Strong(phase_title(phase)))
    return View((said, time_left(run)), (give(phase, run), SHOW_PHASE))


def reveals(phase: Phase, run: PhaseRun, ideas: int, votes: int) -> View:
    """A group may read its ideas. `votes` are those a person has."""
    title = Strong(phase_title(phase))
    if not ideas:
        none_yet = _("{phase}: from now on your group reads every idea at once. There is none yet.", phase=title)
        return View((none_yet,), (wall(run),))
    shown = _n(
        "{phase}: {count} idea of your group can be read now.",
        "{phase}: {count} ideas of your group can be read now.",
        ideas,
        phase=title,
    )
    if not votes:
        return View((shown,), (wall(run),))
    ask = _n("You have {count} vote, until the end of the phase.", "You have {count} votes, until the end.", votes)
    return View((shown, ask), (vote_button(run), wall(run)))


def finishes(phase: Phase, run: PhaseRun, made: Collected, following: Span, unwritten: bool) -> View:
    """A phase is over: what came of it, whether something is left to be written down, and what comes next."""
    left = (
        _("Your grid has empty squares.")
        if phase.collects == "territories"
        else _("You may still write what you keep.")
    )
    came = Joined((collected(phase, made), " ", left)) if unwritten else collected(phase, made)
    said = _("{phase} is finished. Thank you!", phase=Strong(phase_title(phase)))
    buttons = (keep(phase, run), *((wall(run),) if made.ideas else ()))
    return View((said, came, following), buttons)


def voting_over(run: PhaseRun) -> View:
    """What stands where somebody could vote until the phase ended."""
    return View((VOTING_OVER,), (wall(run), SHOW_PHASE))


def collected(phase: Phase, made: Collected) -> Span:
    """What a group made of a phase, in numbers."""
    given: Span = _("No idea was given.")
    if made.ideas:
        given = _n(
            "Ideas: {ideas}, from {count} person.",
            "Ideas: {ideas}, from {count} people.",
            made.people,
            ideas=made.ideas,
        )
    if phase.collects != "territories":
        return given
    described: Span = _("No territory was described.")
    if made.territories:
        described = _n("{count} territory was described.", "{count} territories were described.", made.territories)
    return Joined((described, " ", given)) if made.ideas else described


def follows(phase: Phase | None, *, inside: bool, at: datetime | None) -> Span:
    """Which phase comes next and when: right after within a workshop of the programme, else at the next one."""
    if phase is None:
        return _("That was the last phase.")
    title = phase_title(phase)
    if inside:
        return _("Next, right after: {phase}", phase=title)
    if at is not None:
        return _("Next, {moment}: {phase}", phase=title, moment=Moment(at))
    return _("Next: {phase}. Your facilitator says when.", phase=title)


# --- A facilitator's panel: the groups they run at a glance, those that need somebody first, a line each.


PER_PAGE = 17
"""Groups that fit a message everywhere: 2,000 characters and, with what else can be done, 25 buttons."""
_THEME, _MOST_LETTERS = 12, 10
"""Characters of a theme's title and a room's name."""
_SOON = timedelta(minutes=5)


def in_order(standings: Sequence[GroupProgress], now: datetime) -> Sequence[GroupProgress]:
    """Who calls first, those to whom nobody goes before the others; then who needs attention; then the rest."""
    return sorted(standings, key=lambda each: _rank(each, now))


def _rank(each: GroupProgress, now: datetime) -> int:
    if each.call is not None:
        return 0 if each.taken_by is None else 1
    return 2 if is_behind(each, now) or is_silent(each, now) else 3


def is_behind(each: GroupProgress, now: datetime) -> bool:
    """Whether what the phase makes is missing, and the phase over or almost."""
    run = each.run
    if run is None or not each.missing:
        return False
    return not run.open or (run.ends_at is not None and run.ends_at - now <= _SOON)


def is_silent(each: GroupProgress, now: datetime) -> bool:
    """Whether nobody has said anything for a while since the phase began."""
    run = each.run
    return run is not None and run.open and each.members > 0 and not each.spoken and now - run.started_at >= _SOON


def is_unread(each: GroupProgress, now: datetime) -> bool:
    """Whether a phase ends soon, and the group's ideas are not revealed: nobody could vote."""
    run = each.run
    if run is None or not run.open or run.revealed or not each.ideas:
        return False
    return run.ends_at is not None and run.ends_at - now <= _SOON


def short_title(each: GroupProgress, themes: Mapping[str, Theme]) -> Text:
    """A group in few characters: «Culture 3»."""
    return _("{theme} {number}", theme=short_theme(themes[each.group.theme]), number=each.group.number)


def short_theme(theme: Theme) -> Localised:
    """A theme's title in few characters: «Innovation…»."""
    return Localised({locale: _cut(said, _THEME) for locale, said in theme.title.items()})


def panel_lines(
    shown: Sequence[GroupProgress],
    everyone: Sequence[GroupProgress],
    themes: Mapping[str, Theme],
    phases: Mapping[str, Phase],
    now: datetime,
) -> tuple[Span, ...]:
    """The panel's words: the phase, where all are in the same, then the groups of a page."""
    shared = _shared(everyone)
    heading = _heading(shared, phases)
    if not everyone:
        return heading, _("No group of the day is yours to run. The team decides that: /equipe.")
    return (
        heading,
        _("4/6: how many of a group have spoken."),
        *(_line(each, themes, phases, shared, now) for each in shown),
    )


def folded_lines(everyone: Sequence[GroupProgress], phases: Mapping[str, Phase], now: datetime) -> tuple[Span, ...]:
    """The panel in two lines: the phase, until when, and how many groups need somebody."""
    open_ = [person.run for person in everyone if person.run and person.run.open]
    parts: list[Span] = [_n("{count} group", "{count} groups", len(everyone))]
    if open_:
        parts.append(_time(min(open_, key=lambda run: (run.ends_at is None, run.ends_at or now))))
    if calling := sum(person.call is not None and person.taken_by is None for person in everyone):
        parts.append(Strong(_n("{count} call for help", "{count} calls for help", calling)))
    if behind := sum(is_behind(person, now) for person in everyone):
        parts.append(_n("{count} incomplete", "{count} incomplete", behind))
    if silent := sum(is_silent(person, now) for person in everyone):
        parts.append(_n("{count} silent", "{count} silent", silent))
    return _heading(_shared(everyone), phases), _joined(parts)


def _shared(everyone: Sequence[GroupProgress]) -> str | None:
    """The phase that all groups between no phases are in; None where they are in none, or in several."""
    under_way = {person.run.phase for person in everyone if person.run and person.run.open}
    return next(iter(under_way)) if len(under_way) == 1 else None


def _heading(shared: str | None, phases: Mapping[str, Phase]) -> Span:
    if shared is None:
        return Strong(_("The workshops"))
    return Strong(_("The workshops: {phase}", phase=Localised(phases[shared].title)))


def _line(
    each: GroupProgress, themes: Mapping[str, Theme], phases: Mapping[str, Phase], shared: str | None, now: datetime
) -> Span:
    parts: list[Span] = [Strong(short_title(each, themes))]
    if each.group.room:
        parts.append(Name(_cut(each.group.room, _MOST_LETTERS)))
    if each.called_at is not None:
        called = _("calls for help ({time})", time=Moment(each.called_at, "left"))
        parts.append(
            _("{name} goes there", name=Name(_cut(each.taker, _MOST_LETTERS))) if each.taken_by else Strong(called)
        )
    if each.run is None:
        parts.append(_("not begun"))
    else:
        if each.run.phase != shared:
            parts.append(_("phase {number}", number=phases[each.run.phase].position + 1))
        parts.append(_time(each.run))
        if each.ideas or phases[each.run.phase].collects != "territories":  # there it is cards that count
            parts.append(_n("{count} idea", "{count} ideas", each.ideas))
        parts.append(_("{spoken}/{members}", spoken=each.spoken, members=each.members))
    if is_behind(each, now):
        parts.append(_("incomplete"))
    if is_unread(each, now):
        parts.append(_("not revealed"))
    return _joined(parts)


def _joined(parts: Sequence[Span]) -> Span:
    spans: list[Span] = []
    for part in parts:
        spans += [" · ", part] if spans else [part]
    return Joined(tuple(spans))


def _time(run: PhaseRun) -> Span:
    if run.ends_at is not None and run.open:
        return Moment(run.ends_at, "left")
    if run.remaining is not None and run.open:
        minutes = max(1, round(run.remaining / timedelta(minutes=1)))
        return _n("break, {count} minute left", "break, {count} minutes left", minutes)
    return _("over")


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
