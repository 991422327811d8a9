"""Releases: protecting and auditing some 2,000 cells; an attacker in thousands of random networks.

``python3 focal.py bench analytics_release`` prints medians and attacks 100 networks;
``python -m bench.analytics_release FIRST LAST`` attacks the random networks from FIRST up to LAST, so that
ten thousand can be had in parts; ``large`` after it takes networks of up to 30 teachers in place of 12.
"""

from __future__ import annotations

import sys
import time
from statistics import median

import numpy as np
import pandas as pd

from analytics.release import Ledger, join_ledgers, make_release
from tests.analytics.release.attacker import Attack
from tests.analytics.release.networks import ITEMS, random_network

WHO = ("teacher", "classroom", "administration", "student", "item", "mode", "value")
PLACE = ("region", "district", "school", "team")
COLUMNS = [*WHO, *PLACE, "grade_band", "subject", "change_idea", "cycle_number"]


def large_network(items: int = 6, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 240 teachers with five focal students each in three cycles, some of them absent now and then."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(240):
        school = number // 4
        place = (f"r{school // 12}", f"d{school // 3}", f"s{school}", f"m{school}")
        kind = (f"band {draw.integers(4)}", f"subject {draw.integers(2)}", f"idea {draw.integers(6)}")
        for cycle in (1, 2, 3):
            if draw.random() < 0.1:
                continue
            for code in "ABCDE":
                if draw.random() < 0.08:
                    continue
                for item in range(items):
                    if draw.random() < 0.03:
                        continue
                    value = int(np.clip(round(draw.normal(2.8 + 0.2 * np.sin(number), 0.9)), 1, 4))
                    who = (f"t{number}", f"c{number}", f"c{number}-{cycle}", code, f"q{item}", "coded", value)
                    rows.append((*who, *place, *kind, cycle))
    scale = pd.DataFrame({"item": [f"q{item}" for item in range(items)], "steps": 4})
    return pd.DataFrame(rows, columns=COLUMNS), scale


def attack_networks(first: int, last: int, *, small: bool = True) -> dict[str, int]:
    """Return in how many random networks somebody pins down the answers of one to four children.

    Two weekly releases with their ledger; a teacher and a coach with up to three classes, who also read what
    lead and researcher read, every band included.
    """
    found = {"networks": 0, "released cells": 0, "of them in bands": 0}
    found |= {"outsider": 0, "teacher": 0, "teacher and coach": 0, "undecided": 0}
    for seed in range(first, last):
        network = random_network(seed, small=small)
        pooled = network.weeks[0]["mode"].iloc[0] == "pooled"
        ledger, weeks, attacker = Ledger(), {}, Attack(4)
        for number, answers in enumerate(network.weeks):
            weeks[f"week {number}"] = answers
            release = make_release(
                answers, ITEMS, network.tables, label=f"week {number}", ledger=ledger, views=network.views
            )
            ledger = join_ledgers([ledger, release.ledger])
            attacker.read(release.cells, weeks, "SM1", "pooled" if pooled else "coded")
            out = release.cells[release.cells["status"] == "released"]
            found["released cells"] += len(out)
            found["of them in bands"] += int(out["mean_says"].isna().sum())
        both = {network.teacher, *network.coach}
        asked = {
            "outsider": attacker.pinned(pooled=pooled),
            "teacher": attacker.pinned({network.teacher}, pooled=pooled),
            "teacher and coach": attacker.pinned(both, pooled=pooled),
        }
        found["networks"] += 1
        found["undecided"] += attacker.undecided
        for who, sets in asked.items():
            found[who] += bool(sets)
            if sets:
                print(f"network {seed}: {who} pins down {sorted(map(len, sets))}", flush=True)
    return found


def main() -> None:
    """Print what a release of some 2,000 cells costs, and what the attacker finds in 100 networks."""
    answers, items = large_network()
    times, again = [], []
    for _ in range(3):
        start = time.perf_counter()
        release = make_release(answers, items, label="one")
        times.append(time.perf_counter() - start)
        start = time.perf_counter()
        make_release(answers, items, label="two", ledger=release.ledger)
        again.append(time.perf_counter() - start)
    shown = int((release.cells["status"] == "released").sum())
    print(f"{len(answers):,} answers, {len(release.cells):,} cells ({shown:,} released), medians of 3:")
    print(f"  alone, {release.rounds} audits: {median(times):.2f} s")
    print(f"  with a ledger of {len(release.ledger.entries):,} earlier cells: {median(again):.2f} s")
    print(attack_networks(0, 100))


if __name__ == "__main__":
    print(attack_networks(int(sys.argv[1]), int(sys.argv[2]), small="large" not in sys.argv))
