"""A strict push service on this machine, and the browsers that subscribe to it.

It does what the push services of browsers do (RFC 8030), and refuses everything that the standards forbid: senders must
sign (RFC 8292), and what is sent must be encrypted for the browser (RFC 8291). A browser decrypts what it gets.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from bot.people.device_store import Subscription
from bot.platforms.web.push.encryption import MOST_BYTES, device_key, from_base64, keys, public_bytes, to_base64

_TOKEN_LASTS = timedelta(hours=24)
_LONGEST_TTL = 28 * 24 * 3600
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_URGENCIES = frozenset({"very-low", "low", "normal", "high"})
_HEAD = struct.Struct(">16sIB65s")


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push notification as a browser got it: its content, the headers it was sent with, and when it arrived."""

    content: dict[str, Any]
    topic: str
    urgency: str
    ttl: int
    at: datetime


@dataclass(eq=False)
class PushBrowser:
    """A simulated browser that subscribed to push notifications, which must be signed with the key `application_key`.

    `online` is False for a phone that is switched off.
    """

    endpoint: str
    application_key: str
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    online: bool = True
    received: list[Pushed] = field(default_factory=list)
    waiting: dict[str, Pushed] = field(default_factory=dict)
    """The pushes that wait for a phone that is switched off, by topic; a push without a topic has a key of its own."""

    @property
    def subscription(self) -> Subscription:
        """Return what the browser sends to the page's server to subscribe to notifications."""
        return Subscription(self.endpoint, to_base64(public_bytes(self.key.public_key())), to_base64(self.secret))

    def decrypt(self, body: bytes) -> bytes:
        """Return the content in the body of a push.

        Raises ValueError for a body that is not encrypted for this browser.
        """
        if len(body) < _HEAD.size:
            raise ValueError("no header")
        salt, record, length, server = _HEAD.unpack_from(body)
        sealed = body[_HEAD.size :]
        if length != 65 or len(sealed) > record:
            raise ValueError("another header")
        shared = self.key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), server))
        key, nonce = keys(shared, public_bytes(self.key.public_key()), server, self.secret, salt)
        try:
            plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        except InvalidTag:
            raise ValueError("encrypted for another browser") from None
        if not plain.endswith(b"\x02"):
            raise ValueError("no end of the last record")
        return plain[:-1]


@dataclass(frozen=True, slots=True)
class Fault:
    """How the simulated push service fails for one push: it answers `status` after `delay` seconds of real time.

    `retry_after` is the answer's header `Retry-After`, '' for none. With a status below 300 the push is accepted, only
    late.
    """

    status: int
    retry_after: str = ""
    delay: float = 0.0


class PushService:
    """A simulated push service, which refuses what the standards forbid.

    `violations` lists what violated the standards. `faults` is called with the browser before each push, and returns
    how the push fails, or None. While the event `answering` is not set, the service accepts pushes and answers none.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self._browsers: dict[str, PushBrowser] = {}
        self.root = ""
        """The address of the service, as it is to be named among the services of the settings."""
        self.violations: list[str] = []
        self.answers: list[int] = []
        self.faults: Callable[[PushBrowser], Fault | None] = lambda _browser: None
        self.answering = asyncio.Event()
        self.answering.set()

    def subscribe(self, application_key: str) -> PushBrowser:
        """Return a new simulated browser that accepts push notifications signed with this key."""
        token = secrets.token_urlsafe(24)
        browser = PushBrowser(f"{self.root}/push/{token}", application_key)
        self._browsers[token] = browser
        return browser

    @property
    def devices(self) -> int:
        """Return how many simulated browsers have subscribed to notifications."""
        return len(self._browsers)

    @property
    def count(self) -> int:
        """Return how many push notifications arrived in all browsers together."""
        return sum(len(browser.received) for browser in self._browsers.values())

    def differences(self) -> list[str]:
        """Return a line for each violation of the standards, and one if pushes arrived twice; empty if all is well."""
        twice = 0
        for browser in self._browsers.values():
            tags = [pushed.content["tag"] for pushed in browser.received]
            twice += len(tags) - len(set(tags))
        return [*self.violations, *([f"{twice} pushes came twice"] if twice else [])]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[PushService]:
        """Run the push service on a free port of this machine inside the `async with` block."""
        app = web.Application(client_max_size=2 * MOST_BYTES)
        app.add_routes([web.post("/push/{token}", self._take)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.root = f"http://{host}:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        response = await self._response_to(request)
        await self.answering.wait()
        return response

    async def _response_to(self, request: web.Request) -> web.Response:
        browser = self._browsers.get(request.match_info["token"])
        if browser is None:
            return self._answer(410)
        fault = self.faults(browser)
        if fault:
            await asyncio.sleep(fault.delay)
            if fault.status >= 300:
                return self._answer(fault.status, {"Retry-After": fault.retry_after} if fault.retry_after else {})
        body = await request.read()
        if len(body) > MOST_BYTES:
            return self._refuse(413, f"a body of {len(body)} bytes")
        if problem := self._who_sends(request, browser):
            return self._refuse(403, problem)
        if problem := _what_is_sent(request):
            return self._refuse(400, problem)
        try:
            content = json.loads(browser.decrypt(body))
        except ValueError as error:
            self.violations.append(f"what the browser cannot read: {error}")
            return self._answer(201)
        headers = request.headers
        topic = headers.get("Topic", "")
        pushed = Pushed(content, topic, headers.get("Urgency", "normal"), int(headers["TTL"]), self.now())
        if browser.online:
            browser.received.append(pushed)
        else:
            browser.waiting[topic or secrets.token_hex(8)] = pushed
        return self._answer(201, {"Location": f"{self.root}/message/{secrets.token_hex(8)}"})

    def _who_sends(self, request: web.Request, browser: PushBrowser) -> str:
        """Return what is wrong with who signed a push, '' if nothing is."""
        match = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)", request.headers["Authorization"])
        if match is None:
            return "no signature"
        head, claims, signature, key = match.groups()
        if key != browser.application_key:
            return "another key than the browser subscribed for"
        signed, raw = f"{head}.{claims}".encode(), from_base64(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        try:
            device_key(key).verify(der, signed, ECDSA(SHA256()))
        except InvalidSignature:
            return "a wrong signature"
        if json.loads(from_base64(head)) != {"typ": "JWT", "alg": "ES256"}:
            return "another kind of token"
        told = json.loads(from_base64(claims))
        left = datetime.fromtimestamp(told["exp"], UTC) - self.now()
        if told["aud"] != self.root:
            return f"a token for {told['aud']}"
        if not timedelta() < left <= _TOKEN_LASTS:
            return f"a token that lasts {left}"
        if not str(told.get("sub", "")).startswith(("mailto:", "https://")):
            return "nobody to write to"
        return ""

    def _refuse(self, status: int, problem: str) -> web.Response:
        self.violations.append(problem)
        return self._answer(status)

    def _answer(self, status: int, headers: dict[str, str] | None = None) -> web.Response:
        self.answers.append(status)
        return web.Response(status=status, headers=headers)


def _what_is_sent(request: web.Request) -> str:
    """Return what is wrong with the headers of a push, '' if nothing is."""
    headers = request.headers
    ttl, topic = headers.get("TTL", ""), headers.get("Topic")
    if headers.get("Content-Encoding") != "aes128gcm":
        return f"the encoding {headers.get('Content-Encoding')}"
    if not ttl.isdigit() or int(ttl) > _LONGEST_TTL:
        return f"the TTL {ttl!r}"
    if topic is not None and not _TOPIC.fullmatch(topic):
        return f"the topic {topic!r}"
    if headers.get("Urgency", "normal") not in _URGENCIES:
        return f"the urgency {headers['Urgency']!r}"
    return ""
