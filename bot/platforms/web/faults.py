"""Turns errors into responses with a polite text: a page, or JSON if the page's script asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from bot.config.settings import Settings
from bot.content.failures import failure_text
from bot.content.texts import Reader, Span, Text, _, plain
from bot.database.engine import StoreUnavailable
from bot.files.stored_files import FilesAway
from bot.logs import new_reference, under_reference
from bot.platforms.web.guard import UnknownName, check_request, hosts
from bot.platforms.web.pages import Pages
from bot.platforms.web.sessions import language_of, reader_of

log = structlog.get_logger()

BODY = 30_000_000
"""The most bytes of one request: a few photos, each of at most 10 MB, and the form around them."""

READER = web.RequestKey("reader", Reader)
"""The key under which a request stores its reader, once the session of the request is recognised."""

OPEN_AGAIN = _("Your page closes here after half an hour. Open it again with the button in our chat.")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PostRefused(Exception):
    """The error that a posted form is refused and changed nothing. It has lines to show and an HTTP status."""

    def __init__(self, text: Text, status: int, *more: Span) -> None:
        super().__init__(text.message)
        self.lines = (text, *more)
        self.status = status


def wants_json(request: web.Request) -> bool:
    """Return True if a request comes from the page's script, which wants JSON, and not from the browser itself."""
    return request.headers.get("Accept") == "application/json"


def html(text: str, status: int = 200) -> web.Response:
    """Return a response with a page; `text` is its HTML, and `status` the HTTP status."""
    return web.Response(text=text, status=status, content_type="text/html")


def notice_page(
    request: web.Request, pages: Pages, reader: Reader, lines: tuple[Span, ...], status: int
) -> web.Response:
    """Return a response with a few lines of text and a link to the person's page.

    It is an HTML page, or JSON if the page's script sent the request. `status` is the HTTP status.
    """
    if wants_json(request):
        return web.json_response({"notice": "\n".join(plain(line, reader) for line in lines)}, status=status)
    page = request.match_info.get("person") if status != web.HTTPGone.status_code else None
    back = pages.path_of(int(page), inside=pages.is_inside(request)) if page else ""
    return html(pages.notice_page(reader, lines, back), status)


def error_middleware(settings: Settings, pages: Pages) -> Any:
    """Return the aiohttp middleware that refuses requests that no browser sends, and turns errors into responses."""
    names = hosts(settings.web.public_url, settings.telegram.webhook_url)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        reference = new_reference()  # gestures have the reference of their own update
        with under_reference(reference):
            return await answer(request, handler, reference)

    async def answer(request: web.Request, handler: Handler, reference: str) -> web.StreamResponse:
        reader = reader_of(None, language_of(request), settings)
        lines: tuple[Span, ...]
        try:
            check_request(request, names)
            return await handler(request)
        except web.HTTPNotFound:
            inside, scripted = pages.is_inside(request), wants_json(request)
            if inside and not scripted:
                return html(pages.notice_page(reader, (OPEN_AGAIN, *pages.whom_to_call)), 404)
            if not scripted:
                return html(pages.closed(reader, pasted=pages.is_path_of_page(request)), 404)
            line = _(
                "No page opens here: a link may have been replaced, or this browser may not have opened yours yet."
            )
            # Another status than 404, upon which the script reloads the page: what was typed stays in its field.
            lines, status = ((OPEN_AGAIN,), 403) if inside else ((line,), 404)
        except web.HTTPForbidden:
            lines, status = (_("This page is out of date. Open it again, then try again."),), 403
        except web.HTTPRequestEntityTooLarge:
            line = _("Too much at once: {most} MB at most. Send fewer files, or smaller ones.", most=BODY // 1_000_000)
            lines, status = (line,), 413
        except PostRefused as refusal:
            lines, status = refusal.lines, refusal.status
        except UnknownName:
            lines, status = (_("There is no page at this address. Open the link you were given."),), 400
        except web.HTTPBadRequest:
            line = _("Your browser sent something I cannot read. Nothing was changed: reload the page and try again.")
            lines, status = (line,), 400
        except StoreUnavailable:
            lines, status = (_("Not saved: our store does not answer. Try again in a minute."),), 503
        except FilesAway as error:
            log.warning("web.file_away", reason=error.strerror)
            lines, status = (
                (_("I cannot get this file just now. It is not lost: open it again in a few minutes."),),
                503,
            )
        except web.HTTPException:
            raise
        except Exception:
            log.exception("web.request_failed", route=_route_of(request))
            lines, status = (failure_text(reference),), 500
        if request.method == "POST" or status >= web.HTTPInternalServerError.status_code:  # it may have been for help
            lines = (*lines, *(line for line in pages.whom_to_call if line not in lines))
        return notice_page(request, pages, request.get(READER, reader), lines, status)

    return middleware


def _route_of(request: web.Request) -> str:
    """Return method and route of a request, without the values in its path, which may be a personal link."""
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource else '(none)'}"
