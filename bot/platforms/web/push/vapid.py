"""Identifies this installation to push services (VAPID, RFC 8292): by a key of its own, and tokens signed with it.

The key is in the database, because all programs that share a database must push with the same key. A browser accepts
only pushes of the key with which it subscribed: a backup without the key would lose every subscription.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bot.config import setting_store
from bot.database.engine import Transaction
from bot.platforms.web.push.encryption import from_base64, public_bytes, to_base64
from bot.platforms.web.push.endpoints import origin_of

_SETTING = "push_key"
_LASTS = timedelta(hours=12)
"""How long a token is valid: push services take at most 24 hours, and the clocks of both sides may differ."""
_USED = timedelta(hours=1)
"""For how long the same token is used."""


class _Token(NamedTuple):
    """A signed token, with the instant at which it was signed."""

    signed_at: datetime
    text: str

    def is_sent(self, now: datetime) -> bool:
        """Return whether the token can still be used: it is not too old, nor dated in the future by a wrong clock."""
        return timedelta() <= now - self.signed_at < _USED


class VapidKey:
    """The key of this installation, with which push services and browsers recognise its push notifications."""

    def __init__(self, key: EllipticCurvePrivateKey, subject: str) -> None:
        """`subject` is an https address at which the operators of a push service can find us."""
        self._key = key
        self._subject = subject
        self._tokens: dict[str, _Token] = {}
        self.public = to_base64(public_bytes(key.public_key()))
        """The public part, base64url, which browsers are given when they subscribe."""

    def authorization(self, endpoint: str, now: datetime) -> str:
        """Return the header `Authorization` for a push notification to a browser whose push address is `endpoint`."""
        audience = origin_of(endpoint)
        token = self._tokens.get(audience)
        if token is None or not token.is_sent(now):
            token = _Token(now, self._sign(audience, now))
            # The others that are over go too: a known service may have any number of hosts, which browsers name.
            others = {known: other for known, other in self._tokens.items() if other.is_sent(now)}
            self._tokens = others | {audience: token}
        return f"vapid t={token.text}, k={self.public}"

    def _sign(self, audience: str, now: datetime) -> str:
        claims = {"aud": audience, "exp": int((now + _LASTS).timestamp()), "sub": self._subject}
        parts = (json.dumps(part, separators=(",", ":")).encode() for part in ({"typ": "JWT", "alg": "ES256"}, claims))
        signed = ".".join(to_base64(part) for part in parts)
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ECDSA(SHA256())))
        return f"{signed}.{to_base64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


async def load_key(tx: Transaction, public_url: str) -> VapidKey:
    """Return the key of this installation for push notifications; if there is none yet, create and store it.

    `public_url` is the address of the pages, at which the operators of a push service can find us.
    """
    subject = public_url if public_url.startswith("https://") else "mailto:postmaster@localhost"
    new = generate_private_key(SECP256R1()).private_numbers().private_value.to_bytes(32, "big")
    stored = await setting_store.put_once(tx, _SETTING, to_base64(new))
    return VapidKey(derive_private_key(int.from_bytes(from_base64(stored), "big"), SECP256R1()), subject)
