"""Sign-in, sessions, invitations, roles, the use statement."""
