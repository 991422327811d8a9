"""An attacker solves for children in random networks: teacher, coach, lead and researcher together (C11).

The full run of 10,000 networks is in ``bench/analytics_release.py``. Where a rule is switched off, the
figures are sharpened as well (below 50 students, too, whole numbers in place of steps of 5), so that the
attacker finds at once what the rule had kept from her.
"""

import pandas as pd
import pytest

from analytics.release import Ledger, Policy, cells, join_ledgers, make_release, protect
from analytics.release.audit import NOTHING, Auditor
from tests.analytics.release.attacker import Attack
from tests.analytics.release.networks import ITEMS, random_network


def attack(network, *, grain, use_ledger=True, use_views=True, policy=None):
    """Return the sets that an outsider, one teacher, and teacher and coach pin down; and the cells shown."""
    mode = network.weeks[0]["mode"].iloc[0]
    ledger, weeks, attacker, shown = Ledger(), {}, Attack(4, grain=grain), 0
    for number, answers in enumerate(network.weeks):
        label = f"week {number}"
        weeks[label] = answers
        release = make_release(
            answers,
            ITEMS,
            network.tables,
            label=label,
            policy=policy,
            ledger=ledger if use_ledger else None,
            views=network.views if use_views else None,
        )
        ledger = join_ledgers([ledger, release.ledger])
        attacker.read(release.cells, weeks, "SM1", mode)
        shown += int((release.cells["status"] == "released").sum())
    pooled = mode == "pooled"
    found = {
        "outsider": attacker.pinned(pooled=pooled),
        "teacher": attacker.pinned({network.teacher}, pooled=pooled),
        "teacher and coach": attacker.pinned({network.teacher, *network.coach}, pooled=pooled),
    }
    return {who: sets for who, sets in found.items() if sets}, shown


@pytest.fixture
def whole_numbers(monkeypatch):
    monkeypatch.setattr(cells, "COARSE", 1)


def found_in(seeds, **options):
    return {seed for seed in seeds if attack(random_network(seed, small=True), grain=1, **options)[0]}


@pytest.mark.parametrize("start", range(0, 200, 25))
def test_nobody_pins_down_a_child_in_random_networks(start):
    shown = 0
    for seed in range(start, start + 25):
        found, number = attack(random_network(seed, small=True), grain=5)
        assert not found, f"network {seed}"
        shown += number
    # The attacker has something to work with: a release that hides everything would pass as well.
    assert shown > 75


@pytest.mark.parametrize("seed", [0, 7, 13, 45, 50, 60, 61])
def test_nobody_pins_down_a_child_in_larger_networks(seed):
    found, shown = attack(random_network(seed), grain=5)
    assert not found
    assert shown


@pytest.mark.parametrize(
    "seed",
    [
        414,  # 19 of 23 in one week, at most 11 of 15 of them in the next: all of the other 8
        1390,  # five of seven at the top, and a sum that leaves the other two no room below the border
        1526,  # a coach remembers the answer of a child who was erased since
        2921,  # likewise, two answers of one child
        2966,  # a coach of two of three teachers needs nobody to put classes together with
        7325,  # one child: shares, mean and distribution of five figures fit in one way only
        7334,  # teacher and coach, four times one class of one lesson, likewise
        7669,  # one teacher, four children of a colleague, likewise
        8475,  # one child, likewise
    ],
)
def test_what_the_full_run_has_found_is_mended(seed):
    found, shown = attack(random_network(seed, small=True), grain=5)
    assert not found
    assert shown


@pytest.mark.parametrize("seed", [261, 298, 390])
def test_three_bands_of_five_to_nine_students_would_tell_teachers_about_the_others(seed):
    network = random_network(seed, small=True)
    found, _ = attack(network, grain=5, policy=Policy(joined_from=5))
    assert found, "somebody who knows classes"
    assert "outsider" not in found
    assert not attack(network, grain=5)[0]


@pytest.mark.usefixtures("whole_numbers")
def test_without_any_protection_there_are_children_in_every_second_network(monkeypatch):
    for name in ("protect_remainders", "withhold_alike_cells", "withhold_alike_remainders"):
        monkeypatch.setattr(protect, name, lambda *_: set())
    monkeypatch.setattr(protect, "withhold_shifted", lambda *_: None)
    monkeypatch.setattr(Auditor, "audit", lambda *_: NOTHING)
    assert len(found_in(range(12))) >= 6


@pytest.mark.usefixtures("whole_numbers")
def test_without_the_audit_the_other_rules_do_not_do(monkeypatch):
    assert not found_in([4, 16, 21, 33])
    monkeypatch.setattr(Auditor, "audit", lambda *_: NOTHING)
    assert found_in([4, 16, 21, 33]) == {4, 16, 21, 33}


@pytest.mark.usefixtures("whole_numbers")
def test_without_the_remainders_the_audit_does(monkeypatch):
    monkeypatch.setattr(protect, "protect_remainders", lambda *_: set())
    assert not found_in([1, 3, 4, 11, 12, 21])


@pytest.mark.usefixtures("whole_numbers")
def test_without_the_ledger_two_weeks_are_too_many():
    assert found_in([1, 4, 12, 20], use_ledger=False) == {1, 4, 12, 20}


@pytest.mark.usefixtures("whole_numbers")
def test_a_coach_nobody_spoke_of_can_find_children():
    # Who knows which classes is part of the input: a release cannot guard against views it is not told of.
    assert found_in([3, 4, 21, 33], use_views=False) == {3, 4, 21, 33}


def test_the_attacker_can_be_trusted_with_a_plain_subtraction():
    # Twelve and nine students, three of them the difference: she has to find their sum.
    attacker = Attack(4)
    rows = [
        (f"t{k}", f"t{k} 1", code, value, "m" if k < 3 else "n")
        for k in range(4)
        for code, value in zip("ABC", (1, 2, 4), strict=True)
    ]
    answers = pd.DataFrame(rows, columns=["teacher", "administration", "student", "value", "team"])
    answers = answers.assign(classroom=answers["teacher"], item="SM1", mode="coded", region="r")
    figures = {
        "status": "released",
        "item": "SM1",
        "mode": "coded",
        "teachers": 3,
        "as_of": "now",
        "distribution": None,
    }
    exact = {"share_low": 33, "share_high": 33, "mean": 44, "mean_says": "44"}
    told = pd.DataFrame(
        [
            {**figures, **exact, "table": "region", "region": "r", "team": None, "n": 60, "answers": 12},
            {**figures, **exact, "table": "team", "region": None, "team": "m", "n": 60, "answers": 9},
        ]
    )
    attacker.read(told, {"now": answers}, "SM1", "coded")
    assert {frozenset(s) for s in attacker.pinned()} == {frozenset(("t3 1", code) for code in "ABC")}
