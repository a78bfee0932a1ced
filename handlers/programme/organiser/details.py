"""Organisers' screens that change a session's audience, kind, speaker and description.

Only a change of the audience must be confirmed, and people are notified of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar

from bot.content.forms import Form, choice, territory, text
from bot.content.texts import Localised, Moment, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, FormAnswers, Request, Revision, Routes
from bot.people.audience_store import describe
from bot.people.audiences import EVERYONE, Audience, of_option
from handlers.programme import service
from handlers.programme.actions import back_to_session, find_session, subject
from handlers.programme.messages import KIND_NAMES
from handlers.programme.model import KINDS, LONGEST, LONGEST_DESCRIPTION, Session
from handlers.programme.organiser.editing import ask, save, session_now
from handlers.themes.store import all_themes

routes = Routes()

_MOST_OPTIONS = 25
Answers = Callable[[Request, int], Awaitable[Mapping[str, str]]]


def _unless_changed(answers: Answers) -> Callable[[Request, int], Awaitable[Revision]]:
    """Return a function that returns a session's revision; who saw another is shown its present `answers`."""

    async def now(request: Request, session_id: int) -> Revision:
        session = await find_session(request, session_id)
        return Revision((session.revision,), FormAnswers(subject(session), await answers(request, session_id)))

    return now


# --- for whom it is


class OfTerritoryForm(Form):
    """The form for a territory, if a session is only for the people of one territory."""

    title: ClassVar[Text] = _("For a territory")
    territory: str = territory(_("Which territory?"), hint=_("A country or region, for instance «Québec»"))


@routes.press("yu", who=ORGANISER, unless_changed=session_now)
async def choose_audience(request: Request, session_id: int) -> Reply:
    """Show the audiences that an organiser can choose for a session: everyone, a theme, the team, a territory."""
    session = await find_session(request, session_id)
    themes = [Audience("theme", theme.key) for theme in await all_themes(request.tx)]
    offered = [EVERYONE, Audience("organisers"), *themes][:_MOST_OPTIONS]
    options = [Option(audience.option, await describe(request.tx, audience)) for audience in offered]
    return reply(
        _("Who is it for?"),
        choice=Choice(
            pick_audience.seeing(session.revision).to(session.id),
            tuple(options),
            placeholder=_("Choose an audience"),
        ),
        buttons=(
            Button(_("For a territory"), for_territory.seeing(session.revision).to(session.id)),
            *back_to_session(session),
        ),
    )


@routes.pick("yup", who=ORGANISER, sent_with_press=False, unless_changed=session_now)
async def pick_audience(request: Request, chosen: str, session_id: int) -> Reply:
    """Ask for confirmation of the chosen audience, and show how many people enter and leave the session's audience."""
    session = await find_session(request, session_id)
    return await _ask(request, session, of_option(chosen))


@routes.form("yut", OfTerritoryForm, who=ORGANISER, unless_changed=session_now)
async def for_territory(request: Request, form: OfTerritoryForm, session_id: int) -> Reply:
    """Ask for confirmation that a session is for the people of the typed territory, as `pick_audience` does."""
    session = await find_session(request, session_id)
    return await _ask(request, session, Audience("territory", form.territory))


async def _ask(request: Request, session: Session, audience: Audience) -> Reply:
    before = session.plan.audience
    if audience == before:
        return reply(_("Nothing was changed."), buttons=back_to_session(session))
    look = partial(service.count_moved, before=before, after=audience)
    gained, lost = await request.preload(("moved", before, audience), look)
    return await ask(
        request,
        session,
        replace(session.plan, audience=audience),
        # L10N: a button: confirm for whom a session is
        Button(_("For them"), make_for.seeing(session.revision).to(session.id, audience.option), style="primary"),
        Button(_("Choose who it is for"), choose_audience.seeing(session.revision).to(session.id)),
        said=(
            _(
                "For: {after} (before: {before}).",
                after=await describe(request.tx, audience),
                before=await describe(request.tx, before),
            ),
            # L10N: for how many people more a session is
            _n("New for {count} person.", "New for {count} people.", gained),
            # L10N: for how many people a session is no longer
            _n("No longer for {count} person.", "No longer for {count} people.", lost),
        ),
    )


async def _audience_now(request: Request, session_id: int, chosen: str) -> Revision | None:
    """Return the session whose audience would change; None where it is for these people already."""
    session = await find_session(request, session_id)
    return None if of_option(chosen) == session.plan.audience else await session_now(request, session_id)


@routes.press("yuy", who=ORGANISER, unless_changed=_audience_now)
async def make_for(request: Request, session_id: int, chosen: str) -> Reply:
    """Change the audience of a session, and notify people who enter the audience or leave it."""
    session = await find_session(request, session_id)
    plan, audience = session.plan, of_option(chosen)
    said = _(
        "{title}, {time}: for {audience}",
        title=Localised(plan.title),
        time=Moment(plan.starts),
        audience=await describe(request.tx, audience),
    )
    return await save(request, session, replace(plan, audience=audience), said)


# --- what kind it is


class KindForm(Form):
    """The form for a session's kind."""

    title: ClassVar[Text] = _("The type of the session")
    kind: str = choice(_("What kind?"), [Option(kind, KIND_NAMES[kind]) for kind in KINDS])


async def _kind(request: Request, session: int) -> Mapping[str, str]:
    return {"kind": (await find_session(request, session)).plan.kind}


@routes.form("yg", KindForm, who=ORGANISER, prefill=_kind, unless_changed=_unless_changed(_kind))
async def set_kind(request: Request, form: KindForm, session_id: int) -> Reply:
    """Save a session's kind, on which its reminders depend. Nobody is notified."""
    session = await find_session(request, session_id)
    kind = next(kind for kind in KINDS if kind == form.kind)
    return await save(request, session, replace(session.plan, kind=kind))


# --- who speaks


class SpeakerForm(Form):
    """The form for the names of the people who speak in a session or lead it; empty names nobody."""

    title: ClassVar[Text] = _("Who speaks")
    of_somebody: ClassVar[bool] = True
    speaker: str = text(_("Who speaks?"), max_length=LONGEST, required=False, hint=_("«Marie Curie, physicist»"))


async def _speaker(request: Request, session: int) -> Mapping[str, str]:
    return {"speaker": (await find_session(request, session)).plan.speaker}


@routes.form("yw", SpeakerForm, who=ORGANISER, prefill=_speaker, unless_changed=_unless_changed(_speaker))
async def set_speaker(request: Request, form: SpeakerForm, session_id: int) -> Reply:
    """Save who speaks in a session. Nobody is notified."""
    session = await find_session(request, session_id)
    return await save(request, session, replace(session.plan, speaker=form.speaker))


# --- what it is about


class DescriptionForm(Form):
    """The form for a session's description in each language. People whose language has none read another one."""

    title: ClassVar[Text] = _("The description of the session")
    fr: str = text(_("Description in French"), max_length=LONGEST_DESCRIPTION, multiline=True, required=False)
    en: str = text(_("Description in English"), max_length=LONGEST_DESCRIPTION, multiline=True, required=False)
    de: str = text(_("Description in German"), max_length=LONGEST_DESCRIPTION, multiline=True, required=False)


async def _description(request: Request, session: int) -> Mapping[str, str]:
    return {**(await find_session(request, session)).plan.description}


@routes.form("ye", DescriptionForm, who=ORGANISER, prefill=_description, unless_changed=_unless_changed(_description))
async def set_description(request: Request, form: DescriptionForm, session_id: int) -> Reply:
    """Save a session's description in each language. Nobody is notified."""
    session = await find_session(request, session_id)
    offered = request.settings.gathering.locales
    description: dict[str, str] = {locale: typed for locale in offered if (typed := getattr(form, locale))}
    return await save(request, session, replace(session.plan, description=description))
