"""Screens for campaigns: announcements with a link, a deadline, and reminders before it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from bot.content.addresses import leads_somewhere
from bot.content.errors import Stale, UserError
from bot.content.forms import Composition, Form, Incomplete, message, moment, text
from bot.content.lead_times import Lead, parse_lead
from bot.content.texts import Span, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply, with_lines_first
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.files.uploads import remarks
from handlers.announcements.actions import ANNOUNCEMENTS, ChooseAudience, OpenAnnouncement, check, find
from handlers.announcements.model import Announcement
from handlers.announcements.service import campaigns
from handlers.announcements.store import acknowledgements, announcements, contents
from handlers.announcements.store.contents import ELSE, LinkButton
from handlers.navigation.actions import BACK
from handlers.navigation.time_questions import in_words

routes = Routes()


class CampaignForm(Form):
    """The form for a new campaign: what people should do, the link for it, and the deadline."""

    title: ClassVar[Text] = _("A campaign")
    url: str = text(_("Where does the link lead?"), max_length=500, hint=_("https://…"))
    label: str = text(_("What does its button say?"), max_length=40, hint=_("For instance «Vote for us»."))
    deadline: datetime = moment(_("Until when?"))
    message: Composition = message(_("What do you want to tell them?"), hint=_("The time left is added below."))


@routes.form("kpn", CampaignForm, who=ORGANISER)
async def write_campaign(request: Request, form: CampaignForm) -> Reply:
    """Store a new campaign as a draft, show how its deadline was understood, and offer times for reminders."""
    zone = request.settings.gathering.zone
    if not leads_somewhere(form.url):
        raise Incomplete("url", _("This is not a web address: it begins with https://"))
    check(request, form.message)
    draft = await announcements.add_announcement(
        request.tx,
        request.participant.id,
        form.message.body,
        form.message.view().attachments,
        request.now,
        kind=campaigns.KIND,
        deadline=form.deadline,
    )
    words = {ELSE: form.message.body}
    await contents.put_words(request.tx, draft.id, words, LinkButton(form.label, form.url))
    await campaigns.plan_reminders(request.tx, draft.id, form.deadline, zone, campaigns.USUAL_LEADS, request.now)
    reply = await show_reminders(request, draft.id)
    return with_lines_first(reply, _("Your text is kept as a draft."), *remarks(form.message.attachments))


@routes.press("kpr", who=ORGANISER)
async def show_reminders(request: Request, campaign_id: int) -> Reply:
    """Show a campaign's deadline and how many people have done what it asks; offer times to remind the others."""
    campaign = await _find(request, campaign_id)
    assert campaign.deadline is not None
    zone = request.settings.gathering.zone
    deadline = await in_words(request, campaign.deadline)
    lines: list[Span] = [_("It ends by itself: {deadline}.", deadline=deadline)]
    if campaign.is_out:
        count = await acknowledgements.count_seen(request.tx, campaign.id)
        lines.append(_n("{count} person has done it.", "{count} people have done it.", count))
    to_come = [lead for lead in campaigns.LEADS if lead.before(campaign.deadline, zone) > request.now]
    chosen = await campaigns.planned_reminders(request.tx, campaign.id)
    lines.append(
        _("When should people who have not done it be reminded?") if to_come else _("It is too late for a reminder.")
    )
    choice = Choice(
        pick_reminders.to(campaign.id),
        tuple(Option(lead.encode(), _before(lead)) for lead in to_come),
        tuple(lead.encode() for lead in chosen if lead in to_come),
        at_least=0,
        at_most=len(to_come),
        placeholder=_("When to remind"),
    )
    on = (
        Button(_("Choose who it is for"), ChooseAudience(campaign.id), style="primary")
        if campaign.is_open
        else Button(_("See the announcement"), OpenAnnouncement(campaign.id))
    )
    return reply(*lines, choice=choice if to_come else None, buttons=(on, ANNOUNCEMENTS, BACK))


@routes.pick("kpc", who=ORGANISER)
async def pick_reminders(request: Request, chosen: tuple[str, ...], campaign_id: int) -> Reply:
    """Replace a campaign's reminders with the ones that an organiser chose, and show them.

    `chosen` are times before the deadline, such as «1d», «2h» or «10min». A reminder whose time has passed is left out.
    """
    campaign = await _find(request, campaign_id)
    assert campaign.deadline is not None
    try:
        leads = [parse_lead(lead) for lead in chosen]
    except ValueError:
        raise Stale from None
    zone = request.settings.gathering.zone
    await campaigns.plan_reminders(request.tx, campaign.id, campaign.deadline, zone, leads, request.now)
    reply = await show_reminders(request, campaign.id)
    # L10N: a passing notice after a press
    return Reply(reply.view, toast=_("Saved."))


def _before(lead: Lead) -> Span:
    if lead.days:
        return _n("{count} day before", "{count} days before", lead.days)
    return _n("{count} hour before", "{count} hours before", lead.minutes // 60)


async def _find(request: Request, campaign_id: int) -> Announcement:
    """Return a campaign that runs, is scheduled or is a draft.

    Raises Stale if there is none with this id, UserError if it is over.
    """
    found = await find(request, campaign_id)
    if found.kind == "announcement":
        raise Stale
    if found.kind != campaigns.KIND or found.deadline is None or found.state in ("cancelled", "withdrawn"):
        raise UserError(
            _("This campaign is over: nobody gets any more reminders."),
            buttons=(Button(_("See the announcement"), OpenAnnouncement(found.id)), ANNOUNCEMENTS, BACK),
        )
    return found
