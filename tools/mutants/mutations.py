"""Small changes to a program that its tests should notice: all of a module, and a random sample."""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROLES = frozenset({"service", "participant", "organiser", "facilitator"})
"""The roles of modules and packages of a capability that are mutated: services and screens."""
GUARDS = frozenset({"who", "before", "when"})
"""The keywords of a decorator that prevent a handler from running."""

_COMPARISONS = {
    "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">",
    "is": "is not", "is not": "is", "in": "not in", "not in": "in",
}  # fmt: skip
_CONJUNCTIONS = {"and": "or", "or": "and"}
_ARITHMETIC = {"+": "-", "-": "+", "*": "//", "/": "*", "//": "*", "%": "*"}
_OPERATOR = re.compile(r"\b(?:is\s+not|not\s+in|is|in|and|or)\b|[=!<>]=|\*\*|//|<<|>>|[-+*/%<>@|&^]")
_COMMENT = re.compile(rb"#[^\n]*")
_LOGS = frozenset({"log", "logger"})
_SWITCHES = frozenset({"strict", "frozen", "slots", "kw_only", "compare", "repr", "listed"})
"""Keywords whose change shows nowhere while the program is right: Python's own checks; places in a list, with gaps."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module: the bytes from `start` to `end` are replaced by others.

    `path` is relative to the checkout, and `line` is where the change begins. `function` is the qualified name of the
    function or class around it, "" at the top of a module. `block` is the first line of the innermost block around it:
    code that runs the change runs this block. It is None for code that runs at import. `key` is a digest of the change
    and where it is, without its line, so that it stays the same when other parts of the file change.
    """

    path: Path
    line: int
    function: str
    block: int | None
    kind: str
    start: int
    end: int
    replacement: bytes
    key: str = ""

    @property
    def capability(self) -> str:
        """The folder of handlers/ that contains the change."""
        return self.path.parts[1]

    def apply(self, source: bytes) -> bytes:
        """Return the module's source with the change applied."""
        return source[: self.start] + self.replacement + source[self.end :]

    def difference(self, source: bytes) -> tuple[str, str]:
        """Return the line where the change begins, without indentation: as in `source`, and as changed."""
        index = self.line - 1
        before, after = source.splitlines(), self.apply(source).splitlines()
        return before[index].decode().strip(), after[index].decode().strip()


@dataclass(frozen=True, slots=True)
class Block:
    """Statements of a function that run together: the first line, its place in the file's bytes, its indentation."""

    line: int
    start: int
    indent: int


def mutated_modules(root: Path) -> list[Path]:
    """Return the modules below handlers/ of this checkout that are services or screens, as sorted relative paths."""
    paths = (path.relative_to(root) for path in (root / "handlers").rglob("*.py"))
    return sorted(path for path in paths if len(path.parts) > 2 and path.parts[2].removesuffix(".py") in ROLES)


def mutants_of(path: Path, source: bytes) -> list[Mutant]:
    """Return every change of the module `path` that its tests should notice, in the order of the text.

    `source` is the module's text. Left out are parts that cannot change behaviour: documentation, annotations, asserts
    (for the type checker), log lines, switches like `strict=True`, and None if False will be tried or is there.
    """
    count = Counter[tuple[str, ...]]()
    mutants = []
    for mutant in sorted(_walk(path, source).mutants, key=lambda mutant: (mutant.start, mutant.end, mutant.kind)):
        identity = (path.as_posix(), mutant.function, mutant.kind, *mutant.difference(source))
        count[identity] += 1
        mutants.append(replace(mutant, key=_digest(f"{identity} {count[identity]}")))
    return mutants


def blocks_of(path: Path, source: bytes) -> list[Block]:
    """Return the blocks of all functions of a module, in the order of the text, to which mutants refer."""
    return sorted(_walk(path, source).blocks, key=lambda block: block.start)


def draw(mutants: Iterable[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return at most `count` of the mutants (small changes), drawn by the seed, in the order of files and places.

    Whether one is drawn depends on its own key. So most of the same are drawn again when the program has changed.
    """
    by_lot = sorted(mutants, key=lambda mutant: _digest(f"{seed} {mutant.key}"))
    return sorted(by_lot[:count], key=lambda mutant: (mutant.path, mutant.start, mutant.kind))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _walk(path: Path, source: bytes) -> _Walk:
    walk = _Walk(path, source)
    walk.visit(ast.parse(source))
    return walk


class _Walk(ast.NodeVisitor):
    """Passes through a module, and gathers its blocks and the changes that can be made."""

    def __init__(self, path: Path, source: bytes) -> None:
        self.mutants: list[Mutant] = []
        self.blocks: list[Block] = []
        self._path = path
        self._source = source
        self._line_starts = [0]
        for line in source.splitlines(keepends=True):
            self._line_starts.append(self._line_starts[-1] + len(line))
        self._names: list[str] = []
        self._block: int | None = None

    # --- positions in the file, in bytes

    def _start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        return self._line_starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._line_starts[node.end_lineno - 1] + node.end_col_offset

    def _add(self, kind: str, start: int, end: int, replacement: str) -> None:
        line = self._source.count(b"\n", 0, start) + 1
        function = ".".join(self._names)
        self.mutants.append(Mutant(self._path, line, function, self._block, kind, start, end, replacement.encode()))

    def _replace(self, kind: str, node: ast.expr | ast.stmt, replacement: str) -> None:
        self._add(kind, self._start(node), self._end(node), replacement)

    def _replace_operator(self, kind: str, left: ast.expr, right: ast.expr, others: Mapping[str, str]) -> None:
        """Change the operator between two operands into its other, if it has one."""
        start = self._end(left)
        between = _COMMENT.sub(lambda comment: b" " * len(comment[0]), self._source[start : self._start(right)])
        operator = _OPERATOR.search(between.decode("ascii"))
        other = operator and others.get(" ".join(operator[0].split()))
        if operator and other:
            self._add(kind, start + operator.start(), start + operator.end(), other)

    def _swap_branches(self, test: ast.expr) -> None:
        """Do what belongs to the other case; where another change of this condition does just that, leave it to it."""
        match test:
            case ast.UnaryOp(op=ast.Not()):
                return
            case ast.Compare(ops=[ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot() | ast.In() | ast.NotIn()]):
                return
        text = self._source[self._start(test) : self._end(test)].decode()
        self._replace("branches swapped", test, f"(not ({text}))")

    # --- what holds other things

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _visit_block(self, statements: Sequence[ast.stmt]) -> None:
        """Visit statements that run together.

        Statements of a class or module run when it is imported, and are no block; neither is an `elif`, before which
        nothing can stand.
        """
        outer = self._block
        if statements and outer is not None and not self._source.startswith(b"elif", self._start(statements[0])):
            self._enter(statements[0])
        self._visit_all(statements)
        self._block = outer

    def _enter(self, first: ast.stmt) -> None:
        decorators = first.decorator_list if isinstance(first, _Function | ast.ClassDef) else []
        self._block = min([first.lineno, *(decorator.lineno for decorator in decorators)])
        start = self._line_starts[self._block - 1] + first.col_offset
        self.blocks.append(Block(self._block, start, first.col_offset))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        outer = self._block
        self._names.append(node.name)
        self._block = None
        self._visit_all([*node.decorator_list, *node.body])
        self._block = outer
        self._names.pop()

    def _visit_function(self, node: _Function) -> None:
        outer = self._block
        self._names.append(node.name)
        self._visit_guards(node)
        self._visit_all(node.decorator_list)
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        if body:
            self._enter(body[0])
            self._visit_all([*node.args.defaults, *node.args.kw_defaults, *body])
        self._block = outer
        self._names.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def _visit_guards(self, node: _Function) -> None:
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call):
                continue
            given: list[ast.expr | ast.keyword] = [*decorator.args, *decorator.keywords]
            for index, argument in enumerate(given):
                if not isinstance(argument, ast.keyword) or argument.arg not in GUARDS:
                    continue
                if index:
                    start, end = self._end(given[index - 1]), self._end(argument)
                else:
                    start, end = self._start(argument), self._start(given[1]) if len(given) > 1 else self._end(argument)
                self._add("guard removed", start, end, "")

    def visit_If(self, node: ast.If) -> None:
        self._swap_branches(node.test)
        self.visit(node.test)
        self._visit_block(node.body)
        self._visit_block(node.orelse)

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._visit_block(node.body)
        self._visit_block(node.orelse)

    def _visit_for(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._visit_block(node.body)
        self._visit_block(node.orelse)

    def visit_For(self, node: ast.For) -> None:
        self._visit_for(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self._visit_for(node)

    def _visit_with(self, node: ast.With | ast.AsyncWith) -> None:
        self._visit_all(item.context_expr for item in node.items)
        self._visit_block(node.body)

    def visit_With(self, node: ast.With) -> None:
        self._visit_with(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self._visit_with(node)

    def visit_Try(self, node: ast.Try) -> None:
        for statements in (node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody):
            self._visit_block(statements)

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        for case in node.cases:
            self._visit_all([case.guard])
            self._visit_block(case.body)

    # --- statements

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call) and not _is_log(call):
            self._replace("call dropped", node, "pass")
            self.visit(call)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace("refusal dropped", node, "pass")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            return
        if not (isinstance(node.value, ast.Constant) and node.value.value in (None, False, True)):
            self._replace("None returned", node.value, "None")
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        others = {"+=": "-=", "-=": "+="}
        operator = re.search(rb"[-+]=", self._source[self._end(node.target) : self._start(node.value)])
        if operator:
            start = self._end(node.target) + operator.start()
            self._add("arithmetic", start, start + 2, others[operator[0].decode()])
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all([node.value])

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if not any(name.startswith("__") for name in names):
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """What it says is so, or the program would be wrong already."""

    # --- expressions

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in _SWITCHES:
            self.visit(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Before Python 3.12 nobody knows where something in it stands."""

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all([*node.args.defaults, *node.args.kw_defaults, node.body])

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._swap_branches(node.test)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, right in zip([node.left, *node.comparators], node.comparators, strict=False):
            self._replace_operator("comparison", left, right, _COMPARISONS)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._replace_operator("and/or", left, right, _CONJUNCTIONS)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._replace_operator("arithmetic", node.left, node.right, _ARITHMETIC)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            start = self._start(node)
            end = start + len(b"not")
            self._add("not removed", start, end + (self._source[end : end + 1] == b" "), "")
        self.visit(node.operand)

    def visit_Constant(self, node: ast.Constant) -> None:
        match node.value:
            case bool(value):
                self._replace("constant", node, str(not value))
            case int(value) | float(value):
                self._replace("constant", node, str(value + 1))


def _is_log(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(ast.Name(name)):
            return name.strip("_") in _LOGS
    return False
