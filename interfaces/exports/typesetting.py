"""Typesetting: plain values into a tagged PDF; all text enters as data, never as markup."""

import json
import re
import tempfile
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import msgspec
import typst

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FAMILIES = (
    "Liberation Sans",
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans CJK SC",
    "WenQuanYi Zen Hei",
    "DejaVu Sans",
    "DejaVu Sans Mono",
    "Noto Emoji",
)
NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class Typeset(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF and the standard it keeps; `standard` is empty where a character had no glyph."""

    pdf: bytes
    standard: str


def plain(value: Any) -> Any:
    """`value` without what is not text: controls, lone surrogates, marks that turn the direction of reading."""
    match value:
        case str():
            return NOT_TEXT.sub("", value.replace("\r\n", "\n"))
        case Mapping():
            return {key: plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case msgspec.Struct():
            return plain(msgspec.structs.asdict(value))
    return value


def typeset(template: str, data: Mapping[str, Any], made: datetime) -> Typeset:
    """The template filled with `data`, the same bytes for the same data and time.

    PDF/UA-1 refuses text that no font here can draw; then the document is made without it, and says so.
    """
    try:
        return Typeset(pdf=_compiled(template, data, made, "ua-1"), standard="PDF/UA-1")
    except typst.TypstError:
        return Typeset(pdf=_compiled(template, data, made, ""), standard="")


def _compiled(template: str, data: Mapping[str, Any], made: datetime, standard: Literal["ua-1", ""]) -> bytes:
    """Compiled where there is no file to read and no package to fetch."""
    fonts = _fonts()
    families = [family for family in FAMILIES if family in fonts.families()]
    filled = {**plain(data), "families": families, "standard": bool(standard)}
    with tempfile.TemporaryDirectory() as empty:
        nowhere = f"{empty}/nowhere"
        compiler = typst.Compiler(
            root=empty, font_paths=fonts, ignore_system_fonts=True, package_path=nowhere, package_cache_path=nowhere
        )
        pdf = compiler.compile(
            (resources.files("interfaces.exports") / template).read_bytes(),
            format="pdf",
            sys_inputs={"data": json.dumps(filled)},
            pdf_standards=[standard] if standard else [],
            timestamp=int(made.timestamp()),
        )
    if not isinstance(pdf, bytes):
        raise TypeError("the typesetter gave something that is not one PDF")
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """The fonts of this machine (Debian: fonts-liberation) and those that come with the typesetter."""
    folders = [folder for folder in FONT_FOLDERS if folder.is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders))
