"""A small mutator: each way in which one careless edit could weaken a module, as a module of its own."""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Iterator
from pathlib import Path

SWAPPED = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn}
SWAPPED |= {ast.NotIn: ast.In}
OPPOSITE = {"is_": "is_not", "is_not": "is_", "any": "all", "all": "any"}


class Mutant:
    """One change of one place, and what it was."""

    def __init__(self, tree: ast.Module, what: str, line: int, source: Path) -> None:
        self.what, self.line, self.source = what, line, source
        self._code = compile(ast.fix_missing_locations(tree), str(source), "exec")

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}: {self.what}"

    def module(self) -> types.ModuleType:
        """Return the changed module; the real one stays what it is."""
        made = types.ModuleType(f"mutant_{self.source.stem}")
        made.__file__ = str(self.source)
        exec(self._code, made.__dict__)
        return made


def mutants(source: Path) -> Iterator[Mutant]:
    """Return every mutant of a file; docstrings and annotations stay."""
    tree = ast.parse(source.read_text())
    for place, node in enumerate(ast.walk(tree)):
        for number, (what, _change) in enumerate(_changes(node)):
            twin = copy.deepcopy(tree)
            same = list(ast.walk(twin))[place]
            _changes(same)[number][1]()
            yield Mutant(twin, what, getattr(node, "lineno", 0), source)


def _changes(node: ast.AST) -> list[tuple[str, object]]:
    """Return what can be done to a node: in words, and as something to call on it."""
    found: list[tuple[str, object]] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        found += _changes_of_call(node)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
        wanted = SWAPPED[type(node.ops[0])]
        words = f"{ast.unparse(node)}, with {type(node.ops[0]).__name__} as {wanted.__name__}"
        found.append((words, lambda: node.ops.__setitem__(0, wanted())))
        if "viewer." in ast.unparse(node.comparators[0]):
            # Whoever looks is taken for whoever owns it.
            words = f"{ast.unparse(node)} asks nobody who is looking"
            found.append((words, lambda: node.comparators.__setitem__(0, copy.deepcopy(node.left))))
    if isinstance(node, ast.Name) and node.id in OPPOSITE and isinstance(node.ctx, ast.Load):
        found.append((f"{node.id} for {OPPOSITE[node.id]}", lambda: setattr(node, "id", OPPOSITE[node.id])))
    if isinstance(node, ast.BoolOp):
        other = ast.And if isinstance(node.op, ast.Or) else ast.Or
        found.append((f"{ast.unparse(node)}, with {other.__name__}", lambda: setattr(node, "op", other())))
    if hasattr(node, "body") and isinstance(node.body, list):
        found += _changes_of_body(node)
    return found


def _changes_of_call(call: ast.Call) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    name = call.func.attr
    if name == "where":
        for place, one in enumerate(call.args):
            words = f"where without {ast.unparse(one)}"
            found.append((words, lambda place=place: call.args.pop(place)))
    if name in OPPOSITE:
        words = f"{ast.unparse(call)}, with {OPPOSITE[name]}"
        found.append((words, lambda: setattr(call.func, "attr", OPPOSITE[name])))
    return found


def _changes_of_body(node: ast.AST) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for place, statement in enumerate(node.body):
        is_listening = isinstance(statement, ast.Expr) and ast.unparse(statement).startswith("event.listen")
        if isinstance(statement, ast.Raise) or is_listening:
            words = f"without {ast.unparse(statement)[:70]}"
            found.append((words, lambda place=place: node.body.__setitem__(place, ast.Pass())))
        if isinstance(statement, ast.Return) and statement.value is not None:
            words = f"None in place of {ast.unparse(statement)[:70]}"
            nothing = ast.Return(ast.Constant(None))
            found.append((words, lambda place=place, nothing=nothing: node.body.__setitem__(place, nothing)))
    return found
