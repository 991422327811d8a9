"""The weekly job: once a week, from new results, never telling by its difference what one child said."""

import dataclasses
import json

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from config import Config
from survey_app import doctor_server, job_runs, jobs
from survey_app.cli import thresholds
from survey_app.db import Base
from survey_app.doctor_server import Ailment
from survey_app.erasure.service import erase_class, erase_code
from survey_app.errors import BadInput
from survey_app.metrics_server import Installation
from survey_app.models.releases import (
    JobRun,
    Release,
    ReleaseCell,
    ReleaseGroup,
    ReleaseLedger,
    ReleaseSetting,
)
from survey_app.releases import making, packing, queries, service
from survey_app.releases.inputs import Inputs
from survey_app.releases.thresholds import policy_used, raise_thresholds
from tests.databases import TESTS
from tests.survey_app.releases.small_network import SmallNetwork, late, three_rooms


@pytest.fixture
def network(db, clock):
    return SmallNetwork(db, clock).found()


@pytest.fixture
def config(database_url, tmp_path):
    return Config.from_env({"DATABASE_URL": database_url, "FOCAL_INSTANCE": str(tmp_path)})


@pytest.fixture
def run(db, database, config, clock):
    """Run a job between two transactions of the test's own session."""

    def run_job(job="weekly"):
        db.commit()
        said, faults = jobs.run(database, config, job, now=clock)
        db.expire_all()
        return [one for one in said if not one.startswith("item reports")], faults

    return run_job


def cells(db, table, item="AG1.3-12.1"):
    """Return the newest release's cells of a table, by key."""
    newest = db.scalars(select(Release).order_by(Release.made_at.desc())).first()
    rows = db.scalars(
        select(ReleaseCell).where(
            ReleaseCell.release_id == newest.id, ReleaseCell.table_name == table, ReleaseCell.item == item
        )
    )
    return {row.key: row for row in rows}


def test_a_release_comes_out_once_a_week_and_only_when_something_is_new(
    db, database, network, config, run, clock
):
    rooms = three_rooms(network)
    db.commit()
    db.commit()
    before = {
        table.name: db.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.tables.values()
    }
    said = jobs.rehearse(database, config, "weekly", now=clock())
    assert said[0] == "Bay network"
    assert "  fewer than 5 students: 0" not in said, "a reason that no cell has is not named"
    assert {
        table.name: db.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.tables.values()
    } == before, "a rehearsal writes nothing"

    said, faults = run()
    assert said == ["Bay network: release 2026-W10, " + said[0].split(", ", 1)[1]]
    assert not faults
    db.expire_all()
    shown = cells(db, "region")
    assert {(row.n, row.teachers) for row in shown.values()} == {(18, 3)}
    assert run()[0] == ["Bay network: nothing new to release"]
    clock.forward(days=7)
    assert run()[0] == ["Bay network: nothing new to release"], "nobody answered since"
    clock.forward(days=7)
    for room in rooms:
        network.lesson(room, [4, 4, 3, 2, 1, 1], number=2)
    said, faults = run()
    assert said[0].startswith("Bay network: release 2026-W12")
    db.commit()
    assert [one.says for one in service.check_releases(database)] == [
        "made again, it is the same to the last byte"
    ] * 2
    db.expire_all()
    assert [run.outcome for run in db.scalars(select(JobRun).order_by(JobRun.started_at))] == ["done"] * 4


def test_one_late_answer_moves_no_figure(db, database, network, run, clock):
    """C7, C9: the difference between last week's page and this week's is never one to four students."""
    rooms = three_rooms(network)
    room = network.room("Di", "North")
    network.lesson(room, [1, 1, 2, 2, 3])
    run()
    [old] = cells(db, "region").values()
    clock.forward(days=7)
    late(network, room, [4])
    run()
    [new] = cells(db, "region").values()
    assert new.release_id != old.release_id, "there is a new release"
    same = ("n", "answers", "share_low", "share_high", "mean", "gap", "distribution", "as_of")
    assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
    assert rooms[0].classroom.nickname not in json.dumps([str(new.__dict__), str(old.__dict__)])


def test_one_class_that_comes_late_does_not_show_between_two_weeks(db, database, network, run, clock):
    three_rooms(network)
    run()
    clock.forward(days=7)
    network.lesson(network.room("Di", "North"), [4, 4, 4, 4, 4, 4])
    run()
    [row] = cells(db, "region").values()
    assert (row.n, row.as_of) == (18, "2026-W10"), "the difference would be one class of one teacher"


def test_a_gap_rests_on_the_classes_whose_teacher_said_what_she_saw(db, database, network, run, clock):
    """No cell holds an answer to a question that its teacher did not see: nothing is there to subtract."""
    three_rooms(network)
    network.lesson(network.room("Di", "North"), [4, 4, 4, 3, 4, 4], unseen=("AG1.3-12.1",))
    run()
    for item, n, teachers in (("AG1.3-12.1", 18, 3), ("AG2.3-12.1", 24, 4)):
        shown = [
            cell for table in ("network", "region", "change_idea") for cell in cells(db, table, item).values()
        ]
        assert len(shown) == 3
        assert {(cell.n, cell.teachers) for cell in shown} == {(n, teachers)}
        assert all(cell.gap is not None for cell in shown)
    # AG1 is 18 answers with a mean of 2.5 of 1 to 4, rated 3: (3 - 2.5) / 3 of the scale, to the nearest 5.
    assert {cell.gap for cell in cells(db, "region").values()} == {15}
    clock.forward(days=7)
    assert run()[0] == ["Bay network: nothing new to release"]
    assert [one.fault for one in service.check_releases(database)] == [""]


def test_a_release_of_before_is_made_again_as_it_was_made_then(db, network, clock):
    three_rooms(network)
    now = queries.inputs_of(db, network.network, until=clock())
    before = json.loads(now.dump())
    assert before.pop("counted") == "rated"
    assert Inputs.load(json.dumps(before)) == dataclasses.replace(now, counted="every")
    assert Inputs.load(now.dump()) == now


def test_an_erased_student_leaves_the_next_release_and_the_ledger(db, database, network, run, clock):
    rooms = three_rooms(network)
    run()
    erase_code(db, network.code(rooms[0], "B"), now=clock())
    db.commit()
    run("nightly")
    room = str(rooms[0].classroom.id)
    db.expire_all()
    [ledger] = db.scalars(select(ReleaseLedger))
    behind = {one[3] for one in json.loads(packing.unpack(ledger.contributors)) if one[1] == room}
    assert "B" not in behind
    assert len([one for one in behind if one.startswith(packing.ERASED)]) == 1, (
        "that somebody was there stays"
    )
    [checked] = service.check_releases(database)
    assert "something was erased since" in checked.says
    clock.forward(days=7)
    for one in rooms[1:]:
        network.lesson(one, [1, 2, 3, 4, 4, 1], number=2)
    run()
    newest = db.scalars(select(ReleaseLedger).join(Release).order_by(Release.made_at.desc())).first()
    assert [room, "B"] not in [one[1:4:2] for one in json.loads(packing.unpack(newest.contributors))]
    by_cycle = cells(db, "region+cycle_number")
    assert not [row for row in by_cycle.values() if row.cycle_number == 1 and row.n == 17], (
        "eighteen last week and seventeen now would be the answers of the one who is gone"
    )


def test_an_erased_class_leaves_the_ledger(db, database, network, run, clock):
    rooms = three_rooms(network)
    run()
    erase_class(db, rooms[2].classroom, now=clock())
    db.commit()
    assert service.forget_erased(database) == 6
    assert service.forget_erased(database) == 0, "done once"
    clock.forward(days=7)
    run()
    assert cells(db, "region") == {}, "two teachers are too few"


def test_what_is_erased_while_the_release_is_made_does_not_come_out(db, database, network, run, clock):
    rooms = three_rooms(network)
    db.commit()
    with database.reading(TESTS) as reading:
        ready = making.prepare(reading, queries.networks(reading)[0], now=clock())
    erase_code(db, network.code(rooms[0], "B"), now=clock())
    db.commit()
    with database.writing(TESTS) as writing, pytest.raises(making.Erased):
        making.write_down(writing, ready, now=clock())


def test_a_network_may_ask_for_more_and_never_for_less(db, database, network, run, clock):
    three_rooms(network)
    with pytest.raises(BadInput, match="may not be below 5"):
        raise_thresholds(db, network.network.id, {"smallest_group": 4})
    with pytest.raises(BadInput, match="joined_from may not be below 10"):
        raise_thresholds(db, network.network.id, {"joined_from": 5})
    with pytest.raises(BadInput, match="There is no number"):
        raise_thresholds(db, network.network.id, {"smallest": 9})
    raise_thresholds(db, network.network.id, {"smallest_group": 20, "steps_from": 20})
    run()
    assert cells(db, "region") == {}
    assert db.scalars(select(Release)).one().policy["smallest_group"] == 20


def test_a_release_of_before_joining_had_its_own_number_is_read_as_it_was(db, network, run):
    three_rooms(network)
    raise_thresholds(db, network.network.id, {"smallest_group": 9})
    run()
    [release] = db.scalars(select(Release))
    assert policy_used(release).fewest_joined == 10
    before = {name: number for name, number in release.policy.items() if name != "joined_from"}
    assert policy_used(Release(policy=before)).fewest_joined == 9


@pytest.mark.parametrize(
    "number",
    [
        ("smallest_group", 4),
        ("joined_from", 9),
        ("fewest_teachers", 2),
        ("largest_share", 0.6),
        ("insiders", 1),
    ],
)
def test_the_database_refuses_lower_thresholds(db, network, number):
    db.add(ReleaseSetting(organisation_id=network.network.id, **dict([number])))
    with pytest.raises(IntegrityError):
        db.flush()


def test_the_database_refuses_a_cell_of_four_and_a_changed_one(db, database, network, run, clock):
    three_rooms(network)
    run()
    kept = db.scalars(select(ReleaseCell)).first()
    row = {name: getattr(kept, name) for name in list(ReleaseCell.__table__.columns.keys())}
    for wrong in ({"n": 4}, {"teachers": 2}, {"n": 9, "mean": 50}):
        with pytest.raises(IntegrityError), db.begin_nested():
            db.add(ReleaseCell(**row | {"position": 9999} | wrong))
    # A backup put back by halves, or a hand in the database: the check says so.
    db.execute(text("DELETE FROM release_cells WHERE position = 0"))
    db.commit()
    [checked] = service.check_releases(database)
    assert "its figures are not what they were" in checked.fault
    assert jobs.check(database)[1] == [f"2026-W10: {checked.fault}"]


def test_groups_are_the_declared_ones_and_free_text_only_with_three_teachers(
    db, database, network, run, clock
):
    rooms = three_rooms(network)
    rooms[0].classroom.subject = "Ms. Lopez's own science"
    network.team("Grade 7", "North", rooms)
    run()
    groups = {(row.grouping, row.name) for row in db.scalars(select(ReleaseGroup))}
    assert groups == {
        ("region", "North"),
        ("district", "North USD"),
        ("school", "Hill School"),
        ("team", "Grade 7"),
        ("grade_band", "6-8"),
        ("change_idea", "Wait"),
        ("cycle_number", "Cycle 1"),
    }


def test_two_that_start_at_once_do_the_work_once(db, database, network, run, clock):
    three_rooms(network)
    db.commit()
    with database.writing(TESTS) as other:
        assert job_runs.begin(other, "weekly", now=clock()) is not None
        other.commit()
    assert run()[0] == ["Another weekly job is under way; this one leaves it to its work."]
    assert db.scalar(select(func.count()).select_from(Release)) == 0
    clock.forward(hours=7)
    said, _faults = run()
    assert "release 2026-W10" in said[0], "one that stopped half-way does not stand in the way for ever"


def test_both_may_work_it_out_and_one_writes_it_down(db, database, network, run, clock):
    three_rooms(network)
    db.commit()
    with database.reading(TESTS) as reading:
        ready = making.prepare(reading, queries.networks(reading)[0], now=clock())
    assert run()[0][0].startswith("Bay network: release")
    with database.writing(TESTS) as writing, pytest.raises(IntegrityError):
        making.write_down(writing, ready, now=clock())


def test_a_job_that_fails_or_stays_away_is_told(db, database, network, run, clock, monkeypatch):
    assert "no weekly job has run yet" in " ".join(job_runs.complaints(db, now=clock()))

    def fails(*_args, **_more):
        raise OSError("the disk is full")

    broken = jobs.Step("releases", fails, fails)
    monkeypatch.setitem(jobs.STEPS, "weekly", (broken, jobs.STEPS["weekly"][0]))
    said, faults = run()
    assert faults == ["releases failed: OSError. The log says more."]
    assert said == ["Bay network: nothing new to release"], "the next step is done all the same"
    run("nightly")
    assert job_runs.complaints(db, now=clock()) == [
        f"the last weekly job wants a look: {faults[0]}; {said[0]}"
    ]
    monkeypatch.undo()
    clock.forward(hours=1)
    run()
    assert job_runs.complaints(db, now=clock()) == []
    clock.forward(days=9)
    assert "no weekly job for 9 days: look at its timer (docs/operating.md)." in job_runs.complaints(
        db, now=clock()
    )


def test_thresholds_are_raised_by_a_command_and_never_lowered(db, network, database_url, config, capsys):
    db.commit()
    assert thresholds(config, "", ["smallest_group=8"]) == 0
    assert "smallest_group=8\njoined_from=10\nfewest_teachers=3\n" in capsys.readouterr().out
    assert thresholds(config, "Another network", []) == 1
    with pytest.raises(BadInput, match="may not be below 5"):
        thresholds(config, "Bay network", ["smallest_group=2"])
    assert "smallest_group=8" in (thresholds(config, "", []), capsys.readouterr().out)[1]


@pytest.mark.database("sqlite")
def test_the_doctor_says_when_a_job_stays_away(db, network, config, run, clock, monkeypatch):
    monkeypatch.setattr(doctor_server.clock, "now", clock)
    serving = dataclasses.replace(config, production=True)
    with pytest.raises(Ailment, match="no weekly job has run yet"):
        doctor_server.scheduled_work(serving)
    run()
    run("nightly")
    clock.forward(hours=3)
    assert doctor_server.scheduled_work(serving) == "scheduled work: nightly 3 hours ago; weekly 3 hours ago"
    figures = {one.name: one.samples[0].value for one in Installation(serving, clock).collect()}
    assert figures["focal_week_age_seconds"] == figures["focal_night_age_seconds"] == 3 * 3600
    assert figures["focal_jobs_to_look_at"] == 0
    db.commit()
    clock.forward(days=9)
    with pytest.raises(Ailment, match="no weekly job for 9 days"):
        doctor_server.scheduled_work(serving)
