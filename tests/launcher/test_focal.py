"""The launcher helps on a bare, old or interrupted machine.

Environments are really made here, from locks that are empty, so that nothing is downloaded.
"""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "focal.py"


@pytest.fixture
def clone(tmp_path):
    """Return a folder with the launcher and locks that ask for nothing."""
    return _new_clone(tmp_path / "clone")


@pytest.fixture(scope="module")
def set_up_once(tmp_path_factory):
    folder = _new_clone(tmp_path_factory.mktemp("once") / "clone")
    return folder, _focal(folder, "bench")


@pytest.fixture
def set_up_clone(set_up_once, tmp_path):
    """Return a clone in which set-up has already come to its end."""
    return shutil.copytree(set_up_once[0], tmp_path / "clone", symlinks=True)


def _new_clone(folder):
    (folder / "requirements").mkdir(parents=True)
    (folder / "bench").mkdir()
    shutil.copy(LAUNCHER, folder)
    for name in ("app", "dev"):
        (folder / "requirements" / f"{name}.txt").write_text("# nothing\n", encoding="utf-8")
    (folder / "bench" / "__main__.py").write_text("print('reached')\n", encoding="utf-8")
    return folder


def _focal(folder, *arguments, **more):
    """Run the launcher of a clone where no uv is in sight."""
    environment = {**os.environ, "PATH": "/usr/bin:/bin", **more}
    command = [sys.executable, str(folder / "focal.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def _python_that_lacks(folder, module):
    """Return a Python as Debian ships it: complete, but for one module."""
    folder.mkdir()
    python = folder / "python3"
    python.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        f"if any('{module}' in word for word in sys.argv): sys.exit(1)\n"
        f"os.execv({sys.executable!r}, [{sys.executable!r}, *sys.argv[1:]])\n",
        encoding="utf-8",
    )
    python.chmod(0o755)
    return python


def _launcher(clone):
    """Return the launcher of the clone as a module, to ask it single questions."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("focal_of_the_clone", clone / "focal.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_python_3_9_can_read_the_launcher():
    ast.parse(LAUNCHER.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_the_launcher_needs_nothing_but_python():
    imported = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else alias.name.split(".")[0]
        for node in ast.walk(ast.parse(LAUNCHER.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= sys.stdlib_module_names


def test_help_names_every_command(clone):
    shown = _focal(clone, "help")
    assert shown.returncode == 0
    for name in ("run", "demo", "test", "check", "bench", "lock", "doctor"):
        assert f"\n    {name} " in shown.stdout


def test_a_slip_of_the_finger_is_met_with_the_near_command(clone):
    shown = _focal(clone, "tset")
    assert shown.returncode == 2
    assert "Did you mean test?" in shown.stdout


def test_the_first_command_sets_up_and_goes_on(set_up_once):
    _folder, first = set_up_once
    assert first.returncode == 0, first.stderr
    assert "Set up in" in first.stdout
    assert first.stdout.endswith("reached\n")


def test_the_second_command_goes_straight_on(set_up_clone):
    assert _focal(set_up_clone, "bench").stdout == "reached\n"


def test_a_changed_lock_is_installed_again(set_up_clone):
    (set_up_clone / "requirements" / "dev.txt").write_text("# still nothing\n", encoding="utf-8")
    assert "Installing 0 packages" in _focal(set_up_clone, "bench").stdout


def test_an_interrupted_set_up_is_begun_anew(set_up_clone):
    (set_up_clone / ".venv" / ".setting-up").touch()
    left_behind = set_up_clone / ".venv" / "half-a-package"
    left_behind.touch()
    assert "Making .venv anew" in _focal(set_up_clone, "bench").stdout
    assert not left_behind.exists()
    assert _focal(set_up_clone, "bench").stdout == "reached\n"


def test_an_environment_whose_python_has_gone_is_not_ready(set_up_clone):
    launcher = _launcher(set_up_clone)
    assert launcher.is_ready("dev")
    for python in (set_up_clone / ".venv" / "bin").glob("python*"):
        python.unlink()
    assert launcher.version_in_venv() is None
    assert not launcher.is_ready("dev")


def test_run_is_content_with_a_developers_environment(set_up_clone):
    launcher = _launcher(set_up_clone)
    assert launcher.is_ready("dev")
    assert not launcher.is_ready("app")
    assert launcher.ready("app") == str(launcher.venv_python())


def test_a_python_without_venv_is_told_which_package_to_install(clone, tmp_path, monkeypatch):
    launcher = _launcher(clone)
    bare = _python_that_lacks(tmp_path / "bare", "ensurepip")
    monkeypatch.setattr(launcher, "base_python", lambda: str(bare))
    monkeypatch.setattr(launcher, "find_uv", lambda **_where: None)
    with pytest.raises(launcher.Trouble) as trouble:
        launcher.ready("app")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"apt install python{version}-venv" in str(trouble.value)
    assert not launcher.is_ready("app")


def test_an_old_python_is_told_what_to_install(clone, monkeypatch):
    launcher = _launcher(clone)
    monkeypatch.setattr(launcher.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(launcher.shutil, "which", lambda _name: None)
    with pytest.raises(launcher.Trouble, match=r"needs Python 3.11 or newer; this is Python 3.9") as trouble:
        launcher.base_python()
    assert "python3.11 python3.11-venv" in str(trouble.value)


def test_an_old_python_finds_a_newer_one_beside_it(clone, monkeypatch):
    launcher = _launcher(clone)
    monkeypatch.setattr(launcher.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(
        launcher.shutil, "which", lambda name: sys.executable if name == "python3.12" else None
    )
    assert launcher.base_python() == sys.executable


def test_packages_that_cannot_be_had_are_said_in_plain_words(set_up_clone):
    lock = set_up_clone / "requirements" / "dev.txt"
    lock.write_text("no-such-package-anywhere==1.0 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    shown = _focal(set_up_clone, "bench", PIP_NO_INDEX="1")
    assert shown.returncode == 1
    assert "The packages could not be installed. Is this machine online?" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert not _launcher(set_up_clone).is_ready("dev")


@pytest.mark.parametrize("line", ["--index-url https://example.org/simple", "thing @ file:///tmp/thing"])
def test_an_address_in_a_lock_is_found(clone, line):
    launcher = _launcher(clone)
    assert launcher.addresses_in_locks() == []
    (clone / "requirements" / "app.txt").write_text(f"thing==1.0\n{line}\n", encoding="utf-8")
    assert launcher.addresses_in_locks() == [f"requirements/app.txt, line 2: {line}"]


def test_the_locks_of_this_project_hold_no_address():
    assert _launcher(ROOT).addresses_in_locks() == []


@pytest.mark.parametrize("kind", ["app", "dev"])
@pytest.mark.parametrize("gpl", ["pingouin", "krippendorff"])
def test_tools_under_another_licence_are_in_neither_lock(kind, gpl):
    assert f"{gpl}==" not in (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")


def test_the_demo_never_touches_another_database(clone, monkeypatch):
    launcher = _launcher(clone)
    served = {}
    monkeypatch.setattr(launcher, "_serve", lambda arguments, environment: served.update(environment) or 0)
    monkeypatch.setenv("DATABASE_URL", "postgresql://school/real")
    launcher.main(["demo"])
    assert served["DATABASE_URL"].endswith("/demo.sqlite")
    assert served["FOCAL_DEMO"] == "1"
