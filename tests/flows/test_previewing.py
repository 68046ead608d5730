"""The preview of the next letter, as somebody looks at it on this machine."""

from __future__ import annotations

from pathlib import Path

from tests.kit import NEWSLETTER, SETTINGS, Site


def test_a_preview_greets_as_letters_do_and_has_no_link_that_leads_astray(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    site.post("one.md", "The first text.", date="2026-11-01")
    site.publish()
    folder = site.plan().preview
    for ending in ("html", "txt"):
        text = (folder / f"weekly.{ending}").read_text(encoding="utf-8")
        assert "__" not in text
        assert "unsubscribe.invalid" not in text
        assert "안녕하세요" in text
        assert "구독 해지" in text
