"""The Flask application: pages and API on top of the engine's public face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from app import assets, i18n, security
from app.templating import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.services import Services

    SetUp = Callable[[Flask], None]


def create_app(services: Services, *, doors: SetUp | None = None, pages: SetUp | None = None) -> Flask:
    """A Flask application on these services. Several may live side by side, each with its own.

    `doors` decides who acts, instead of sign-in; `pages` puts pages on it, instead of all features.
    """
    from app import errors, features, shell  # noqa: PLC0415 - they import Flask's world, which the command line does without
    from app.auth import views as auth  # noqa: PLC0415
    from app.services import KEY  # noqa: PLC0415

    app = Flask(__name__)
    app.extensions[KEY] = services
    app.jinja_env.bytecode_cache = TEMPLATES
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    security.protect(app, services.settings, only_here=services.settings.is_loopback)
    assets.set_up(app, watch=services.settings.debug_assets)
    i18n.set_up(app)
    (doors or auth.set_up)(app)
    shell.set_up(app)
    (pages or features.set_up)(app)
    errors.set_up(app)
    return app
