"""The command that fills a database with the sample network: once, and never beside real people."""

import pytest

from survey_app import cli
from survey_app.models.people import Organisation, Person
from tests.databases import TESTS


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Return a function that runs the command on a database and returns its code, output and complaints."""

    def on(url, *arguments, **environment):
        for name in ("FOCAL_ENV", "FOCAL_DEMO", "FOCAL_PUBLIC_URL", "FOCAL_SECRET_KEY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"DATABASE_URL": url, "FOCAL_INSTANCE": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        code = cli.main(["demo-data", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return on


def test_a_second_run_says_that_it_is_there_and_how_to_sign_in(run, network, ask):
    before = ask("SELECT count(*) FROM cycles")
    code, out, err = run(network.url)
    assert (code, err) == (0, "")
    assert "The sample network is there." in out
    assert "ana.lopez@sample.focal.example" in out
    assert "invented people only" in out
    assert ask("SELECT count(*) FROM cycles") == before


@pytest.mark.database("sqlite")
def test_real_people_keep_their_database_to_themselves(run, database, clock):
    with database.writing(TESTS) as db:
        school = Organisation(kind="school", name="Lincoln", created_at=clock())
        db.add(school)
        db.flush()
        db.add(Person(organisation_id=school.id, email="r@x.org", display_name="R", created_at=clock()))
        db.commit()
    code, _out, err = run(database.url)
    assert code == 1
    assert "a database of its own" in err


@pytest.mark.database("sqlite")
def test_the_sample_network_is_not_for_production(run, database_url):
    code, _out, err = run(
        database_url,
        FOCAL_ENV="production",
        FOCAL_PUBLIC_URL="https://focal.example.org",
        FOCAL_SECRET_KEY="Zq3vXw81LmTnB5yRc7Hd0PaKs9GfUe2JiOo4",
    )
    assert code == 1
    assert "production" in err


def test_a_database_that_cannot_be_written_is_named_in_words(run, tmp_path):
    blocked = tmp_path / "no-folder"
    blocked.write_text("a file where a folder should be")
    code, _out, err = run(f"sqlite:///{blocked}/focal.sqlite")
    assert code == 1
    assert "could not be written" in err


@pytest.mark.parametrize("factor", ["0", "-1", "many", "1.5", "201"])
def test_a_factor_is_a_whole_number(run, factor, capsys):
    with pytest.raises(SystemExit):
        run("sqlite://", "--factor", factor)
    assert "is not a whole number from 1 to 200" in capsys.readouterr().err
