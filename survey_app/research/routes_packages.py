"""A researcher asks for a package under an agreement that names her; approved, she takes it along."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import Response, current_app, g, redirect, render_template, request, url_for

from survey_app import package_files
from survey_app.accounts.service import require_recent_proof
from survey_app.audit import reading_rows, record_act
from survey_app.errors import BadInput, NotVisible, NotYet
from survey_app.models.research import Agreement, DataPackage
from survey_app.permissions import Permission
from survey_app.principal import job
from survey_app.research import agreements as service
from survey_app.research import lesson_queries
from survey_app.research import package_queries as queries
from survey_app.research.blueprint import blueprint
from survey_app.research.routes_agreements import today
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    import uuid
    from pathlib import Path

    from werkzeug.wrappers import Response as BaseResponse

# Which places, codes and languages there are, nobody's page may read; answers themselves are read by
# ``reading_rows``, after the record says so.
PACKING = job("data package")
notice("package-asked", "The package is asked for. Somebody else decides, and you will see it here.")


@blueprint.get("/research/packages")
@requires(Permission.SEE_RESEARCH)
def packages() -> str:
    """List the agreements in which the viewer is named, and what was asked for under them."""
    return _packages_page({})


def _packages_page(faults: dict[str, str], at: uuid.UUID | None = None, reason: str = "") -> str:
    found = queries.agreements_of(g.db, g.viewer)
    listed = queries.packages_of(g.db, [one.id for one in found])
    rows = [package for several in listed.values() for package in several]
    people = [who for one in rows for who in (one.requested_by_id, one.decided_by_id)]
    return render_template(
        "research/packages.html",
        agreements=[(one, queries.scope_of(g.db, one)) for one in found],
        packages=listed,
        names=queries.names_of(g.db, people),
        in_force={one.id for one in found if service.is_in_force(one, today())},
        faults=faults,
        at=at,
        reason=reason,
    )


@blueprint.post("/research/agreements/<uuid:agreement_id>/packages")
@requires(Permission.SEE_RESEARCH)
def ask_for_package(agreement_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    """Ask for a package."""
    one = queries.agreement_for(g.db, g.viewer, agreement_id)
    reason = request.form.get("reason", "")[:2000]
    try:
        package, is_new = service.ask_for_package(g.db, g.viewer, one, reason, today=today(), now=g.now)
    except BadInput as fault:
        return _packages_page(fault.faults, one.id, reason), fault.status
    if is_new:
        note_act("package.asked", package.id)
    g.db.commit()
    return redirect(url_for("research.packages", did="package-asked"), code=303)


@blueprint.post("/research/packages/<uuid:package_id>/make")
@requires(Permission.SEE_RESEARCH)
def make_package(package_id: uuid.UUID) -> str:
    """Make an approved package, and show the one link to it."""
    from survey_app.research import packing

    package, agreement = queries.own_package_for(g.db, g.viewer, package_id)
    require_recent_proof(g.db, g.viewer, g.now, back=url_for("research.packages"))
    service.refuse_unless_approved(agreement, package, today())
    as_of, agreement_id = package.requested_at, agreement.id
    database = current_app.extensions["focal_db"]
    # It takes its time, so no write lock is held meanwhile: children are answering.
    g.db.rollback()
    with database.reading(PACKING) as db:
        erased_before = lesson_queries.erasures(db)
        under = db.get_one(Agreement, agreement_id)
        read = reading_rows(
            database,
            g.viewer.person_id,
            "rows.data-package",
            organisation_id=g.viewer.organisation_id,
            route=str(request.url_rule),
            object_id=package_id,
            now=g.now,
        )
        with read as rows:
            body = packing.package_bytes(db, rows, under, as_of=as_of)
    package, agreement = queries.own_package_for(g.db, g.viewer, package_id)
    token = service.give_link(g.db, package, hashlib.sha256(body).hexdigest(), now=g.now)
    package_files.remove_old_files(_instance(), now=g.now)
    package_files.keep_file(_instance(), package.id, body, until=package.link_until)
    _refuse_what_may_not_stay(package_id, erased_before)
    note_act("package.made", package.id)
    g.db.commit()
    return render_template(
        "research/package.html",
        package=package,
        agreement=agreement,
        token=token,
        kilobytes=len(body) // 1024 + 1,
    )


def _refuse_what_may_not_stay(package_id: uuid.UUID, erased_before: tuple[int, int]) -> None:
    """Look once more when the file is there: who erases, or ends, removes files only after that."""
    with current_app.extensions["focal_db"].reading(PACKING) as db:
        same = lesson_queries.erasures(db) == erased_before
        package = db.get_one(DataPackage, package_id)
        agreement = db.get_one(Agreement, package.agreement_id)
        try:
            service.refuse_unless_approved(agreement, package, today())
            if not same:
                raise NotYet("Something was erased while this package was being made. Make it once more.")
        except NotYet:
            package_files.remove_file(_instance(), package_id)
            raise


@blueprint.get("/research/packages/files/<token>")
@requires(Permission.SEE_RESEARCH)
def package_file(token: str) -> Response:
    """Give the file of a link, once, to the person who asked for it."""
    package_files.remove_old_files(_instance(), now=g.now)
    package, _agreement = queries.package_of_link(g.db, g.viewer, service.hash_of(token))
    if request.method == "HEAD":
        return Response(mimetype="application/zip")
    g.db.rollback()
    # Using the link up is a write, so it has a transaction that takes the lock at its start.
    with current_app.extensions["focal_db"].writing(g.viewer.principal) as db:
        package, agreement = queries.package_of_link(db, g.viewer, service.hash_of(token))
        service.use_link(db, agreement, package, today=today(), now=g.now)
        body = package_files.take_file(_instance(), package.id)
        if body is None:
            raise NotVisible(package.id)
        record_act(
            db,
            "package.given",
            actor_id=g.viewer.person_id,
            organisation_id=g.viewer.organisation_id,
            route=str(request.url_rule),
            object_id=package.id,
            now=g.now,
        )
        db.commit()
    headers = {"Content-Disposition": "attachment; filename=focal-data.zip"}
    return Response(body, mimetype="application/zip", headers=headers)


def _instance() -> Path:
    return current_app.config["FOCAL"].instance
