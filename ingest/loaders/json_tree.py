"""JSON as people read it: "key: value" lines, headings for what is nested, tables for records."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import markdown_table

MAX_DEPTH = 12
"""Deeper values are written as JSON."""
_LONG = 120
_NAMES = ("title", "name", "label", "subject", "id", "key")


def load_json(source: SourceFile) -> Assembly:
    """Headings, lines and tables of a JSON file. Raises LoadError naming the bad line."""
    value = _parse(source, decode(source.read()), "")
    assembly = Assembly()
    assembly.title = _title(value) or source.stem
    _add(assembly, value, (), 1)
    return assembly


def load_json_lines(source: SourceFile) -> Assembly:
    """One record per line."""
    lines = decode(source.read()).splitlines()
    values = [_parse(source, line, f" on line {n}") for n, line in enumerate(lines, 1) if line.strip()]
    assembly = Assembly(title=source.stem)
    _add(assembly, values, (), 1)
    return assembly


def _parse(source: SourceFile, text: str, where: str) -> Any:  # noqa: ANN401 - any JSON value
    """Numbers stay the text that the file has, so that none is rounded."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=_with_all)
    except json.JSONDecodeError as error:
        place = where or f" at line {error.lineno}, column {error.colno}"
        raise source.error(f"is not valid JSON{place}: {error.msg.lower()}.") from error


def _with_all(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that it has several times all values are kept, as a list."""
    values = defaultdict(list)
    for key, value in pairs:
        values[key].append(value)
    return {key: found if len(found) > 1 else found[0] for key, found in values.items()}


def _title(value: Any) -> str:  # noqa: ANN401
    title = next((value[key] for key in _NAMES[:3] if key in value), "") if isinstance(value, dict) else ""
    return title if isinstance(title, str) else ""


def _add(assembly: Assembly, value: Any, path: tuple[str, ...], depth: int) -> None:  # noqa: ANN401
    if depth > MAX_DEPTH:
        assembly.add("paragraph", json.dumps(value, ensure_ascii=False))
    elif isinstance(value, dict):
        _add_object(assembly, value, path, depth)
    elif isinstance(value, list):
        _add_list(assembly, value, path, depth)
    else:
        assembly.add("paragraph", _scalar(value))


def _add_object(assembly: Assembly, value: dict[str, Any], path: tuple[str, ...], depth: int) -> None:
    flat = {key: item for key, item in value.items() if not isinstance(item, dict | list)}
    assembly.add("paragraph", "\n".join(f"{key}: {_scalar(item)}" for key, item in flat.items()))
    for key, item in value.items():
        if key not in flat and item:
            here = (*path, key)
            assembly.add("heading", " › ".join(here[-3:]), min(depth, 6))
            _add(assembly, item, here, depth + 1)


def _add_list(assembly: Assembly, value: list[Any], path: tuple[str, ...], depth: int) -> None:
    if all(not isinstance(item, dict | list) for item in value):
        assembly.add("list", "\n".join(f"- {_scalar(item)}" for item in value))
    elif columns := _columns(value):
        assembly.add(
            "table", markdown_table([columns, *([_scalar(item.get(key)) for key in columns] for item in value)])
        )
    else:
        for number, item in enumerate(value, 1):
            if isinstance(item, dict | list):
                here = (*path, _item_name(item, number))
                assembly.add("heading", " › ".join(here[-3:]), min(depth, 6))
                _add(assembly, item, here, depth + 1)
            else:
                assembly.add("paragraph", _scalar(item))


def _columns(records: list[Any]) -> list[str]:
    """The keys of flat records of short values, which make a table; empty for anything else."""
    if len(records) < 2 or not all(isinstance(record, dict) for record in records):
        return []
    keys = dict.fromkeys(key for record in records for key in record)
    values = [record.get(key) for record in records for key in keys]
    is_flat = not any(isinstance(value, dict | list) or len(str(value)) > _LONG for value in values)
    is_dense = sum(value is not None for value in values) * 2 > len(values)
    return list(keys) if is_flat and is_dense else []


def _item_name(item: Any, number: int) -> str:  # noqa: ANN401
    names = [item[key] for key in _NAMES if isinstance(item.get(key), str)] if isinstance(item, dict) else []
    return names[0][:_LONG] if names and names[0].strip() else f"{number}"


def _scalar(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
