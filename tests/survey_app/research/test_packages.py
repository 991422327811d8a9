"""Data packages: what is in them, what never is, and that the same request gives the same bytes."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import uuid
import zipfile
from datetime import timedelta

import pandas as pd
import pyreadstat
import pytest

from measures.codebook import MISSING_CODES, codebook
from survey_app.accounts import granting
from survey_app.catalogue.library import library
from survey_app.erasure.service import erase_code
from survey_app.errors import NotYet
from survey_app.models.people import RoleGrant
from survey_app.research import agreements as service
from survey_app.research import package_queries as queries
from survey_app.research.columns import column_of, columns_of
from survey_app.research.disclosure import WITHHELD, coarsen
from survey_app.research.packing import package_bytes
from survey_app.results.exports import safe_cell
from tests.survey_app.research.classes import agree, spread

CANARIES = ("Canary Unified", "CANARY-ROOM", "canary wrote this", "Teacher 1", "2026-03")


def with_agreement(region):
    """Somebody who looks after the network, a researcher, and an agreement between them."""
    region.keeper = region.person("Kay Keeper", "administrator", "Bay", "network", None)
    region.reader = region.person("Rea Reader", "researcher", "Bay", "network", None)
    region.agreement = agree(region, region.keeper, [region.reader])
    return region


@pytest.fixture
def studied(region):
    """Six teachers, five of them of science; five take part with two lessons each, one with a pooled rest."""
    with_agreement(region)
    region.codes = []
    for place in range(6):
        teacher = region.teacher(place="Canary Unified", above="North")
        room, codes = region.room(teacher, subject="Science" if place else "Canary studies")
        room.nickname = f"CANARY-ROOM {place}"
        region.codes.append(codes)
        for lesson in range(2):
            sheets = spread(place + lesson)
            sheets[1] |= {"AG1": "not_understood", "UD1": 1}  # "None", to be read as a word
            sheets[0]["ID4"] = "canary wrote this"
            region.lesson(
                teacher,
                room,
                codes,
                sheets,
                asked=("AG1", "AG2", "UD1", "ID4"),
                rest=spread(place, students=7) if place == 1 else (),
                research=place != 5,
            )
    return region


def make(region, **more):
    return package_bytes(region.db, region.db, region.agreement, as_of=region.clock(), **more)


def unpack(body):
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return {name.removeprefix("focal-data/"): packed.read(name) for name in packed.namelist()}


def rows_of(body):
    return list(csv.DictReader(io.StringIO(body.decode())))


def test_a_package_holds_what_children_were_told_and_nothing_else(studied, tmp_path):
    body = make(studied)
    assert make(studied) == body, "the same bytes for the same request"
    files = unpack(body)
    assert set(files) >= {"README.txt", "codebook.html", "items.csv", "load.R"}
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(files[name]).hexdigest() == digest
    wide, long = rows_of(files["wide.csv"]), rows_of(files["long.csv"])
    # Five of six teachers took part, coded only: 5 teachers x 2 lessons x 6 students.
    assert len(wide) == 60
    assert len({row["teacher"] for row in wide}) == 5
    assert len({row["student"] for row in wide}) == 30
    assert {row["cycle"] for row in wide} == {"1"}
    assert {row["perspective"] for row in long} == {"student", "teacher_own"}, "no prediction was made"
    assert sum(row["perspective"] == "teacher_own" for row in long) == 30
    understood = [row["AG1_v1_s"] for row in wide]
    assert understood.count(str(MISSING_CODES["not_understood"])) == 10
    assert {row["AG1_v1_t"] for row in wide} == {"4"}
    assert {row["AG1_v1_p"] for row in wide} == {str(MISSING_CODES["skipped"])}
    whole = b"".join(files.values()) + body
    for canary in (*CANARIES, *(str(code.id) for codes in studied.codes for code in codes)):
        assert canary.encode() not in whole, canary
    # Four teachers of science and one of something else: nobody can be told apart by a subject.
    assert {row["subject"] for row in wide} == {WITHHELD}
    assert {len(row["region"]) for row in wide} == {14}
    # The title looks like a formula and the purpose like markup: both stay words.
    assert b"&lt;b&gt;" not in files["README.txt"]
    assert "<title>Codebook: =1+1" in files["codebook.html"].decode()
    _check_spss(files["wide.sav"], wide, tmp_path)
    _check_frictionless(files)
    _check_script(files, tmp_path)


def _check_spss(body, wide, tmp_path):
    path = tmp_path / "back.sav"
    path.write_bytes(body)
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    assert list(frame.columns) == list(wide[0])
    assert [str(int(value)) for value in frame["AG1_v1_s"]] == [row["AG1_v1_s"] for row in wide]
    assert frame["student"].tolist() == [row["student"] for row in wide]
    question = library().item_versions["AG1.3-12.1"].wordings["student", "en"].text
    assert meta.column_names_to_labels["AG1_v1_s"] == question
    assert meta.variable_value_labels["AG1_v1_s"][-3.0] == "Did not understand the question"
    assert meta.missing_ranges["AG1_v1_s"] == [{"lo": -4.0, "hi": -1.0}]
    without, _ = pyreadstat.read_sav(path)
    assert without["AG1_v1_s"].isna().sum() == 10
    assert without["AG1_v1_s_pomp"].tolist() == pytest.approx(
        [float(row["AG1_v1_s_pomp"] or "nan") for row in wide], nan_ok=True
    )


def _check_frictionless(files):
    described = json.loads(files["datapackage.json"])
    for resource in described["resources"]:
        body = files[resource["path"]]
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        assert [field["name"] for field in resource["schema"]["fields"]] == body.decode().split("\n")[
            0
        ].split(",")
    assert "-3" in described["resources"][0]["schema"]["missingValues"]


def _check_script(files, tmp_path):
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    code = """from load import wide, reasons
asked, why = wide["AG1_v1_s"], reasons["AG1_v1_s"]
print(asked.dtype.ordered, asked.isna().sum(), list(asked.cat.categories)[-1], why.notna().sum())
print((wide["UD1_v1_s"] == "None").sum())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n") == ["True 10 A lot 10", "10", ""]
    if shutil.which("Rscript"):  # the same in R, where a machine has it
        code = """source("load.R")
asked <- wide[["AG1_v1_s"]]; why <- reasons[["AG1_v1_s"]]
cat(is.ordered(asked), sum(is.na(asked)), tail(levels(asked), 1), sum(!is.na(why)), "\\n")
cat(sum(wide[["UD1_v1_s"]] == "None", na.rm = TRUE), "\\n")
"""
        done = subprocess.run(["Rscript", "-e", code], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split("\n") == ["60 sheets of 30 students", "TRUE 10 A lot 10 ", "10 ", ""]


@pytest.mark.database("sqlite")
def test_codes_fit_one_agreement_and_erased_students_are_gone_from_the_next_package(studied):
    first = rows_of(unpack(make(studied))["wide.csv"])
    asked_at = studied.clock()
    own = studied.agreement
    studied.agreement = agree(studied, studied.keeper, [studied.reader], lessons_from=own.lessons_from)
    other = rows_of(unpack(make(studied))["wide.csv"])
    assert len(other) == len(first)
    for name in ("student", "teacher", "class", "lesson", "series", "region"):
        assert not {row[name] for row in first} & {row[name] for row in other}, name
    studied.agreement = own
    erase_code(studied.db, studied.codes[0][2], now=studied.clock())
    again = rows_of(unpack(make(studied))["wide.csv"])
    assert len(again) == len(first) - 2
    assert {row["student"] for row in again} < {row["student"] for row in first}
    # What was looked at after the request is not in it.
    teacher = studied.teacher(place="Canary Unified")
    room, codes = studied.room(teacher)
    studied.lesson(teacher, room, codes, spread(1), research=True)
    then = package_bytes(studied.db, studied.db, own, as_of=asked_at)
    assert len(rows_of(unpack(then)["wide.csv"])) == len(again)
    assert len(rows_of(unpack(make(studied))["wide.csv"])) == len(again) + 6
    # The agreement decides which lessons, places and questions are in it.
    day = studied.clock().date()
    elsewhere = [studied.place("South", "region", "Bay").id]
    belonging = [one.id for one in queries.constructs(studied.db) if one.key == "BE"]
    later = {"lessons_from": day + timedelta(days=30), "lessons_until": day + timedelta(days=60)}
    for changes in (later, {"places": elsewhere}, {"constructs": belonging}):
        changes = {"lessons_from": own.lessons_from, **changes}
        studied.agreement = agree(studied, studied.keeper, [studied.reader], **changes)
        with pytest.raises(NotYet, match="too little yet"):
            make(studied)


@pytest.mark.database("sqlite")
def test_a_second_person_decides_and_nobody_else(region):
    studied = with_agreement(region)
    db, now, day = studied.db, studied.clock(), studied.clock().date()
    asked, is_new = service.ask_for_package(
        db, studied.reader, studied.agreement, "To look", today=day, now=now
    )
    again, is_new_too = service.ask_for_package(
        db, studied.reader, studied.agreement, "To look", today=day, now=now
    )
    assert (again.id, is_new, is_new_too) == (asked.id, True, False)
    # A researcher who keeps agreements, too, still needs somebody else.
    db.add(RoleGrant(person_id=studied.reader.person_id, role="administrator",
                     organisation_id=studied.agreement.organisation_id))  # fmt: skip
    db.flush()
    assert granting.administered(db, studied.reader.person_id)
    decide = {"is_approved": True, "words": "", "today": day, "now": now}
    with pytest.raises(Exception, match="yourself"):
        service.decide_on_package(db, studied.reader, studied.agreement, asked, **decide)
    with pytest.raises(NotYet, match="approve"):
        service.refuse_unless_approved(studied.agreement, asked, day)
    assert service.decide_on_package(db, studied.keeper, studied.agreement, asked, **decide)
    assert not service.decide_on_package(db, studied.keeper, studied.agreement, asked, **decide)
    with pytest.raises(NotYet, match="already"):
        service.decide_on_package(
            db, studied.keeper, studied.agreement, asked, **decide | {"is_approved": False}
        )
    for late in (day + timedelta(days=301), day - timedelta(days=100)):
        with pytest.raises(NotYet, match="not in force"):
            service.refuse_unless_approved(studied.agreement, asked, late)
    service.end_agreement(db, studied.agreement, now=now)
    with pytest.raises(NotYet, match="not in force"):
        service.refuse_unless_approved(studied.agreement, asked, day)


def test_every_column_of_a_library_question_is_spelled_as_its_codebook_says():
    versions = library().item_versions

    class Question:
        def __init__(self, key):
            self.key = key

    for key, version in versions.items():
        names = {column.name for column in codebook([version])}
        for column in columns_of([Question(key)], library()):
            assert column.name in names
            assert column.name.removesuffix("_pomp") == column_of(Question(key), column.perspective)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+2", "@x", "\t=1", "\u00a0=1", "＝1"])
def test_no_cell_of_words_is_a_formula(cell):
    assert safe_cell(cell).startswith("'")


def test_whoever_combines_what_can_be_known_finds_five_teachers():
    """Random places: after coarsening every combination has five teachers, or everything is withheld."""
    import random

    chance = random.Random(5)
    for _ in range(60):
        classes = {}
        for room in range(chance.randint(1, 60)):
            values = {"grade_band": chance.choice(["K-2", "3-12"]), "subject": chance.choice("abc"),
                      "region": chance.choice("xyz")}  # fmt: skip
            classes[room] = (f"t{chance.randint(0, 30)}", values)
        found = coarsen(classes)
        cells = {}
        for room, values in found.items():
            cells.setdefault(tuple(sorted(values.items())), set()).add(classes[room][0])
        small = [cell for cell, teachers in cells.items() if len(teachers) < 5]
        assert not small or (len(cells) == 1 and set(dict(small[0]).values()) == {WITHHELD})
        for room, values in found.items():
            assert all(value in (WITHHELD, classes[room][1][name]) for name, value in values.items())


def test_a_code_tells_nothing_without_its_key():
    from survey_app.research.codes import code_of

    row = uuid.uuid4()
    assert code_of(b"a" * 32, "student", row) != code_of(b"a" * 32, "teacher", row)
    assert len({code_of(b"a" * 32, "student", uuid.uuid4()) for _ in range(2000)}) == 2000
    assert str(row).replace("-", "")[:6] not in code_of(b"a" * 32, "student", row)
    assert pd.Series([code_of(b"a" * 32, "student", row)]).str.fullmatch("s-[a-z2-7]{12}").all()
