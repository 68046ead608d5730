"""The corpus of the benchmarks is the same for everybody, and grows without changing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import frontmatter
import pytest

from benchmarks import make_corpus


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("variant", make_corpus.VARIANTS)
def test_a_corpus_is_the_beginning_of_every_longer_one(variant: str, tmp_path: Path) -> None:
    """Ten posts and two more, written later, are twelve posts."""
    make_corpus.write(tmp_path / "grown", variant, 10)
    make_corpus.write(tmp_path / "grown", variant, 2, start=10)
    make_corpus.write(tmp_path / "whole", variant, 12)
    assert _files(tmp_path / "grown") == _files(tmp_path / "whole")


def test_every_machine_writes_the_same_posts() -> None:
    """No Python version or hash seed changes a post; the figures of two machines compare."""
    text = "".join(repr(make_corpus.post(number)) for number in (0, 1, 99_999))
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == "3e8a3944fa92a280f4adacc7842ea60748295e5f6b1ab26dac54beaefbfdc276"


def test_posts_are_as_large_as_real_ones() -> None:
    """A post has 5 to 7 KB in the mean."""
    assert 5_000 < mean(len(make_corpus.post(n).body.encode()) for n in range(200)) < 7_000


def test_a_later_post_is_newer_and_never_in_the_future() -> None:
    """Dates grow with the number, and even the last has long been published."""
    dates = [make_corpus.post(number).date for number in (0, 1, 2, 99_999, 100_000)]
    assert dates == sorted(set(dates))
    assert dates[-1] < datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("variant", ["jekyll", "hugo"])
def test_front_matter_is_what_the_post_says(variant: str) -> None:
    """YAML gives back every title, whatever characters it holds."""
    for number in range(100):
        post = make_corpus.post(number)
        fields, body = frontmatter.parse(make_corpus.VARIANTS[variant](post) + post.body)
        assert fields["title"] == post.title
        assert fields["categories"] == [post.category]
        assert body == post.body.strip()
