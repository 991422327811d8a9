"""Run the benchmarks: ``python3 focal.py bench [name ...]``.

A benchmark is a module in this folder with a ``main()`` that prints what it measured.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib import import_module
from pathlib import Path


def names() -> list[str]:
    """Return the benchmarks there are."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def main(wanted: list[str]) -> int:
    """Run the wanted benchmarks, or all; return 0 when every one came to its end."""
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        print(f"There is no benchmark {' or '.join(unknown)}. There are: {', '.join(names()) or 'none yet'}.")
        return 2
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores")
    for name in wanted or names():
        module = import_module(f"bench.{name}")
        if not hasattr(module, "main"):
            continue
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        started = time.perf_counter()
        module.main()
        print(f"({time.perf_counter() - started:.1f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
