"""Reads the parameters of one call from an HTTP request, and encodes a result or a refusal as the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from aiohttp import web

Json = dict[str, Any]
"""A JSON object as the Bot API exchanges it."""

T = TypeVar("T")

_FORBIDDEN = 403
_TOO_OLD = "Bad Request: message can't be deleted"

encode = json.JSONEncoder(separators=(",", ":")).encode


class ApiError(Exception):
    """The refusal of a call of the bot: HTTP status, Telegram's description, and parameters such as `retry_after`."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    @property
    def is_violation(self) -> bool:
        """Return whether the bot broke a rule of Telegram and could have known that the rule applied.

        Only Telegram knows, for example, who blocked the bot; refusals for such reasons are no violations.
        """
        return self.status != _FORBIDDEN and self.description != _TOO_OLD

    def body(self) -> bytes:
        """Return the body of the Bot API's answer that refuses the call, as JSON."""
        answer: Json = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return encode(answer).encode()


def bad_request(what: str) -> ApiError:
    """Return the error that refuses a call of the bot with status 400; `what` is its description."""
    return ApiError(400, f"Bad Request: {what}")


def success(result: object) -> bytes:
    """Return the JSON with which the Bot API answers a successful call; `result` is the result of the call."""
    return b'{"ok":true,"result":' + encode(result).encode() + b"}"


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that the bot uploads in a call of the Bot API."""

    name: str
    content: bytes
    mime_type: str


class MethodCall:
    """A call that the bot makes: a method of the Bot API and its parameters, which are JSON values or texts."""

    __slots__ = ("_given", "files", "method")

    def __init__(self, method: str, given: Mapping[str, Any], files: Mapping[str, ReceivedFile]) -> None:
        self.method = method
        self.files = files
        self._given = given

    def text(self, name: str) -> str:
        """Return a parameter of the call as text; '' if it is missing."""
        value = self._given.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a parameter of the call as a whole number; `default` if it is missing.

        Raises ApiError for anything else.
        """
        value = self._given.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'parameter "{name}" must be an integer') from None

    def flag(self, name: str) -> bool:
        """Return a parameter of the call as a boolean; False if it is missing."""
        return self._given.get(name) in (True, "true", "True", "1")

    def structure(self, name: str, kind: type[T]) -> T | None:
        """Return a parameter of the call that is a JSON list or object, as `kind` says; None if it is missing.

        Raises ApiError if it is anything else.
        """
        value = self._given.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                value = None
        if not isinstance(value, kind):
            raise bad_request(f"can't parse {name}")
        return value

    def __repr__(self) -> str:
        return f"{self.method}({', '.join(f'{name}={value!r}' for name, value in self._given.items())})"


async def read_call(request: web.BaseRequest, method: str, query: str) -> MethodCall:
    """Return the bot's call that an HTTP request contains as JSON, form or query. Raises ApiError if it is invalid."""
    try:
        return await _read(request, method, query)
    except (TypeError, ValueError):
        raise bad_request("can't parse the request") from None


async def _read(request: web.BaseRequest, method: str, query: str) -> MethodCall:
    given: Json = dict(parse_qsl(query)) if query else {}
    files: dict[str, ReceivedFile] = {}
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        for name, field in (await request.post()).items():
            if isinstance(field, web.FileField):
                with field.file:
                    files[name] = ReceivedFile(field.filename, field.file.read(), field.content_type)
            else:
                given[name] = field
    elif kind.startswith("application/json"):
        given |= json.loads(await request.read())
    else:
        given |= parse_qsl(await request.text())
    return MethodCall(method, given, files)
