"""What a database is made of and what it holds, read below the product: to compare before and after."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.faults.reckoning import rows

SQLITE_PARTS = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
POSTGRES_PARTS = (
    "SELECT 'column', table_name || '.' || column_name,"
    " concat(data_type, character_maximum_length, is_nullable, column_default)"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT 'constraint', conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
    "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgrelid::regclass::text || '.' || tgname, pg_get_triggerdef(oid)"
    " FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'policy', tablename || '.' || policyname, coalesce(qual, '') || coalesce(with_check, '') || cmd"
    " FROM pg_policies",
    "SELECT 'row security', relname, relrowsecurity::text || relforcerowsecurity::text FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    "SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


def parts(url: str) -> dict[tuple[str, str], str]:
    """Return every table, index, trigger, foreign key and policy with its definition."""
    if url.startswith("sqlite"):
        return {
            (kind, name): _plain(kind, sql) for kind, name, _table, sql in rows(url, SQLITE_PARTS)
        } | _keys(url)
    return {(kind, name): str(text) for query in POSTGRES_PARTS for kind, name, text in rows(url, query)}


def _plain(kind: str, sql: str | None) -> str:
    # A table's own text changes when it is rebuilt; its columns and keys, read apart, must not.
    return "" if kind == "table" else " ".join((sql or "").split())


def _keys(url: str) -> dict[tuple[str, str], str]:
    found = {}
    for (table,) in rows(url, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        columns = sorted(row[1:] for row in rows(url, f'PRAGMA table_info("{table}")'))
        keys = sorted(str(row[2:]) for row in rows(url, f'PRAGMA foreign_key_list("{table}")'))
        found["columns", table] = str(columns)
        found["foreign keys", table] = str(keys)
    return found


def content(url: str, *, only: set[str] | None = None) -> dict[str, str]:
    """Return a hash of each table's rows, whatever their order; ``only`` names tables and columns to read."""
    names = sorted(
        name
        for kind, name in parts(url)
        if kind == ("columns" if url.startswith("sqlite") else "row security")
    )
    hashes = {}
    for table in names:
        if table == "alembic_version" or table.startswith("sqlite_"):
            continue
        columns = [one for one in _columns(url, table) if only is None or f"{table}.{one}" in only]
        if columns:
            listed = ", ".join(f'"{one}"' for one in columns)
            found = sorted(repr(_readable(row)) for row in rows(url, f'SELECT {listed} FROM "{table}"'))
            hashes[table] = hashlib.sha256("\n".join(found).encode()).hexdigest()[:16] + f" {len(found)} rows"
    return hashes


def columns(url: str) -> set[str]:
    """Return every column as "table.column"."""
    tables = {name for kind, name in parts(url) if kind in ("columns", "row security")}
    return {f"{table}.{column}" for table in tables for column in _columns(url, table)}


def _columns(url: str, table: str) -> list[str]:
    if url.startswith("sqlite"):
        return sorted(row[1] for row in rows(url, f'PRAGMA table_info("{table}")'))
    where = f"table_name = '{table}' AND table_schema = 'public'"
    query = f"SELECT column_name FROM information_schema.columns WHERE {where}"
    return sorted(row[0] for row in rows(url, query))


def _readable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(str(one) for one in row)
