"""What a reader does, in a real browser: search, item, entity, relation, sentence, source."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]

pytestmark = pytest.mark.browser

PATHS = [
    "/",
    "/?q=智谱",
    "/?q=智谱+没有这样的词",
    "/entities",
    "/entities/org:智谱",
    "/path?from=智谱&to=OpenAI&max_hops=6",
]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_search_to_the_sentence_and_its_source(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("/", java_script_enabled=scripts)
    page.get_by_role("searchbox" if not scripts else "combobox", name="检索").fill("智谱 GLM")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("找到")
    expect(page.locator(".hit mark").first).to_be_visible()

    page.locator(".hit").first.locator("h2 a, h3 a").first.click()
    expect(page).to_have_url(re.compile("/items/"))
    page.locator(".text a.mention", has_text="智谱").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("智谱")

    said = page.locator("section[aria-labelledby=relations] q.said a").first
    sentence = said.inner_text()
    said.click()
    target = page.locator(".sentence:target, .sentence:has(:target)")
    expect(target).to_be_visible()
    assert sentence.strip() in target.inner_text()
    expect(target).to_be_in_viewport()

    source = page.locator(".sources a").first
    assert (source.get_attribute("href") or "").startswith("http")
    assert source.get_attribute("rel") == "noopener noreferrer nofollow"


def test_a_facet_narrows_and_its_chip_widens_again(open_page: OpenPage) -> None:
    page = open_page("/?q=智谱")
    before = page.get_by_role("heading", level=1).inner_text()
    value = page.locator(".facets li").first
    count = value.locator(".count").inner_text()
    value.locator("a").click()
    expect(page.locator(".total b")).to_have_text(count)
    page.get_by_role("list", name="已选条件").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(before)


def test_pages_go_on_with_the_next_page(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False)
    first = page.locator(".hit a").first.inner_text()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_role("link", name="回到第一页")).to_be_visible()
    assert page.locator(".hit a").first.inner_text() != first


@pytest.mark.parametrize("width", [320, 360, 768])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_no_page_scrolls_sideways(open_page: OpenPage, width: int, scripts: bool) -> None:
    page = open_page("/", viewport={"width": width, "height": 700}, java_script_enabled=scripts)
    item = page.locator(".hit a").first.get_attribute("href") or ""
    day = page.locator("h2.day a").first.get_attribute("href") or ""
    for path in [*PATHS, item, day]:
        page.goto(path)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, path


def test_scripts_add_suggestions_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/entities")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("zhipu")
    expect(page.get_by_role("option").first).to_contain_text("智谱")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("智谱")


def test_the_theme_is_kept(open_page: OpenPage) -> None:
    page = open_page("/", color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="切换深浅色").click()
    page.goto("/entities")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_both_themes(open_page: OpenPage, scheme: str) -> None:
    page = open_page("/entities/org:智谱", color_scheme=scheme)
    poor = page.evaluate(CONTRAST)
    assert poor == []


CONTRAST = """() => {
  const channel = (value) => { const c = value / 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
  const light = (rgb) => .2126 * channel(rgb[0]) + .7152 * channel(rgb[1]) + .0722 * channel(rgb[2]);
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const rgb = parse(getComputedStyle(at).backgroundColor);
      if (rgb.length === 3 || rgb[3] > 0) return rgb;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.getClientRects().length) continue;
    const [one, other] = [parse(getComputedStyle(element).color), behind(element)].map(light);
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (ratio < 4.5) poor.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return [...new Set(poor)];
}"""
"""Elements whose text has less than the 4.5:1 of WCAG 2.2 AA against what lies behind it."""


def test_hits_are_walked_through_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/?q=智谱")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    second = page.locator(".hit").nth(1).get_by_role("heading")
    expect(page.locator(".hit.at").get_by_role("heading")).to_have_text(second.inner_text())
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    heading = second.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
