"""The student's page: no login, no staff layout, no staff session."""
