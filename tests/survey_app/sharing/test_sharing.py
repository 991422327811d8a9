"""A teacher shares one cycle with one person, at one level, until she takes it back."""

import re

from sqlalchemy import select

from survey_app.models.audit import AuditEvent
from survey_app.models.sharing import Comment, CycleShare
from tests.databases import TESTS
from tests.survey_app.loop.teacher import answer, visible

CODES = ("Ask C first", "2 of 5 high", "I noticed", "Student by student")


def acts(person):
    with person.reading() as db:
        return list(db.scalars(select(AuditEvent.act).order_by(AuditEvent.number)))


def test_what_is_not_shared_does_not_exist(room):
    page = room.coach.get(room.shared, 404)
    assert page == room.coach.get("/shared/00000000-0000-0000-0000-000000000001", 404)
    assert acts(room.coach)[-2:] == ["access.denied"] * 2


def test_a_plan_is_shared_with_its_decision_and_nothing_else(room):
    room.share(room.coach, "plan", asks="How do I get the quiet ones to speak?")
    words = visible(room.coach.get(room.shared))
    for said in ("Ana Lopez", "Adapt", "Three of five had no chance.", "Talk in pairs", "the quiet ones"):
        assert said in words
    for hidden in (*CODES, "What the students said", "in between", "5 students"):
        assert hidden not in words
    assert acts(room.owner).count("cycle.shared") == 1


def test_bands_say_how_many_and_never_who(room):
    room.share(room.coach, "bands")
    page = room.coach.get(room.shared)
    words = visible(page)
    # Five students picked 1, 2, 3, 4, 1: two of five in the top two is 40 %.
    assert words.count("in between : here") == 4
    assert "5 students · Ana Lopez said" in words
    for hidden in CODES:
        assert hidden not in words
    assert "<svg class=\"marks\"" not in page


def test_c1_under_five_students_there_is_no_result(room, run_cycle):
    cycle = run_cycle(room.owner, codes=4, nickname="Four")
    room.cycle = cycle
    room.share(room.colleague, "bands")
    words = visible(room.colleague.get(room.shared))
    assert words.count("too few Fewer than 5 students, so no result") == 4
    assert "here" not in words.split("What the students said")[1].split("Decision")[0]


def test_a_band_does_not_move_when_one_child_comes_late(room):
    cycle = room.owner.start(nickname="Late", focal_count="6")
    tokens = list(room.owner.cards().values())
    for token in tokens[:5]:
        answer(room.owner.app, token, "1")
    room.owner.see(cycle)
    room.owner.predict_and_lock(cycle)
    room.owner.post(f"{cycle}/reveal")
    room.cycle = cycle
    room.share(room.coach, "bands")
    before = visible(room.coach.get(room.shared)).split("What the students said")[1]
    room.owner.post(f"{cycle}/reopen")
    answer(room.owner.app, tokens[5], "4")
    room.owner.post(f"{cycle}/close")
    after = visible(room.coach.get(room.shared)).split("What the students said")[1]
    assert "20 % or less : here" in before
    assert after.split("Decision")[0] == before.split("Decision")[0]


def test_everything_is_for_a_coach_and_only_when_the_children_were_told(room, run_cycle):
    said = "These students were not told"
    assert said in visible(room.share(room.coach, "everything", 422).text)
    room.cycle = run_cycle(room.owner, may_be_shared=True, nickname="Told")
    assert "Bo Berg is no coach" in visible(room.share(room.colleague, "everything", 422).text)
    room.share(room.coach, "everything")
    words = visible(room.coach.get(room.shared))
    for shown in ("Student by student", "Ask C first", "2 of 5 high"):
        assert shown in words


def test_a_coach_who_is_no_longer_one_sees_bands(room, run_cycle):
    from survey_app.models.people import RoleGrant

    room.cycle = run_cycle(room.owner, may_be_shared=True, nickname="Told")
    room.share(room.coach, "everything")
    with room.owner.app.extensions["focal_db"].writing(TESTS) as db:
        grant = db.scalars(select(RoleGrant).where(RoleGrant.person_id == room.coach.person_id)).one()
        db.add(RoleGrant(person_id=grant.person_id, role="teacher", organisation_id=grant.organisation_id))
        db.delete(grant)
        db.commit()
    words = visible(room.coach.get(room.shared))
    assert "here" in words
    assert "Student by student" not in words


def test_taken_back_it_is_gone_at_once(room):
    room.share(room.coach, "bands")
    room.coach.get(room.shared)
    room.take_back(room.coach)
    room.coach.get(room.shared, 404)
    token = {"comment_id": "00000000-0000-0000-0000-00000000000a", "words": "Still here?"}
    room.coach.post(f"{room.shared}/comment", 404, **token)
    assert "it stands here, with what she asks" in visible(room.coach.get("/shared"))
    assert "cycle.unshared" in acts(room.owner)
    with room.owner.reading() as db:
        assert db.scalars(select(Comment)).first() is None


def test_sent_twice_it_is_one_share_and_a_new_level_replaces_the_old(room):
    for level in ("plan", "plan", "bands"):
        room.share(room.coach, level)
    with room.owner.reading() as db:
        shares = list(db.scalars(select(CycleShare).order_by(CycleShare.shared_at)))
    assert sorted(share.level for share in shares if share.revoked_at is None) == ["bands"]
    assert len(shares) == 2
    assert acts(room.owner).count("cycle.shared") == 2
    for _ in range(2):
        stop = re.search(r'action="([^"]+/stop)"', room.owner.get(f"{room.cycle}/share"))
        if stop:
            path = stop[1]
        room.owner.post(path)
    assert acts(room.owner).count("cycle.unshared") == 1


def test_only_people_of_her_network_are_named(room):
    page = room.owner.get(f"{room.cycle}/share")
    assert "Cora Coach, coach" in page
    assert "Far Away" not in page
    words = visible(room.share(room.stranger, "plan", 422).text)
    assert "Nobody else in your network" in words
    for form in (
        {"email": "far.away@example.org", "level": "plan"},
        {"email": "ana.lopez@example.org", "level": "plan"},
        {"person": "no id", "level": "plan"},
        {"person": str(room.coach.person_id), "level": "all of it", "asks": "kept"},
        {"person": str(room.coach.person_id), "level": "plan", "asks": "x" * 1001},
    ):
        room.owner.post(f"{room.cycle}/share", 422, **form)
    with room.owner.reading() as db:
        assert db.scalars(select(CycleShare)).first() is None
    room.owner.post(f"{room.cycle}/share", email=" BO.BERG@example.org ", level="plan")
    assert "Ana Lopez" in room.colleague.get("/shared")


def test_both_comment_in_plain_text_and_a_form_sent_twice_is_one_comment(room, new_id):
    room.share(room.coach, "plan")
    mine = {"comment_id": new_id(), "words": "<b>Try</b> wait time"}
    for _ in range(2):
        room.coach.post(f"{room.shared}/comment", **mine)
    page = room.owner.get(f"{room.cycle}/share")
    assert page.count("&lt;b&gt;Try&lt;/b&gt; wait time") == 1
    room.owner.post(f"{room.cycle}/share/comment", comment_id=new_id(), words="I will.")
    assert "I will." in room.coach.get(room.shared)
    assert "Write something first." in visible(
        room.coach.post(f"{room.shared}/comment", 422, comment_id=new_id(), words="  ").text
    )
    long = room.coach.post(f"{room.shared}/comment", 422, comment_id=new_id(), words="y" * 2001).text
    assert "y" * 2001 in long
    room.share(room.colleague, "plan")
    room.colleague.post(f"{room.shared}/comment", 422, **mine)


def test_the_home_says_what_is_new_since_last_time(room, clock, new_id):
    room.share(room.coach, "plan", asks="Look at my wait time.")
    home = visible(room.coach.get("/shared"))
    assert "Something new" in home
    assert "New to you" in home
    assert "Look at my wait time." in home
    clock.forward(minutes=5)
    room.coach.get(room.shared)
    assert "Nothing new" in visible(room.coach.get("/shared"))
    clock.forward(minutes=5)
    room.owner.post(f"{room.cycle}/share/comment", comment_id=new_id(), words="And now?")
    assert "Since last time: 1 new comment" in visible(room.coach.get("/shared"))


def test_a_decision_made_since_is_news(room, run_cycle, clock):
    room.cycle = run_cycle(room.owner, decide=False, nickname="Waiting")
    room.share(room.coach, "plan")
    clock.forward(minutes=1)
    room.coach.get(room.shared)
    clock.forward(minutes=1)
    room.owner.decide(room.cycle, "adopt")
    assert "decided to adopt" in visible(room.coach.get("/shared"))


def test_the_home_asks_the_same_for_one_cycle_and_for_five(room, run_cycle, count_statements):
    def statements():
        with count_statements(room.owner.app.extensions["focal_db"].engine) as asked:
            room.coach.get("/shared")
        return len(asked.sent)

    room.share(room.coach)
    one = statements()
    for number in range(4):
        room.cycle = room.owner.start(do="draft", nickname=f"Room {number}")
        room.share(room.coach)
    assert statements() == one


def test_the_owner_sees_it_first_as_others_will(room):
    assert "This is what others see" in visible(room.owner.get(f"{room.cycle}/share/as/bands"))
    room.owner.get(f"{room.cycle}/share/as/everything", 404)
    room.owner.get(f"{room.cycle}/share/as/nonsense", 404)
    room.colleague.get(f"{room.cycle}/share/as/plan", 404)
