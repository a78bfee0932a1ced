"""Looks up what stored messages say by reference: who is named, and what is quoted (`Person` and `Quote` of a text).

A stored message holds ids only. Where messages are drawn for a page, or claimed to be sent, the references of all of
them are looked up together and written beside the ids, in memory. So a person who was erased, and words that were
withdrawn, are gone from every message without changing any.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.content.hooks import collecting_hook
from bot.content.names import display_name, full_name
from bot.content.texts import NameForm, _
from bot.content.views import View, encode_view
from bot.database.engine import Row, Transaction
from bot.people.stored_before import Traces

_REFERENCE = re.compile(r'\["(?:person", (\d+), "([a-z]+)"|quote", "([a-z]+)", "([^"\\]*)", (\d+))\]')
"""A reference in the JSON text of a message; what people typed cannot look like one, as their quotes are escaped."""


_ALL_ABOUT = re.compile(r'"all_about": (\d+)')
"""The participant whom all of a message is about, in its JSON text."""
GONE = View((_("This message spoke of someone who has erased their data."),))
"""What is read in place of a message that was all about somebody who is gone."""
_GONE = json.dumps(encode_view(GONE), ensure_ascii=False)


@collecting_hook
async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:  # noqa: ARG001
    """Return the keys that exist, each with its words as they read now, of the quotes of one kind.

    Each capability returns those of its own kinds, by one statement a kind, and nothing for others.
    """
    return ()


@dataclass(frozen=True, slots=True)
class _Found:
    """The names by id and form, and the words by kind and key, that were looked up."""

    names: Mapping[tuple[int, str], str]
    words: Mapping[tuple[str, str], str]

    def beside(self, reference: re.Match[str]) -> str:
        """Return the JSON of a reference with what it stands for beside it; the same where nothing was found."""
        person, form, kind, key, _most = reference.groups()
        said = self.names.get((int(person), form)) if person else self.words.get((kind, key))
        return reference[0] if not said else f"{reference[0][:-1]}, {json.dumps(said, ensure_ascii=False)}]"


async def written_out(tx: Transaction, contents: Sequence[str]) -> Sequence[str]:
    """Return stored messages, JSON text, with names and words beside their references; `decode` reads both.

    One statement looks up all people and one the quotes of each kind that occurs; none where nobody is named.
    """
    people: set[int] = set()
    quotes: defaultdict[str, set[str]] = defaultdict(set)
    about = [_ALL_ABOUT.search(content) for content in contents]
    people |= {int(found[1]) for found in about if found}
    for content in contents:
        for person, _form, kind, key, _most in _REFERENCE.findall(content):
            if person:
                people.add(int(person))
            else:
                quotes[kind].add(key)
    if not people and not quotes:
        return contents
    words = {(kind, key): said for kind in sorted(quotes) for key, said in await quoted(tx, kind, sorted(quotes[kind]))}
    found = _Found(await _names(tx, people), words)
    return [
        _GONE if whom and (int(whom[1]), "ref") not in found.names else _REFERENCE.sub(found.beside, content)
        for whom, content in zip(about, contents, strict=True)
    ]


async def _names(tx: Transaction, people: Collection[int]) -> Mapping[tuple[int, str], str]:
    if not people:
        return {}
    ids = ", ".join(map(str, sorted(people)))
    rows = await tx.all(f"SELECT id, given_name, family_name, ref FROM participants WHERE id IN ({ids})")
    return {(row["id"], form): said for row in rows for form, said in _forms(row).items()}


def _forms(row: Row) -> Mapping[NameForm, str]:
    given, family = row["given_name"], row["family_name"]
    return {
        "given": given or family,
        "short": display_name(given, family),
        "full": full_name(given, family),
        "ref": row["ref"],
    }


# --- what was stored before


async def last_ids(tx: Transaction) -> dict[str, int]:
    """Return up to which id the rows of a table were stored before, by the name of the table; {} for a new database."""
    return {row["name"]: row["last_id"] for row in await tx.all("SELECT name, last_id FROM stored_before")}


async def without_erased(tx: Transaction, contents: Sequence[str], readers: Sequence[int | None]) -> Sequence[str]:
    """Return stored messages without people whose erasure is not finished yet; `readers` are the ids of who reads each.

    None stands for a channel that several people read.
    """
    rows = await tx.all("SELECT traces FROM erasures WHERE traces <> ''")
    traces = [Traces.load(row["traces"]) for row in rows]
    said = list(contents)
    for place, reader in enumerate(readers):
        for each in traces:
            if reader is None or reader in each.readers:
                said[place] = each.taken_out(said[place])
    return said
