"""What the demo's invented people write."""

from __future__ import annotations

import pytest

from handlers.syntheses.rehearsal.demo import idea_text
from handlers.workshops.model import Collects


@pytest.mark.parametrize("collects", ["facts", "challenge", "solution"])
@pytest.mark.parametrize("group", range(1, 7))
def test_people_of_a_group_do_not_end_their_sentences_alike(collects: Collects, group: int) -> None:
    told = [idea_text(collects, "culture", "fr", group, group * 3 + number) for number in range(8)]
    assert len(set(told)) == 8
    ends = [words.removesuffix(" ?")[-20:] for words in told]
    assert len(set(ends)) == 8, told
    assert told != [idea_text(collects, "culture", "fr", group + 1, group * 3 + number) for number in range(8)]
