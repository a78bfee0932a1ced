"""Words made to keep the program busy: one person's message costs the others nothing."""

from __future__ import annotations

import asyncio
import time
from io import BytesIO

import pytest

from tests.security.builders import Gathering, Upload

AT_MOST = 2.0
"""Seconds of the processor for a few posts, on a busy machine. Without bounds they take ten times as long, and more."""

HEAPS = ["\u0300\u0316", "\u0f73\u0f72\u0316", "\uff9e\u0301"]
"""Marks that belong in another order: each of n has to be compared with all before it."""


@pytest.mark.parametrize("heap", HEAPS)
async def test_marks_heaped_on_a_letter_keep_nobody_waiting(gathering: Gathering, heap: str) -> None:
    zoe = await gathering.join_page("Zoé")
    heavy = "a" + heap * (190_000 // len(heap.encode()))
    begun = time.process_time()
    assert await gathering.forge(zoe, "say", text=heavy) in (200, 422)
    assert await gathering.forge(zoe, "call", word=heavy) == 200
    assert await gathering.forge(zoe, "submit", payload="go-equipe", answer_question=heavy) in (200, 422)
    assert time.process_time() - begun < AT_MOST


@pytest.mark.parametrize("sign", ["„", "«", "“", "ﷺ"])
async def test_signs_that_nothing_closes_keep_nobody_waiting(gathering: Gathering, sign: str) -> None:
    zoe = await gathering.join_page("Zoé")
    heavy = sign * (190_000 // len(sign.encode()))
    begun = time.process_time()
    assert await gathering.forge(zoe, "say", text=f"/x {heavy}") == 422
    assert await gathering.forge(zoe, "submit", payload="go-equipe", answer_none=heavy) in (200, 422)
    assert time.process_time() - begun < AT_MOST


@pytest.mark.parametrize("line", [b"\n", b"not the border\r\n", b"--x\r\nno-name: x\r\n\r\n\r\n"])
async def test_a_body_of_lines_is_given_up_before_its_end(gathering: Gathering, line: bytes) -> None:
    zoe = await gathering.join_page("Zoé")
    await gathering.join_page("Max")
    await gathering.start_phase("Zoé", "Max")
    begun = time.process_time()
    body = BytesIO(line * (5_000_000 // len(line)))
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with zoe.browser.post(f"{gathering.root}/c/{zoe.person_id}/say", data=body, headers=headers) as answer:
        assert answer.status == 400
    assert time.process_time() - begun < AT_MOST


@pytest.mark.parametrize(("fields", "status"), [(500, 403), (501, 400)])
async def test_a_form_of_hundreds_of_fields_keeps_nobody_waiting(
    gathering: Gathering, fields: int, status: int
) -> None:
    zoe = await gathering.join_page("Zoé")
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(others())
    body = BytesIO(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * fields + b"--x--\r\n")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with zoe.browser.post(f"{gathering.root}/c/{zoe.person_id}/say", data=body, headers=headers) as answer:
        assert answer.status == status
    waiting.cancel()
    assert turns >= 500


async def test_megabytes_of_words_are_no_photo(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    await gathering.join_page("Max")
    await gathering.start_phase("Zoé", "Max")
    begun = time.process_time()
    for fields in ({"text": "é\n" * 5_000_000}, {f"text{number}": "é\n" * 50_000 for number in range(100)}):
        assert await gathering.forge(zoe, "say", **fields) == 422
    assert time.process_time() - begun < AT_MOST
    await zoe.give(Upload("plan.pdf", b"%PDF-" + b"." * 3_000_000), caption="A kitchen")
    assert "plan.pdf" in zoe.page.text
