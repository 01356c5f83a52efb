"""A file to hand over: it can be written before anything is asked of the hub, and is whole or not there."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click


@contextmanager
def file_to_write(target: Path, *, force: bool = False) -> Iterator[IO[bytes]]:
    """A file beside `target`, readable by its owner only, which becomes `target` when all went well.

    Raises:
        click.ClickException: when it cannot be written, naming the path.
    """
    if target.is_dir():
        raise click.ClickException(f"{target} is a folder. Let --to name a file in it.")
    if target.exists() and not force:
        raise click.ClickException(f"{target} is there already. Name another file, or write over it with --force.")
    try:
        number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:50]}.")
    except OSError as error:
        raise click.ClickException(
            f"{target} cannot be written ({error.strerror}). Choose another place with --to; nothing was handed out."
        ) from None
    try:
        with os.fdopen(number, "wb") as file:
            yield file
        _put_in_place(Path(name), target)
    finally:
        Path(name).unlink(missing_ok=True)


def _put_in_place(written: Path, target: Path) -> None:
    try:
        written.replace(target)
    except OSError as error:
        raise click.ClickException(
            f"{target} could not be written ({error.strerror}); that it was handed out is on record. "
            "Choose another place with --to and export again."
        ) from None
