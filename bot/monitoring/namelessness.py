"""Keeps from whoever asks a server of this program by which library, in which version, it is answered."""

from __future__ import annotations

from aiohttp import web_response

_NAME = "Rencontres"


def name_no_version() -> None:
    """Let the header `Server` of every answer name no library and no version, also where a request was no HTTP.

    The library writes it into each answer, and offers no setting for that. Whoever knows the version looks up what can
    be done to it.
    """
    vars(web_response)["SERVER_SOFTWARE"] = _NAME
