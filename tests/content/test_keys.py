"""A key looks like the title of its thing."""

from __future__ import annotations

import pytest

from bot.content.keys import key_like


@pytest.mark.parametrize(
    ("title", "taken", "key"),
    [
        ("Repas d'été", (), "repas-d-ete"),
        ("Repas d'été", ("repas-d-ete", "repas-d-ete-2"), "repas-d-ete-3"),
        ("Innovation pédagogique", (), "innovation-pedagogi"),
        ("Un repas partagé, puis", (), "un-repas-partage-pu"),
        ("Soirée au Centquatre : accueil", (), "soiree-au-centquatr"),
        ("Café des partenaires a", (), "cafe-des-partenaire"),
        ("昼食", ("session",), "session-2"),
    ],
)
def test_a_key_is_the_title_in_plain_letters(title: str, taken: tuple[str, ...], key: str) -> None:
    assert key_like(title, taken, mark="-", longest=19, otherwise="session") == key
