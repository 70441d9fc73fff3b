"""What a mutant changes: one expression or statement of a file, drawn so that each kind of change is tried as often.

The source is changed by its text, so that nothing else of a file moves and the difference shown is one place.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_NOT_RUN = {"annotation", "returns", "decorator_list", "type_comment"}
_ONLY_TYPES = {"cast", "TypeVar", "NewType"}


class Mutant(NamedTuple):
    """One change: where (lines from 1, columns in bytes), of which kind, and what stands there then."""

    path: Path
    kind: str
    lines: tuple[int, int]
    columns: tuple[int, int]
    now: str

    def source(self) -> str:
        """Return the whole file with the change in it."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        first, last = self.lines[0] - 1, self.lines[1] - 1
        changed = lines[first][: self.columns[0]] + self.now.encode() + lines[last][self.columns[1] :]
        return b"".join([*lines[:first], changed, *lines[last + 1 :]]).decode()

    def told(self) -> str:
        """Return the first line that differs, as it was and as it is."""
        before, after = self.path.read_text(encoding="utf-8").splitlines(), self.source().splitlines()
        was, now = next(((a, b) for a, b in zip(before, after, strict=False) if a != b), ("", ""))
        return f"{self.path.name}:{self.lines[0]} {self.kind}: {was.strip()}  =>  {now.strip()}"


def drawn(paths: list[Path], count: int, seed: int) -> list[Mutant]:
    """Return `count` mutants of these files, or all that there are; the kinds take turns, the places are drawn."""
    random, kinds = Random(seed), dict[str, list[Mutant]]()
    for path in sorted(paths):
        for mutant in mutants(path):
            kinds.setdefault(mutant.kind, []).append(mutant)
    for found in kinds.values():
        random.shuffle(found)
    turns = [(place, kind, mutant) for kind, found in sorted(kinds.items()) for place, mutant in enumerate(found)]
    in_turn = (mutant for _, _, mutant in sorted(turns, key=lambda turn: turn[:2]))
    return list(islice(filter(_compiles, in_turn), count))


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    source = path.read_text(encoding="utf-8")
    for node in _run(ast.parse(source)):
        for kind, changed in _changes(node):
            now = changed if isinstance(changed, str) else ast.unparse(changed)
            if isinstance(changed, (ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp)):
                now = f"({now})"
            place = (node.lineno, node.end_lineno or node.lineno), (node.col_offset, node.end_col_offset or 0)
            yield Mutant(path, kind, *place, now)


def _compiles(mutant: Mutant) -> bool:
    try:
        compile(mutant.source(), mutant.path, "exec")
    except SyntaxError:
        return False
    return True


def _run(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Yield what runs: no annotations, no docstrings, nothing for type checkers; a text with values in it as a whole."""
    if isinstance(node, (ast.Import, ast.ImportFrom)) or _is_docstring(node) or _is_for_types(node):
        return
    if isinstance(node, (ast.expr, ast.stmt)):
        yield node
    if isinstance(node, ast.JoinedStr):
        return
    for name, value in ast.iter_fields(node):
        if name not in _NOT_RUN:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _run(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_for_types(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ONLY_TYPES
    guarded = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return called or guarded


def _changes(node: ast.expr | ast.stmt) -> Iterator[tuple[str, ast.expr | str]]:
    """Yield the kind of each change of a node and what stands there then."""
    for changes in (_of_conditions, _of_values, _of_statements, _of_calls):
        yield from changes(node)


def _of_conditions(node: ast.AST) -> Iterator[tuple[str, ast.expr | str]]:
    match node:
        case ast.Compare(ops=[only]):
            yield "compare", _with(node, ops=[_COMPARED[type(only)]()])
        case ast.BoolOp(op=op):
            yield "boolean", _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "boolean", operand
        case ast.IfExp(test=test):
            yield "condition", _with(node, test=ast.UnaryOp(ast.Not(), test))
        case _:
            pass


def _of_values(node: ast.AST) -> Iterator[tuple[str, ast.expr | str]]:
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _RECKONED and not (_is_text(left) or _is_text(right)):
            yield "reckoning", _with(node, op=_RECKONED[type(op)]())
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield "constant", ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield "text", ast.Constant(f"{value}¤")
        case ast.JoinedStr(values=values):
            yield "text", _with(node, values=[*values, ast.Constant("¤")])
        case _:
            pass


def _of_statements(node: ast.AST) -> Iterator[tuple[str, ast.expr | str]]:
    match node:
        case ast.Return(value=ast.Constant(value=None)):
            return
        case ast.Return(value=ast.expr()):
            yield "return", "return None"
        case ast.Raise() | ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield "dropped", "pass"
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield "dropped", "yield from ()"
        case _:
            pass


def _of_calls(node: ast.AST) -> Iterator[tuple[str, ast.expr | str]]:
    match node:
        case ast.Call(keywords=[*others, ast.keyword(arg=str())]):
            yield "argument", _with(node, keywords=others)
        case ast.Call(args=[first, second, *rest]) if not any(isinstance(a, ast.Starred) for a in (first, second)):
            yield "argument", _with(node, args=[second, first, *rest])
        case _:
            pass


def _is_text(node: ast.expr) -> bool:
    """Whether a `+` or `/` at it joins texts or paths; to reckon otherwise there only raises."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _with(node: ast.expr, **fields: object) -> ast.expr:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
