"""Projections: rows derived from the events, found by blind index, rebuilt at will."""
