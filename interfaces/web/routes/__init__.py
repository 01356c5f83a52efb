"""The routes, one module for each journey; each is five lines and holds no rule."""

from flask import Blueprint

from interfaces.web.routes import (
    agreeing,
    api,
    asking,
    assessing,
    cases,
    destroying,
    exports_,
    guidance,
    home,
    justifying,
    reading,
    recording,
    referring,
    reviewing,
    search,
    sharing,
    team,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.blueprint,
    cases.blueprint,
    reading.blueprint,
    search.blueprint,
    guidance.blueprint,
    exports_.blueprint,
    api.blueprint,
    recording.blueprint,
    justifying.blueprint,
    assessing.blueprint,
    agreeing.blueprint,
    sharing.blueprint,
    asking.blueprint,
    referring.blueprint,
    team.blueprint,
    reviewing.blueprint,
    destroying.blueprint,
)
