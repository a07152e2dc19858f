"""From one family to the rows of many: the same life, with ids, numbers, dates, texts and hashes of its own.

Deciding a life takes milliseconds; a million cases are therefore some thousands of lives, each used at many places of
the year. What distinguishes one case from another is put in anew for each (ids, number, dates shifted by whole days,
vault items sealed again under keys of their own), and every chain of hashes is computed again. So each case stands the
same proofs as one made by hand; only its deadlines were counted for the weekday, not for the holidays, of its new week.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from uuid_utils.compat import uuid7

from bench.lifecycles import NUMBER, SOURCE_NUMBER, Family, Life
from linli.cases import rows as case_rows
from linli.cases.actions.indexing import scope_of
from linli.catalogue import queries as catalogue
from linli.core.proofs import GENESIS, Header, entry_hash
from linli.core.searching import MAX_TERMS, bigrams, month_token
from linli.intake import codes
from linli.ledger import actions as ledger
from linli.ledger.actions import Fact
from linli.vault import actions as vault
from linli.vault import sealing

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "cases_case": (*case_rows.COLUMNS, "hash", "title_item"),
    "ledger_entry": ledger.COLUMNS,
    "vault_item": vault.COLUMNS,
    "intake_report": (
        "id", "district_id", "case_id", "channel", "source", "source_number", "code_hash", "origin", "said_at",
        "received_at",
    ),
    "cases_searchentry": ("case_id", "district_id", "opened_at", "terms"),
}  # fmt: skip
"""The tables that a case fills, with the columns in the order of the rows made here."""

INSTANTS = frozenset({"opened_at", "due", "next_wake", "ended_at"})
DATE = re.compile(r'\d{4}-\d\d-\d\d(?=[T"])')

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text cut where something is put in: ``pieces`` with a gap at each place, and which value goes there."""

    pieces: tuple[str, ...]
    gaps: tuple[tuple[int, int], ...]

    def filled(self, values: Sequence[str]) -> str:
        pieces = list(self.pieces)
        for place, value in self.gaps:
            pieces[place] = values[value]
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class _Life:
    """One case of the family: its state and payloads cut up, and the columns that stay."""

    id: int
    parent: int | None
    number_end: str
    state: _Text
    entries: tuple[tuple[Fact, _Text, bool], ...]
    columns: Mapping[str, Any]
    words: frozenset[str]
    quoted: str
    first_item: int


class Stamp:
    """A family ready to be used again and again."""

    def __init__(self, family: Family) -> None:
        self.began, self.ended = family.began, family.ended
        self._family = family
        self._reporter = family.lives[0].entries[0].fact.actor
        ids = [life.state.id for life in family.lives]
        self._items = [text for life in family.lives for text in life.texts]
        items = [(text.item.id, text.item.digest) for text in self._items]
        texts = [ledger_text.payload for life in family.lives for ledger_text in life.entries]
        texts += [case_rows.encode(life.state) for life in family.lives]
        self._dates = sorted({found for text in texts for found in DATE.findall(text)})
        self._days = [date.fromisoformat(day) for day in self._dates]
        flat = [part for pair in items for part in pair]
        self._tokens = [NUMBER, SOURCE_NUMBER, self._reporter, *ids, *flat, *self._dates]
        self._places = {token: place for place, token in enumerate(self._tokens)}
        dates = len(self._tokens) - len(self._dates)
        always = "|".join(re.escape(token) for token in self._tokens[:dates])
        self._cutter = re.compile(f"({always}|{DATE.pattern})")
        self._lives = [self._cut_life(life, ids) for life in family.lives]

    @property
    def cases(self) -> int:
        """How many cases one use makes: the case and its parts."""
        return len(self._lives)

    def rows(self, rows: Rows, *, number: str, days: int) -> None:
        """Adds the rows of one more family: its number, and by how many days its whole life is moved."""
        ids = [str(uuid7()) for _ in self._lives]
        source, reporter, shift = f"S{number}", str(uuid7()), timedelta(days=days)
        more = f"（编号{number}）"
        items = []
        for text in self._items:
            grown = text.item.field == "detail"
            content = text.content + more.encode() if grown else text.content
            masked = text.item.masked + more if grown else text.item.masked
            items.append(sealing.seal(text.item.kind, text.item.field, content, masked))
        flat = [part for item in items for part in (item.id, item.digest)]
        dates = [(day + shift).isoformat() for day in self._days]
        values = [number, source, reporter, *ids, *flat, *dates]
        terms = bigrams(more)
        for life, case in zip(self._lives, ids, strict=True):
            self._add_case(rows, life, case, ids, values, shift)
            self._add_search(rows, life, case, terms if life.parent is None else [], shift)
            owner = self._family.lives[life.id]
            for text, item in zip(owner.texts, items[life.first_item :], strict=False):
                rows["vault_item"].append(vault.row(item, owner.state.district, case, text.at + shift))
        self._add_report(rows, ids[0], reporter, number, shift)

    def _add_case(
        self, rows: Rows, life: _Life, case: str, ids: Sequence[str], values: Sequence[str], shift: timedelta
    ) -> None:
        previous = GENESIS
        for fact, text, by_reporter in life.entries:
            payload = text.filled(values)
            actor = values[2] if by_reporter else fact.actor
            at = fact.at + shift
            header = Header(
                fact.district, fact.kind, case, fact.seq, fact.type, fact.version, actor, fact.post, fact.policy, at
            )
            own = entry_hash(header, payload.encode(), previous)
            rows["ledger_entry"].append(
                (fact.district, fact.kind, case, fact.seq, fact.type, fact.version, payload, actor, fact.post,
                 fact.policy, at, previous, own)
            )  # fmt: skip
            previous = own
        columns = dict(life.columns)
        columns["id"], columns["number"] = case, values[0] + life.number_end
        columns["parent_id"] = None if life.parent is None else ids[life.parent]
        columns["state"] = life.state.filled(values)
        for name in INSTANTS:
            if columns[name] is not None:
                columns[name] += shift
        title = values[3 + len(ids) + 2 * life.first_item] if life.parent is None else None
        rows["cases_case"].append((*(columns[name] for name in case_rows.COLUMNS), previous, title))

    def _add_search(self, rows: Rows, life: _Life, case: str, more: list[str], shift: timedelta) -> None:
        opened = life.columns["opened_at"] + shift
        fresh = [term for term in more if term not in life.words][: MAX_TERMS - len(life.words)]
        terms = "{" + ",".join((life.quoted, *map(_quoted, (*fresh, month_token(opened))))) + "}"
        rows["cases_searchentry"].append((case, life.columns["district_id"], opened, terms))

    def _add_report(self, rows: Rows, case: str, reporter: str, number: str, shift: timedelta) -> None:
        state = self._family.lives[0].state
        code = codes.code_hash(case, "0000-0000-0000")
        source = (state.source, f"S{number}") if state.source else ("", "")
        at = state.opened_at + shift
        rows["intake_report"].append(
            (reporter, state.district, case, state.channel, *source, code, "bench", None, at)
        )  # fmt: skip

    def _cut_life(self, life: Life, ids: Sequence[str]) -> _Life:
        state = life.state
        columns = case_rows.columns(state)
        columns["involved"], columns["recused"] = array(columns["involved"]), array(columns["recused"])
        first = sum(len(other.texts) for other in self._family.lives[: ids.index(state.id)])
        own = [text.item.masked for text in life.texts if text.item.field in ("title", "detail", "place")]
        words = bigrams(" ".join(own))[:MAX_TERMS] if state.parent is None else []
        return _Life(
            id=ids.index(state.id),
            parent=None if state.parent is None else ids.index(state.parent),
            number_end=state.number.removeprefix(NUMBER),
            state=self._cut(case_rows.encode(state)),
            entries=tuple((e.fact, self._cut(e.payload), e.fact.actor == self._reporter) for e in life.entries),
            columns=columns,
            words=frozenset(words),
            quoted=",".join(map(_quoted, (*words, *scope_of(state, catalogue.policy(state.district))))),
            first_item=first,
        )

    def _cut(self, text: str) -> _Text:
        pieces = self._cutter.split(text)
        gaps = tuple((place, self._places[pieces[place]]) for place in range(1, len(pieces), 2))
        return _Text(tuple(pieces), gaps)


def array(values: Sequence[str]) -> str:
    """A PostgreSQL array of texts as COPY reads it; far quicker than adapting each element."""
    return "{" + ",".join(map(_quoted, values)) + "}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def empty() -> Rows:
    """No rows yet, for every table."""
    return {table: [] for table in COLUMNS}
