"""Texts for people who are invited or join, and about the personal data that the gathering stores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.gathering import GatheringSettings
from bot.config.purposes import PARTICIPATION
from bot.config.settings import Settings
from bot.content.texts import ISOLATES, Listing, Localised, Moment, Reader, Span, Territory, Text, _, plain
from bot.conversation.grids import GridColumn
from bot.conversation.routes import Request
from bot.database.engine import Transaction
from bot.people.invitations import Invitation
from handlers.account.messages import TRIES
from handlers.groups.messages.cards import short_title
from handlers.groups.service.membership import round_due
from handlers.groups.store.groups import groups_with_themes
from handlers.navigation.ends import effective_end
from handlers.registration import service
from handlers.registration.model.letter import LetterFacts, fill, placeholder
from handlers.themes.store import all_themes

WRONG_CODE = (
    _("This code does not work here: perhaps it was mistyped, used already or replaced."),
    TRIES,
    _("Already joined elsewhere? Type /lier there."),
)
"""The answer to every code that does not work, the same for all reasons, so that guessers learn nothing."""


async def privacy_line(tx: Transaction, settings: Settings, now: datetime) -> Text:
    """Return the privacy notice, which tells how long and in which countries personal data are kept."""
    return _(
        "Your data stay until {date}, in {countries}. See or erase them: /confidentialite.",
        date=day_of(settings.gathering, await effective_end(tx, settings, PARTICIPATION, now)),
        countries=data_countries(settings.gathering),
    )


def day_of(gathering: GatheringSettings, end: datetime) -> Moment:
    """Return the last whole day before the instant `end`, in the gathering's time zone."""
    return Moment.of_day((end - timedelta(minutes=1)).astimezone(ZoneInfo(gathering.zone)).date())


def data_countries(gathering: GatheringSettings) -> Listing:
    """Return the names of the countries in which data are stored."""
    return Listing(tuple(Territory(code) for code in gathering.data_countries))


# --- The text of invitations


def ready_letter(settings: Settings, locale: str) -> str:
    """Return the text of invitations that the bot uses in a language until organisers write another."""
    gathering = settings.gathering
    here = {key: placeholder(key) for key in ("name", "dates", "place", "deadline", "link", "code", "contact")}
    lines: list[Span] = [
        _("Hello {name},", name=here["name"]),
        _("The team of «{gathering}» writes to you: you are invited.", gathering=gathering.name),
        _("When: {dates}", dates=here["dates"]),
        _("Where: {place}", place=here["place"]),
        _("Your own invitation, to open: {link}", link=here["link"]),
        _("On Discord, press «Register» and enter this code: {code}", code=here["code"]),
        _("Answer by {deadline}.", deadline=here["deadline"]),
        _("It takes one minute, and there is nothing to install.")
        if settings.web.public_url
        # L10N: how long it takes to join
        else _("It takes one minute."),
        _("A question? Ask {contact}.", contact=here["contact"]),
        _("This invitation is for you alone: please do not pass it on. See you soon!"),
    ]
    return "\n".join(plain(line, Reader(locale, gathering.zone)) for line in lines)


def write_letter(
    invitation: Invitation,
    settings: Settings,
    reader: Reader,
    text: str | None,
    facts: LetterFacts,
    *,
    beside_button: bool = False,
) -> str:
    """Return the text of an invitation for the invited person, in the language of `reader`.

    `text` is the text that organisers wrote in this language; for None or '', the bot's own text is used. The bot's own
    text leaves out link and code if `beside_button` says that the message shows them below the text.
    """
    gathering, discord = settings.gathering, settings.discord
    dates: Span = Moment.of_day(gathering.starts)
    if gathering.ends > gathering.starts:
        dates = _("from {first} to {last}", first=dates, last=Moment.of_day(gathering.ends))
    link = invitation.page_link or invitation.telegram_link or discord.welcome_link
    values = {
        "name": invitation.given_name or invitation.full_name,
        "dates": plain(dates, reader),
        "place": facts.place,
        "deadline": plain(Moment(facts.deadline), reader),
        "link": link or invitation.code,
        "code": invitation.code if discord.token else "",
        "contact": facts.contact,
    }
    if beside_button and not text:
        values |= {"link": "", "code": ""}
    return fill(text or ready_letter(settings, reader.locale), values).translate(ISOLATES)


async def columns_of_the_day(request: Request) -> Sequence[GridColumn]:
    """Return the columns with what is decided elsewhere: the theme, the group of the day, and the attendance."""
    themes = {theme.key: Localised(theme.title) for theme in await all_themes(request.tx)}
    round_ = await round_due(request.tx, request.today)
    formed = await groups_with_themes(request.tx, round_.number) if round_ else ()
    groups = {str(group.id): short_title(group, theme) for group, theme in formed}
    half = _("Here this afternoon") if service.is_afternoon(request.settings, request.now) else _("Here this morning")
    return [
        GridColumn(key="theme", title=_("Theme"), options=themes, editable=False),
        GridColumn(key="group", title=_("Group"), options=groups, editable=False),
        GridColumn(key="here", title=half, options={"1": _("present"), "0": _("absent")}, editable=False),
    ]
