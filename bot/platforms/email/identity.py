"""Gives each letter a number and a token, by which a bounce or an answer that names it is recognised.

The token is a keyed hash of the number: the number without it proves nothing, and a letter that is sent again has the
same one, so that mail programs recognise it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from bot.config import setting_store
from bot.database.engine import Store

_KEY = "letter_key"
_LETTERS = 20
"""The length of a token: 80 bits, in hexadecimal."""
_NAMED = re.compile(r"(?:d\.)?([0-9]{1,15})[.-]([0-9a-f]{20})")


@dataclass(frozen=True, slots=True)
class LetterIdentity:
    """The identity of a letter (an e-mail): its number in the outbox, and a token that proves the number."""

    number: int
    token: str

    @property
    def native_id(self) -> str:
        """Return the id that is stored for the letter after it was sent."""
        return f"d.{self.number}.{self.token}"

    @property
    def path(self) -> str:
        """Return the text that names the letter in the address of a page, such as the page for unsubscribing."""
        return f"{self.number}-{self.token}"

    def message_id(self, domain: str, again: str = "") -> str:
        """Return the Message-ID of the letter; `again` distinguishes its corrections, '' for the letter itself."""
        return f"<{self.native_id}{'.' if again else ''}{again}@{domain}>"

    def envelope_sender(self, domain: str) -> str:
        """Return the sender's address to which mail servers return the letter if it cannot be delivered."""
        return f"bounces+{self.number}-{self.token}@{domain}"


class Identities:
    """Creates and recognises the identities of letters (e-mails) with a key that is stored for the installation."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = b""

    async def of(self, number: int) -> LetterIdentity:
        """Return the identity of the letter with this number in the outbox."""
        return LetterIdentity(number, await self._token(number))

    async def recognise(self, named: str) -> LetterIdentity | None:
        """Return the identity that a native id or a path names; None if its token does not fit its number."""
        found = _NAMED.fullmatch(named)
        if found is None:
            return None
        token = await self._token(int(found[1]))
        return LetterIdentity(int(found[1]), token) if hmac.compare_digest(token, found[2]) else None

    async def _token(self, number: int) -> str:
        if not self._key:
            made = secrets.token_hex(32)
            stored = await self._store.transact(lambda tx: setting_store.put_once(tx, _KEY, made))
            self._key = bytes.fromhex(stored)
        return hmac.new(self._key, str(number).encode(), hashlib.sha256).hexdigest()[:_LETTERS]
