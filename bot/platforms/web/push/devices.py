"""Reads a browser's request to be notified of messages by pushes, and refuses invalid requests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from aiohttp import web

from bot.content.texts import _
from bot.people.device_store import Subscription
from bot.platforms.web.bodies import Posted
from bot.platforms.web.faults import PostRefused
from bot.platforms.web.gestures import word
from bot.platforms.web.push.encryption import device_key, from_base64, to_base64
from bot.platforms.web.push.endpoints import is_known

_SECRET = 16
"""Bytes of the secret that a browser shares with us."""
_LONGEST_KEY = 200
_BROWSERS = (
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("EdgiOS/", "Edge"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What tells browsers apart in the header `User-Agent`, in the order in which it is looked for, and their names."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def read_subscription(data: Posted, services: Sequence[str]) -> Subscription:
    """Return the address and keys with which a browser receives push notifications, from the form that it posted.

    `services` are the hosts of the push services that may be used. Raises PostRefused for any other push service, and
    HTTPBadRequest for a form that no browser sends.
    """
    subscription = Subscription(*(word(data, part).strip() for part in ("endpoint", "device", "secret")))
    try:
        if max(len(subscription.public_key), len(subscription.secret)) > _LONGEST_KEY:
            raise ValueError("no key is so long")
        device_key(subscription.public_key)
        if len(from_base64(subscription.secret)) != _SECRET:
            raise ValueError("no secret of a browser")
    except ValueError:
        raise web.HTTPBadRequest from None
    if not is_known(subscription.endpoint, services):
        raise PostRefused(
            _("This browser cannot notify you, so nothing was changed. Try another one, or one of the chats."), 422
        )
    return subscription


def digest_of(endpoint: str) -> str:
    """Return a digest of the address at which a browser receives push notifications.

    With the digest, a page's script recognises its own browser, although the page does not contain the address.
    """
    return to_base64(hashlib.sha256(endpoint.encode()).digest())[:22]


def browser_name(user_agent: str) -> str:
    """Return a short name of a browser for its owner, like «Firefox, Android»; '' if it is unknown.

    `user_agent` is the header that the browser sent.
    """
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return ", ".join(filter(None, (browser, system)))
