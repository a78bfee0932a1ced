"""Words made to keep the program busy: one person's message costs the others nothing."""

from __future__ import annotations

import time

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


async def test_megabytes_of_words_are_no_photo(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    await gathering.join_page("Max")
    await gathering.start_phase("Zoé", "Max")
    begun = time.process_time()
    for fields in ({"text": "é\n" * 5_000_000}, {f"text{number}": "é\n" * 50_000 for number in range(100)}):
        assert await gathering.forge(zoe, "say", **fields) == 413
    assert time.process_time() - begun < AT_MOST
    await zoe.give(Upload("plan.pdf", b"%PDF-" + b"." * 3_000_000), caption="A kitchen")
    assert "plan.pdf" in zoe.page.text
