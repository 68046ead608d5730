"""The text of each look and language as mutt shows it, compared with files that people have read.

After a change that is meant: `python -m tests.e2e.letters_sound.test_in_mutt` writes them anew;
read the difference.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from wcwidth import wcswidth

from tests.e2e.letters_sound.kit import LOOKS, TEXT, letters, mailbox
from tests.e2e.letters_sound.texts import TONGUES
from tests.rigs.mutt import shown

pytestmark = pytest.mark.xdist_group("letters-sound")

GOLDEN = Path(__file__).parent / "golden"


def _read_in_mutt(folder: Path) -> Iterator[tuple[str, str]]:
    """Each letter of three articles, `ko-digest` and so on, and what a terminal shows of its body;
    a reader's own link is made the same for all.
    """
    for language in TONGUES:
        place = folder / language
        place.mkdir()
        made = letters(place, language, 3)
        box = place / "box"
        box.write_text("".join(mailbox(mail) for mail in made.values()), encoding="utf-8")
        for screen in shown(box, place):
            head, _, body = screen.partition("\n\n")
            (name,) = re.findall(r"^List-Id: .*<(\w+)\.", head, re.MULTILINE)
            lines = (line.rstrip() for line in body.rstrip().split("\n"))
            yield f"{language}-{name}", re.sub(r"(/u/\w+/)\S+", r"\1TOKEN", "\n".join(lines)) + "\n"


@pytest.fixture(scope="module")
def screens(
    tmp_path_factory: pytest.TempPathFactory, require: Callable[[str], str]
) -> dict[str, str]:
    require("mutt")
    return dict(_read_in_mutt(tmp_path_factory.mktemp("mutt")))


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("look", LOOKS)
def test_a_letter_reads_in_mutt_as_it_was_read_and_kept(
    screens: dict[str, str], language: str, look: str
) -> None:
    name = f"{language}-{look}"
    assert screens[name] == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", TONGUES)
def test_a_letter_of_text_alone_reads_like_the_text_of_one_with_html(
    screens: dict[str, str], language: str
) -> None:
    """`format = "text"`: only the newsletter's own addresses differ."""
    assert (
        screens[f"{language}-{TEXT}"].replace("/text/", "/digest/") == screens[f"{language}-digest"]
    )


@pytest.mark.parametrize("language", TONGUES)
def test_headings_lists_quotes_code_tables_and_links_can_be_told_apart(
    screens: dict[str, str], language: str
) -> None:
    for name in (f"{language}-digest", f"{language}-{TEXT}"):
        text = screens[name]
        for mark in (
            r"\S.*\n-{3,}\n",
            "- ",
            "  - ",
            "1[.] ",
            "   ",
            "> ",
            "    print",
            r"-+  -+  -+\n",
        ):
            assert re.search(rf"^{mark}", text, re.MULTILINE), mark
        assert "<https://other.example.com/guide?part=1&page=2>" in text
        assert re.search(r"^https://news\.example\.org/\S+/article-0/$", text, re.MULTILINE)
        assert f"\nhttps://news.example.org/u/{name.partition('-')[2]}/TOKEN\n" in text


def test_no_line_is_wider_than_72_cells_but_for_an_address_by_itself(
    screens: dict[str, str],
) -> None:
    lines = [line for text in screens.values() for line in text.split("\n")]
    assert [
        line for line in lines if wcswidth(line) > 72 and not re.fullmatch(r"\S+://\S+", line)
    ] == []


def test_every_look_and_language_has_its_golden_file() -> None:
    named = {f"{language}-{look}.txt" for language in TONGUES for look in LOOKS}
    assert named == {path.name for path in GOLDEN.iterdir()}


if __name__ == "__main__":
    for name, text in _read_in_mutt(Path(tempfile.mkdtemp())):
        if name.partition("-")[2] in LOOKS:
            (GOLDEN / f"{name}.txt").write_text(text, encoding="utf-8")
