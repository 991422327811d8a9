"""The server's secret of the application that tests ask for, and what cards are stored under with it."""

from survey_app.classrooms.codes import CardKeys

SECRET = "only-for-tests-" + "0" * 32
CARD_KEYS = CardKeys(SECRET)
card_hash = CARD_KEYS.hash
