"""Gives each letter a number and a token, by which a bounce or an answer that names it is recognised.

The token is a keyed hash of the number: the number without it proves nothing, and a letter that is sent again has the
same one, so that mail programs recognise it. The page for unsubscribing, whose address readers see and forward, has
another token, which proves nothing about bounces.
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
_UNSUBSCRIBES = "u"
"""The letter before a number whose token is for the page for unsubscribing."""


@dataclass(frozen=True, slots=True)
class LetterIdentity:
    """The identity of a letter (an e-mail): its number in the outbox, and a token that proves the number.

    `page_token` proves the number to the page for unsubscribing only.
    """

    number: int
    token: str
    page_token: str = ""

    @property
    def native_id(self) -> str:
        """Return the id that is stored for the letter after it was sent."""
        return f"d.{self.number}.{self.token}"

    @property
    def path(self) -> str:
        """Return the text that names the letter in the address of the page for unsubscribing."""
        return f"{_UNSUBSCRIBES}{self.number}-{self.page_token}"

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
        page_token = await self._token(f"{_UNSUBSCRIBES}{number}")
        return LetterIdentity(number, await self._token(str(number)), page_token)

    async def recognise(self, named: str, *, on_page: bool = False) -> LetterIdentity | None:
        """Return the identity that a native id names; None if its token does not fit its number.

        If `on_page` is True, `named` comes from the address of the page for unsubscribing. There the token of a native
        id is accepted too, because links in older letters have it.
        """
        for_page = on_page and named.startswith(_UNSUBSCRIBES)
        found = _NAMED.fullmatch(named.removeprefix(_UNSUBSCRIBES) if for_page else named)
        if found is None:
            return None
        known = await self.of(int(found[1]))
        return known if hmac.compare_digest(known.page_token if for_page else known.token, found[2]) else None

    async def _token(self, what: str) -> str:
        if not self._key:
            made = secrets.token_hex(32)
            stored = await self._store.transact(lambda tx: setting_store.put_once(tx, _KEY, made))
            self._key = bytes.fromhex(stored)
        return hmac.new(self._key, what.encode(), hashlib.sha256).hexdigest()[:_LETTERS]
