"""The routes, one module for each journey; each is five lines and holds no rule."""

from flask import Blueprint

from interfaces.web.routes import api, cases, exports_, guidance, home, reading, search

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.blueprint,
    cases.blueprint,
    reading.blueprint,
    search.blueprint,
    guidance.blueprint,
    exports_.blueprint,
    api.blueprint,
)
