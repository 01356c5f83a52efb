"""The parts of an address that are not words of ours: items and references, of one shape only."""

from werkzeug.routing import BaseConverter


class ItemConverter(BaseConverter):
    """An item as the views name it: `child.name`, `concern:C1`."""

    part_isolating = True
    regex = r"[a-z_]{1,40}(?:\.[a-z_]{1,40}|:[A-Za-z0-9_.\-]{1,40})?"


class ReferenceConverter(BaseConverter):
    """A reference of a thread: `R1`."""

    part_isolating = True
    regex = r"[A-Za-z0-9_.\-]{1,40}"


class DigestConverter(BaseConverter):
    """The SHA-256 of a file."""

    part_isolating = True
    regex = r"[0-9a-f]{64}"


CONVERTERS: dict[str, type[BaseConverter]] = {
    "item": ItemConverter,
    "ref": ReferenceConverter,
    "digest": DigestConverter,
}
