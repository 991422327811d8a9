"""Write docs/reliability.md: the table between its marks, from what has been recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.all_figures import FIGURES
from tests.faults.figure import Figure, Tally, read_lines, read_record, summary

if TYPE_CHECKING:
    from pathlib import Path

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def write_table(record: Path, page: Path) -> None:
    """Put the recorded figures between the marks of the page; everything around them stays."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{table(record)}{END}{after}", encoding="utf-8")


def table(record: Path) -> str:
    """Return the table in Markdown."""
    done, lines = read_record(record), read_lines(record)
    rows = [
        "| figure | what was done, what must hold | faults that really happened | result | times | size |"
    ]
    rows.append("|---|---|---|---|---|---|")
    for figure in FIGURES:
        tally = done.get(figure.name)
        if tally is None:
            rows.append(
                f"| {figure.name} | {figure.title}: {figure.passes} | | not run at full size yet | | |"
            )
            continue
        failed = [one["fault"] for one in lines if one["figure"] == figure.name and one["fault"]]
        loads = [one["load"] for one in lines if one["figure"] == figure.name and one["load"] is not None]
        rows.append(
            f"| {figure.name} | {figure.title}: {figure.passes} | {_counts(tally, figure.faults)} |"
            f" {'**does not hold**: ' if failed else ''}{_counts(tally, figure.zero)} |"
            f" {_times(figure, tally)} | {_size(figure, tally, loads)} |"
        )
    return "\n".join(rows) + "\n"


def _counts(tally: Tally, names: tuple[str, ...]) -> str:
    return ", ".join(f"{tally.counts[name]:,} {name}" for name in names)


def _times(figure: Figure, tally: Tally) -> str:
    told = []
    for name, samples in tally.seconds.items():
        if found := summary(samples):
            told.append(f"{name}: " + ", ".join(f"{kind} {value:.2f} s" for kind, value in found.items()))
    slow = figure.slow(tally)
    return "; ".join(told) + (f"; **over**: {'; '.join(slow)}" if slow else "")


def _size(figure: Figure, tally: Tally, loads: list[float]) -> str:
    parts = [f"{tally.counts[name]:,} of {wanted:,} {name}" for name, wanted in figure.goal.items()]
    load = f"; load of the machine {min(loads):g}-{max(loads):g}" if loads else ""
    whole = "full" if figure.is_reached(tally) else "**part**"
    return f"{whole}: {', '.join(parts)}{load}"
