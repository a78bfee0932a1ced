"""Tells which platforms the settings turn on and how they are reached, and creates their adapters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.content.features import platforms
from bot.content.platforms.record import Pace
from bot.delivery.pacer import Pacer

if TYPE_CHECKING:
    from aiohttp import web

    from bot.background.side_process import SideProcess
    from bot.background.wakeups import Wakeups
    from bot.clock import Clock
    from bot.content.texts import Text
    from bot.conversation.dispatch import Dispatcher
    from bot.conversation.displays import Display
    from bot.database.engine import Store
    from bot.delivery.platform import Platform
    from bot.monitoring.health import Health


def configured(settings: Settings) -> frozenset[str]:
    """Return the names of the platforms that the settings turn on."""
    switches = {
        "telegram": settings.telegram.token.get_secret_value(),
        "discord": settings.discord.token.get_secret_value(),
        "web": settings.web.public_url,
        "email": settings.email.server,
    }
    return frozenset(name for name, switch in switches.items() if switch)


def listening(settings: Settings, wanted: frozenset[str]) -> list[str]:
    """Return a sentence for each platform that tells a person at a terminal how the program reaches it.

    Only the platforms that are both `wanted` and configured are included.
    """
    served = f"http://{settings.web.host}:{settings.web.port}"
    by_webhook = f"sends messages to {settings.telegram.webhook_url}, which has to lead to {served}"
    fetched = by_webhook if settings.telegram.mode == "webhook" else "is asked for messages: no port is needed"
    led = "" if settings.web.public_url.rstrip("/") == served else f", which has to lead to {served}"
    lines = {
        "telegram": f"Telegram {fetched}.",
        "discord": "Discord is connected to: no port is needed.",
        "web": f"Pages are at {settings.web.public_url}{led}.",
        "email": f"Letters go to {settings.email.server}: no port is needed.",
    }
    return [line for name, line in lines.items() if name in wanted & configured(settings)]


def beside_deliveries(platforms: Iterable[Platform]) -> list[Callable[[], Awaitable[None]]]:
    """Return functions that notify people while their pages are closed.

    The program that sends deliveries must run them, until they are cancelled.
    """
    services: list[Callable[[], Awaitable[None]]] = []
    for platform in platforms:
        if platform.name == "web":
            from bot.platforms.web.adapter import Web

            if isinstance(platform, Web) and platform.pushes:
                services.append(platform.pushes.run)
    return services


def pacers_of(settings: Settings) -> dict[str, Pacer]:
    """Return, by platform, the pacers that delivery does not create by itself.

    A platform has one if replies count against its limits too, or if the settings say its pace, as for e-mail.
    """
    made = {name: Pacer(features.pace) for name, features in platforms().items() if features.replies_count}
    if per_hour := settings.email.per_hour:
        made["email"] = Pacer(Pace(per_hour / 3600))
    return made


def open_platforms(
    settings: Settings,
    dispatcher: Dispatcher,
    store: Store,
    clock: Clock,
    wanted: frozenset[str],
    received: frozenset[str],
    pacers: Mapping[str, Pacer],
    wakeups: Wakeups,
    health: Health,
    *,
    framed: bool,
    displays: Sequence[Display],
    lock_screen: Mapping[str, Text],
    new_process: Callable[[], SideProcess],
) -> list[Platform]:
    """Create the adapters of the platforms that are both `wanted` and configured, loading only the libraries they need.

    `wanted` are names of platforms, and `received` the platforms from which this program receives updates. `pacers`
    limit the rate of messages by platform, and are shared with delivery. `wakeups` notifies other programs of changes,
    and `health` is the program's state, which an HTTP server reports to monitoring. With `framed`, web pages may be
    shown inside the demo's page. `displays` are the kinds of displays that capabilities declare; `new_process` creates
    the process that draws their pictures. `lock_screen` has, by kind of delivery, the text of a notification on a
    locked phone.
    """
    on = wanted & configured(settings)
    adapters: list[Platform] = []
    webhook: list[web.RouteDef] = []
    if "telegram" in on:
        from bot.platforms.telegram.adapter import Telegram

        telegram = Telegram(settings, dispatcher, store, clock, pacers["telegram"], wakeups)
        adapters.append(telegram)
        webhook = telegram.webhook_routes() if "telegram" in received else []
    if "discord" in on:
        from bot.platforms.discord.adapter import Discord

        adapters.append(Discord(settings, dispatcher, store, clock))
    if "web" in on:
        from bot.platforms.web.adapter import Web

        pages = Web(
            settings,
            dispatcher,
            store,
            clock,
            wakeups,
            health,
            framed=framed,
            displays=displays,
            lock_screen=lock_screen,
            new_process=new_process,
        )
        adapters.append(pages)
        if settings.web.encrypted and "telegram" in configured(settings):
            from bot.platforms.telegram.mini_app import MiniApp

            pages.mount(MiniApp(settings, store, clock, pages).routes())
    if "email" in on:
        from bot.platforms.email.adapter import Email

        adapters.append(Email(settings, store, clock, dispatcher=dispatcher, new_process=new_process))
        if "web" in on:
            from bot.platforms.email.unsubscribing import Unsubscribing

            pages.mount(Unsubscribing(settings, store, pages.pages).routes())
    if webhook and "web" in on & received:
        pages.mount(webhook)
    elif webhook:
        from bot.platforms.web.server import HttpServer

        telegram.server = HttpServer(settings)
        telegram.server.app.add_routes([*webhook, *health.routes()])
    return adapters
