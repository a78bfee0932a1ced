"""What becomes of a sentence by its likelihoods: taken as something, or asked about first.

The numbers are chosen on the files `kept_…` of tools/words, on which the weights never saw a line
(`tools/word_measures.py` prints what they bring). Names of labels come from whoever asks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

AT_ONCE = 0.40
"""From which likelihood the urgent label is taken without a question."""
AT_ONCE_BESIDE_ANSWER = 0.30
"""The same where the answer that is expected is the next likeliest: only few of these are taken for urgent."""
AT_ONCE_BESIDE_LIGHT = 0.60
"""The same where a light label is the next likeliest: jokes and complaints are in the words of cries."""
ASK = 0.06
"""From which likelihood one asks whether it is urgent."""
ASK_BESIDE_ANSWER = 0.09
"""The same where the answer that is expected is the next likeliest."""
ASK_BESIDE_LIGHT = 0.08
"""The same where a light label is the next likeliest."""
ANSWER = 0.75
"""From which likelihood what is expected is taken without a question."""


@dataclass(frozen=True, slots=True)
class Decision:
    """As which label a sentence is taken."""

    label: str
    sure: bool
    """Whether it is taken without a question; else one asks whether it is meant so."""


def decide(
    likelihoods: Mapping[str, float],
    *,
    urgent: str,
    answer: str | None,
    light: Collection[str] = (),
    unheard: Collection[str] = (),
) -> Decision:
    """Decide as what a sentence is taken.

    `urgent` is the label that must not be missed, `answer` the one that is expected now, None where none is. `light`
    are labels that sound like the urgent one without being it, `unheard` those that nobody listens to now: what is
    likely of these counts for nothing.
    """
    heard = {label: value for label, value in likelihoods.items() if label not in unheard}
    total = sum(heard.values())
    if total <= 0:
        return Decision(urgent, sure=False)
    cry = heard.pop(urgent) / total
    next_best = max(heard, key=lambda label: heard[label])
    if next_best == answer:
        at_once, ask = AT_ONCE_BESIDE_ANSWER, ASK_BESIDE_ANSWER
    elif next_best in light:
        at_once, ask = AT_ONCE_BESIDE_LIGHT, ASK_BESIDE_LIGHT
    else:
        at_once, ask = AT_ONCE, ASK
    if cry >= ask:
        return Decision(urgent, sure=cry >= at_once)
    return Decision(next_best, sure=next_best != answer or heard[next_best] / total >= ANSWER)
