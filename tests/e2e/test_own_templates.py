"""A stranger makes the letter one's own, by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit import NEWSLETTER, SETTINGS, Site

LOOK = (
    '{% extends "_layout.html.j2" %}{% block content %}<tr><td>OUR OWN LOOK {{ unsubscribe_url }}'
)
LOOK += ' {{ title }}</td></tr>{% include "_footer.html.j2" %}{% endblock %}'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER + "commercial = false\n")
    site.post("2026-11-10-one.md")
    return site


def preview(site: Site) -> str:
    return (site.folder / ".newsfeed" / "preview" / "weekly.html").read_text("utf-8")


def test_templates_are_copied_once_and_never_over_others(site: Site) -> None:
    done = site.run("init", "--templates")
    assert (done.returncode, done.stderr) == (0, "")
    style = site.folder / "templates" / "email" / "letter.css"
    style.write_text(style.read_text("utf-8") + "/* mine */", encoding="utf-8")
    again = site.run("init", "--templates")
    assert "Wrote 0 files" in again.stdout
    assert style.read_text("utf-8").endswith("/* mine */")


def test_copied_templates_change_nothing(site: Site) -> None:
    """The preview of ours, and that of a copy of ours, are the same bytes."""
    assert site.run("publish").returncode == 0
    before = preview(site)
    site.run("init", "--templates")
    assert site.run("publish").returncode == 0
    assert preview(site) == before


def test_one_changed_file_changes_letter_and_pages(site: Site) -> None:
    """All other files are ours; a second change is noticed, too."""
    for kind, name in (("email", "_footer.html.j2"), ("web", "article.html.j2")):
        folder = site.folder / "templates" / kind
        folder.mkdir(parents=True)
        ours = Path(__file__).parents[2] / "templates" / kind / name
        marked = ours.read_text("utf-8").replace("</p>", " FIRST</p>")
        (folder / name).write_text(marked, encoding="utf-8")
    assert site.run("publish").returncode == 0
    assert "FIRST" in preview(site)
    pages = [path.read_text("utf-8") for path in site.output.rglob("index.html")]
    assert any("FIRST" in page for page in pages)
    footer = site.folder / "templates" / "email" / "_footer.html.j2"
    footer.write_text(footer.read_text("utf-8").replace("FIRST", "SECOND"), encoding="utf-8")
    assert site.run("publish").returncode == 0
    assert "SECOND" in preview(site)


def own_look(site: Site, html: str, text: str = '{% include "_letter.txt.j2" %}') -> None:
    folder = site.folder / "templates" / "email"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mine.html.j2").write_text(html, encoding="utf-8")
    (folder / "mine.txt.j2").write_text(text, encoding="utf-8")
    more = 'commercial = false\ntemplate = "mine"\n'
    site.configure(SETTINGS + NEWSLETTER + more)


def test_a_look_of_ones_own(site: Site) -> None:
    own_look(site, LOOK)
    done = site.run("publish")
    assert (done.returncode, done.stderr) == (0, "")
    assert "OUR OWN LOOK" in preview(site)


def test_a_mistake_names_file_and_line_and_leaves_no_old_preview(site: Site) -> None:
    site.run("publish")
    own_look(site, LOOK.replace("{{ title }}", "\n{{ titel }}"))
    done = site.run("publish")
    assert done.returncode == 1
    assert f"{site.folder / 'templates' / 'email' / 'mine.html.j2'}:2: " in done.stderr
    assert "did you mean 'title'?" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (site.folder / ".newsfeed" / "preview" / "weekly.html").exists()


@pytest.mark.parametrize("part", ["html", "text"])
def test_a_look_without_a_way_to_leave_is_refused(site: Site, part: str) -> None:
    """Nobody gets a letter that cannot be left (guarantee 6)."""
    bare = "<!doctype html><html lang='ko'><head><title>x</title></head><body>{{ title }}</body>"
    own_look(site, bare if part == "html" else LOOK, "{{ title }}" if part == "text" else LOOK)
    done = site.run("publish")
    assert done.returncode == 1
    assert "to unsubscribe" in done.stderr
    assert "unsubscribe_url" in done.stderr


def test_a_look_without_a_text_of_its_own_has_the_standard_one(site: Site) -> None:
    own_look(site, LOOK)
    (site.folder / "templates" / "email" / "mine.txt.j2").unlink()
    done = site.run("publish")
    assert (done.returncode, done.stderr) == (0, "")
    assert "OUR OWN LOOK" in preview(site)
    text = (site.folder / ".newsfeed" / "preview" / "weekly.txt").read_text("utf-8")
    assert "Title of 2026-11-10-one.md" in text


def test_a_look_that_is_not_there_stops_its_newsletter_alone(site: Site) -> None:
    own_look(site, LOOK)
    (site.folder / "templates" / "email" / "mine.html.j2").unlink()
    daily = NEWSLETTER.replace("weekly", "daily") + "commercial = false\n"
    file = site.folder / "newsfeed.toml"
    site.configure(file.read_text("utf-8") + daily)
    done = site.run("publish")
    assert "newsletters.weekly.template: there is no template mine.html.j2" in done.stderr
    assert done.returncode != 0
    assert site.titles() == ["Title of 2026-11-10-one.md"]
    assert (site.folder / ".newsfeed" / "preview" / "daily.html").is_file()
    assert not (site.folder / ".newsfeed" / "preview" / "weekly.html").exists()
    assert "there is no template mine.html.j2" in site.run("check").stderr


def test_templates_are_no_articles_where_the_source_is_the_whole_folder(site: Site) -> None:
    """Nor are own words refused that lie among them."""
    site.configure((SETTINGS + NEWSLETTER).replace('path = "posts"', 'path = "."'))
    site.run("init", "--templates")
    (site.folder / "templates" / "email" / "words.md").write_text("Hello", encoding="utf-8")
    (site.folder / "templates" / "web" / "old.html").write_text("<p>Hello</p>", encoding="utf-8")
    assert site.run("build").returncode == 0
    assert site.titles() == ["Title of 2026-11-10-one.md"]
    words = ("--intro", "templates/email/words.md", "--subject", "Hello", "--dry-run")
    assert site.run("editions", "new", "weekly", *words).returncode == 0
