"""Released pictures of a network: which cells were asked for, and the frames that the charts take."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from survey_app.errors import BadInput
from survey_app.network.pages import wished_page

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from survey_app.models.releases import ReleaseCell, ReleaseItem
    from survey_app.releases.reading import Group

BY = {
    "region": "Region",
    "district": "District",
    "school": "School",
    "team": "Team",
    "grade_band": "Grades",
    "subject": "Subject",
    "change_idea": "Change idea",
    "cycle_number": "Cycle",
}
SHOW = {"gap": "The gap between teachers and students", "experience": "What students picked"}
WHO = {
    "coded": "Focal students, chosen by their teachers",
    "pooled": "Whole classes, or the rest of a class",
}
# Groupings that the release also has over cycles: the tables are declared, and there are no others.
OVER_CYCLES = {
    "region": "region+cycle_number",
    "team": "team+cycle_number",
    "change_idea": "change_idea+cycle_number",
    "cycle_number": "cycle_number",
}
WHOLE, WHOLE_NETWORK = "all", "The whole network"
# And the whole network. A group with lines weighs five times as much as one without.
ON_A_PAGE, ON_A_PAGE_WITH_LINES = 11, 5
ON_A_WALL = 8


@dataclass(frozen=True)
class Wish:
    """What a lead asks to see: everything is one of a few declared words."""

    by: str = "region"
    show: str = "gap"
    who: str = "coded"
    question: str = ""
    page: int = 1

    def but(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of a page that differs in something."""
        return vars(replace(self, **changes))


def on_a_page(by: str) -> int:
    """Return how many groups stand on one page."""
    return ON_A_PAGE_WITH_LINES if by in OVER_CYCLES and by != "cycle_number" else ON_A_PAGE


def wish_of(given: Mapping[str, str]) -> Wish:
    """Return what was asked for.

    Raises
    ------
    BadInput
        If anything but a declared grouping, or a word that this page offers, is asked for.
    """
    declared = {"by": BY, "show": SHOW, "who": WHO, "question": None, "page": None}
    for name, value in given.items():
        if name not in declared:
            raise BadInput(f"There is no {name!r} here: released figures have their groups, and no filters.")
        words = declared[name]
        if words is not None and value not in words:
            raise BadInput(f"{value!r} is none of: {', '.join(words)}.")
    words = {name: value for name, value in given.items() if name != "page"}
    return Wish(**words, page=wished_page(given.get("page")))


def first_question(
    items: Sequence[ReleaseItem], shown: Collection[str], whole: Sequence[ReleaseCell]
) -> ReleaseItem | None:
    """Return the question that a page shows first: of those with a figure there, the one that most answered.

    It follows from how many students of the whole network spoke, never from what they said.
    """
    answered = {cell.item: cell.n for cell in whole}
    there = [one for one in items if one.item in shown] or items
    return max(there, key=lambda one: answered.get(one.item, 0), default=None)


def about(
    items: Sequence[ReleaseItem], wish: Wish, first: ReleaseItem | None = None
) -> list[ReleaseItem]:
    """Return the questions of the construct to which the wished one belongs, or else the first one.

    Raises
    ------
    BadInput
        If the release has no such question.
    """
    known = {one.item: one for one in items}
    if wish.question and wish.question not in known:
        raise BadInput(f"This release has no question {wish.question!r}.")
    if not known:
        return []
    chosen = known[wish.question] if wish.question else first or next(iter(known.values()))
    kin = {one.item: one for one in items if one.construct == chosen.construct} if chosen.construct else {}
    return list(kin.values()) or [chosen]


def by_construct(items: Sequence[ReleaseItem]) -> dict[str, list[tuple[str, str]]]:
    """Return key and name of each question by construct, in the order of the library."""
    found: dict[str, dict[str, str]] = {}
    names = all_said(items)
    for one in items:
        found.setdefault(one.construct or "Others", {})[one.item] = names[one.item]
    return {construct: list(named.items()) for construct, named in found.items()}


def said(item: ReleaseItem) -> str:
    """Return a question's short name; with its band where it is the one with pictures for K-2."""
    return f"{item.name} (K-2)" if ".K-2." in item.item else item.name


def all_said(items: Sequence[ReleaseItem]) -> dict[str, str]:
    """Return a short name for each question, no two alike: versions say their number, or else their key."""
    names = {one.item: said(one) for one in items}
    for more in (lambda key: f"version {key.rsplit('.', 1)[-1]}", str):
        often = Counter(names.values())
        names = {
            key: f"{name} ({more(key)})" if often[name] > 1 else name for key, name in names.items()
        }
    return names


def numbered(groups: Sequence[Group]) -> list[Group]:
    """Return groups of which no two have one name: of two with the same name the second gets a number."""
    seen: Counter[str] = Counter()
    found = []
    for one in groups:
        seen[one.name] += 1
        found.append(one if seen[one.name] == 1 else one._replace(name=f"{one.name} ({seen[one.name]})"))
    return found


def parted(
    groups: Sequence[Group], shown: Collection[str]
) -> tuple[list[Group], list[str]]:
    """Return the groups of which anything was released, and the names of those that are too small so far."""
    return (
        [one for one in groups if one.key in shown],
        [one.name for one in groups if one.key not in shown],
    )


def heat_rows(
    wish: Wish, groups: Sequence[Group], items: Sequence[ReleaseItem], cells: Sequence[ReleaseCell]
) -> list[dict[str, Any]]:
    """Return a row for each group and question, the whole network last; what was withheld is empty."""
    found = {(_key(cell), cell.item): cell for cell in cells}
    names = {**dict(groups), WHOLE: WHOLE_NETWORK}
    words = all_said(items)
    return [
        {"group": name, "item": words[item.item], **_figure(wish, found.get((key, item.item)))}
        for key, name in names.items()
        for item in items
    ]


def _key(cell: ReleaseCell) -> str:
    if cell.table_name == "network":
        return WHOLE
    return cell.key if cell.cycle_number is None else str(cell.cycle_number)


def _figure(wish: Wish, cell: ReleaseCell | None) -> dict[str, Any]:
    if cell is None:
        return {"place": None, "words": None, "n": None, "teachers": None}
    behind = {"n": cell.n, "teachers": cell.teachers}
    if wish.show == "experience":
        words = "20 to 80 %" if (cell.share_low, cell.share_high) == (20, 80) else cell.says
        return {"place": (cell.share_low + cell.share_high) / 2, "words": words, **behind}
    if cell.gap is None:
        return {"place": None, "words": _why_no_gap(cell), **behind}
    sign = "+" if cell.gap > 0 else "−" if cell.gap < 0 else ""
    return {"place": cell.gap, "words": f"{sign}{abs(cell.gap)}", **behind}


def _why_no_gap(cell: ReleaseCell) -> str:
    if cell.mean is not None:
        return "no rating"
    return "a band only" if cell.mean_says is None else f"all at {cell.mean_says}"


def line_rows(
    wish: Wish, groups: Sequence[Group], cells: Sequence[ReleaseCell]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a row for each group and cycle, and the names of groups that have no point at all.

    A cell without a mean is too small for a line. The cycles go as far as anything was released.
    """
    named = {} if wish.by == "cycle_number" else dict(groups)
    named[""] = WHOLE_NETWORK
    found = {(cell.key, cell.cycle_number): cell for cell in cells if cell.mean is not None}
    cycles = sorted({cycle for _key, cycle in found if cycle is not None})
    there = {key for key, _cycle in found}
    rows = [
        {"group": name, "cycle": cycle, **_point(found.get((key, cycle)))}
        for key, name in named.items()
        if key in there
        for cycle in cycles
    ]
    return rows, [name for key, name in named.items() if key not in there]


def _point(cell: ReleaseCell | None) -> dict[str, Any]:
    if cell is None:
        return {"students": None, "teacher": None, "n": None}
    seen = None if cell.gap is None else min(max(cell.mean + cell.gap, 0), 100)
    return {"students": cell.mean, "teacher": seen, "n": cell.n}


def wall_rows(
    items: Sequence[ReleaseItem], cells: Sequence[ReleaseCell]
) -> tuple[list[dict[str, Any]], int]:
    """Return a row for each of the questions that most students answered, in the order of the library.

    How many answered decides which are there, never what they said. Those that were withheld, and those that
    have no room, are counted.
    """
    found = {cell.item: cell for cell in cells}
    there = [one for one in items if one.item in found]
    chosen = sorted(there, key=lambda one: -found[one.item].n)[:ON_A_WALL]
    rows, names = [], all_said(there)
    for one in (item for item in there if item in chosen):
        cell = found[one.item]
        point = _point(cell if cell.mean is not None else None)
        words = _figure(Wish(show="experience"), cell)["words"]
        rows.append({"item": names[one.item], **point, "words": words, "n": cell.n})
    return rows, len(items) - len(rows)
