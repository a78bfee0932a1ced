"""Keeps the web server from revealing the name and version of the library that answers."""

from __future__ import annotations

from aiohttp import web_response

_NAME = "Rencontres"


def name_no_version() -> None:
    """Make the header `Server` of every HTTP answer name no library and version, even after an invalid request.

    The HTTP library has no setting for this. With the version, attackers could look up its weaknesses.
    """
    vars(web_response)["SERVER_SOFTWARE"] = _NAME
