"""The Bot API methods by which a bot gets its updates: by long polling or by a webhook, not both."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from bot.rehearsal.botapi.webhook import WebhookDelivery
from bot.rehearsal.botapi.wire import ApiError, MethodCall, bad_request, success
from bot.rehearsal.botapi.world import World

_LONGEST_POLL = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


async def get_updates(world: World, call: MethodCall) -> bytes:
    """Return the next updates for the bot as encoded JSON, and forget the updates below the offset in the call.

    Waits for the first update for as many seconds as the call asks. Raises ApiError 409 if a webhook is set.
    """
    if world.webhook is not None:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    world.updates.allow(call.structure("allowed_updates", list))
    world.updates.confirm_below(call.integer("offset"))
    world.bell.ring()
    limit = min(max(call.integer("limit", 100), 1), 100)
    seconds = min(max(call.integer("timeout"), 0), _LONGEST_POLL)
    return b'{"ok":true,"result":' + await world.updates.poll(limit, seconds) + b"}"


async def set_webhook(world: World, call: MethodCall) -> bytes:
    """Set the address to which updates for the bot are posted; '' removes the address. Returns the encoded answer.

    Only addresses of this machine are accepted; they may be plain HTTP.
    """
    url, secret = call.text("url"), call.text("secret_token")
    if not url:
        return await delete_webhook(world, call)
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise bad_request("bad webhook: this server reaches loopback addresses only")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    await delete_webhook(world, call)
    world.updates.allow(call.structure("allowed_updates", list))
    world.updates.end_poll("terminated by setWebhook request")
    connections = min(max(call.integer("max_connections", 40), 1), 100)
    world.webhook = WebhookDelivery(world.updates, url, secret, connections, world.webhook_repeat, world.bell.ring)
    world.bell.ring()
    return success(True)


async def delete_webhook(world: World, call: MethodCall) -> bytes:
    """Stop posting updates to the bot's webhook; from now on the bot fetches them. Returns the encoded answer.

    If the call asks for it, the updates that wait are dropped.
    """
    if world.webhook is not None:
        webhook, world.webhook = world.webhook, None
        await asyncio.shield(webhook.stop())  # even if the calling bot is killed meanwhile
    if call.flag("drop_pending_updates"):
        world.updates.pending.clear()
        world.bell.ring()
    return success(True)


async def get_webhook_info(world: World, _call: MethodCall) -> bytes:
    """Return, as encoded JSON, the webhook's address, the number of updates that wait, and the last failure."""
    world.updates.expire()
    info = {"url": "", "has_custom_certificate": False, "pending_update_count": len(world.updates.pending)}
    if world.webhook is not None:
        info |= {"url": world.webhook.url, "max_connections": world.webhook.connections}
        if world.webhook.last_error:
            info |= {"last_error_date": int(world.now()), "last_error_message": world.webhook.last_error}
    if world.updates.allowed:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return success(info)


METHODS: dict[str, Callable[[World, MethodCall], Awaitable[bytes]]] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
"""Every method of this module by its name in the Bot API. These methods can wait, and return encoded results."""
