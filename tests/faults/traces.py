"""What is left behind: by an erasure in the files, by typing in the logs, by an export that was cut off."""

from __future__ import annotations

import http.client
import random
import re
import time
from typing import TYPE_CHECKING

from tests.faults.figure import Figure, Tally
from tests.faults.installation import installed
from tests.faults.outside import HOST, PASSWORD, Browser, Teacher, fill
from tests.faults.reckoning import rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.faults.server import Server

MOST_PAGES = 90
LEAVE_ALONE = re.compile(r"/sign-out|/erase|/archive|/set-aside|/void|/export|\.csv|/account|/people|/use$")


def erased_child(folder: Path, size: Mapping[str, int]) -> Tally:
    """Erase one focal student by the page; look for her words in every byte that the installation keeps."""
    tally = Tally()
    with installed(folder) as (server, _cluster):
        teacher = Teacher(server.port).open_the_first_account()
        for turn in range(size["children"]):
            marks = [f"Zitronenfalter{turn}{what}" for what in ("answer", "strength", "wonder", "noticing")]
            # Named so that the newest class stands first in the list, where cards and erasing look for it.
            cycle = teacher.open_survey(nickname=f"Class {99 - turn}", focal=3)
            _say(teacher, cycle, marks)
            tally.add({"found before": sum(_count(server, mark) > 0 for mark in marks)})
            _erase(teacher)
            tally.add({"children erased": 1, "marks": len(marks)})
            tally.add({"bytes found after": sum(_count(server, mark) for mark in marks)})
            others = teacher.browser.get(f"{cycle}/look")
            tally.add({"results of the others gone": int(others.status != 200)})
        server.stop()
        tally.add({"bytes found after": _count(server, "Zitronenfalter")})
    return tally


def _say(teacher: Teacher, cycle: str, marks: list[str]) -> None:
    """Let three children answer, A with a mark; write the teacher's marks about A; see the answers."""
    said, strength, wonder, noticing = marks
    for place, card in enumerate(teacher.cards(focal=3)):
        page = Browser(teacher.browser.port).get(f"/s/{card}")
        sheet = fill(page, f"/s/{card}", said if place == 0 else f"other {place}")
        if not Browser(teacher.browser.port).post(sheet.path, sheet.fields).is_thanks:
            raise AssertionError("A child was not thanked.")
    plan = teacher.browser.get(f"{cycle}/plan").text
    fields = {}
    for kind, words in (("strength", strength), ("wonder", wonder)):
        fields[re.search(rf'name="({kind}[^"]*)"', plan)[1]] = words
    teacher.send(f"{cycle}/plan", **fields)
    teacher.lock(cycle)
    teacher.post(f"{cycle}/reveal")
    page = teacher.browser.get(f"{cycle}/look/students").text
    teacher.post(f"{cycle}/look/students", **{re.search(r'name="(noticing-[^"]+)"', page)[1]: noticing})


def _erase(teacher: Teacher) -> None:
    for room in re.findall(r'href="(/classes/[0-9a-f-]{36})"', teacher.browser.get("/classes").text):
        page = teacher.browser.get(room).text
        found = re.search(rf'href="{room}/focal/([0-9a-f-]{{36}})/erase"', page)
        if found:
            teacher.send(f"{room}/focal/{found[1]}/erase", sure="1")
            return
    raise AssertionError("No page offers to erase a focal student.")


def _count(server: Server, mark: str) -> int:
    """Return how often a word stands in any file of the installation, the side files of SQLite among them."""
    found = 0
    for file in server.instance.rglob("*"):
        if file.is_file():
            found += file.read_bytes().count(mark.encode())
    return found


def typed_everywhere(folder: Path, size: Mapping[str, int]) -> Tally:
    """Type a canary into every field of every page in reach; look for it wherever it does not belong."""
    tally = Tally()
    canary = "Kanarienvogel"
    with installed(folder) as (server, _cluster):
        teacher = Teacher(server.port, name=f"{canary} name").open_the_first_account()
        cards: list[str] = []
        for turn in range(size["walks"]):
            # A survey that nobody has locked yet; its class stands first, where cards are printed.
            focal = teacher.open_survey(nickname=f"Class {99 - turn}", focal=3, rest=10)
            cards += (own := teacher.cards(focal=3, others=2))
            _type_as_child(server, canary, own, tally)
            _type_as_teacher(teacher, canary, focal, tally)
            _type_at_the_door(server, canary, tally)
        said = "".join(server.said)
        acts = str(rows(server.database_url, "SELECT * FROM audit_events"))
        tally.add({"found in the log": said.count(canary), "found in the audit": acts.count(canary)})
        beside = [
            one for one in server.instance.rglob("*") if one.is_file() and "focal.sqlite" not in one.name
        ]
        tally.add({"found in files beside": sum(one.read_bytes().count(canary.encode()) for one in beside)})
        tally.add({"secrets in the log": sum(said.count(one) for one in (*cards, PASSWORD))})
        tally.add({"kept in the database": int(_count(server, canary) > 0)})
    return tally


def _type_as_child(server: Server, canary: str, cards: list[str], tally: Tally) -> None:
    child = Browser(server.port)
    for code in (cards[-1], cards[0]):
        page = child.get(f"/s/{code}")
        if page.status == 200 and 'name="key"' in page.text:
            sheet = fill(page, f"/s/{code}", f"{canary} words")
            names = set(sheet.fields)
            child.post(sheet.path, dict.fromkeys(names, f"{canary} wrong"))
            child.post(sheet.path, sheet.fields)
            tally.add({"fields typed into": len(names)})
    child.post("/s", {"code": f"{canary}X"})
    child.get(f"/s/{canary}")
    tally.add({"fields typed into": 2})


def _type_at_the_door(server: Server, canary: str, tally: Tally) -> None:
    stranger = Browser(server.port)
    stranger.post("/sign-in", {"email": f"{canary}@example.org", "password": f"{canary} password"})
    stranger.get(f"/sign-in?next=/{canary}")
    stranger.get(f"/{canary}?q={canary}", {"User-Agent": canary, "Referer": f"http://{HOST}/{canary}"})
    tally.add({"fields typed into": 6})


def _type_as_teacher(teacher: Teacher, canary: str, cycle: str, tally: Tally) -> None:
    teacher.lock(cycle)
    teacher.post(f"{cycle}/reveal")
    queue, seen = (
        ["/cycles", "/classes", cycle, f"{cycle}/decide", f"{cycle}/log", f"{cycle}/look/students"],
        set(),
    )
    while queue and len(seen) < MOST_PAGES:
        path = queue.pop(0)
        if path in seen or LEAVE_ALONE.search(path):
            continue
        seen.add(path)
        page = teacher.browser.get(path)
        if page.status != 200:
            continue
        queue += [one for one in re.findall(r'href="(/[^"#?]*)"', page.text) if "/static/" not in one]
        for form in re.findall(r"<form\b.*?</form>", page.text, flags=re.S):
            _type_into(teacher, form, path, canary, tally)
    tally.add({"pages walked": len(seen)})


def _type_into(teacher: Teacher, form: str, path: str, canary: str, tally: Tally) -> None:
    head = re.match(r"<form\b[^>]*>", form)[0]
    action = (re.search(r'action="([^"]*)"', head) or [None, path])[1]
    if 'method="post"' not in head.lower() or LEAVE_ALONE.search(action):
        return
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    texts = re.findall(r"<textarea[^>]*name=\"([^\"]+)\"", form)
    for tag in re.findall(r"<input[^>]*>", form):
        if 'type="text"' in tag or 'type="email"' in tag or 'type="search"' in tag:
            texts.append(re.search(r'name="([^"]+)"', tag)[1])
    if texts:
        teacher.browser.post(action, fields | {name: f"{canary} {name}"[:55] for name in texts})
        tally.add({"fields typed into": len(texts)})


def cut_off_export(folder: Path, size: Mapping[str, int]) -> Tally:
    """Kill the server while it sends an export; see what of it is left to download."""
    tally = Tally().add({"partial and not noticed": 0, "cut off and noticed": 0})
    with installed(folder) as (server, _cluster):
        teacher = Teacher(server.port).open_the_first_account()
        cycle = teacher.open_survey(focal=3)
        for place, card in enumerate(teacher.cards(focal=3)):
            sheet = fill(Browser(server.port).get(f"/s/{card}"), f"/s/{card}", f"said {place}")
            Browser(server.port).post(sheet.path, sheet.fields)
        teacher.lock(cycle)
        teacher.post(f"{cycle}/reveal")
        whole = teacher.browser.get(f"{cycle}/export.csv")
        files = _files(server)
        for turn in range(size["kills"]):
            line = http.client.HTTPConnection(HOST, server.port, timeout=30)
            cookies = "; ".join(f"{name}={value}" for name, value in teacher.browser.cookies.items())
            line.request("GET", f"{cycle}/export.csv", headers={"Cookie": cookies})
            time.sleep(0 if turn == 0 else random.uniform(0, 2 * whole.seconds))
            server.kill()
            try:
                answer = line.getresponse()
                got = answer.read().decode()
            except (OSError, http.client.HTTPException):
                tally.add({"cut off and noticed": 1})
            else:
                tally.add(
                    {
                        "arrived whole": int(got == whole.text),
                        "partial and not noticed": int(got != whole.text),
                    }
                )
            line.close()
            left = _files(server) - files
            tally.add({"kills": 1, "files left behind": len(left)})
            server.start()
        again = Teacher(server.port).sign_in().browser.get(f"{cycle}/export.csv")
        tally.add({"different afterwards": int(again.text != whole.text)})
    return tally


def _files(server: Server) -> set[str]:
    """Return the files of the installation; SQLite's own come and go."""
    return {str(one) for one in server.instance.rglob("*") if one.is_file() and ".sqlite" not in one.name}


FIGURES = (
    Figure(
        name="R22",
        title="kill -9 while an export is sent",
        passes="no part of it can be downloaded later; what arrives in part is noticed as such",
        batch=cut_off_export,
        fast={"kills": 2},
        full={"kills": 25},
        goal={"kills": 100},
        faults=("kills", "cut off and noticed"),
        zero=("partial and not noticed", "files left behind", "different afterwards"),
    ),
    Figure(
        name="R23",
        title="a canary typed into every field of every page in reach, child's, teacher's, stranger's",
        passes="0 hits in log, audit and files beside the database",
        batch=typed_everywhere,
        fast={"walks": 1},
        full={"walks": 2},
        goal={"fields typed into": 200},
        faults=("fields typed into", "pages walked", "kept in the database"),
        zero=("found in the log", "found in the audit", "found in files beside", "secrets in the log"),
    ),
    Figure(
        name="R24",
        title="a focal student is erased by the page, SQLite",
        passes="0 bytes of her words in any file of the installation",
        batch=erased_child,
        fast={"children": 1},
        full={"children": 10},
        goal={"children erased": 30},
        faults=("children erased", "found before"),
        zero=("bytes found after", "results of the others gone"),
    ),
)
