"""Changes valid requests into invalid ones: JSON values, and HTTP requests as bytes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

DEEP = "@deep@"
"""A placeholder for nesting too deep for any stack, which `encode` replaces."""
_DEPTH = 20_000
_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**53, 2**63, -(2**63), 10**30, float("nan"), float("inf")),
    *("", "\0", "\ud800", "a\udfffb", "\u202e\ufeff\u200b", "💥" * 50, "é" * 5_000, "../../etc/passwd", "%00%ff", "/"),
    *("/start", "/start j-", "go-moi", "tt-", "tt-culture:x", "~+:", "'; DROP TABLE people", "{}", "[hidden]", "1e5"),
    *([], {}, [[]], [None], [{}], {"": ""}, {"id": None}, [1, "2", {"three": [4]}], DEEP),
)


def mutant(random: Random, honest: Sequence[Any]) -> Any:
    """Return one of the `honest` (valid) values with one to four changes, usually one."""
    value = copy.deepcopy(random.choice(honest))
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        value = _changed(random, value, honest)
    return value


def _changed(random: Random, value: Any, honest: Sequence[Any]) -> Any:
    places = list(_places(value))
    if not places or random.random() < 0.01:
        return copy.deepcopy(random.choice(_ODD))
    holder, key = random.choice(places)
    match random.randrange(8):
        case 0:
            del holder[key]
        case 1 | 2 | 3:
            holder[key] = copy.deepcopy(random.choice(_ODD))
        case 4:  # of another type, with the same sense
            before = holder[key]
            holder[key] = str(before) if not isinstance(before, str) else [before]
        case 5:  # what stands elsewhere
            other, place = random.choice(list(_places(random.choice(honest))) or [(holder, key)])
            holder[key] = copy.deepcopy(other[place])
        case 6:
            holder[key] = {str(key): holder[key]} if random.random() < 0.5 else [holder[key]] * random.choice((2, 300))
        case _:
            if isinstance(holder, list):
                holder.insert(random.randint(0, len(holder)), copy.deepcopy(holder[key]))
            else:
                holder[random.choice(list(holder))] = holder[key]
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a value: what holds it, and its key or position there."""
    waiting = [value] if isinstance(value, dict | list) else []
    while waiting:
        holder = waiting.pop()
        inside = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
        for key, part in inside:
            yield holder, key
            if isinstance(part, dict | list):
                waiting.append(part)


def encode(value: Any) -> bytes:
    """Return a value as JSON, in which NaN and lone surrogates are allowed.

    The text DEEP in the value stands for deeply nested lists, which are written out.
    """
    deep = "[" * _DEPTH + "]" * _DEPTH
    return json.dumps(value).replace(json.dumps(DEEP), deep).encode()


def deepened(value: Any) -> Any:
    """Return a value with deeply nested lists in place of each text DEEP, as a decoder without a limit would return
    it.
    """
    for holder, key in list(_places(value)):
        if holder[key] == DEEP:
            deep: list[Any] = []
            for _ in range(_DEPTH // 10):  # enough for any stack; thousands of these are in memory
                deep = [deep]
            holder[key] = deep
    return value


def broken(random: Random, request: bytes) -> bytes:
    """Return a request with one to four changes: bytes lost, doubled, inserted or exchanged, usually in its head."""
    changed = bytearray(request)
    for _ in range(random.randint(1, 4)):
        head = changed.find(b"\r\n\r\n") if random.random() < 0.6 else len(changed)
        place = random.randrange(max(head, 1))
        length = random.choice((0, 1, 1, 2, 8, 40))
        match random.randrange(4):
            case 0:
                changed[place : place + length] = b""
            case 1:
                changed[place:place] = changed[place : place + length]
            case _:
                changed[place : place + length] = random.choice(_BYTES)
    return bytes(changed)


_BYTES = (
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"%00", b"%ff%fe", b"%ed%a0%80", b"\r\n", b"\r\n\r\n", b"\n", b":", b" ", b"/"),
    *(b"..%2f", b"?", b"#", b"&", b"=", b";", b"--", b"\xe2\x80\xae", b"A" * 300, b"9" * 30, b"-1", b"{", b'"', b"[]"),
)
