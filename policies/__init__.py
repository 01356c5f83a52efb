"""Dated tables and pure functions that say who may see, share, export and keep."""
