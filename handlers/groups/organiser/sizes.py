"""The organisers' form for the size of groups, which applies to groups that are formed from then on."""

from __future__ import annotations

from typing import ClassVar

from bot.content.forms import Form, Incomplete, integer
from bot.content.texts import Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, FormAnswers, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from handlers.groups.actions import GROUPS
from handlers.groups.store.sizes import group_sizes, set_group_sizes
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses

routes = Routes()

_SUBJECT = "group_sizes"
_MOST = 100
_BACK = (GROUPS, BACK)


class SizesForm(Form):
    """The form for the smallest, largest and preferred number of people in a group."""

    title: ClassVar[Text] = _("Size of the groups")
    smallest: int = integer(_("At least how many people in a group?"), minimum=1, maximum=_MOST)
    target: int = integer(_("How many, if possible?"), minimum=1, maximum=_MOST)
    largest: int = integer(_("At most how many people in a group?"), minimum=1, maximum=_MOST)


async def _present(request: Request) -> StoredVersion:
    smallest, largest, target = sizes = await group_sizes(request.tx)
    filled = {"smallest": str(smallest), "target": str(target), "largest": str(largest)}
    return StoredVersion(sizes, FormAnswers(_SUBJECT, filled))


@routes.form("gz", SizesForm, who=ORGANISER, unless_changed=_present)
async def set_sizes(request: Request, form: SizesForm) -> Reply:
    """Store the smallest, largest and preferred number of people in a group. Existing groups do not change."""
    if form.largest < form.smallest:
        raise Incomplete("largest", _("That is less than the smallest group."))
    if not form.smallest <= form.target <= form.largest:
        raise Incomplete("target", _("That is not between the smallest and the largest group."))
    before, after = await group_sizes(request.tx), (form.smallest, form.largest, form.target)
    if after == before:
        return reply(_("Nothing was changed."), buttons=_BACK, toast=_("Already done."))
    await set_group_sizes(request.tx, *after)
    summary = _(
        "Groups of {smallest} to {largest} people, {target} if possible",
        smallest=form.smallest,
        largest=form.largest,
        target=form.target,
    )
    undo = await record_change(request, _SUBJECT, summary, restore_sizes.to(), {"before": before, "after": after})
    return reply(
        Strong(summary),
        _("It counts for groups that are formed from now on."),
        buttons=(undo, *_BACK),
        toast=_("Saved."),
    )


async def sizes_button(request: Request) -> Button:
    """Return the button that opens the form for the size of groups, filled in with the present numbers."""
    return Button(_("Size of the groups"), set_sizes.seeing(*await group_sizes(request.tx)).to())


@inverses.declare("gzr")
async def restore_sizes(request: Request, values: Values) -> None:
    """Undo a change of the size of groups. Raises UserError if the size was changed again since."""
    if [*await group_sizes(request.tx)] != [*values["after"]]:
        raise changed_since()
    await set_group_sizes(request.tx, *values["before"])
