"""Audiences as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from bot.content.names import display_name
from bot.content.texts import Localised, Moment, Name, Span, Territory, _
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.audiences import Audience
from bot.people.naming import platform_name
from handlers.groups import store as groups
from handlers.groups.messages import title
from handlers.themes import store as themes


async def describe(tx: Transaction, audience: Audience) -> Span:
    """Whom something is for: «everyone», «Culture», «Culture · group 3», «Québec». What is gone is told by its word."""
    match audience.kind:
        case "all":
            return _("everyone")
        case "theme":
            theme = await themes.find(tx, audience.value)
            return Localised(theme.title) if theme else Name(audience.encode())
        case "group":
            group = await groups.find(tx, audience.number)
            theme = await themes.find(tx, group.theme) if group else None
            return title(group, theme) if group and theme else Name(audience.encode())
        case "territory":
            return Territory(audience.value)
        case "platform":
            return platform_name(audience.value)
        case "present":
            day = datetime.combine(date.fromisoformat(audience.value), time(12), UTC)
            return _("present on {date}", date=Moment(day, "date"))
        case "unchosen":
            return _("without a theme")
        case "organisers":
            return _("the team")
        case "facilitators":
            return _("the facilitators")
        case "me":
            person = await participant_store.find(tx, audience.number)
            return Name(display_name(person.given_name, person.family_name) if person else audience.encode())
