"""The tests themselves: one whose every assertion stands in a loop makes sure that there is something to loop over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loops import some

TESTS = Path(__file__).parent
_AS_LONG = {"zip", "enumerate", "sorted", "reversed", "list", "tuple", "set", "product", "permutations", "chain", "pairwise"}
"""Calls that give nothing only where they are given nothing."""


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield each test with its place."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield f"{path.relative_to(TESTS).as_posix()}:{node.lineno} {node.name}", node


def is_some(of: ast.expr, known: set[str]) -> bool:
    """Whether an iterable is seen to hold something: written out, a constant by its name, or held by `some`."""
    match of:
        case ast.Tuple(elts=there) | ast.List(elts=there) | ast.Set(elts=there) | ast.Dict(keys=there):
            held = bool(there)
        case ast.Name():
            held = of.id[0].isupper() or of.id in known
        case ast.Attribute():
            held = of.attr.isupper()
        case ast.BinOp():
            held = is_some(of.left, known) or is_some(of.right, known)
        case ast.ListComp() | ast.GeneratorExp() | ast.DictComp() | ast.SetComp():
            held = not of.generators[0].ifs and is_some(of.generators[0].iter, known)
        case ast.Call(func=ast.Attribute(attr="items" | "values" | "keys", value=value)):
            held = is_some(value, known)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            held = name in {"some", "range"} or (name in _AS_LONG and all(is_some(a, known) for a in of.args))
        case _:
            held = isinstance(of, ast.Constant) and bool(of.value)
    return held


def looked_at(node: ast.AST, known: set[str], sure: bool = True) -> Iterator[bool]:
    """Yield for each assertion below a node whether it is seen to be reached."""
    match node:
        case ast.For() | ast.AsyncFor():
            within = sure and is_some(node.iter, known)
            for child in node.body:
                yield from looked_at(child, known, within)
        case ast.Assert(test=ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(generators=[first, *_])])):
            yield sure and not first.ifs and is_some(first.iter, known)
        case ast.Assert():
            yield sure
        case _:
            if isinstance(node, ast.With) and any("raises(" in ast.unparse(item) for item in node.items):
                yield sure
            for inner in ast.iter_child_nodes(node):
                yield from looked_at(inner, known, sure)


def is_vacuous(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a test has assertions, each of them where it may never be reached."""
    known: set[str] = set()
    for found in ast.walk(test):
        match found:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value):
                known |= {name} if value is not None and is_some(value, set()) else set()
            case _:
                pass
    reached = [sure for child in test.body for sure in looked_at(child, known)]
    return bool(reached) and not any(reached)


def test_no_test_may_look_at_nothing() -> None:
    assert [place for place, test in some(functions()) if is_vacuous(test)] == []


@pytest.mark.parametrize(
    ("body", "vacuous"),
    [
        ("for x in found(): assert x", True),
        ("assert all(x for x in found())", True),
        ("assert all(x for x in (1, 2) if f(x))", True),
        ("for x in some(found()):\n        for y in x: assert y", True),
        ("for x in some(found()): assert x", False),
        ("for x in (1, 2): assert x", False),
        ("for x in found(): assert x\n    assert y", False),
        ("for x in zip(NAMES, some(found())): assert x", False),
        ("found = [1]\n    for x in found: assert x", False),
    ],
)
def test_such_a_test_is_found(body: str, vacuous: bool) -> None:
    (test,) = ast.parse(f"def test_it():\n    {body}").body
    assert isinstance(test, ast.FunctionDef)
    assert is_vacuous(test) is vacuous


def test_nothing_is_not_some() -> None:
    assert some(iter("ab")) == ["a", "b"]
    with pytest.raises(AssertionError, match="nothing to look at"):
        some([])
