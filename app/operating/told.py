"""What a command says when something keeps it from its work: what, where and what to do, and no traceback for what is no bug."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

import click

from app.config import BadSetting

if TYPE_CHECKING:
    from app.config import Settings

_PLACES = {errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOTDIR, errno.ENOENT, errno.EEXIST, errno.EISDIR, errno.ENOSPC}


class Commands(click.Group):
    """A group of commands whose refusals are told in a line or two, with exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own type
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            reason = reason_of(error)
            if reason is None:  # a bug: its traceback is what helps
                raise
            raise click.ClickException(reason) from error


def reason_of(error: Exception) -> str | None:
    """What to tell of an error that is no bug; None for one that is."""
    from engine import CrossdeskError, DatabaseUnavailable  # noqa: PLC0415 - only where something went wrong

    if isinstance(error, DatabaseUnavailable):
        return _away(error)
    if isinstance(error, BadSetting | CrossdeskError):
        return str(error)
    if isinstance(error, UnicodeDecodeError):
        return "the file is no text in UTF-8: save it as “CSV UTF-8”"
    return _file(error) if isinstance(error, OSError) and error.filename is not None else None


def cannot_listen(settings: Settings, error: OSError) -> click.ClickException:
    """Why no server can listen where it was told to."""
    if error.errno == errno.EADDRINUSE:
        text = f"port {settings.port} is taken by another program: end that one, or choose another port, CROSSDESK_PORT={settings.port + 1}"
    elif error.errno == errno.EACCES:
        text = f"port {settings.port} is not for this user: choose one from 1024, CROSSDESK_PORT=8080"
    else:
        text = f"CROSSDESK_HOST: this machine cannot listen on {settings.host!r}: {error.strerror}"
    return click.ClickException(text)


def _away(error: Exception) -> str:
    cause = error.__cause__
    lines = str(getattr(cause, "orig", None) or cause or error).strip().splitlines()
    return f"the database cannot be used: {lines[0]}\nIs it running, and is CROSSDESK_DATABASE_URL right? Nothing was changed."


def _file(error: OSError) -> str:
    text = f"{error.filename}: {error.strerror}"
    if error.errno in _PLACES:
        text += "\nIts folder must be there and writable for the user who runs this; by default that is var/ in the present folder."
    return text
