"""A facilitator's panel: the groups they run at a glance, those that need somebody first, a line each.

It changes when something happens in a group; how long is left is kept true by the platform itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.content.texts import Joined, Localised, Moment, Name, Span, Strong, Text, _, _n
from handlers.themes.model import Theme
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.panel_store import Standing

PER_PAGE = 17
"""Groups that fit a message everywhere: 2,000 characters and, with what else can be done, 25 buttons."""
_THEME, _ROOM = 12, 10
"""Characters of a theme's title and a room's name."""
_SOON = timedelta(minutes=5)


def in_order(standings: Sequence[Standing], now: datetime) -> Sequence[Standing]:
    """Who calls first, those to whom nobody goes before the others; then who needs attention; then the rest."""
    return sorted(standings, key=lambda each: _rank(each, now))


def _rank(each: Standing, now: datetime) -> int:
    if each.call is not None:
        return 0 if each.taken_by is None else 1
    return 2 if is_behind(each, now) or is_silent(each, now) else 3


def is_behind(each: Standing, now: datetime) -> bool:
    """Whether what the phase makes is missing, and the phase over or almost."""
    run = each.run
    if run is None or not each.missing:
        return False
    return not run.open or (run.ends_at is not None and run.ends_at - now <= _SOON)


def is_silent(each: Standing, now: datetime) -> bool:
    """Whether nobody has said anything for a while since the phase began."""
    run = each.run
    return run is not None and run.open and each.members > 0 and not each.spoken and now - run.started_at >= _SOON


def is_unread(each: Standing, now: datetime) -> bool:
    """Whether a phase ends soon, and the group's ideas are not revealed: nobody could vote."""
    run = each.run
    if run is None or not run.open or run.revealed or not each.ideas:
        return False
    return run.ends_at is not None and run.ends_at - now <= _SOON


def short_title(each: Standing, themes: Mapping[str, Theme]) -> Text:
    """A group in few characters: «Culture 3»."""
    return _("{theme} {number}", theme=short_theme(themes[each.group.theme]), number=each.group.number)


def short_theme(theme: Theme) -> Localised:
    """A theme's title in few characters: «Innovation…»."""
    return Localised({locale: _cut(said, _THEME) for locale, said in theme.title.items()})


def panel_lines(
    shown: Sequence[Standing],
    everyone: Sequence[Standing],
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


def folded_lines(everyone: Sequence[Standing], phases: Mapping[str, Phase], now: datetime) -> tuple[Span, ...]:
    """The panel in two lines: the phase, until when, and how many groups need somebody."""
    open_ = [each.run for each in everyone if each.run and each.run.open]
    parts: list[Span] = [_n("{count} group", "{count} groups", len(everyone))]
    if open_:
        parts.append(_time(min(open_, key=lambda run: (run.ends_at is None, run.ends_at or now))))
    if calling := sum(each.call is not None and each.taken_by is None for each in everyone):
        parts.append(Strong(_n("{count} call for help", "{count} calls for help", calling)))
    if behind := sum(is_behind(each, now) for each in everyone):
        parts.append(_n("{count} incomplete", "{count} incomplete", behind))
    if silent := sum(is_silent(each, now) for each in everyone):
        parts.append(_n("{count} silent", "{count} silent", silent))
    return _heading(_shared(everyone), phases), _joined(parts)


def _shared(everyone: Sequence[Standing]) -> str | None:
    """The phase that all groups between no phases are in; None where they are in none, or in several."""
    under_way = {each.run.phase for each in everyone if each.run and each.run.open}
    return next(iter(under_way)) if len(under_way) == 1 else None


def _heading(shared: str | None, phases: Mapping[str, Phase]) -> Span:
    if shared is None:
        return Strong(_("The workshops"))
    return Strong(_("The workshops: {phase}", phase=Localised(phases[shared].title)))


def _line(
    each: Standing, themes: Mapping[str, Theme], phases: Mapping[str, Phase], shared: str | None, now: datetime
) -> Span:
    parts: list[Span] = [Strong(short_title(each, themes))]
    if each.group.room:
        parts.append(Name(_cut(each.group.room, _ROOM)))
    if each.called_at is not None:
        called = _("calls for help ({time})", time=Moment(each.called_at, "left"))
        parts.append(_("{name} goes there", name=Name(_cut(each.taker, _ROOM))) if each.taken_by else Strong(called))
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
