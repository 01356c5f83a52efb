"""The routes, one module for each journey; each is five lines and holds no rule."""

from interfaces.web.routes import home

BLUEPRINTS = (home.blueprint,)
