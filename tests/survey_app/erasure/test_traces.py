"""Removing traces works on both databases, and leaves connections as they were."""

import logging

from survey_app.erasure.traces import remove_traces


def test_traces_go_without_complaint_and_the_connection_is_as_before(app, caplog):
    database = app.extensions["focal_db"]
    with caplog.at_level(logging.WARNING, logger="focal"):
        for thoroughly in (False, True):
            remove_traces(database, app.config["FOCAL"], thoroughly=thoroughly)
    assert caplog.messages == []
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        kept = driver.isolation_level is None if app.config["FOCAL"].on_sqlite else not driver.autocommit
    assert kept
