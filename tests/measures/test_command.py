"""``python -m measures``, run as people run it; and what the package leaves alone."""

import shutil
import subprocess
import sys
from pathlib import Path

from measures.loader import LIBRARY_FOLDER

ROOT = LIBRARY_FOLDER.parent.parent


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_library_is_summed_up_and_passes():
    finished = run("-X", "utf8", "-m", "measures")
    assert finished.returncode == 0, finished.stderr
    assert "30 constructs, 105 items, 4 process checks" in finished.stdout
    assert "Languages without holes: en, es" in finished.stdout
    assert "es: 100 machine draft" in finished.stdout
    assert finished.stderr == ""


def test_accepted_remarks_are_shown_when_asked_for():
    finished = run("-X", "utf8", "-m", "measures", "--accepted")
    assert finished.stdout.count("[kept: ") == 21


def test_ten_faults_end_in_a_status_that_is_not_zero(tmp_path: Path):
    copy = tmp_path / "library"
    shutil.copytree(LIBRARY_FOLDER, copy)
    path = copy / "process_checks.yaml"
    text = path.read_text(encoding="utf-8")
    for n in (1, 2, 3, 4):
        # each time one key is missing and one is unknown
        text = text.replace(f"key: PC{n}\n    name:", f"key: PC{n}\n    nmae:")
    text = text.replace("source:", "sauce:")
    path.write_text(text, encoding="utf-8")
    finished = run("-X", "utf8", "-m", "measures", str(copy))
    assert finished.returncode == 1
    assert "10 faults in the measures library:" in finished.stderr
    assert finished.stderr.count("process_checks.yaml:") == 10


def test_an_unweighed_remark_ends_in_a_status_that_is_not_zero(tmp_path: Path):
    copy = tmp_path / "library"
    shutil.copytree(LIBRARY_FOLDER, copy)
    path = copy / "constructs" / "24_meaningful_work.yaml"
    words = path.read_text(encoding="utf-8")
    path.write_text(words.replace("matter to you?", "matter to you and your mom?"), encoding="utf-8")
    finished = run("-X", "utf8", "-m", "measures", str(copy))
    assert finished.returncode == 1
    assert "double_barrelled" in finished.stderr
    assert "protected_topic" in finished.stderr


def test_the_package_brings_no_web_no_database_and_no_tables():
    heavy = "{'flask', 'sqlalchemy', 'pandas', 'numpy', 'altair', 'analytics', 'survey_app', 'config'}"
    code = "import sys, measures, measures.lint, measures.codebook; "
    finished = run("-c", f"{code}print(sorted({heavy} & set(sys.modules)))")
    assert finished.stdout.strip() == "[]", finished.stderr
