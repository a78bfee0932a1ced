"""Processes the words of e-mails that people write to the bot, mostly as answers to e-mails that it sent.

Words of participants are given to the listener for e-mails. Other writers get an answer only if they cry for help.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.clock import Clock
from bot.content.delivery_kinds import Telling
from bot.content.errors import Stale, UserError
from bot.content.views import View
from bot.conversation.dispatch import Dispatcher
from bot.conversation.hearing import cries_in_letter, hear_letter
from bot.conversation.incoming import Actor, Incoming, Posted
from bot.conversation.routes import Request
from bot.database.engine import Store, Transaction
from bot.delivery import letter_store, outbox, outbox_store
from bot.membership.letters import BY
from bot.people import participant_store
from bot.people.participants import Account
from bot.people.secret_store import hash_mailbox

_ONCE = timedelta(days=1)
"""The shortest time between two equal answers to an address, so that two robots do not write to each other without end.

Another cry for help has another answer: a person who wrote before that they are not well, or in whose name somebody
else did, must still read whom to call now.
"""
_MOST_STRANGERS = 100
"""How many e-mails a day are sent to unknown addresses at most, because a writer can give anybody's address."""


class MailAnswers:
    """Takes the words of e-mails: words from the address of a person's account are questions to the team."""

    def __init__(self, store: Store, clock: Clock, dispatcher: Dispatcher) -> None:
        self._store = store
        self._clock = clock
        self._dispatcher = dispatcher

    async def hear(self, update_id: str, address: str, words: str, files: str = "") -> bool:
        """Have the words of an e-mail from an address processed, and return whether that was done.

        Returns False if a person of the team must read the e-mail instead. If the address belongs to no participant,
        the writer only gets an answer, and only if the words are certainly a cry for help. `files` are the names of the
        e-mail's files in one line, which the team reads below the words; '' for none. Words with the same
        `update_id` are processed only once.
        """
        account, person = await self._store.read(lambda tx: participant_store.identify(tx, BY, address))
        chat = account.chat if account else address
        incoming = Incoming(BY, update_id, Actor(address, "", None, chat), Posted(words, files))
        if account is None or person is None:
            try:
                heard = await self._dispatcher.look(incoming, lambda request: hear_letter(request, words))
            except (Stale, UserError):
                return False
            return heard is not None and await self._answer(address, replace(heard.view, buttons=()))
        answered = await self._dispatcher.handle(incoming)
        self._dispatcher.sent(answered)
        if answered.reply is None or answered.repeated or answered.account_id is None:
            return False  # nobody takes it now, or it is not certain that somebody did
        if answered.reply.unsaid:
            await self._answer(address, answered.reply.view, account)
        return True

    async def cry_in(self, address: str, texts: Sequence[str], *, certain: bool = False) -> str:
        """Return the first of these texts of an e-mail from an address that may be a cry for help; '' if none may be.

        With `certain`, only what is certainly a cry counts.
        """
        incoming = Incoming(BY, "", Actor(address, "", None, address), Posted(""))

        # Long ones take a tenth of a second each, in which nobody shall wait for an answer.
        scored = {text: await asyncio.to_thread(self._dispatcher.score, text) for text in texts}

        async def heard(request: Request) -> str:
            request.scored = scored
            return next((text for text in texts if cries_in_letter(request, text, certain=certain)), "")

        try:
            return await self._dispatcher.look(incoming, heard)
        except Stale:
            return ""

    async def _answer(self, address: str, view: View, account: Account | None = None) -> bool:
        """Write back, each answer once a day, and return whether the address was answered now or before.

        `account` is the account with the address, None for somebody unknown.
        """
        now, said = self._clock.now(), hashlib.sha256(repr(view.lines).encode()).hexdigest()[:8]
        subject = f"mail:{hash_mailbox(address)}:{said}"

        async def unit(tx: Transaction) -> bool:
            last = await outbox_store.last_notified_at(tx, subject)
            if last and last > now - _ONCE:
                return True
            _known, person = await participant_store.identify(tx, BY, address)
            if account and person:
                told = Telling.ANSWER
                await outbox.notify(tx, person.id, view, now, told, account_id=account.id, subject=subject)
            elif await letter_store.count_strangers(tx) >= _MOST_STRANGERS:
                return False
            else:
                await letter_store.write_to_stranger(tx, BY, address, view, now, subject=subject)
            return True

        answered = await self._store.transact(unit)
        self._dispatcher.committed()
        return answered
