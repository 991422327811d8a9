"""Measure how reliable Focal is: ``python3 focal.py faults [R1 R2 ...]``.

Batches are done one after the other until every figure named (or every one there is) has its full size, and
each is written down in ``instance/faults/record.jsonl`` when it is over. Stop it when you like: the next
call goes on from there. ``--minutes`` sets how long it may take, ``--table`` writes docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from survey_app import assets
from tests.faults.all_figures import FIGURES
from tests.faults.figure import Figure, Tally, read_record, summary
from tests.faults.table import write_table

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Do batches until the figures are reached or the time is over; return 0 when everything held."""
    parser = argparse.ArgumentParser(prog="focal.py faults", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("figures", nargs="*", metavar="R", help="R1 R2 ...; none means all")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="begin no batch after so many minutes")
    parser.add_argument(
        "--batches", type=int, default=10**6, help="do at most so many batches of each figure"
    )
    parser.add_argument("--fast", action="store_true", help="the size that the tests use, once, not recorded")
    parser.add_argument("--small", action="store_true", help="batches of the tests' size, recorded")
    parser.add_argument("--table", action="store_true", help="only write docs/reliability.md from the record")
    options = parser.parse_args(arguments)
    record = Path(os.environ.get("FOCAL_INSTANCE") or ROOT / "instance") / "faults" / "record.jsonl"
    chosen = _chosen(options.figures)
    if options.table:
        write_table(record, ROOT / "docs" / "reliability.md")
        return 0
    assets.build()
    until = time.monotonic() + 60 * options.minutes
    failed = [one.name for one in chosen if not _run(one, record, options, until)]
    print("Everything that was done holds." if not failed else f"Does not hold: {', '.join(failed)}")
    return int(bool(failed))


def _chosen(names: list[str]) -> list[Figure]:
    wanted = {name.upper() for name in names}
    chosen = [
        one for one in FIGURES if not wanted or {one.name.upper(), one.name.rstrip("abc").upper()} & wanted
    ]
    if not chosen:
        raise SystemExit(f"There is no such figure; there are {' '.join(one.name for one in FIGURES)}.")
    return chosen


def _run(figure: Figure, record: Path, options: argparse.Namespace, until: float) -> bool:
    done = Tally() if options.fast else read_record(record).get(figure.name, Tally())
    print(f"{figure.name}: {figure.title}", flush=True)
    for _turn in range(1 if options.fast else options.batches):
        if figure.is_reached(done) or time.monotonic() > until:
            break
        began, worked = time.monotonic(), _processor_seconds()
        with _folder() as folder:
            tally = figure.batch(folder, figure.fast if options.fast or options.small else figure.full)
        print(f"   {time.monotonic() - began:.0f} s, {_processor_seconds() - worked:.0f} s of a processor")
        held, fault = True, ""
        try:
            figure.check(tally)
        except AssertionError as wrong:
            held, fault = False, str(wrong)
        if not options.fast:
            _write(record, figure, tally, time.monotonic() - began, fault)
        done.merge(tally)
        _tell(done, fault)
        if not held:
            return False
    slow = [] if options.fast or options.small else figure.slow(done)
    for one in slow:
        print(f"   OVER: {one}", flush=True)
    return not slow


def _processor_seconds() -> float:
    """Return what this process and everybody it started and waited for have used."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _folder() -> tempfile.TemporaryDirectory[str]:
    class Short(tempfile.TemporaryDirectory):
        # PostgreSQL's own user has to pass through, and the address of a socket must be short.
        def __enter__(self) -> Path:
            Path(self.name).chmod(0o755)
            return Path(self.name)

    return Short(prefix="focal-f-", ignore_cleanup_errors=True)


def _write(record: Path, figure: Figure, tally: Tally, took: float, fault: str) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    line = {
        "figure": figure.name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "took": round(took, 1),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "fault": fault,
        **tally.as_json(),
    }
    with record.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run([git, "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()


def _tell(done: Tally, fault: str) -> None:
    print("   " + ", ".join(f"{name} {count}" for name, count in done.counts.items()))
    for name, samples in done.seconds.items():
        told = ", ".join(f"{kind} {value:.2f} s" for kind, value in summary(samples).items())
        print(f"   {name}: {told} (n={len(samples)})")
    if fault:
        print(f"   DOES NOT HOLD: {fault}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
