"""Papers that a district asks for, written from the code where that can be: ``python -m survey_app.papers``."""
