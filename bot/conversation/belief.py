"""Combines two opinions on what a text is about: the phrases of topics, and a statistical model of words.

The phrases contain the names of things and words that organisers gave. The model was trained with questions in which
people name nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.content.ranking import Ranked

_MODEL, _PHRASES = 0.7, 0.3
"""The weights of the two opinions, the model's and the phrases', if the model knows the topic."""
_CLEAR, _MARGIN = 0.27, 0.06
"""How much belief a topic needs to count as certain, and by how much it must exceed the next topic's belief."""
_PERHAPS = 0.12
"""The least belief in a topic that may be meant."""


def believed(ranked: Sequence[Ranked], likelihood: Mapping[str, float], labels: Mapping[str, str]) -> Sequence[Ranked]:
    """Return the topics that a text is about, the likeliest first, according to two opinions.

    The first opinion is `ranked`: how well the text fits the topics' phrases. The second is `likelihood`: how likely
    each label of a statistical model of words is for the text. `labels` has the model's label of each topic, by the
    topic's key; topics without a label are ranked by phrases alone.
    """
    by_phrases = {each.key: each for each in ranked}
    told = sum(each.score for each in ranked) or 1.0
    beliefs: dict[str, tuple[float, Ranked]] = {}
    for key, label in labels.items():
        found = by_phrases.get(key)
        spoken = found.score / told * min(1.0, found.share + 0.3) if found else 0.0
        if label in likelihood:
            of_label = [each for each, other in labels.items() if other == label]
            named = any(each in by_phrases for each in of_label)
            likely = likelihood[label] if found or not named else 0.0
            belief = _MODEL * likely + _PHRASES * spoken
            beliefs[key] = belief, found or Ranked(key, likely, likely, False, False, False)
        elif found:
            beliefs[key] = (_CLEAR + _MARGIN if found.sure else spoken * _PHRASES), found
    order = sorted(beliefs.items(), key=lambda item: (-item[1][0], item[0]))
    result = []
    for place, (_key, (belief, found)) in enumerate(order):
        behind = order[1][1][0] if len(order) > 1 else 0.0
        sure = place == 0 and belief >= _CLEAR and belief - behind >= _MARGIN
        likely = belief >= _PERHAPS or (found.likely and place < 2)
        result.append(
            replace(
                found,
                score=max(found.score, belief),
                share=max(found.share, belief),
                clear=sure,
                enough=sure,
                likely=likely,
            )
        )
    return result
