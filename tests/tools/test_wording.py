"""What `python -m tools.wording` finds, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.wording import check, find_phrases

MODULE = '''
def digest(content):
    """The digest of a message, not
    that of its file."""
    # what was sent, and what
    # became of it
    return f"{content}: those of the past"  # so is this
'''


def test_docstrings_and_comments_are_read_over_the_ends_of_lines(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "messages.py").write_text(MODULE)
    (tmp_path / "README.md").write_text("The name of a group, and those\nof its members.")
    assert check(tmp_path) == [
        'bot/messages.py:3: …"""The digest of a message, not that of its file."""…',
        "bot/messages.py:5: …what was sent, and what became of it…",
        "bot/messages.py:7: …so is this…",
        "README.md: …The name of a group, and those of its members.…",
    ]


@pytest.mark.parametrize("text", ["The one that offers a ride.", "All those who come.", "It is so, isn't it?"])
def test_plain_english_is_left_alone(text: str) -> None:
    assert len([*find_phrases(f"{text} Nor are those of others.")]) == 1
