"""Faults that tests and benchmarks inject into calls: refusals, lost answers, reset connections, delays."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.rehearsal.botapi.wire import ApiError, MethodCall

_WORDS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry later",
    500: "Internal Server Error",
}
_PROXY_PAGE = b"<html>\r\n<head><title>%d Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


@dataclass(slots=True)
class InjectedFault:
    """A fault that a test wants in some calls of the bot; `BotApi.fail` creates it and explains the fields.

    `left` is how many more calls the fault will affect, and `met` how many it has affected.
    """

    method: str
    status: int | None
    reset: bool
    delay: float
    after_effect: bool
    chat: int | None
    description: str
    parameters: dict[str, int] = field(default_factory=dict)
    left: int = 1
    met: int = 0

    @property
    def breaks(self) -> bool:
        """Return True if an affected call gets an error or a reset connection, False if its answer is only delayed."""
        return self.reset or self.status is not None

    def matches(self, call: MethodCall) -> bool:
        """Return whether this fault affects a call of the bot. If it does, the call is counted."""
        if not self.left or self.method not in ("*", call.method):
            return False
        if self.chat is not None and call.text("chat_id") != str(self.chat):
            return False
        self.left -= 1
        self.met += 1
        return True

    def end(self) -> None:
        """Let this fault affect no further calls."""
        self.left = 0

    def answer(self) -> tuple[int, bytes]:
        """Return the HTTP status and the body with which a call of the bot is refused.

        For a status above 500 the body is the HTML page of a proxy instead of JSON, as it is on the real Telegram.
        """
        status = self.status or 500
        if status > 500:
            return status, _PROXY_PAGE % status
        return status, ApiError(status, self.description or _WORDS.get(status, "Error"), **self.parameters).body()
