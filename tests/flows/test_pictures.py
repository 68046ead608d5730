"""Images of letters, from the folder of articles to the output and into mailboxes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from PIL import Image, ImageFile

from newsfeed.errors import ForeignFileError
from newsfeed.flows.build import BuildOptions
from newsfeed.flows.checking import check
from newsfeed.flows.fixing import apply_fix, prepare_fix
from newsfeed.flows.sending import send
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

LETTERS = SETTINGS + NEWSLETTER
MONDAY = datetime(2026, 11, 23, 0, tzinfo=UTC)
MEDIA = "https://news.example.org/media/"
JEKYLL = SETTINGS.replace('path = "posts"', 'path = "blog"') + NEWSLETTER


def _jpeg(width: int = 1600, height: int = 900, colour: str = "navy") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def _media(site: Site) -> set[str]:
    return {path.removeprefix("media/") for path in site.files() if path.startswith("media/")}


def _letter(site: Site) -> str:
    """The next letter with its true addresses."""
    data = (site.plan().preview / "weekly.eml").read_bytes()
    message = message_from_bytes(data, policy=policy.default)
    html = message.get_body(("html",))
    assert html is not None
    return str(html.get_content())


def _images(html: str) -> list[dict[str, str]]:
    """The attributes of each image."""
    return [dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in re.findall("<img [^>]*>", html)]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", LETTERS)
    site.write("img/a.jpg", _jpeg())
    site.post("one.md", "Text.\n\n![A harbour](img/a.jpg)\n\nMore.", date="2026-11-01")
    return site


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each picture that Pillow decodes."""
    found: list[str] = []
    load = ImageFile.ImageFile.load

    def counted(image: ImageFile.ImageFile) -> Any:  # noqa: ANN401  # whatever Pillow gives
        if image.tile:  # there is something left to decode
            found.append(str(image.format))
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", counted)
    return found


def test_a_letter_shows_a_rendition_and_feed_and_page_the_original(site: Site) -> None:
    site.publish()
    (image,) = _images(_letter(site))
    assert image["src"].startswith(MEDIA)
    assert image["alt"] == "A harbour"
    name = image["src"].removeprefix(MEDIA)
    assert re.fullmatch(r"[0-9a-f]{24}-1200\.jpg", name)
    assert _media(site) == {name}
    with Image.open(site.output / "media" / name) as shown:
        assert shown.size == (1200, 675)
    width, height = int(image["width"]), int(image["height"])
    assert abs(width * 675 - height * 1200) <= 1200
    assert MEDIA not in site.read("feed.xml")
    assert MEDIA not in site.read("one/index.html")
    assert site.files()["img/a.jpg"] == _jpeg()


def test_renditions_are_made_once(site: Site, decoded: list[str]) -> None:
    """Not again for a changed letter, changed settings, a copied folder, or the edition itself."""
    site.publish()
    assert decoded == ["JPEG"]
    site.publish()
    site.post("two.md", "Another.", date="2026-11-02")
    site.publish()
    site.configure(LETTERS.replace('title = "주간 브리핑"', 'title = "주간"'))
    site.publish()
    shutil.copy2(site.posts / "img/a.jpg", site.posts / "img/b.jpg")
    (site.posts / "img/b.jpg").replace(site.posts / "img/a.jpg")
    site.publish()
    assert site.publish(MONDAY).decided
    assert decoded == ["JPEG"]


def test_an_edition_has_its_images_before_the_deploy_command_runs(site: Site) -> None:
    copied = 'for f in public/media/*; do cp "$f" deployed; done'
    site.configure(f'{LETTERS}[publish]\ndeploy = """{copied}"""\n')
    (site.folder / "deployed").mkdir()
    site.publish()
    site.write("img/b.jpg", _jpeg(colour="red"))
    site.post("two.md", "![Red](img/b.jpg)", date="2026-11-02")
    site.publish(MONDAY)
    web = site.read("editions/weekly/2026-11-23/index.html")
    shown = {image["src"].removeprefix(MEDIA) for image in _images(web)}
    assert len(shown) == 2
    assert shown <= {path.name for path in (site.folder / "deployed").iterdir()}


def test_what_a_letter_showed_stays_for_good(site: Site) -> None:
    """Though the article, its image and even the output folder are gone."""
    site.publish()
    assert site.publish(MONDAY).decided
    (name,) = _media(site)
    data = site.files()[f"media/{name}"]
    (site.posts / "img/a.jpg").unlink()
    (site.posts / "one.md").unlink()
    site.post("two.md")
    site.publish()
    assert site.files()[f"media/{name}"] == data
    shutil.rmtree(site.output)
    site.publish()
    assert site.files()[f"media/{name}"] == data


def test_a_corrected_edition_shows_the_new_image(site: Site) -> None:
    site.configure(LETTERS + 'approval = "manual"\n')
    site.subscribe("a@example.com")
    site.publish()
    site.publish(MONDAY)
    (old,) = _media(site)
    site.write("img/a.jpg", _jpeg(colour="red"))
    with site.shop(MONDAY) as shop:
        fixed = prepare_fix(shop, "weekly/2026-11-23")
        assert _media(site) == {old}
        apply_fix(shop, fixed)
    (new,) = _media(site) - {old}
    assert new in fixed.letter.html


def test_sending_writes_the_images_of_the_edition(site: Site) -> None:
    site.subscribe("a@example.com")
    with site.shop() as shop:
        newsletter = shop.plan.newsletters[0]
        send(shop, newsletter, dry_run=True)
        assert _media(site) == set()
        send(shop, newsletter)
    assert len(_media(site)) == 1


@pytest.mark.parametrize(
    "run",
    [
        lambda site: site.build(dry_run=True),
        lambda site: site.publish(MONDAY, options=BuildOptions(dry_run=True)),
        lambda site: site.run("check"),
        lambda site: site.run("build"),
    ],
)
def test_who_only_looks_or_builds_writes_no_image(site: Site, run: Callable[[Site], Any]) -> None:
    run(site)
    assert _media(site) == set()
    assert not site.plan().media.exists()


def test_a_second_publish_does_not_even_load_the_library(site: Site) -> None:
    site.publish(datetime.now(UTC))
    site.run("publish")
    probe = (
        "import sys\nfrom newsfeed.cli import main\nsys.argv = ['newsfeed', 'publish']\n"
        "try:\n main()\nexcept SystemExit:\n pass\nprint('PIL' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=site.folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "False"


def test_a_changed_image_is_seen_in_the_preview(tmp_path: Path) -> None:
    """Also of a site of its own, where newsfeed does not publish the image, and no article says
    that it changed.
    """
    site = _jekyll(tmp_path)
    site.publish()
    before = _media(site)
    (site.folder / "blog/assets/a.jpg").write_bytes(_jpeg(colour="red"))
    site.publish()
    assert len(_media(site) - before) == 1
    assert _images(_letter(site))[0]["src"].removeprefix(MEDIA) not in before


def _jekyll(tmp_path: Path, body: str = "![x](/assets/a.jpg)", **fields: str) -> Site:
    site = Site(tmp_path / "site", JEKYLL)
    blog = site.folder / "blog"
    (blog / "_posts").mkdir(parents=True)
    (blog / "assets").mkdir()
    (blog / "_config.yml").write_text("permalink: pretty\n", encoding="utf-8")
    (blog / "assets/a.jpg").write_bytes(_jpeg())
    lines = "".join(f"{key}: {value}\n" for key, value in {"title": "One", **fields}.items())
    (blog / "_posts/2026-11-01-one.md").write_text(
        f"---\n{lines}---\n\nText.\n\n{body}\n", encoding="utf-8"
    )
    return site


def test_a_site_of_its_own_has_renditions_too(tmp_path: Path) -> None:
    site = _jekyll(tmp_path, image="/assets/a.jpg")
    site.publish()
    assert {image["src"].startswith(MEDIA) for image in _images(_letter(site))} == {True}
    assert "https://news.example.org/assets/a.jpg" in site.read("feed.xml")


def test_an_image_that_only_the_site_of_its_own_may_know_stays(tmp_path: Path) -> None:
    site = _jekyll(tmp_path, "![x](/made/later.jpg)")
    site.publish()
    assert [image["src"] for image in _images(_letter(site))] == [
        "https://news.example.org/made/later.jpg"
    ]


def test_a_remote_image_is_left_alone(site: Site) -> None:
    site.post("one.md", '<img src="https://example.com/a.jpg" width="80">', date="2026-11-01")
    site.publish()
    (image,) = _images(_letter(site))
    assert (image["src"], image["width"]) == ("https://example.com/a.jpg", "80")
    assert _media(site) == set()


def test_an_image_shown_small_gets_the_small_rendition(site: Site) -> None:
    site.post("one.md", '<img src="img/a.jpg" alt="x" width="200px">', date="2026-11-01")
    site.publish()
    (image,) = _images(_letter(site))
    assert image["src"].endswith("-600.jpg")
    assert (image["width"], image["height"]) == ("200", "113")


def test_the_lead_image_is_a_rendition_and_not_shown_twice(site: Site) -> None:
    site.post("one.md", "Text.\n\n![x](img/a.jpg)", date="2026-11-01", image="img/a.jpg")
    site.publish()
    assert len(_images(_letter(site))) == 1
    site.post("one.md", "![x](img/a.jpg)\n\nText.", date="2026-11-01", image="img/a.jpg")
    site.publish()
    assert len(_images(_letter(site))) == 1


def test_letters_of_excerpts_make_no_images_of_bodies(site: Site, decoded: list[str]) -> None:
    site.configure(LETTERS + 'content = "excerpt"\n')
    site.publish()
    assert decoded == []
    assert _media(site) == set()


def test_letters_of_text_alone_make_no_images(site: Site, decoded: list[str]) -> None:
    site.configure(LETTERS + 'format = "text"\n')
    site.publish()
    assert decoded == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", _jpeg()[:2000]),
        ("a.jpg", b"no picture"),
        ("a.jpg", b""),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    ],
)
@pytest.mark.parametrize("jekyll", [False, True])
def test_without_a_usable_image_the_letter_has_its_words(
    tmp_path: Path, name: str, data: bytes, *, jekyll: bool
) -> None:
    """And the operator is told which article and which file, each time and by `check` too."""
    if jekyll:
        site = _jekyll(tmp_path, f"![A harbour](/assets/{name})")
        path = "_posts/2026-11-01-one.md"
        (site.folder / "blog/assets" / name).write_bytes(data)
    else:
        site = Site(tmp_path / "site", LETTERS)
        path = "one.md"
        site.write(name, data)
        site.post(path, f"Text.\n\n![A harbour]({name})", date="2026-11-01")
    for report in (site.publish(), site.publish()):
        assert [fault.path for fault in report.build.warnings] == [path]
        assert name in report.build.warnings[0].problem
    assert _images(_letter(site)) == []
    assert "A harbour" in _letter(site)
    assert _media(site) == set()
    with site.shop() as shop:
        assert [fault.path for fault in check(shop).warnings] == [path]


def test_a_broken_lead_image_is_left_out_and_told_once(site: Site) -> None:
    site.write("lead.jpg", _jpeg()[:2000])
    site.post("one.md", "Text.", date="2026-11-01", image="lead.jpg")
    report = site.publish()
    assert [fault.path for fault in report.build.warnings] == ["one.md"]
    assert _images(_letter(site)) == []


def test_a_missing_image_leaves_its_words(site: Site) -> None:
    site.post("one.md", "Text.\n\n![A harbour](gone.jpg)", date="2026-11-01", image="away.jpg")
    report = site.publish()
    assert {fault.path for fault in report.build.warnings} == {"one.md"}
    assert _images(_letter(site)) == []
    assert "A harbour" in _letter(site)


def test_an_image_removed_after_the_build_leaves_its_words(site: Site) -> None:
    site.build(dry_run=True)
    with site.shop() as shop:
        shop.collection  # noqa: B018  # gathers the articles
        (site.posts / "img/a.jpg").unlink()
        made = check(shop)
    assert made.errors == ()
    assert made.letters == 1


def test_a_link_out_of_the_folder_is_not_followed(site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(_jpeg(colour="red"))
    (site.posts / "img/link.jpg").symlink_to(secret)
    (site.posts / "out").symlink_to(tmp_path)
    site.post("one.md", "![x](img/link.jpg) ![y](out/secret.jpg)", date="2026-11-01")
    site.publish()
    assert _images(_letter(site)) == []
    assert _media(site) == set()


@pytest.mark.parametrize("disk", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_names_in_either_form_are_found(tmp_path: Path, disk: Any, written: Any) -> None:  # noqa: ANN401
    site = Site(tmp_path / "site", LETTERS)
    site.write(normalize(disk, "항구 사진.jpg"), _jpeg())
    site.post("one.md", f"![x](<{normalize(written, '항구 사진.jpg')}>)", date="2026-11-01")
    site.publish()
    assert len(_media(site)) == 1


def test_a_file_that_is_not_ours_is_not_overwritten(site: Site) -> None:
    site.publish()
    (name,) = _media(site)
    shutil.rmtree(site.folder / ".newsfeed")
    (site.output / "media" / name).write_bytes(b"somebody's")
    for path in site.output.iterdir():
        if path.name != "media":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(ForeignFileError, match=name):
        site.publish()
    assert site.files()[f"media/{name}"] == b"somebody's"


def test_the_preview_shows_what_the_output_has(site: Site) -> None:
    site.publish()
    folder = site.plan().preview
    html = (folder / "weekly.html").read_text(encoding="utf-8")
    (image,) = _images(html)
    with Image.open(folder / image["src"]) as shown:
        assert shown.width == 1200


def test_a_report_counts_the_images(site: Site) -> None:
    report = site.publish().build
    assert report.files == len(site.files())
    assert set(report.written) == site.files().keys()
    assert site.publish(NOW).build.written == ()
