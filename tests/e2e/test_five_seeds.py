"""The five real posts of ../shared/seeds, published as they are."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import feedparser
import pytest
from lxml import html

from tests.kit import NEWSLETTER, SETTINGS, Site

TITLES = {
    "한반도 안보 美핵전력과의 맞춤형 협력 강화",
    "러북 한미 핵 기반 동맹 속 안보 순방 성과 초미래",
    "핵억제 합의 한미 정상의 강력한 연대!",
    "러 외무 한미 핵자산 문제 긴급한 대화 필요",
    "한미동맹, 여야 모두 탄탄한 지지 기반 갖춰",
}
FORMATS = ("feed.xml", "atom.xml", "feed.json")


@pytest.fixture(scope="module")
def site(shared_seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("five") / "site", SETTINGS + NEWSLETTER)
    for path in shared_seeds.glob("*.txt"):
        shutil.copyfile(path, site.posts / path.name)
    done = site.run("publish")
    assert done.returncode == 0, done.stderr
    return site


def _items(site: Site, path: str) -> list[dict[str, str]]:
    if path == "feed.json":
        return [
            {"id": i["id"], "link": i["url"], "title": i["title"], "content": i["content_html"]}
            | {"summary": i["summary"]}
            for i in json.loads(site.read(path))["items"]
        ]
    return [
        {"id": e.id, "link": e.link, "title": e.title, "content": e.content[0].value}
        | {"summary": e.summary}
        for e in feedparser.parse((site.output / path).read_bytes()).entries
    ]


@pytest.mark.parametrize("path", FORMATS)
def test_there_are_five_items_with_five_addresses_and_ids_and_exact_titles(
    site: Site, path: str
) -> None:
    items = _items(site, path)
    assert {item["title"] for item in items} == TITLES
    assert len(items) == len({i["id"] for i in items}) == len({i["link"] for i in items}) == 5


def test_the_formats_agree_on_ids_and_order(site: Site) -> None:
    ids = [[item["id"] for item in _items(site, path)] for path in FORMATS]
    assert ids[0] == ids[1] == ids[2]


@pytest.mark.parametrize("path", FORMATS)
def test_the_cut_excerpt_of_002_has_one_ellipsis(site: Site, path: str) -> None:
    summary = next(i["summary"] for i in _items(site, path) if "강력한 연대" in i["title"])
    assert summary.endswith("월터 E. 워…")
    assert summary.count("…") == 1
    assert "  " not in summary


@pytest.mark.parametrize("path", FORMATS)
def test_every_address_in_the_content_is_absolute(site: Site, path: str) -> None:
    for item in _items(site, path):
        tree = html.fromstring(f"<div>{item['content']}</div>")
        addresses = [str(e.get("src") or e.get("href")) for e in tree.iter("img", "a")]
        assert addresses
        assert all(a.startswith("https://") for a in addresses)


@pytest.mark.parametrize("path", FORMATS)
def test_the_text_after_the_last_paragraph_of_000_stands_in_one(site: Site, path: str) -> None:
    content = next(i["content"] for i in _items(site, path) if "맞춤형" in i["title"])
    tree = html.fromstring(f"<div>{content}</div>")
    (paragraph,) = [
        p for p in tree.iter("p") if "실시간 뉴스 속보는" in "".join(map(str, p.itertext()))
    ]
    assert [a.get("href") for a in paragraph.iter("a")] == ["https://newsdao.kr"]


@pytest.mark.parametrize("path", FORMATS)
def test_nothing_of_the_editor_that_wrote_them_is_left(site: Site, path: str) -> None:
    text = site.read(path)
    assert "data-ke-size" not in text
    assert "dofollow" not in text
    for item in _items(site, path):
        assert not re.search(r"<p>(\s|&nbsp;|\u00a0)*</p>", item["content"])


def test_emphasis_before_a_korean_particle_is_bold_and_a_tilde_is_no_strike(
    tmp_path: Path,
) -> None:
    """The rest of the real posts' habits, in one line."""
    site = Site(tmp_path / "site")
    site.post("a.md", "**핵협의그룹(NCG)**은 **“강조”**라고 썼다. 10~20일, 30~40일.")
    site.publish()
    content = site.feed().entries[0].content[0].value
    assert "<strong>핵협의그룹(NCG)</strong>은 <strong>“강조”</strong>라고" in content
    assert "10~20일, 30~40일" in content


def test_the_letter_keeps_the_translucent_backgrounds(site: Site) -> None:
    letter = (site.folder / ".newsfeed/preview/weekly.html").read_text(encoding="utf-8")
    assert letter.count("rgba(33, 83, 133, 0.1") >= 8
    assert "#21538527" not in letter


def test_the_letter_shows_no_heading_marks_of_feature_text_and_no_lead_image_twice(
    site: Site,
) -> None:
    letter = (site.folder / ".newsfeed/preview/weekly.html").read_text(encoding="utf-8")
    assert "## " not in letter
    for title in TITLES:
        assert title in letter
    images = re.findall(r'<img[^>]*src="([^"]+)"', letter)
    assert len(images) <= len(TITLES)
