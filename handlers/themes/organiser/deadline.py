"""The screens on which an organiser sets the deadline for choosing a theme: typed, shown in words, confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from bot.clock import from_micros
from bot.content.forms import Form, text
from bot.content.texts import Moment, Span, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.time_questions import not_to_save, read_back, stored_time, time_of, version_of_time
from handlers.themes import store
from handlers.themes.actions import ShowThemes

routes = Routes()

_SUBJECT = "deadline"
_THEMES = Button(_("Themes"), ShowThemes())
_WAYS_ON = (_THEMES, BACK)


class DeadlineForm(Form):
    """The form for the deadline for choosing a theme.

    People type a date and a time, in words or as 2027-06-03 12:00, or leave it empty for no deadline.
    """

    title: ClassVar[Text] = _("The deadline for themes")
    deadline: str = text(
        _("Until when?"),
        max_length=60,
        required=False,
        hint=_("For instance «3 June 12:00». Leave it empty for no deadline."),
    )


def deadline_button(deadline: datetime | None) -> Button:
    """Return the button that opens the form for the deadline for choosing a theme.

    `deadline` is the present one, None for none.
    """
    return Button(_("Change the deadline"), set_deadline.seeing(stored_time(deadline)).to())


async def _now(request: Request, minute: int | None = None) -> StoredVersion | None:
    deadline = await store.theme_deadline(request.tx)
    return version_of_time(_SUBJECT, deadline, minute, words=_words, ways_on=_WAYS_ON)


@routes.form("od", DeadlineForm, who=ORGANISER, unless_changed=_now)
async def set_deadline(request: Request, form: DeadlineForm) -> Reply:
    """Show the deadline for choosing a theme that an organiser typed, and ask for confirmation. Nothing is saved yet.

    If the typed words can mean several times, each time is offered. Raises Incomplete for words that are no time.
    """
    present = stored_time(await store.theme_deadline(request.tx))
    ways_on = (Button(_("Write another date"), set_deadline.seeing(present).to()), _THEMES)
    confirm = save_deadline.seeing(present).to
    if not form.deadline:
        lift = Button(_("Confirm"), confirm(0), style="primary")
        return reply(_("Lift the deadline? Themes can then be changed at any time."), buttons=(lift, *ways_on))
    time = await read_back(request, form.deadline, field="deadline", confirm=confirm, ways_on=ways_on)
    if isinstance(time, Reply):
        return time
    lines: list[Span] = [_("Themes could be chosen until {deadline}. Right?", deadline=time.words)]
    if time.instant > request.settings.gathering.closes:
        lines.append(_("⚠ That is after the gathering, when nobody chooses a theme any more."))
    return reply(*lines, buttons=time.buttons)


@routes.press("ody", who=ORGANISER, unless_changed=_now)
async def save_deadline(request: Request, minute: int) -> Reply:
    """Set the deadline for choosing a theme to `minute` (minutes since 1970); 0 removes the deadline."""
    before, after = await store.theme_deadline(request.tx), time_of(minute)
    another = set_deadline.seeing(stored_time(before)).to()
    if refusal := not_to_save(request, before, after, another=another, ways_on=_WAYS_ON):
        return refusal
    await store.set_theme_deadline(request.tx, after)
    summary = _("Theme deadline: {deadline}", deadline=_words(after))
    values = {"before": stored_time(before), "after": stored_time(after)}
    undo = await record_change(request, _SUBJECT, summary, restore_deadline.to(), values)
    return reply(Strong(summary), buttons=(undo, *_WAYS_ON), toast=_("Saved."))


def _words(deadline: datetime | None) -> Span:
    return Moment(deadline) if deadline else _("no deadline")


@inverses.declare("id")
async def restore_deadline(request: Request, values: Values) -> None:
    """Restore the deadline for choosing a theme as it was before a change.

    Raises UserError if the deadline was changed again since.
    """
    if stored_time(await store.theme_deadline(request.tx)) != values["after"]:
        raise changed_since()
    before = values["before"]
    await store.set_theme_deadline(request.tx, from_micros(before) if before is not None else None)
