"""A new secret key: what is open in a browser can still be sent, and what was signed still holds."""

from __future__ import annotations

import dataclasses
import re

import pytest
from sqlalchemy import func, select

from survey_app import keys
from survey_app.erasure import journal, nightly
from survey_app.models.responses import Response
from tests.survey_app.erasure.test_erase import lived_class

NEW = "a-new-key-" + "1" * 32


def rotate(app, *, forget=False):
    old = app.config["FOCAL"]
    kept = () if forget else (old.secret_key,)
    app.config["FOCAL"] = dataclasses.replace(old, secret_key=NEW, old_secret_keys=kept)
    return app.config["FOCAL"]


@pytest.mark.database("sqlite")
def test_pages_that_are_open_can_still_be_sent(teacher, app):
    cycle = teacher.start()
    token = teacher.cards()["A"]
    child = app.test_client()
    sheet = child.get(f"/s/{token}").text
    form = {"key": re.search(r'name="key" value="([^"]+)"', sheet)[1], "sure": "1"}
    form |= {name: "2" for name in set(re.findall(r'type="radio" name="([^"]+)"', sheet))}
    practice = re.search(r"/try/[\w-]+", teacher.get(f"{cycle}/preview"))[0]
    rotate(app)
    assert child.post(f"/s/{token}", data=form).status_code == 303
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Response)) == 1
    teacher.post(f"{cycle}/saw", do="later")
    assert child.get(practice).status_code == 200


@pytest.mark.database("sqlite")
def test_without_the_old_key_they_cannot(teacher, app):
    cycle = teacher.start()
    token = teacher.cards()["A"]
    child = app.test_client()
    sheet = child.get(f"/s/{token}").text
    key = re.search(r'name="key" value="([^"]+)"', sheet)[1]
    rotate(app, forget=True)
    assert child.post(f"/s/{token}", data={"key": key, "sure": "1"}).status_code == 404
    teacher.post(f"{cycle}/saw", 403, do="later")


@pytest.mark.database("sqlite")
def test_the_list_of_erasures_holds_and_can_be_signed_again(teacher, app, clock, monkeypatch, capsys):
    made = lived_class(teacher)
    teacher.post(f"{made['code']}/erase", sure="1")
    config = rotate(app)
    assert nightly.work(app.extensions["focal_db"], config, now=clock())[1] == []
    whole = journal.read_lines(config.instance, *config.secret_keys)
    assert [line["what"] for line in whole] == ["code", "night"]
    with pytest.raises(journal.JournalBroken):
        journal.read_lines(config.instance, NEW)
    for name, value in {
        "FOCAL_INSTANCE": str(config.instance),
        "FOCAL_SECRET_KEY": NEW,
        "FOCAL_OLD_SECRET_KEYS": " ".join(config.old_secret_keys),
    }.items():
        monkeypatch.setenv(name, value)
    assert keys.main(["sign-again"]) == 0
    assert "2 lines" in capsys.readouterr().out
    assert journal.read_lines(config.instance, NEW) == whole
    changed = config.instance / journal.FILE
    changed.write_bytes(changed.read_bytes().replace(b'"code"', b'"cod3"'))
    assert keys.main(["sign-again"]) == 1
    assert "was changed" in capsys.readouterr().err
    assert keys.main(["show"]) == 0
    shown = capsys.readouterr().out
    assert NEW not in shown
    assert shown.count("\n") == 2
    assert keys.main(["new"]) == 0
    assert len(capsys.readouterr().out.strip()) == 64
