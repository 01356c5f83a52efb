"""Forms as they were posted: bytes that are no text stand as a mark that every form refuses, never as other text."""

from typing import IO
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MOST_FIELDS = 1_000  # several times the longest form of the hub


class MarkingParser(FormDataParser):
    """Werkzeug would spell out bytes that are no text as `%ED%A0%80`, and the record would hold what nobody typed."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        text = stream.read().decode(errors="replace")
        if text.count("&") >= MOST_FIELDS:
            raise RequestEntityTooLarge
        return stream, self.cls(parse_qsl(text, keep_blank_values=True, errors="replace")), self.cls()


class PostedRequest(Request):
    """A request whose form is read by the marking parser."""

    form_data_parser_class = MarkingParser
