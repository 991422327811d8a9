"""Those who look after an organisation make agreements, and decide on packages that others ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import current_app, g, redirect, render_template, request, url_for

from survey_app import package_files
from survey_app.accounts.granting import administered
from survey_app.accounts.service import require_recent_proof
from survey_app.errors import BadInput
from survey_app.permissions import Permission
from survey_app.research import agreements as service
from survey_app.research import package_queries as queries
from survey_app.research.blueprint import blueprint
from survey_app.research.forms import AgreementForm
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    import uuid
    from datetime import date

    from werkzeug.wrappers import Response

notice("agreement-made", "The agreement is made. The researchers named in it can ask for a package now.")
notice("agreement-ended", "The agreement has ended: nobody can take a package along under it any more.")
notice("package-approved", "The package is approved. Only the person who asked for it can take it along.")
notice("package-refused", "The package is refused.")


def today() -> date:
    """Return the day where the viewer is."""
    return g.now.astimezone(ZoneInfo(g.viewer.time_zone)).date()


@blueprint.get("/agreements")
@requires(Permission.KEEP_AGREEMENTS)
def agreements() -> str:
    """List agreements and the packages asked for under them, those that wait for a decision first."""
    found = queries.agreements_at(g.db, [one.id for one in administered(g.db, g.viewer.person_id)])
    packages = queries.packages_of(g.db, [one.id for one in found])
    rows = [package for listed in packages.values() for package in listed]
    return render_template(
        "research/agreements.html",
        agreements=found,
        packages=packages,
        waiting=[one for one in rows if one.state == "asked"],
        by_id={one.id: one for one in found},
        names=queries.names_of(g.db, [one.requested_by_id for one in rows]),
        in_force={one.id for one in found if service.is_in_force(one, today())},
    )


@blueprint.get("/agreements/new")
@requires(Permission.KEEP_AGREEMENTS)
def new_agreement() -> str:
    """Ask for the terms of an agreement."""
    day = today()
    days = {"starts_on": day, "ends_on": day.replace(year=day.year + 1, day=min(day.day, 28))}
    days |= {"lessons_from": day, "lessons_until": days["ends_on"]}
    form = AgreementForm(days={name: one.isoformat() for name, one in days.items()})
    return _form_page(form, {})


@blueprint.post("/agreements/new")
@requires(Permission.KEEP_AGREEMENTS)
def make_agreement() -> Response | tuple[str, int]:
    """Make an agreement."""
    form = AgreementForm.sent(request.form)
    try:
        made = service.make_agreement(g.db, g.viewer, form.terms(), now=g.now)
    except BadInput as fault:
        return _form_page(form, fault.faults), fault.status
    note_act("agreement.made", made.id)
    g.db.commit()
    return redirect(url_for("research.agreement", agreement_id=made.id, did="agreement-made"), code=303)


def _form_page(form: AgreementForm, faults: dict[str, str]) -> str:
    own = administered(g.db, g.viewer.person_id)
    return render_template(
        "research/agreement_form.html",
        form=form,
        faults=faults,
        places=own,
        people=queries.researchers_near(g.db, [one.id for one in own]),
        constructs=queries.constructs(g.db),
    )


@blueprint.get("/agreements/<uuid:agreement_id>")
@requires(Permission.KEEP_AGREEMENTS)
def agreement(agreement_id: uuid.UUID) -> str:
    """Show one agreement, and every package asked for under it."""
    one = queries.kept_agreement_for(g.db, g.viewer, agreement_id)
    packages = queries.packages_of(g.db, [one.id]).get(one.id, [])
    people = [who for package in packages for who in (package.requested_by_id, package.decided_by_id)]
    return render_template(
        "research/agreement.html",
        agreement=one,
        scope=queries.scope_of(g.db, one),
        packages=packages,
        names=queries.names_of(g.db, [*people, one.made_by_id]),
        is_in_force=service.is_in_force(one, today()),
    )


@blueprint.post("/agreements/<uuid:agreement_id>/end")
@requires(Permission.KEEP_AGREEMENTS)
def end_agreement(agreement_id: uuid.UUID) -> Response:
    """End an agreement before its time."""
    one = queries.kept_agreement_for(g.db, g.viewer, agreement_id)
    made = [package.id for package in queries.packages_of(g.db, [one.id]).get(one.id, [])]
    if service.end_agreement(g.db, one, now=g.now):
        note_act("agreement.ended", one.id)
    g.db.commit()
    for package_id in made:
        package_files.remove_file(current_app.config["FOCAL"].instance, package_id)
    return redirect(url_for("research.agreement", agreement_id=agreement_id, did="agreement-ended"), code=303)


@blueprint.post("/packages/<uuid:package_id>/decide")
@requires(Permission.KEEP_AGREEMENTS)
def decide_on_package(package_id: uuid.UUID) -> Response:
    """Approve or refuse a package that somebody else asked for; asks for the password again."""
    package, one = queries.kept_package_for(g.db, g.viewer, package_id)
    back = url_for("research.agreement", agreement_id=one.id)
    require_recent_proof(g.db, g.viewer, g.now, back=back)
    is_approved = request.form.get("do") == "approve"
    did = f"package-{'approved' if is_approved else 'refused'}"
    words = request.form.get("words", "")[:2000]
    if service.decide_on_package(
        g.db, g.viewer, one, package, is_approved=is_approved, words=words, today=today(), now=g.now
    ):
        note_act(did.replace("package-", "package."), package.id)
    g.db.commit()
    return redirect(url_for("research.agreement", agreement_id=one.id, did=did), code=303)
