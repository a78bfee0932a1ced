"""Reads the mails in the mailbox: returned letters, and answers of people.

One transaction stores both what the mails change and the number of the last mail, so that each mail is handled once. A
handled mail is marked as read at the next look; a mail that stays unread waits for a person of the team.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.background.side_process import SideProcess, WorkerDied
from bot.backoff import Backoff
from bot.clock import Clock
from bot.config import setting_store
from bot.config.settings import Settings
from bot.conversation.dispatch import Dispatcher
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery import letter_store
from bot.delivery.returned_letters import MailKind, settle_mail
from bot.membership.mail_answers import MailAnswers
from bot.metrics import MAILS
from bot.platforms.email.identity import Identities
from bot.platforms.email.mailbox import MailboxAway, look
from bot.platforms.email.received.classifying import Reading, judged

log = structlog.get_logger()

_EVERY, _LONGEST = 120.0, 600.0
"""Seconds between two looks into the mailbox, and after which the process that looks is ended."""
_MOST_WORDS, _OVERLAP, _MOST_PIECES = 4000, 200, 8
"""The most characters of an answer that are handed on, and in how many such pieces, which overlap, cries are sought."""
_MOST_NAMED = 50
"""The most letters and addresses named in one mail that are looked at."""
_START: Mapping[str, Any] = {"validity": 0, "last": 0, "first": True, "seen": [], "unread": 0}


class Arrivals:
    """Reads the mailbox every two minutes, and handles each mail: a returned letter, or an answer of a person."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, dispatcher: Dispatcher, process: SideProcess
    ) -> None:
        self._settings = settings.email
        self._store = store
        self._clock = clock
        self._answers = MailAnswers(store, clock, dispatcher)
        self._identities = Identities(store)
        self._process = process

    async def run(self) -> None:
        """Read the mailbox until cancelled. If it cannot be read, the log says so once for each reason."""
        backoff, failures, told = Backoff(first=_EVERY, longest=900.0), 0, ""
        try:
            while True:
                try:
                    while await self.look():
                        pass
                    if told:
                        log.info("email.mailbox_back")
                    failures, told = 0, ""
                except (MailboxAway, WorkerDied, MemoryError, StoreUnavailable) as error:
                    failures += 1
                    why = str(error) if isinstance(error, MailboxAway) else type(error).__name__
                    if told != (told := why):
                        log.warning("email.mailbox_away", reason=told)
                self._process.close()
                await self._clock.sleep(backoff.after(max(failures, 1)))
        finally:
            self._process.close()

    async def look(self) -> bool:
        """Handle the next mails, and return whether there are more.

        Raises MailboxAway if the mailbox cannot be read. Raises WorkerDied or MemoryError if the process that reads
        mails ended or needs too much memory.
        """
        before = await self._store.read(_state)
        found = dict(await self._process.do(look, {**before, "settings": self._settings}, _LONGEST))
        mails: Mapping[int, Reading | None] = found.pop("mails")
        more: bool = found.pop("more")
        what = await self._each_judged({number: mail for number, mail in mails.items() if mail})
        taken, kept = list[int](), set[int]()
        kinds = Counter(kind.value for kind, _about in what.values())
        for number, (kind, _about) in list(what.items()):
            MAILS.count(kind)
            if mail := mails[number]:
                done = await self._heard(f"{found['validity']}.{number}", kind, mail)
                if done is False and mail.returns:
                    kept.add(number)  # it returns a letter all the same
                elif done is False or (done and kind is not MailKind.UNSUBSCRIBE):
                    del what[number]
                if done:
                    taken.append(number)

        async def unit(tx: Transaction) -> None:
            if await _state(tx) != before:
                return  # another program went on meanwhile
            now = self._clock.now()
            settled = [number for number, (kind, about) in what.items() if await settle_mail(tx, kind, about, now)]
            seen = sorted({*settled, *taken} - kept)
            after = {**found, "seen": seen, "unread": found["unread"] + len(mails) - len(seen)}
            if after != before:
                await setting_store.put(tx, letter_store.MAILBOX, json.dumps(after))

        await self._store.transact(unit)
        if kinds:
            log.info("email.mails_taken", kinds=dict(kinds))
        return more

    async def _heard(self, update_id: str, kind: MailKind, mail: Reading) -> bool | None:
        """Have what somebody says in a mail heard, and return whether that was done.

        Returns False if a person must read the mail, None if it says nothing. A cry for help is looked for in all of
        the mail, also in what a filter, a robot or a mail server seems to have written.
        """
        try:
            robot = (kind is MailKind.AUTO and not mail.guessed) or bool(mail.returns)
            words = _pieces(mail.words or "")
            cry = "" if robot else await self._answers.cry_in(mail.sender, words[:_MOST_PIECES])
            # Beside other words only what is certain counts: a signature may name a helpline.
            said = {piece: None for text in mail.said for piece in _pieces(text)[:_MOST_PIECES] if piece not in words}
            cry = cry or await self._answers.cry_in(mail.sender, [*said], certain=robot or bool(words))
            if not (cry or mail.returns) and ((mail.cut and not words) or len(words) > _MOST_PIECES):
                return False  # it may say what was not looked at
            if kind is not MailKind.ANSWER and (robot or not cry):
                return False if cry or mail.guessed else None
            if not mail.sender or (mail.doubtful and not cry):
                return False  # nobody could be answered, or it would be asked in somebody else's name
            files = f"[{', '.join(mail.attachments[:10])}]" if mail.attachments else ""  # named, and not kept
            return await self._answers.hear(update_id, mail.sender, cry or "".join(words[:1]), files)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one mail raises: a person reads it
            log.error("email.mail_failed", error=type(error).__name__)
            return False

    async def _each_judged(self, mails: Mapping[int, Reading]) -> dict[int, tuple[MailKind, int | None]]:
        """Return what `_judged` does, without the mails that cannot be judged: a person reads these."""
        try:
            return dict(await self._judged(mails))
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one mail raises: the others are read
            if len(mails) > 1:
                alone = [await self._each_judged({number: mail}) for number, mail in mails.items()]
                return {number: what for each in alone for number, what in each.items()}
            log.error("email.mail_failed", error=type(error).__name__)
            return {}

    async def _judged(self, mails: Mapping[int, Reading]) -> Mapping[int, tuple[MailKind, int | None]]:
        """Return what each mail is, and the letter it proves to be about."""
        named = {letter for mail in mails.values() for letter in (*mail.came_to, *mail.names)[:_MOST_NAMED]}
        proven = {number: token for number, token in named if await self._identities.recognise(f"{number}-{token}")}
        failed = {at for mail in mails.values() for each, _kind in mail.returns[:_MOST_NAMED] for at in each}
        letters = await self._store.read(lambda tx: letter_store.addressed(tx, proven))
        known = await self._store.read(lambda tx: letter_store.known_addresses(tx, failed))
        sent = {(letter.id, proven[letter.id]): letter.address for letter in letters}
        return {number: judged(mail, sent, known) for number, mail in mails.items()}


def _pieces(text: str) -> Sequence[str]:
    """Return a text in pieces of at most `_MOST_WORDS` characters, which overlap so that none cuts a cry in two."""
    return [text[at : at + _MOST_WORDS] for at in range(0, len(text), _MOST_WORDS - _OVERLAP) if text[at:].strip()]


async def _state(tx: Transaction) -> Mapping[str, Any]:
    """Return up to which mail all were taken, which of these are to be marked as read, and how many stay unread."""
    stored = await setting_store.get(tx, letter_store.MAILBOX)
    return json.loads(stored) if stored else _START
