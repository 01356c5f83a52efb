"""How a page does: in a real browser before axe, on a narrow screen, in forced colours, on paper, by Tab; as HTML."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

PROGRAMS = Path(__file__).parents[2] / "node_modules"
AXE = PROGRAMS / "axe-core" / "axe.min.js"
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
  .filter(one => !one.checkVisibility() && !one.closest("nav, form")).map(one => one.textContent.trim().slice(0, 80))"""
BLANK = """() => [...document.querySelectorAll("main h1, main p, main dd, main td, main label")]
  .filter(one => one.checkVisibility() && getComputedStyle(one).color === ground(one)).map(one => one.outerHTML);
  function ground(one) {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  }"""
UNREACHED = """() => {
  const wanted = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter(one => one.checkVisibility() && !one.disabled && one.type !== "hidden" && one.tabIndex >= 0);
  const groups = new Set();
  wanted.filter(one => one.dataset.reached && one.type === "radio").forEach(one => groups.add(one.name));
  return wanted.filter(one => !one.dataset.reached && !groups.has(one.type === "radio" ? one.name : null))
    .map(one => one.outerHTML.slice(0, 160));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const again = one.dataset.reached === "yes";
  one.dataset.reached = "yes";
  const seen = [one, one.parentElement, one.nextElementSibling].filter(Boolean).flatMap(at => [
    getComputedStyle(at), getComputedStyle(at, "::before"), getComputedStyle(at, "::after")]);
  const marked = seen.some(style => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== "none");
  return {again, marked, html: one.outerHTML.slice(0, 160)};
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
    faults, before = list[str](), ""
    for _ in range(2 * len(page.evaluate(UNREACHED)) + 9):  # a date has several stops, and a box that scrolls is one
        page.keyboard.press("Tab")
        at: dict[str, Any] | None = page.evaluate(FOCUSED)
        if at is not None and at["again"] and at["html"] != before:
            break  # round once
        before = at["html"] if at is not None else ""
        if at is not None and not at["marked"]:
            faults.append(f"focus not seen: {at['html']}")
    return faults + [f"not reached: {one}" for one in page.evaluate(UNREACHED)]


class Layout(HTMLParser):
    """The kinds of things on a page, as far as styles and scripts tell them apart: never what they say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.kinds: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.kinds.add(f"{tag}.{given.get('class', '')}[{given.get('type', '')}]")


def faults_of_html(pages: Iterable[tuple[str, str]], folder: Path) -> dict[str, str]:
    """What is wrong with pages, each with its name, by html-validate's recommended and accessibility rules; and where.

    Left out: a long title (a partnership's name may be long), roles that elements have already (tables keep theirs
    where styles stack them on a phone; GOV.UK's field sets say it too), and white space at the end of lines.
    """
    for number, (name, text) in enumerate(pages):
        (folder / f"{number:04} {re.sub('[^A-Za-z0-9.-]+', ' ', name)}.html").write_text(text, encoding="utf-8")
    program = PROGRAMS / ".bin" / "html-validate"
    rules, said = Path(__file__).with_name(".htmlvalidate.json"), folder / "said.json"
    command = [str(program), "--config", str(rules), "--formatter", f"json={said}", str(folder)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # node may come from a wheel
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert said.exists(), done.stderr
    found = {
        f"{message['ruleId']}: {message['message']}": f"{Path(report['filePath']).name}:{message['line']}"
        for report in json.loads(said.read_text(encoding="utf-8"))
        for message in report["messages"]
    }
    assert bool(found) == bool(done.returncode), done.stderr
    return found
