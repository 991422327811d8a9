"""Write every paper into ``docs/trust/``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from config import ROOT
from survey_app.erasure.data_map import data_map
from survey_app.papers import data_schedule, one_page, tables

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = ROOT / "docs" / "trust"
PAPERS: dict[str, Callable[[], str]] = {
    "data-map.md": data_map,
    "retention.md": data_schedule.retention_page,
    "data-schedule.md": data_schedule.schedule_page,
    "asvs.md": tables.asvs_page,
    "accessibility.md": tables.wcag_page,
    "privacy.md": one_page.privacy_page,
}


def main() -> int:
    """Write the papers that are not as they should be; say which."""
    for name, write in PAPERS.items():
        path, text = FOLDER / name, write()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"Written: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
