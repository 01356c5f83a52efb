"""Pictures of pages: smaller than the browser makes them, and the same to look at."""

from playwright.sync_api import Browser

from tests.browser.small_png import small_png

THREE_COLOURS = """<body style="margin:0;background:#ffffff"><div style="width:7px;height:5px;background:#1d4f7c"></div>
<div style="width:40px;height:9px;background:#ffdd00"></div>"""
READ = """async picture => {
  const bytes = Uint8Array.from(picture);
  const bitmap = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  return [bitmap.width, bitmap.height, [...canvas.getImageData(0, 0, bitmap.width, bitmap.height).data]];
}"""


def test_a_picture_in_few_colours_is_the_same_point_by_point(chromium: Browser) -> None:
    """Where a page has no more colours than are kept, not a point changes."""
    page = chromium.new_page(viewport={"width": 61, "height": 33})
    page.set_content(THREE_COLOURS)
    taken = page.screenshot()
    small = small_png(page, taken, 3)
    width, height, points = page.evaluate(READ, list(small))
    before = page.evaluate(READ, list(taken))
    page.close()

    assert (61, 33) == (width, height)
    assert [29, 79, 124, 255] == points[:4]
    assert [61, 33, points] == before


def test_a_colour_too_many_becomes_the_nearest_that_is_kept(chromium: Browser) -> None:
    """Of white, blue and yellow, two are kept: white and the yellow; the blue becomes the nearer of them."""
    page = chromium.new_page(viewport={"width": 61, "height": 33})
    page.set_content(THREE_COLOURS)
    _, _, points = page.evaluate(READ, list(small_png(page, page.screenshot(), 2)))
    page.close()

    found = {tuple(points[at : at + 4]) for at in range(0, len(points), 4)}

    assert {(255, 255, 255, 255), (255, 221, 0, 255)} == found
