"""From lexemes to a query tree, by recursive descent with recovery.

Written by hand because every wrong query must still give its nearest reading and a position; parser generators stop
at the first error.
"""

from dataclasses import replace

from search_service.query.clauses import Clause, field_clause, phrase_clause, prefix_clause, word_clauses
from search_service.query.lexemes import FIELD_NAMES, Lexeme, cut_lexemes
from search_service.query.parts import EntityFinder, Part, PartKind, QueryProblem
from search_service.query.tree import AllOf, AnyOf, Days, Everything, Node, Not

MAX_DEPTH = 24
MAX_CLAUSES = 256


class Parser:
    """Parses one query text; ``parts`` and ``problems`` are filled on the way."""

    def __init__(self, text: str, *, find_entities: EntityFinder) -> None:
        self.parts: list[Part] = []
        self.problems: list[QueryProblem] = []
        self._text = text
        self._find_entities = find_entities
        self._lexemes = list(cut_lexemes(text))
        self._at = 0
        self._negated = False
        self._clauses = 0

    def parse(self) -> Clause:
        """The clause of the whole query."""
        clauses = []
        while self._at < len(self._lexemes):
            clauses.append(self._any_of(depth=0))
            if self._peek("close"):
                self._report(self._next(), "多余的右括号，已忽略")
        return self._join([clause for clause in clauses if clause], "且")

    def _any_of(self, *, depth: int) -> Clause | None:
        alternatives = [self._all_of(depth=depth)]
        while self._peek("or"):
            sign = self._next()
            after = self._all_of(depth=depth)
            if alternatives[-1] is None or after is None:
                self._report(sign, "OR 的一侧没有内容，已忽略")
            alternatives.append(after)
        present = [clause for clause in alternatives if clause]
        return self._join(present, "或") if present else None

    def _all_of(self, *, depth: int) -> Clause | None:
        clauses: list[Clause] = []
        while self._at < len(self._lexemes) and not self._peek("or", "close"):
            clauses.extend(self._unary(depth=depth))
        if not clauses:
            return None
        return self._join(self._ordered_days(clauses), "且")

    def _unary(self, *, depth: int) -> list[Clause]:
        if self._peek("and"):
            self._next()
            return []
        if not self._peek("not"):
            return self._primary(depth=depth)
        sign = self._next()
        if self._at >= len(self._lexemes) or self._peek("or", "close"):
            self._report(sign, "减号后面没有内容，已忽略")
            return []
        was_negated, self._negated = self._negated, not self._negated
        negated = self._primary(depth=depth, single=True)
        self._negated = was_negated
        if not negated:
            return []
        inner = self._join(negated, "且")
        return [Clause(node=Not(child=inner.node), words=f"不含 {inner.in_brackets()}")]

    def _primary(self, *, depth: int, single: bool = False) -> list[Clause]:
        lexeme = self._lexemes[self._at]
        if lexeme.kind == "word" and not lexeme.text.endswith("*"):
            return self._words(single=single)
        self._next()
        if lexeme.kind == "open":
            return self._group(lexeme, depth=depth)
        if lexeme.kind == "unclosed":
            self._report(lexeme, "引号没有结束，读到末尾为止")
        elif lexeme.kind == "not":
            return []
        return self._leaf(lexeme) if self._has_room(lexeme) else []

    def _leaf(self, lexeme: Lexeme) -> list[Clause]:
        if lexeme.kind == "field":
            return self._field(lexeme)
        kind: PartKind = "prefix" if lexeme.kind == "word" else "phrase"
        found = prefix_clause(lexeme.text) if kind == "prefix" else phrase_clause(lexeme.text)
        if found is None:
            self._report(lexeme, "这里没有可以检索的文字，已忽略")
            return []
        if kind == "prefix" and lexeme.text.startswith("*") and lexeme.text != "*":
            self._report(lexeme, "星号只能放在词尾，词首的已忽略")
        self._add_part(Part(start=lexeme.start, end=lexeme.end, kind=kind, value=lexeme.text))
        return [found]

    def _group(self, opening: Lexeme, *, depth: int) -> list[Clause]:
        if depth >= MAX_DEPTH:
            self._report(opening, "括号层数太多，这一层已忽略")
            return []
        inner = self._any_of(depth=depth + 1)
        if self._peek("close"):
            self._next()
        else:
            self._report(opening, "括号没有结束，读到末尾为止")
        if inner is None:
            self._report(opening, "括号里没有内容，已忽略")
            return []
        return [inner]

    def _words(self, *, single: bool) -> list[Clause]:
        """A run of bare words; read together, so that ``GLM 5`` is one name as ``GLM-5`` is."""
        run = [self._next()]
        while not single and self._peek("word") and not self._lexemes[self._at].text.endswith("*"):
            run.append(self._next())
        start, end = run[0].start, run[-1].end
        clauses: list[Clause] = []
        for word_start, word_end, clause in word_clauses(self._text[start:end]):
            place = replace(run[0], start=start + word_start, end=start + word_end)
            if self._has_room(place):
                clauses.append(clause)
                value = self._text[place.start : place.end]
                self._add_part(Part(start=place.start, end=place.end, kind="word", value=value))
        if not clauses:
            self._report(run[0], "这里没有可以检索的文字，已忽略")
        return clauses

    def _field(self, lexeme: Lexeme) -> list[Clause]:
        name = FIELD_NAMES.get(lexeme.name.lower())
        if name is None:
            known = "、".join(sorted(set(FIELD_NAMES.values())))
            self._report(lexeme, f"没有叫 {lexeme.name} 的字段（可用：{known}），按普通文字检索")
            return [clause for _, _, clause in word_clauses(self._text[lexeme.start : lexeme.end])]
        outcome = field_clause(name, lexeme.text, self._find_entities)
        if outcome.message:
            self._report(lexeme, outcome.message)
        if outcome.clause is None:
            return []
        entity_id = outcome.entity_ids[0] if outcome.entity_ids else None
        part = Part(start=lexeme.start, end=lexeme.end, kind=outcome.kind, value=lexeme.text, entity_id=entity_id)
        self._add_part(part)
        return [outcome.clause]

    def _ordered_days(self, clauses: list[Clause]) -> list[Clause]:
        """Swaps since and until where they contradict each other."""
        since = [c.node.since for c in clauses if isinstance(c.node, Days) and c.node.since]
        until = [c.node.until for c in clauses if isinstance(c.node, Days) and c.node.until]
        if not since or not until or max(since) <= min(until):
            return clauses
        first, last = min(until), max(since)
        self.problems.append(QueryProblem(position=0, message="起始日晚于截止日，已对调"))
        days = Clause(node=Days(since=first, until=last), words=f"{first} 至 {last}")
        return [*(c for c in clauses if not isinstance(c.node, Days)), days]

    def _has_room(self, lexeme: Lexeme) -> bool:
        """Whether one more clause fits; the first that does not is reported."""
        self._clauses += 1
        if self._clauses == MAX_CLAUSES + 1:
            self._report(lexeme, f"检索式太长，只用了前 {MAX_CLAUSES} 个词")
        return self._clauses <= MAX_CLAUSES

    def _join(self, clauses: list[Clause], word: str) -> Clause:
        if not clauses:
            return Clause(node=Everything(), words="全部条目")
        if len(clauses) == 1:
            return clauses[0]
        nodes: tuple[Node, ...] = tuple(clause.node for clause in clauses)
        node = AllOf(children=nodes) if word == "且" else AnyOf(children=nodes)
        return Clause(node=node, words=f" {word} ".join(clause.in_brackets() for clause in clauses), compound=True)

    def _peek(self, *kinds: str) -> bool:
        return self._at < len(self._lexemes) and self._lexemes[self._at].kind in kinds

    def _next(self) -> Lexeme:
        self._at += 1
        return self._lexemes[self._at - 1]

    def _report(self, lexeme: Lexeme, message: str) -> None:
        self.problems.append(QueryProblem(position=lexeme.start, message=message))

    def _add_part(self, part: Part) -> None:
        self.parts.append(replace(part, negated=self._negated))
