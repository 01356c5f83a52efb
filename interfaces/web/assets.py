"""Prepares the GOV.UK and MOJ styles and scripts for a service outside GOV.UK: no crown, no crest, no GDS font."""

import re
import sys
from pathlib import Path

STYLES = (
    "govuk-frontend/dist/govuk/govuk-frontend.min.css",
    "@ministryofjustice/frontend/moj/moj-frontend.min.css",
)
SCRIPTS = (
    "govuk-frontend/dist/govuk/govuk-frontend.min.js",
    "@ministryofjustice/frontend/moj/moj-frontend.min.js",
)
IMAGES = "@ministryofjustice/frontend/moj/assets/images"

GDS_FONT = "GDS Transport"
FONT_FACE = re.compile(r"@font-face\s*\{[^{}]*\}")
FONT_STACK = re.compile(rf"""["']?{GDS_FONT}["']?\s*,\s*arial\s*,\s*sans-serif""", re.IGNORECASE)
ROYAL_ARMS = re.compile(r"[^{}]*\{[^{}]*url\([^()]*(?:crown|crest)[^()]*\)[^{}]*\}")
IMAGE = re.compile(r"url\(/assets/images/([\w.-]+)\)")
SOURCE_MAP = re.compile(r"(?://# sourceMappingURL=\S*|/\*# sourceMappingURL=.*?\*/)\s*$")


class GovukBrandLeft(ValueError):
    """A style still carries the font or arms of GOV.UK: see what the package changed, and teach this module."""


def without_govuk_brand(style: str) -> str:
    """The style with a plain font, without GOV.UK's arms, its images beside it.

    Raises:
        GovukBrandLeft: something of the brand was written in a way this function does not know.
    """
    style = FONT_FACE.sub("", style)
    style = FONT_STACK.sub("Arial,sans-serif", style)
    style = ROYAL_ARMS.sub("", style)
    if left := re.search(rf"{GDS_FONT}|url\([^()]*(?:crown|crest|\.woff)", style, re.IGNORECASE):
        raise GovukBrandLeft(style[max(0, left.start() - 80) : left.end() + 80])
    return IMAGE.sub(r"url(images/\1)", without_source_map(style))


def without_source_map(text: str) -> str:
    """The text without its pointer to a source map, which is not served."""
    return SOURCE_MAP.sub("", text)


def prepare(node_modules: Path, static: Path) -> None:
    """Writes what the pages are served with; nothing is written if anything is missing or refused."""
    files: dict[str, bytes] = {}
    for name in STYLES:
        style = without_govuk_brand((node_modules / name).read_text(encoding="utf-8"))
        for image in re.findall(r"url\(images/([\w.-]+)\)", style):
            files[f"images/{image}"] = (node_modules / IMAGES / image).read_bytes()
        files[Path(name).name] = style.encode()
    for name in SCRIPTS:
        files[Path(name).name] = without_source_map((node_modules / name).read_text(encoding="utf-8")).encode()
    (static / "images").mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        (static / path).write_bytes(content)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
