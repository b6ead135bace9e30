"""Definitions in Python code, found by its own parser."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from ingest.loaders.code_types import Definition

_MAX_LEVEL = 4


def definitions_of_python(text: str) -> list[Definition] | None:
    """Functions, classes and their methods in order; None where the code cannot be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the code's own odd strings
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return list(_definitions(tree.body, 1))


def _definitions(body: list[ast.stmt], level: int) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            inner = list(_definitions(node.body, level + 1)) if level < _MAX_LEVEL else []
            yield Definition(f"class {node.name}", level, _start(node), _end(node), inner[0].start if inner else None)
            yield from inner
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
            yield Definition(f"{kind} {node.name}", level, _start(node), _end(node))
        elif isinstance(node, ast.If | ast.Try):  # definitions that depend on the platform
            yield from _definitions(node.body, level)


def _start(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno
