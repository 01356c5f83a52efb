"""How a page does in a real browser: before axe, on a narrow screen, in forced colours, on paper, by Tab."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
NARROW, USUAL = 320, 1280

RUN_AXE = """async tags => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations.map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 200)).join(" | ")}`);
}"""
TOO_WIDE = """limit => document.scrollingElement.scrollWidth <= limit ? [] :
  [`${document.scrollingElement.scrollWidth} wide`, ...[...document.querySelectorAll("*")]
    .filter(one => one.getBoundingClientRect().right > limit + 1).slice(0, 5)
    .map(one => one.outerHTML.slice(0, 160))]"""
HIDDEN = """() => ["h1", "h2", "h3", "p", "dd", "td", "li", "label"]
  .flatMap(tag => [...document.querySelectorAll(`main ${tag}`)])
  .filter(one => !one.checkVisibility()).map(one => one.textContent.trim().slice(0, 80))"""
BLANK = """() => [...document.querySelectorAll("main h1, main p, main dd, main td, main label")]
  .filter(one => one.checkVisibility() && getComputedStyle(one).color === ground(one)).map(one => one.outerHTML);
  function ground(one) {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  }"""
REACHABLE = """() => {
  const wanted = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter(one => one.checkVisibility() && !one.disabled && one.type !== "hidden" && one.tabIndex >= 0);
  const groups = new Set();
  return wanted.filter(one => {
    if (one.type !== "radio") return true;
    if (groups.has(one.name)) return false;
    groups.add(one.name);
    return true;
  }).length;
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  one.dataset.reached = one.dataset.reached || String(document.querySelectorAll("[data-reached]").length + 1);
  const seen = [one, one.parentElement, one.nextElementSibling].filter(Boolean).flatMap(at => [
    getComputedStyle(at), getComputedStyle(at, "::before"), getComputedStyle(at, "::after")]);
  const marked = seen.some(style => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== "none");
  return {number: one.dataset.reached, marked, html: one.outerHTML.slice(0, 160)};
}"""


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands, by the check that says so."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = [f"axe: {one}" for one in page.evaluate(RUN_AXE, list(TAGS))]
    page.set_viewport_size({"width": NARROW, "height": 900})
    found += [f"at {NARROW} px: {one}" for one in page.evaluate(TOO_WIDE, NARROW)]
    page.set_viewport_size({"width": USUAL, "height": 900})
    hidden = page.evaluate(HIDDEN)
    page.emulate_media(forced_colors="active")
    found += [f"forced colours hide: {one}" for one in page.evaluate(HIDDEN) if one not in hidden]
    found += [f"forced colours blank: {one}" for one in page.evaluate(BLANK)]
    page.emulate_media(forced_colors="none", media="print")
    found += [f"print hides: {one}" for one in page.evaluate(HIDDEN) if one not in hidden]
    page.emulate_media(media="screen")
    return found


def faults_by_tab(page: Page) -> list[str]:
    """Whatever can be worked is reached by Tab, in turn, and is seen to be where one is."""
    wanted, reached, faults = page.evaluate(REACHABLE), set(), []
    for _ in range(wanted + 1):
        page.keyboard.press("Tab")
        at: dict[str, Any] | None = page.evaluate(FOCUSED)
        if at is None:
            break
        reached.add(at["number"])
        if not at["marked"]:
            faults.append(f"focus not seen: {at['html']}")
    return faults if len(reached) >= wanted else [*faults, f"reached {len(reached)} of {wanted} by Tab"]


class Layout(HTMLParser):
    """The kinds of things on a page, as far as styles and scripts tell them apart: never what they say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.kinds: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.kinds.add(f"{tag}.{given.get('class', '')}[{given.get('type', '')}]")
