#!/usr/bin/env python3
"""Focal's one door: everything a person does with this project begins with ``python3 focal.py``.

Only Python's own library is used here, and only what Python 3.9 can read, so that an old or bare machine
gets a sentence that helps and not a traceback.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCKS = ROOT / "requirements"
UNFINISHED = VENV / ".setting-up"
SCHEMA_TESTS = "tests/migrations/test_schema.py"
OLDEST = (3, 11)
NEWEST_TRIED = 14
MOST_LINES, LONGEST_LINE = 60, 200


class Trouble(Exception):
    """Something a person has to mend; its text says what and how."""


# --- the commands ------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """Serve Focal on this machine (PORT changes the port; --lan lets phones in the room reach it)."""
    return _serve(arguments, dict(os.environ))


def serve(arguments: list[str]) -> int:
    """Serve Focal on a server behind a proxy, with gunicorn (FOCAL_BIND, FOCAL_WORKERS, FOCAL_THREADS)."""
    python = ready("app")
    if call([python, "-m", "survey_app.assets"]):
        raise Trouble("The page files could not be made; the lines above say why.")
    os.chdir(ROOT)
    sys.stdout.flush()
    return os.execv(python, [python, "-m", "gunicorn", "-c", "survey_app/gunicorn.py", *arguments])


def demo(arguments: list[str]) -> int:
    """Serve the invented sample network, with its sign-ins printed; your own data is not touched."""
    instance = Path(os.environ.get("FOCAL_INSTANCE") or ROOT / "instance")
    # Always its own file: a sample network must never land in a real database.
    url = "sqlite:///{}".format((instance / "demo.sqlite").as_posix())
    return _serve(arguments, {**os.environ, "FOCAL_DEMO": "1", "DATABASE_URL": url})


def test(arguments: list[str]) -> int:
    """Pass every test, with a real browser and a real PostgreSQL; what follows goes to pytest."""
    python = ready("dev")
    environment = dict(os.environ)
    # Many tests start a server, and compiled files spare each start a third of a second.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if environment.get("CI") == "true":
        environment["FOCAL_REQUIRE_BROWSER"] = "1"
    if not arguments:
        arguments = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "worksteal"]
        _find_browser(python, environment)
    return call([python, "-m", "pytest", *arguments], environment)


def check(_arguments: list[str]) -> int:
    """Hold the code against its rules, all at once: style, types, walls, migrations, locks."""
    python = ready("dev")
    tools = Path(python).parent
    commands = (
        ("style and documentation (ruff)", [str(tools / "ruff"), "check", "-q", "--output-format=concise"]),
        ("types (mypy)", [str(tools / "mypy"), "--no-error-summary"]),
        ("walls between the parts (import-linter)", [str(tools / "lint-imports"), "--no-cache"]),
        ("migrations: one head, same as the models", [python, "-m", "pytest", "-q", SCHEMA_TESTS]),
        ("the library of measures", [python, "-m", "measures"]),
    )
    into = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    started = [(title, subprocess.Popen(command, cwd=ROOT, **into)) for title, command in commands]
    failed = [_fault_line("locks hold no address", "\n".join(addresses_in_locks()))]
    for title, process in started:
        said = process.communicate()[0].strip()
        failed.append(_fault_line(title, said if process.returncode else ""))
    print("\nAll in order." if not any(failed) else "\n{} to mend.".format(sum(failed)))
    return int(any(failed))


def bench(arguments: list[str]) -> int:
    """Measure what things cost; name one benchmark, or none for all."""
    return call([ready("dev"), "-m", "bench", *arguments])


def faults(arguments: list[str]) -> int:
    """Break it on purpose, at full size, and count (R1 R2 ... names figures; goes on where it stopped)."""
    return call([ready("dev"), "-m", "tests.faults", *arguments])


def lock(arguments: list[str]) -> int:
    """Choose package versions anew and write the hashed locks (--upgrade takes the newest allowed)."""
    python = ready("dev")
    uv = find_uv()
    if uv is None:
        say("Fetching uv, which writes the locks ...")
        must([python, "-m", "pip", "install", "--quiet", "uv"], "uv could not be installed.")
        uv = find_uv()
    for name in ("app", "dev", "oracles"):
        command = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-annotate", "--custom-compile-command", "python3 focal.py lock"]
        command += ["--no-emit-index-url", "--no-emit-find-links", *arguments]
        must([*command, f"requirements/{name}.in", "-o", f"requirements/{name}.txt"], f"{name}.in: no lock.")
        say(f"requirements/{name}.txt is written.")
    if found := addresses_in_locks():
        raise Trouble("A lock names an address, which it must not:\n" + "\n".join(found))
    return 0


def backup(arguments: list[str]) -> int:
    """Make a signed backup while Focal runs (--to FOLDER, --list, --check FILE)."""
    return call([ready("app"), "-m", "survey_app.backup", "backup", *arguments])


def restore(arguments: list[str]) -> int:
    """Put a backup into an empty place (FILE, --into WHERE, --replace)."""
    return call([ready("app"), "-m", "survey_app.backup", "restore", *arguments])


def doctor(_arguments: list[str]) -> int:
    """Look at this machine and say what is missing and what to do about it."""
    failed = []
    try:
        base = base_python()
        failed.append(_fault_line(f"Python: {base}", ""))
        failed.append(_fault_line("Python can make an environment", "" if find_uv() else venv_fault(base)))
    except Trouble as trouble:
        failed.append(_fault_line("Python", str(trouble)))
    kinds = [kind for kind in ("app", "dev") if is_ready(kind)]
    wanted = "" if kinds else "Not set up yet, or not finished: python3 focal.py run does it."
    failed.append(_fault_line("installed packages: {}".format(" and ".join(kinds) or "none"), wanted))
    code = int(any(failed))
    if kinds:
        code |= call([str(venv_python()), "-m", "survey_app.doctor"])
    if "dev" in kinds:
        code |= call([str(venv_python()), "-m", "tests.browser"])
    return code


def help_(_arguments: list[str]) -> int:
    """Show these lines."""
    print("Focal: a very short survey, the teacher's own view, and the gap between them.\n")
    print("    python3 focal.py COMMAND\n")
    for name, command in COMMANDS.items():
        print("    {:8}{}".format(name, (command.__doc__ or "").splitlines()[0]))
    return 0


COMMANDS = {
    "run": run,
    "serve": serve,
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "faults": faults,
    "lock": lock,
    "backup": backup,
    "restore": restore,
    "doctor": doctor,
    "help": help_,
}


# --- the environment ---------------------------------------------------------------------------------------


def ready(kind: str) -> str:
    """Return the Python of ``.venv`` after making sure that the lock of this kind is installed in it."""
    if kind == "app" and (is_ready("app") or is_ready("dev")):
        return str(venv_python())
    if not is_ready(kind):
        started = time.monotonic()
        base = base_python()
        if UNFINISHED.exists() or version_in_venv() is None:
            make_venv(base)
        UNFINISHED.touch()
        install(kind, base)
        UNFINISHED.unlink()
        stamp_file(kind).write_text(stamp(kind), encoding="ascii")
        say(f"Set up in {time.monotonic() - started:.0f} seconds.")
    return str(venv_python())


def is_ready(kind: str) -> bool:
    """Tell whether this lock, as it is now, was installed to the end by the Python that is there now."""
    try:
        return not UNFINISHED.exists() and stamp_file(kind).read_text(encoding="ascii") == stamp(kind)
    except OSError:
        return False


def stamp(kind: str) -> str:
    """Return what an installed lock is recognised by: its own bytes and the Python it was installed for."""
    version = version_in_venv() or "no Python"
    return hashlib.sha256((LOCKS / f"{kind}.txt").read_bytes() + version.encode()).hexdigest()


def stamp_file(kind: str) -> Path:
    """Return where the stamp of a lock is kept."""
    return VENV / f".stamp-{kind}"


def venv_python() -> Path:
    """Return the environment's Python, whether it is there or not."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def version_in_venv() -> str | None:
    """Return the version of the environment's Python, or None when there is none that works."""
    try:
        done = subprocess.run(
            [str(venv_python()), "-c", "import sys; print(sys.version)"], capture_output=True, text=True
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def base_python() -> str:
    """Return a Python that is new enough, this one if it is, or say which one to install."""
    # Not sys.executable: inside .venv that would be the very file that is about to be replaced.
    own = getattr(sys, "_base_executable", None) or sys.executable
    if sys.version_info >= OLDEST:
        return own
    for minor in range(NEWEST_TRIED, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and _runs(found, "pass"):
            return found
    raise Trouble(
        "Focal needs Python 3.11 or newer; this is Python {}.{}.\n"
        "  Debian or Ubuntu: {}apt install python3.11 python3.11-venv\n"
        "  macOS: brew install python@3.12, or the installer from python.org\n"
        "Then run this command again.".format(sys.version_info[0], sys.version_info[1], _sudo())
    )


def venv_fault(base: str) -> str:
    """Return what keeps this Python from making an environment, or nothing."""
    if _runs(base, "import venv, ensurepip"):
        return ""
    version = _output(base, "import sys; print('%d.%d' % sys.version_info[:2])")
    return (
        f"This Python cannot make an environment for Focal: its venv package is missing.\n"
        f"  Debian or Ubuntu: {_sudo()}apt install python{version}-venv\n"
        "Then run this command again."
    )


def make_venv(base: str) -> None:
    """Make ``.venv`` from nothing, clearing away what an interrupted set-up left behind."""
    uv = find_uv(outside=True)
    fault = venv_fault(base)
    if fault and not uv:
        raise Trouble(fault)
    say("Making .venv anew ..." if VENV.exists() else "Making an environment in .venv ...")
    empty_venv()
    if uv and _runs_well([uv, "venv", "--quiet", "--allow-existing", "--python", base, str(VENV)]):
        return
    make_venv_with_pip(base)


def make_venv_with_pip(base: str) -> None:
    """Make ``.venv`` with Python's own tool, or say which package it lacks."""
    if fault := venv_fault(base):
        raise Trouble(fault)
    empty_venv()
    must([base, "-m", "venv", str(VENV)], "The environment could not be made.")


def empty_venv() -> None:
    """Leave an empty ``.venv`` that says it is unfinished, so that the next start knows."""
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()


def install(kind: str, base: str) -> None:
    """Install a hashed lock with uv when it is here, else with pip."""
    lock_file = LOCKS / f"{kind}.txt"
    packages = sum(1 for line in lock_file.read_text(encoding="utf-8").splitlines() if "==" in line)
    say(f"Installing {packages} packages; the first time this takes about a minute ...")
    python = str(venv_python())
    wanted = ["--require-hashes", "-r", str(lock_file)]
    uv = find_uv()
    if uv:
        if _runs_well([uv, "pip", "install", "--quiet", "--python", python, *wanted]):
            return
        say("uv could not do it; trying pip ...")
    if not _runs(python, "import pip"):
        make_venv_with_pip(base)
    must(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *wanted],
        "The packages could not be installed. Is this machine online? Then run this command again.",
    )


def find_uv(*, outside: bool = False) -> str | None:
    """Return uv's path, from the machine or (unless ``outside``) from the environment."""
    inside = venv_python().with_name("uv.exe" if os.name == "nt" else "uv")
    return shutil.which("uv") or (str(inside) if inside.exists() and not outside else None)


def addresses_in_locks() -> list[str]:
    """Return every line of a lock or of its source that names an address or a place on a disk."""
    return [
        f"requirements/{path.name}, line {number}: {line.strip()}"
        for path in sorted(LOCKS.glob("*.*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "://" in line or "file:" in line
    ]


# --- small things ------------------------------------------------------------------------------------------


def _serve(arguments: list[str], environment: dict[str, str]) -> int:
    python = ready("app")
    if call([python, "-m", "survey_app.assets"], environment):
        raise Trouble("The page files could not be made; the lines above say why.")
    command = [python, "-m", "survey_app", *arguments]
    if os.name == "nt":
        return call(command, environment)
    # The server takes this process's place, so Ctrl-C and a service manager's stop reach it directly.
    os.chdir(ROOT)
    sys.stdout.flush()
    return os.execve(python, command, environment)


def _find_browser(python: str, environment: dict[str, str]) -> None:
    """Look for a browser before a full run; try to fetch one, once, where none is installed."""
    look = [python, "-m", "tests.browser"]
    if call(look, environment):
        say("Trying to fetch one: playwright install chromium ...")
        _quietly([python, "-m", "playwright", "install", "chromium"])
        call(look, environment)


def _fault_line(title: str, fault: str) -> bool:
    print("  {}  {}".format("NO " if fault else "ok ", title), flush=True)
    lines = [line for line in fault.splitlines() if ": note: " not in line]
    for line in lines[:MOST_LINES]:
        print(f"         {line[:LONGEST_LINE]}")
    if len(lines) > MOST_LINES:
        print(f"         ... and {len(lines) - MOST_LINES} lines more")
    return bool(fault)


def say(text: str) -> None:
    """Tell the person at the screen what is going on."""
    print(text, flush=True)


def call(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run a command in the project's folder to its end and return its exit code."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The command had the same Ctrl-C; it ends in its own way, and we wait for it.
            continue


def must(command: list[str], fault: str) -> None:
    """Run a command that set-up cannot do without; on failure show its last lines under ours."""
    done = _quietly(command)
    if done.returncode:
        last = "\n".join("    " + line for line in (done.stdout + done.stderr).strip().splitlines()[-12:])
        raise Trouble(f"{fault}\n{last}")


def _quietly(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def _runs_well(command: list[str]) -> bool:
    return _quietly(command).returncode == 0


def _runs(python: str, code: str) -> bool:
    enough = f"import sys; sys.version_info >= {OLDEST} or sys.exit(1); "
    return _runs_well([python, "-c", enough + code])


def _output(python: str, code: str) -> str:
    return _quietly([python, "-c", code]).stdout.strip()


def _sudo() -> str:
    return "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "


def main(arguments: list[str]) -> int:
    """Do one command; return 0 when all went well."""
    name = arguments[0] if arguments else "help"
    if name in ("-h", "--help") or arguments[1:2] in (["-h"], ["--help"]):
        name, arguments = "help", []
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        print(f"Focal has no command {name!r}.{hint}\n")
        help_([])
        return 2
    try:
        return COMMANDS[name](arguments[1:])
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing is lost: run the same command again.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
