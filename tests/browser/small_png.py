"""A picture of a page in few colours: a page has few, so that nothing is lost but bytes."""

import base64
import struct
import zlib

from playwright.sync_api import Page

SIGNATURE = b"\x89PNG\r\n\x1a\n"

INDEXED = """async ([picture, most]) => {
  const bytes = Uint8Array.from(atob(picture), one => one.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const {width, height} = bitmap;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  const points = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const count = new Map();
  for (const one of points) count.set(one, (count.get(one) || 0) + 1);
  const parts = one => [one & 255, one >> 8 & 255, one >> 16 & 255];
  const weight = ([one, times]) => times * (1 + (Math.max(...parts(one)) - Math.min(...parts(one))) / 32);
  const kept = [...count].sort((a, b) => weight(b) - weight(a)).slice(0, most).map(one => one[0]);
  const far = (a, b) => parts(a).reduce((sum, part, at) => sum + (part - parts(b)[at]) ** 2, 0);
  const place = new Map(kept.map((one, at) => [one, at]));
  const nearest = one => kept.reduce((best, other, at) => far(one, other) < far(one, kept[best]) ? at : best, 0);
  for (const one of count.keys()) if (!place.has(one)) place.set(one, nearest(one));
  const lines = new Uint8Array((width + 1) * height);
  points.forEach((one, at) => lines[at + Math.floor(at / width) + 1] = place.get(one));
  let text = "";
  for (let at = 0; at < lines.length; at += 32768) text += String.fromCharCode(...lines.subarray(at, at + 32768));
  return [width, height, kept.map(parts).flat(), btoa(text)];
}"""


def small_png(blank: Page, picture: bytes, most: int) -> bytes:
    """The same picture with the colours it has most of, the bright before the grey; a blank page does the reading."""
    width, height, colours, lines = blank.evaluate(INDEXED, [base64.b64encode(picture).decode(), most])
    return (
        SIGNATURE
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", bytes(colours))
        + chunk(b"IDAT", zlib.compress(base64.b64decode(lines), 9))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
