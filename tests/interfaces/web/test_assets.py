"""The pages' styles and scripts carry no GOV.UK brand."""

from pathlib import Path

import pytest

from interfaces.web.assets import IMAGES, SCRIPTS, STYLES, GovukBrandLeft, prepare, without_govuk_brand

ROOT = Path(__file__).parents[3]


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    """Packages as npm lays them out, with the least that can be in them."""
    for name in (*STYLES, *SCRIPTS, f"{IMAGES}/icon-a.svg", f"{IMAGES}/icon-unused.svg"):
        (tmp_path / "node_modules" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "node_modules" / name).write_text("")
    return tmp_path / "node_modules"


def test_font_of_govuk_becomes_a_plain_one():
    """The GDS font is for GOV.UK alone: its files go, and Arial takes its place."""
    face = "@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}"

    plain = without_govuk_brand(face + 'p{font-family:"GDS Transport", arial, sans-serif}')

    assert plain == "p{font-family:Arial,sans-serif}"


def test_rules_that_draw_the_arms_are_dropped():
    """Crown and crest are the Crown's, not a partnership's."""
    style = "a{color:red}b{mask-image:url(/assets/images/govuk-crest.svg)}@media print{c{background:url(x-crown.png)}}"

    assert without_govuk_brand(style) == "a{color:red}@media print{}"


@pytest.mark.parametrize("left", ["p{font:1em GDS Transport}", "p{src:url(/f/light.woff)}", "@import url(crest.css);"])
def test_brand_written_in_an_unknown_way_is_refused(left: str):
    """A package that changes how it writes its brand stops the set-up instead of slipping through."""
    with pytest.raises(GovukBrandLeft):
        without_govuk_brand(left)


def test_only_images_that_are_used_are_served(node_modules: Path, tmp_path: Path):
    """An image stands beside the style that names it, under a relative address."""
    (node_modules / STYLES[1]).write_text("i{mask:url(/assets/images/icon-a.svg)}/*# sourceMappingURL=moj.css.map */")

    prepare(node_modules, tmp_path / "static")

    assert (tmp_path / "static/moj-frontend.min.css").read_text() == "i{mask:url(images/icon-a.svg)}"
    assert [path.name for path in (tmp_path / "static/images").iterdir()] == ["icon-a.svg"]


def test_scripts_point_to_no_source_map(node_modules: Path, tmp_path: Path):
    """Source maps are not served, so nothing asks for them."""
    (node_modules / SCRIPTS[0]).write_text("export{a};//# sourceMappingURL=govuk-frontend.min.js.map\n")

    prepare(node_modules, tmp_path / "static")

    assert (tmp_path / "static/govuk-frontend.min.js").read_text() == "export{a};"


def test_nothing_is_written_when_something_is_refused(node_modules: Path, tmp_path: Path):
    """Half a set of styles is never left for the pages to use."""
    (node_modules / STYLES[1]).write_text("p{font:1em GDS Transport}")

    with pytest.raises(GovukBrandLeft):
        prepare(node_modules, tmp_path / "static")

    assert not (tmp_path / "static").exists()


def test_the_packages_we_pin_can_be_prepared(tmp_path: Path):
    """The real packages pass, and every image their styles name is there."""
    prepare(ROOT / "node_modules", tmp_path)

    served = sorted(path.name for path in tmp_path.iterdir())

    assert served == [
        "govuk-frontend.min.css",
        "govuk-frontend.min.js",
        "images",
        "moj-frontend.min.css",
        "moj-frontend.min.js",
    ]
    assert "Arial,sans-serif" in (tmp_path / "govuk-frontend.min.css").read_text(encoding="utf-8")
