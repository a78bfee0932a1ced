"""Looks up the present names and words that stored messages only refer to (`Person` and `Quote` in a text).

A stored message holds ids only. When messages are drawn for a page, or claimed to be sent, all their references are
looked up together and the results are written beside the ids, in memory. So a person who was erased, and words that
were withdrawn, disappear from every message without any message being changed.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.content.hooks import collecting_hook
from bot.content.texts import NameForm, _
from bot.content.views import View, encode_view
from bot.database.engine import Row, Transaction
from bot.people.naming import name_forms
from bot.people.participants import Participant
from bot.people.stored_before import Traces

_PERSON = re.compile(r'\["person", (\d+), "([a-z]+)"\]')
_QUOTE = re.compile(r'\["quote", "([a-z]+)", "([^"\\]*)", \d+\]')
"""References in the JSON text of a message; what people typed cannot look like one, as their quotes are escaped."""
_ALL_ABOUT = re.compile(r'"all_about": (\d+)')
"""The participant whom all of a message is about, in its JSON text."""
GONE = View((_("This message was about someone who has erased their data."),))
"""The message shown in place of a message that was all about a person who was erased."""
_GONE = json.dumps(encode_view(GONE), ensure_ascii=False)


@collecting_hook
async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:  # noqa: ARG001
    """Return the quotes of one kind whose words still exist, as pairs of key and present words.

    A message stores a kind and a key in place of words that may be withdrawn; `keys` are such keys. This is a hook:
    each capability returns the quotes of its own kinds, by one statement for each kind, and nothing for other kinds.
    """
    return ()


@collecting_hook
async def pictured(tx: Transaction, reader: Participant, kind: str, number: int) -> Sequence[tuple[str, str]]:  # noqa: ARG001
    """Return the picture beside an option, as a pair of digest and name in a list; empty if the reader may not see it.

    An option with the key «idea-12» has the `kind` «idea» and the `number` 12. This is a hook: each capability returns
    the pictures of its own kinds.
    """
    return ()


@dataclass(frozen=True, slots=True)
class _Found:
    """The names by id and form, and the words by kind and key, that were looked up."""

    names: Mapping[tuple[int, str], str]
    words: Mapping[tuple[str, str], str]

    def written_out(self, content: str) -> str:
        """Return a stored message with present names and quoted words written beside its references.

        If the message is all about a person who was erased, another message is returned, which says so.
        """
        about = _ALL_ABOUT.search(content) if "all_about" in content else None
        if about and (int(about[1]), "ref") not in self.names:
            return _GONE
        if self.names:
            content = _PERSON.sub(self._named, content)
        return _QUOTE.sub(self._quoted, content) if self.words else content

    def _named(self, reference: re.Match[str]) -> str:
        return _beside(reference[0], self.names.get((int(reference[1]), reference[2])))

    def _quoted(self, reference: re.Match[str]) -> str:
        return _beside(reference[0], self.words.get((reference[1], reference[2])))


def _beside(reference: str, said: str | None) -> str:
    """Return the JSON of a reference with what it stands for beside it; the same where nothing was found."""
    return f"{reference[:-1]}, {json.dumps(said, ensure_ascii=False)}]" if said else reference


async def written_out(tx: Transaction, contents: Sequence[str]) -> Sequence[str]:
    """Return stored messages (JSON text) with present names and words added to the references to people and quotes.

    A message that is all about a person who was erased is replaced by a sentence that says so.
    """
    quotes: defaultdict[str, set[str]] = defaultdict(set)
    together = "\n".join(contents)
    people = {int(person) for person, _form in _PERSON.findall(together)}
    people |= {int(person) for person in _ALL_ABOUT.findall(together)}
    for kind, key in _QUOTE.findall(together):
        quotes[kind].add(key)
    if not people and not quotes:
        return contents
    words = {(kind, key): said for kind in sorted(quotes) for key, said in await quoted(tx, kind, sorted(quotes[kind]))}
    found = _Found(await _names(tx, people), words)
    return [found.written_out(content) for content in contents]


async def _names(tx: Transaction, people: Collection[int]) -> Mapping[tuple[int, str], str]:
    if not people:
        return {}
    ids = ", ".join(map(str, sorted(people)))
    rows = await tx.all(f"SELECT id, given_name, family_name, ref FROM participants WHERE id IN ({ids})")
    return {(row["id"], form): said for row in rows for form, said in _forms(row).items()}


def _forms(row: Row) -> Mapping[NameForm, str]:
    return {**name_forms(row["given_name"], row["family_name"]), "ref": row["ref"]}


# --- what was stored before


async def last_ids(tx: Transaction) -> dict[str, int]:
    """Return the highest id, by table, of messages that contain names literally instead of the ids of people.

    The result is {} for a new database, which never had such messages.
    """
    return {row["name"]: row["last_id"] for row in await tx.all("SELECT name, last_id FROM stored_before")}


async def without_erased(
    tx: Transaction, table: str, contents: Sequence[str], ids: Sequence[int], readers: Sequence[int | None]
) -> Sequence[str]:
    """Return messages (JSON text) without the names of people who are being erased.

    Only older messages contain names literally; newer ones refer to people by id, and are returned unchanged. `ids` are
    the ids of the messages' rows in `table`. `readers` has the id of each message's reader, None for a channel that
    several people read.
    """
    last = (await last_ids(tx)).get(table, 0)
    if min(ids, default=last + 1) > last:
        return contents
    rows = await tx.all("SELECT traces FROM erasures WHERE traces <> ''")
    traces = [Traces.load(row["traces"]) for row in rows]
    said = list(contents)
    for place, (row_id, reader) in enumerate(zip(ids, readers, strict=True)):
        for each in traces:
            if row_id <= last and (reader is None or reader in each.readers):
                said[place] = each.taken_out(said[place])
    return said
