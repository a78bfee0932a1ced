"""Answers people's typed questions about their theme: which it is, and whether it can be changed."""

from __future__ import annotations

from bot.content.texts import Listing, Localised, Moment, Span, Strong, _
from bot.content.views import Reply, reply, with_lines_first
from bot.conversation.routes import Request
from bot.conversation.topics import Topic
from handlers.navigation.actions import HOME
from handlers.themes import service, store
from handlers.themes.participant import CHANGE, offer, show_my_theme


async def tell_theme(request: Request, _text: str) -> Reply:
    """Show the person's theme or, without one, all themes. The wording of the question does not matter."""
    if request.participant.takes_part:
        return await show_my_theme(request)
    return await _all_themes(request)


async def tell_change(request: Request, _text: str) -> Reply:
    """Tell until when the person can change their theme, with a button to do so; after that, that only the team can."""
    if not request.participant.takes_part:
        return await _all_themes(request)
    choice = await store.choice_of(request.tx, request.participant.id)
    theme = await store.find_theme(request.tx, choice.theme) if choice.theme else None
    if theme is None or not await service.may_choose_theme(request.tx, request.now):
        return await offer(request)
    mine = Strong(Localised(theme.title))
    deadline = await store.theme_deadline(request.tx)
    if deadline is None:
        line = _("Your theme is {theme}. You can change it.", theme=mine)
    else:
        line = _("Your theme is {theme}. You can change it until {deadline}.", theme=mine, deadline=Moment(deadline))
    return reply(line, buttons=(CHANGE,))


async def _all_themes(request: Request) -> Reply:
    themes: tuple[Span, ...] = tuple(Localised(theme.title) for theme in await store.all_themes(request.tx))
    if not themes:
        return reply(_("The themes are not known yet. Come back soon."), buttons=(HOME,))
    return reply(_("Themes: {themes}", themes=Listing(themes)), buttons=(HOME,))


THEME = Topic(
    "theme",
    # L10N: long
    _(
        "theme, my theme, which theme, what theme, our theme, theme did i choose/pick, what did I choose, choose"
        " what, i chose, i picked, what did i pick, am I in culture/digital/democracy/education, assigned theme,"
        " registered for, signed up for, got put in, my subject, which track, my track, theme again, what am i in"
    ),
    _("My theme"),
    tell_theme,
)

CHANGE_THEME = Topic(
    "changetheme",
    # L10N: long
    _(
        "change theme, change my theme, switch theme/group/to, switch to culture/digital/democracy/education, swap"
        " theme/group/to, swap, another theme, other theme, different theme, wrong theme, move to"
        " culture/digital/democracy/education, move to the, rather culture/digital/democracy/education, rather do,"
        " prefer culture/digital/democracy/education, instead of culture/digital/democracy/education, change group,"
        " change topic, change my choice, change to, join culture/digital/democracy/education, clicked wrong theme,"
        " picked wrong, late change, first choice, theme switch, want to be in culture/digital/democracy, be in the"
    ),
    CHANGE.label,
    tell_change,
    about="change_theme",
)


async def tell_signed_up(request: Request, text: str) -> Reply:
    """Tell a person who asks how to sign up for a workshop that only a theme is chosen, and show their theme."""
    shown = await tell_theme(request, text)
    return with_lines_first(shown, _("You are registered: all that is left to choose is a theme."))


SIGN_UP = Topic(
    "signup",
    # L10N: long
    _(
        "sign up, how do I sign up, sign up for a workshop/atelier/session, register, how do I register, register for a"
        " workshop, enrol, enroll, how do I join a workshop, put my name down"
    ),
    _("Sign up for a workshop"),
    tell_signed_up,
    about="leave",
)
