"""Queries: what people ask the hub to show; each puts its disclosure on record first."""
