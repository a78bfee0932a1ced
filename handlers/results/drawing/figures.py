"""Counts what charts show: ideas over time, by phase and by theme, and how much groups wrote about each territory.

The same data is used for pictures, slides, the workbook and alternative texts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.names import collation
from bot.content.texts import Moment, MomentStyle, _, _n
from bot.drawing.charts import Bar, BarChart, ChartData, Curve, LineChart
from handlers.results.messages import Wording
from handlers.results.model import WorkshopResults
from handlers.syntheses.model import CARD_FIELDS

_STEPS = ((1, 15), (5, 12), (10, 12), (30, 12), (60, 12), (120, 12), (240, 12), (1440, 14))
"""The distances between points of a curve, in minutes, each with how many of them lie between two labelled points."""
_MOST_BARS = 24


def chart_data(results: WorkshopResults, wording: Wording) -> list[ChartData]:
    """Return the data of the charts: ideas over time, by phase and by theme, and about territories.

    Charts that would be empty are left out.
    """
    counted = results.counted_ideas
    ideas = sorted([*counted, *(merged for idea in counted for merged in idea.merged)], key=lambda idea: idea.at)
    charts: list[ChartData] = []
    if ideas:
        phases = {phase.key: wording.words(phase.title) for phase in results.phases}
        themes = {key: wording.words(title) for key, title in results.themes.items()}
        by_phase, by_theme = wording.say(_("Ideas over time, by phase")), wording.say(_("Ideas over time, by theme"))
        charts.append(
            _over_time("phases", by_phase, [(idea.phase, idea.at) for idea in ideas], phases, wording, ends=True)
        )
        charts.append(
            _over_time("themes", by_theme, [(idea.theme, idea.at) for idea in ideas], themes, wording, ends=False)
        )
    if any(group.cards for group in results.groups):
        charts.append(_territories(results, wording))
    return charts


def _over_time(
    key: str,
    title: str,
    ideas: Sequence[tuple[str, datetime]],
    names: Mapping[str, str],
    wording: Wording,
    *,
    ends: bool,
) -> LineChart:
    """Count ideas over time, with a curve for each phase or theme that has any.

    `ideas` are the key of a phase or theme and the time of each idea, sorted by time. `names` are the names of the
    curves, by key. `ends` says whether a curve ends with its last idea, as a phase does, or goes on to the end of the
    chart.
    """
    begin, end = ideas[0][1], ideas[-1][1]
    usual = ((minutes, labelled) for minutes, labelled in _STEPS if end - begin <= timedelta(minutes=50 * minutes))
    minutes, labelled = next(usual, _STEPS[-1])
    step = timedelta(minutes=minutes)
    midnight = begin.astimezone(ZoneInfo(wording.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [begin - (begin - midnight) % (step * labelled)]  # so that labels stand at full hours
    while moments[-1] < end or len(moments) < 2:
        moments.append(moments[-1] + step)
    several_days = moments[-1] - midnight > timedelta(days=1)
    style: MomentStyle = "date" if step * labelled >= timedelta(days=1) else "datetime" if several_days else "time"
    given = {of: [at for idea_of, at in ideas if idea_of == of] for of in names}
    curves = [Curve(names[of], _counts(times, moments, ends=ends)) for of, times in given.items() if times]
    parts = [
        wording.say(_n("{what}: {count} idea", "{what}: {count} ideas", curve.total, what=curve.name))
        for curve in curves
    ]
    between = wording.say(_("From {begin} to {end}.", begin=Moment(begin, "datetime"), end=Moment(end, "datetime")))
    alt = " ".join([f"{title}.", between, ", ".join(parts) + "."])
    labelled = min(labelled, len(moments) - 1)  # of a short time, its end
    return LineChart(key, title, alt, [wording.say(Moment(at, style)) for at in moments], labelled, curves)


def _counts(times: Sequence[datetime], moments: Sequence[datetime], *, ends: bool) -> list[int | None]:
    """Return how many of the times, which are sorted, were past at each of the moments: a `Curve.counts`.

    `ends` says whether it ends at the last of the times.
    """
    counts = [bisect_right(times, moment) for moment in moments]
    first, last = max(0, counts.count(0) - 1), counts.index(len(times)) if ends else len(moments)
    return [count if first <= place <= last else None for place, count in enumerate(counts)]


def _territories(results: WorkshopResults, wording: Wording) -> BarChart:
    """Count, for each territory, the squares of the groups' grids, and those that are filled."""
    filled: Counter[str] = Counter()
    squares: Counter[str] = Counter()
    for group in results.groups:
        grid = group.grid
        for code in grid.territories:
            squares[code] += len(CARD_FIELDS)
            filled[code] += sum(bool(grid.texts(code, field)) for field in CARD_FIELDS)
    order = sorted(squares, key=lambda code: (-squares[code], collation(wording.territory(code))))
    shown, rest = order[:_MOST_BARS], order[_MOST_BARS:]
    bars = [Bar(wording.territory(code), filled[code], squares[code]) for code in shown]
    if rest:
        others = wording.say(_n("{count} other territory", "{count} other territories", len(rest)))
        bars.append(Bar(others, sum(filled[code] for code in rest), sum(squares[code] for code in rest)))
    title = wording.say(_("Territories: boxes filled, of all boxes"))
    parts = [
        wording.say(_("{territory}: {filled} of {every}", territory=bar.name, filled=bar.part, every=bar.whole))
        for bar in bars
    ]
    return BarChart("territories", title, f"{title}. {', '.join(parts)}.", bars)
