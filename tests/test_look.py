"""The stylesheet keeps its promises: contrast, one meaning for yellow, colours named once, readable text."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

import nicegui
import pytest

from app.components import theme
from app.models.queue import Status

ASSETS = Path(__file__).parent.parent / "assets"
CSS = (ASSETS / "mediqueue.css").read_text()
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")


@dataclass(frozen=True)
class Rule:
    selector: str
    body: str
    context: str  # the at-rules around it

    @property
    def declarations(self) -> dict[str, str]:
        pairs = (part.partition(":") for part in re.split(r";\s*", self.body) if ":" in part)
        return {name.strip(): value.strip() for name, _, value in pairs}

    @property
    def names_tokens(self) -> bool:
        return not self.context and all(n.startswith("--") or n == "color-scheme" for n in self.declarations)


def parse(css: str, context: str = "") -> list[Rule]:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r'url\("[^"]*"\)', "url()", css)  # an icon's drawing holds ; and #
    rules: list[Rule] = []
    at = 0
    while (start := css.find("{", at)) >= 0:
        depth, end = 1, start + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        head, body = css[at:start].strip(), css[start + 1 : end - 1]
        at = end
        if "{" in body:
            rules += parse(body, f"{context} {head}".strip())
        else:
            rules.append(Rule(head, body.strip(), context))
    return rules


RULES = parse(CSS)
TOKENS = [rule for rule in RULES if rule.names_tokens]


def tokens(selector: str) -> dict[str, str]:
    """What holds on an element that matches this selector, on top of the light page."""
    found: dict[str, str] = {}
    for rule in TOKENS:
        if {":root", selector} & {part.strip() for part in rule.selector.split(",")}:
            found |= rule.declarations
    return found


THEMES = {"light": tokens(":root"), "dark": tokens(".body--dark"), "tv": tokens(".tv")}


def rgb(color: str) -> tuple[float, ...]:
    return tuple(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2 contrast ratio, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

    def luminance(color: tuple[float, ...]) -> float:
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = {
    "text": ("bg", "surface", "sunken", "brand-tint", "danger-tint"),
    "muted": ("bg", "surface", "sunken", "brand-tint"),
    "brand": ("bg", "surface", "brand-tint"),
    "brand-ink": ("brand", "brand-hover"),
    "danger": ("bg", "surface", "danger-tint"),
    "surface": ("text",),  # toast and connection banner
    "called-text": ("called-tint", "called-soft"),
    "on-solid": ("called-text",),
    "done-text": ("surface",),
    **{f"{code}-text": (f"{code}-tint",) for code in theme.STATUS if code != "called"},
}
SHAPE_PAIRS = {
    "control": ("bg", "surface"),
    "focus": ("bg", "surface"),
    "surface": ("done-ui",),
    # a called chip draws its icon in the text colour
    **{f"{code}-ui": ("surface", f"{code}-tint")[: 1 if code == "called" else 2] for code in theme.STATUS},
}
TV_PAIRS = {
    "text": ("bg", "surface"),
    "muted": ("bg", "surface"),
    "danger": ("bg",),
    "called-text": ("called-tint",),
}


def pairs() -> list[tuple[str, str, str, float]]:
    rows = [(t, f, b, 4.5) for t in ("light", "dark") for f, backs in TEXT_PAIRS.items() for b in backs]
    rows += [(t, f, b, 3.0) for t in ("light", "dark") for f, backs in SHAPE_PAIRS.items() for b in backs]
    return rows + [("tv", f, b, 4.5) for f, backs in TV_PAIRS.items() for b in backs]


@pytest.mark.parametrize(("look", "front", "back", "least"), pairs())
def test_contrast(look: str, front: str, back: str, least: float) -> None:
    colors = THEMES[look]
    ratio = contrast(rgb(colors[f"--{front}"]), rgb(colors[f"--{back}"]))
    assert ratio >= least, f"{front} on {back} is {ratio:.1f}, needs {least}"


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("front", ["text", "muted"])
def test_contrast_on_a_called_row(look: str, front: str) -> None:
    row = next(r for r in RULES if r.selector.endswith("tr.hot > td"))
    share = re.search(r"--called-tint\) (\d+)%, var\(--surface\)", row.body)
    assert share
    part = int(share[1]) / 100
    tint, surface = rgb(THEMES[look]["--called-tint"]), rgb(THEMES[look]["--surface"])
    back = tuple(part * a + (1 - part) * b for a, b in zip(tint, surface, strict=True))
    assert contrast(rgb(THEMES[look][f"--{front}"]), back) >= 4.5


def test_yellow_only_says_that_it_is_someones_turn() -> None:
    turn = re.compile(r"^\.st-called\b|^\.takeover\b|^\.tv \.call\.new\b|tr\.hot\b")
    for rule in RULES:
        if rule.names_tokens or not re.search(r"var\(--called-(tint|soft)", rule.body):
            continue
        if rule.context == "@keyframes tvpulse":
            continue
        assert all(turn.search(part.strip()) for part in rule.selector.split(",")), rule.selector


def test_yellow_has_no_second_name() -> None:
    for look in THEMES.values():
        yellow = {look["--called-tint"], look["--called-soft"]}
        same = {name for name, value in look.items() if value in yellow and not name.startswith("--called-")}
        assert not same


def test_colours_are_named_in_the_token_blocks_only() -> None:
    loose = [(r.selector, HEX.findall(r.body)) for r in RULES if not r.names_tokens and HEX.search(r.body)]
    assert not loose


def test_no_text_is_smaller_than_14_px() -> None:
    to_px = {"px": 1.0, "rem": 16.0, "pt": 4 / 3}
    for rule in RULES:
        for name, value in rule.declarations.items():
            if name not in {"font-size", "font"} and not name.startswith("--fs-"):
                continue
            for number, unit in re.findall(r"(\d*\.?\d+)(px|rem|pt)\b", value):
                size = float(number) * to_px[unit]
                assert size >= 14 or rule.selector == "kbd", f"{rule.selector}: {size} px"


def test_the_page_fetches_nothing_from_elsewhere() -> None:
    assert "@import" not in CSS
    assert all(url.startswith("data:") for url in re.findall(r'url\("?([^")]+)', CSS))


def test_the_stylesheet_stays_small() -> None:
    assert len(gzip.compress(CSS.encode(), 9)) < 16_500


def test_icons_in_the_code_and_in_the_stylesheet_are_the_same() -> None:
    assert set(re.findall(r"\.ic-(\w+)\s*\{", CSS)) == theme.ICONS


def test_every_status_has_a_look() -> None:
    assert set(theme.STATUS) == {status.value for status in Status}
    assert len({look.icon for look in theme.STATUS.values()}) == len(Status)
    selectors = {rule.selector for rule in RULES}
    for code, look in theme.STATUS.items():
        assert look.icon in theme.ICONS
        assert f".{look.css}" in selectors
        for part in ("text", "tint", "ui"):
            assert all(f"--{code}-{part}" in colors for colors in THEMES.values())


def test_no_class_name_means_something_else_to_quasar() -> None:
    """Quasar hides `.lg` on small windows and so on; the names we share mean the same in both."""
    static = Path(nicegui.__file__).parent / "static"
    theirs = "".join((static / f"quasar.{part}.css").read_text() for part in ("important", "unimportant"))

    def classes(css: str) -> set[str]:
        return {name for rule in parse(css) for name in re.findall(r"\.([a-zA-Z_][\w-]*)", rule.selector)}

    shared = {name for name in classes(CSS) & classes(theirs) if not name.startswith(("q-", "body--"))}
    assert shared <= {"block", "hidden", "print-only", "row", "scroll", "wrap"}
