"""Signing in: credentials, sessions, throttling and invitations, for the faces that let people in."""
