"""The words of equality: figures of women and men step by step, and the count in the room.

A remark on a figure is shown only if chance alone does not explain the figure. No remark ever says that equality is
reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from bot.content.texts import Listing, Span, Strong, Text, _
from bot.content.views import Button
from handlers.equality.actions import ShowEquality
from handlers.equality.model.steps import FEWEST, PublishedStep, RoomCount, Seen, Side, WithheldStep

# L10N: a button: the figures of women and men
SHOW_EQUALITY = Button(_("Equality"), ShowEquality(0))
EQUALITY = _("Equality of women and men, in numbers")

VERDICTS: Mapping[Side, Text] = {
    # L10N: said of the share of what women did
    "below": _("The share of women is lower than chance would explain."),
    # L10N: said of the share of what women did
    "above": _("The share of women is higher than chance would explain."),
}
"""The remark on a step's figure, if there is one, by where the figure lies."""
WITH_CARE = _("Read with care: the gender of many is unknown.")
ROUNDED = _("Shares are rounded so that nobody can be picked out.")
SEEN: Mapping[Seen, Text] = {
    # L10N: a button: a woman speaks in the room
    "woman": _("Woman"),
    # L10N: a button: a man speaks in the room
    "man": _("Man"),
    "unknown": Text("?"),
}
"""The button for each kind of speaker that is counted in the room."""
NOT_YET_HEARD = _("Next, give the floor to someone who has not spoken yet.")


def verdict_lines(steps: Sequence[PublishedStep]) -> Sequence[Span]:
    """Return a line for each step of the gathering in which chance does not explain what women and men did.

    If there is no such step, the only line says that nothing differs from chance.
    """
    differing = [step for step in steps if step.side in VERDICTS]
    if not differing:
        return (Strong(_("Nothing differs from chance.")),)
    return [_("{what}: {words}", what=Strong(step.title), words=VERDICTS[step.side]) for step in differing]


def step_lines(steps: Sequence[PublishedStep]) -> Sequence[Span]:
    """Return the lines with the figures of steps of the gathering: the share of women, and what chance explains.

    The first line says who could take a step; steps that the same people could take share this line.
    """
    lines: list[Span] = []
    for (people, could), alike in groupby(steps, key=lambda step: (step.people, step.could)):
        lines.append(_("{people} people, {could}% women", people=people, could=could))
        for step in alike:
            lines += [_("{what}: {words}", what=Strong(step.title), words=_figures(step)), *map(Strong, remarks(step))]
    return lines


def _figures(step: PublishedStep) -> Text:
    return _("{did}% by women; chance gives {low} to {high}%", did=step.did, low=step.low, high=step.high)


def remarks(step: PublishedStep) -> Sequence[Text]:
    """Return the remark on a step of the gathering, if chance alone does not explain what women and men did in it.

    If too few genders are known, a warning is added.
    """
    verdict = (VERDICTS[step.side],) if step.side in VERDICTS else ()
    return (*verdict, WITH_CARE) if step.cautious else verdict


def withheld_lines(steps: Sequence[WithheldStep]) -> Sequence[Span]:
    """Return lines that name the steps of the gathering for which no figures may be published.

    One line names the steps in which too few people took part, another line the steps with too few known genders.
    """
    few, unknown = (tuple(step.title for step in steps if step.reason == reason) for reason in ("few", "unknown"))
    lines: list[Span] = []
    if few:
        lines.append(_("Too few women or men to say anything: {steps}.", steps=Listing(few)))
    if unknown:
        lines.append(_("The gender of fewer than half is known: {steps}.", steps=Listing(unknown)))
    return lines


def room_line(count: RoomCount) -> Span:
    """Return the line with the count of speakers in the room, which is based on how people look."""
    return _(
        "Seen from the room: women {women}, men {men}, ? {unknown}. An impression, not a figure.",
        women=count.women,
        men=count.men,
        unknown=count.unknown,
    )


NOTHING_YET = _(
    "Nothing to count yet. Figures come once a step has ended, from {fewest} women and {fewest} men on.",
    fewest=FEWEST + 1,
)
