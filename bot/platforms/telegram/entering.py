"""Answers requests to enter the forum, which has a topic for each group of participants.

Participants are admitted; anybody else is told how to take part.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from telegram import Bot, ChatJoinRequest, ChatMember, ChatMemberUpdated
from telegram.error import BadRequest, TelegramError

from bot.config.settings import GatheringSettings
from bot.content.errors import PlatformError
from bot.content.i18n import negotiate
from bot.content.texts import Reader, Strong, _
from bot.content.views import Button, View
from bot.database.engine import Store, Transaction
from bot.delivery import channel_store, outbox
from bot.people import participant_store
from bot.platforms.telegram.reading import PLATFORM
from bot.platforms.telegram.sending import send_view

log = structlog.get_logger()

_INSIDE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)


async def answer_request(
    bot: Bot, store: Store, gathering: GatheringSettings, request: ChatJoinRequest, now: datetime
) -> None:
    """Answer a person's request to enter the forum: admit participants, and tell anybody else how to take part.

    If Telegram refuses an answer, this is logged, and the person can ask again. Raises StoreUnavailable, and answers
    nothing, if the database cannot be used.
    """
    native_id = str(request.from_user.id)
    _account, person = await store.read(lambda tx: participant_store.identify(tx, PLATFORM, native_id))
    try:
        if person is None or person.status != "joined":
            await _explain(bot, gathering, request)
            await bot.decline_chat_join_request(request.chat.id, request.from_user.id)
            return
        await bot.approve_chat_join_request(request.chat.id, request.from_user.id)
    except BadRequest as error:  # answered before, by the bot or an administrator
        log.info("telegram.join_request_settled", reason=error.message)
    except TelegramError as error:
        log.warning("telegram.join_request_failed", reason=error.message)
        return
    if person and person.status == "joined":
        await store.transact(lambda tx: _welcome(tx, native_id, now))


async def note_member(store: Store, change: ChatMemberUpdated) -> None:
    """Store whether a person is a member of the forum, after Telegram reported a `change` of this.

    Raises StoreUnavailable if the database cannot be used.
    """
    member = change.new_chat_member
    inside = member.status in _INSIDE or bool(getattr(member, "is_member", False))

    async def store_member(tx: Transaction) -> None:
        account, _person = await participant_store.identify(tx, PLATFORM, str(member.user.id))
        if account and account.id:
            await channel_store.set_in_forum(tx, account.id, inside)

    await store.transact(store_member)


async def _explain(bot: Bot, gathering: GatheringSettings, request: ChatJoinRequest) -> None:
    reader = Reader(negotiate((request.from_user.language_code,), gathering.locales), gathering.zone)
    view = View(
        (
            _("This forum is for people who take part in {gathering}.", gathering=Strong(gathering.name)),
            _("Open the link of your invitation first, or send me your code; then ask again."),
        )
    )
    try:
        await send_view(bot, request.user_chat_id, view, reader)
    except PlatformError as error:
        log.info("telegram.join_refusal_not_sent", reason=str(error))


async def _welcome(tx: Transaction, native_id: str, now: datetime) -> None:
    """Store that a person entered, and send them the link to their group's topic, once."""
    account, person = await participant_store.identify(tx, PLATFORM, native_id)
    if account is None or not account.id or person is None or await channel_store.is_in_forum(tx, account.id):
        return
    await channel_store.set_in_forum(tx, account.id, True)
    if url := await channel_store.latest_url(tx, person.id, PLATFORM):
        view = View((_("You are in. Here is your group's chat:"),), (Button(_("My group's chat"), url=url),))
        await outbox.notify(tx, person.id, view, now, outbox.Telling.PRESSING_ANSWER, account_id=account.id)
