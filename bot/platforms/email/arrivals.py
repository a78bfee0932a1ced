"""Takes what comes to the mailbox: letters that came back, and what people answer.

The same transaction stores what a mail changes, and that it was the last one: each is taken once, even if the program
is killed. Mails that were taken are marked as read the next time. What stays unread waits there for a person of the
team.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from bot.background.side_process import SideProcess, WorkerDied
from bot.backoff import Backoff
from bot.clock import Clock
from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.delivery_kinds import Telling
from bot.content.errors import Stale, UserError
from bot.content.platforms.email import FEATURES
from bot.content.reasons import Reason
from bot.content.views import View
from bot.conversation.dispatch import Dispatcher
from bot.conversation.hearing import hear_letter
from bot.conversation.incoming import Actor, Incoming, Posted
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery import letter_store, outbox, outbox_store
from bot.metrics import MAILS
from bot.people import participant_store
from bot.people.secret_store import hash_address
from bot.platforms.email.identity import Identities
from bot.platforms.email.mailbox import MailboxAway, look
from bot.platforms.email.received.classifying import MailKind, Reading, SentLetter, judged

log = structlog.get_logger()

_EVERY = 120.0
"""Seconds between two looks into the mailbox."""
_LONGEST = 600.0
"""Seconds after which the process that looks is ended."""
_MOST_WORDS = 4000
_MOST_NAMED = 50
"""How many letters and addresses that a mail names are looked up."""
_MOST_STRANGERS = 100
"""How many letters a day go to addresses of which nothing is known: whoever writes can use any address."""
_DAY = timedelta(days=1)
_START: Mapping[str, Any] = {"validity": 0, "last": 0, "first": True, "seen": [], "unread": 0}


class Arrivals:
    """Reads the mailbox every two minutes, in portions, and has each mail taken by whom it is for."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        dispatcher: Dispatcher,
        identities: Identities,
        process: SideProcess,
    ) -> None:
        self._settings = settings.email
        self._store = store
        self._clock = clock
        self._dispatcher = dispatcher
        self._identities = identities
        self._process = process

    async def run(self) -> None:
        """Read what comes until cancelled. While the mailbox cannot be read, the log says so once."""
        backoff, failures, told = Backoff(first=_EVERY, longest=3600.0), 0, ""
        try:
            while True:
                try:
                    while await self.look():
                        pass
                except (MailboxAway, WorkerDied, MemoryError) as error:
                    failures += 1
                    if told != (told := str(error) or type(error).__name__):
                        log.warning("email.mailbox_away", reason=told)
                except StoreUnavailable:
                    failures += 1
                else:
                    if told:
                        log.info("email.mailbox_back")
                    failures, told = 0, ""
                self._process.close()
                await self._clock.sleep(backoff.after(max(failures, 1)))
        finally:
            self._process.close()

    async def look(self) -> bool:
        """Take the next mails, and return whether there are more. Raises MailboxAway, WorkerDied or MemoryError."""
        before = await self._store.read(_state)
        found = dict(await self._process.do(look, {**before, "settings": self._settings}, _LONGEST))
        mails: Mapping[int, Reading | None] = found.pop("mails")
        more: bool = found.pop("more")
        what = await self._judged({number: mail for number, mail in mails.items() if mail})
        taken = []
        for number, (kind, _about) in what.items():
            mail = mails[number]
            if kind is MailKind.ANSWER and mail and await self._answered(f"{found['validity']}.{number}", mail):
                taken.append(number)
            MAILS.count(kind)

        async def unit(tx: Transaction) -> None:
            if await _state(tx) != before:
                return  # another program went on meanwhile
            settled = [number for number, (kind, about) in what.items() if await self._settled(tx, kind, about)]
            left = len(mails) - len(settled) - len(taken)
            after = {**found, "seen": [*settled, *taken], "unread": found["unread"] + left}
            if after != before:
                await setting_store.put(tx, letter_store.MAILBOX, json.dumps(after))

        await self._store.transact(unit)
        if what:
            log.info("email.mails_taken", kinds=dict(Counter(kind.value for kind, _about in what.values())))
        return more

    async def _judged(self, mails: Mapping[int, Reading]) -> Mapping[int, tuple[MailKind, int | None]]:
        """Return what each mail is, and the letter it proves to be about."""
        named = {letter for mail in mails.values() for letter in (*mail.came_to, *mail.names)[:_MOST_NAMED]}
        proven = [
            identity.number
            for number, token in named
            if (identity := await self._identities.recognise(f"{number}-{token.lower()}"))
        ]
        failed = {at for mail in mails.values() for each, _kind in mail.returns[:_MOST_NAMED] for at in each}
        letters = await self._store.read(lambda tx: letter_store.addressed(tx, proven))
        known = await self._store.read(lambda tx: letter_store.known_addresses(tx, failed))
        sent = {
            letter.id: SentLetter((await self._identities.of(letter.id)).token, letter.address) for letter in letters
        }
        return {number: judged(mail, sent, known) for number, mail in mails.items()}

    async def _settled(self, tx: Transaction, kind: MailKind, about: int | None) -> bool:
        """Store what a mail says of a letter; return False for one that stays unread, as a person must read it."""
        now = self._clock.now()
        if kind is MailKind.ANSWER:
            return False
        if kind in (MailKind.UNSUBSCRIBE, MailKind.SPAM):
            ended = about is not None and await letter_store.unsubscribe(tx, about)
            return ended or kind is MailKind.SPAM
        if about is None:
            return True
        match kind:
            case MailKind.HARD:
                await letter_store.came_back(tx, about, Reason.ADDRESS_UNKNOWN, now)
            case MailKind.POLICY:
                await letter_store.came_back(tx, about, Reason.REFUSED, now)
            case MailKind.FULL:
                await letter_store.came_back(tx, about, Reason.MAILBOX_FULL, now, again=True)
            case MailKind.SOFT:
                await letter_store.came_back(tx, about, Reason.LATE, now, again=True)
            case MailKind.DELAY:
                await letter_store.is_late(tx, about)
        return True

    async def _answered(self, update_id: str, mail: Reading) -> bool:
        """Have what a person wrote heard, and return whether it was taken; what was not stays unread.

        Only a cry for help is answered, also to whoever is not known by this address.
        """
        words = "\n".join(filter(None, (mail.words, _names(mail.attachments))))[:_MOST_WORDS]
        actor = Actor(mail.sender, "", None, mail.sender)
        incoming = Incoming(FEATURES.name, update_id, actor, Posted(words))
        account, person = await self._store.read(lambda tx: participant_store.identify(tx, FEATURES.name, mail.sender))
        if account is None or account.id is None or person is None:
            try:
                heard = await self._dispatcher.look(incoming, lambda request: hear_letter(request, words))
            except (Stale, UserError):
                return False
            return bool(heard and await self._answer(mail.sender, replace(heard.view, buttons=()), None, None))
        answered = await self._dispatcher.handle(incoming)
        if not answered.update_id:
            raise StoreUnavailable("the mail is taken the next time")
        self._dispatcher.sent(answered)
        if answered.reply is None or answered.repeated or answered.account_id is None:
            return False  # nobody takes it now, or it is not certain that somebody did
        if answered.reply.unsaid:
            await self._answer(mail.sender, answered.reply.view, person.id, account.id)
        return True

    async def _answer(self, address: str, view: View, person_id: int | None, account_id: int | None) -> bool:
        """Write back to whoever wrote a mail, once a day, and return whether it was answered now or before."""
        now, subject = self._clock.now(), f"mail:{hash_address(address)}"

        async def unit(tx: Transaction) -> bool:
            last = await outbox_store.last_notified_at(tx, subject)
            if last and last > now - _DAY:
                return True
            if person_id is not None:
                await outbox.notify(tx, person_id, view, now, Telling.ANSWER, account_id=account_id, subject=subject)
            elif await letter_store.count_strangers(tx) >= _MOST_STRANGERS:
                return False
            else:
                await letter_store.write_to_stranger(tx, FEATURES.name, address, view, now, subject=subject)
            return True

        answered = await self._store.transact(unit)
        self._dispatcher.committed()
        return answered


async def _state(tx: Transaction) -> Mapping[str, Any]:
    """Return up to which mail all were taken, which of these are to be marked as read, and how many stay unread."""
    stored = await setting_store.get(tx, letter_store.MAILBOX)
    return json.loads(stored) if stored else _START


def _names(attachments: Sequence[str]) -> str:
    """Return the names of files that came with a mail, of which nothing is kept; '' for none."""
    return f"[{', '.join(attachments[:10])}]" if attachments else ""
