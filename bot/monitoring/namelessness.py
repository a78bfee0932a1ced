"""Keeps the web server from revealing the name and version of the library that answers."""

from __future__ import annotations

from aiohttp import web_response

_NAME = "Rencontres"


def name_no_version() -> None:
    """Make the header `Server` of every HTTP answer name no library and version, even after an invalid request.

    The library writes them into each answer, without a setting. Attackers could look up the version's weaknesses.
    """
    vars(web_response)["SERVER_SOFTWARE"] = _NAME
