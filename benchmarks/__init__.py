"""Measurements of the hub against the floor of the machine they run on; they print, and assert nothing."""
