"""An operator's templates run in a process of their own, and cannot take all of the machine."""

from __future__ import annotations

import gc
import os
import resource
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsfeed.errors import TemplateError
from newsfeed.templating import Limits, Templates, folders, open_templates
from newsfeed.templating.guard import Guard

TIGHT = Limits(processor=1.0, clock=60.0, memory=400 << 20, output=1 << 20)
IN_TIME = 75.0


def bounded(folder: Path, source: str, limits: Limits = TIGHT) -> Templates:
    """Templates of one file, `main`, bound by limits."""
    (folder / "main").write_text(source, encoding="utf-8")
    return Templates([folder], limits)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'x' * 10 ** 10 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}xxxxxxxx{% endfor %}{% endfor %}",
        "{{ '%10000000000d' | format(1) }}",
        "{{ 'x' | center(10 ** 10) }}",
        "{{ 9 ** (9 ** 9) }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'main' %}",
    ],
)
def test_what_takes_too_much_ends_in_a_message(tmp_path: Path, source: str) -> None:
    """In seconds, with the file named, and the next letter is made as before (S-17)."""
    templates = bounded(tmp_path, source)
    (tmp_path / "other").write_text("fine", encoding="utf-8")
    start = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        templates.html("main", {})
    assert time.monotonic() - start < IN_TIME
    assert caught.value.where.startswith(str(tmp_path / "main"))
    assert "\n" not in str(caught.value)
    assert Templates([tmp_path], TIGHT).html("other", {}) == "fine"
    assert templates.html("other", {}) == "fine"


def test_it_says_which_bound_it_was(tmp_path: Path) -> None:
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    with pytest.raises(TemplateError, match="more than 1 s of processor time"):
        bounded(tmp_path, loop).html("main", {})
    with pytest.raises(TemplateError, match="more than 1 MB"):
        bounded(tmp_path, "{{ 'x' * 2000000 }}").html("main", {})


@pytest.mark.parametrize(
    "source",
    [
        "{% include '/etc/passwd' %}",
        "{% include '../../../../../../etc/passwd' %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ word.__init__.__globals__ }}",
    ],
)
def test_nothing_leads_out_of_the_folder_or_the_sandbox(tmp_path: Path, source: str) -> None:
    with pytest.raises(TemplateError):
        bounded(tmp_path, source).html("main", {"word": "x"})


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return bounded(tmp_path_factory.mktemp("echo"), "{{ word }}|{{ table.a }}|{{ many|length }}")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.lists(st.integers(-(2**63), 2**63), max_size=5))
def test_values_go_in_and_text_comes_out_as_it_is(
    echo: Templates, word: str, many: list[int]
) -> None:
    """Whatever an article says: `{{7*7}}` in it is no template."""
    filled = echo.text("main", {"word": word, "table": {"a": word}, "many": many})
    assert filled == f"{word}|{word}|{len(many)}"


def test_a_value_that_is_no_text_is_told(tmp_path: Path) -> None:
    """Half a surrogate pair is a string to Python, and nothing that could be written."""
    for limits in (TIGHT, None):
        (tmp_path / "main").write_text("{{ word }}", encoding="utf-8")
        with pytest.raises(TemplateError):
            Templates([tmp_path], limits).html("main", {"word": "\ud800"})


def test_a_mistake_is_told_as_in_our_own_process(tmp_path: Path) -> None:
    """File, line, and what may have been meant."""
    with pytest.raises(TemplateError) as caught:
        bounded(tmp_path, "one\n{{ titel }}").html("main", {"title": "x"})
    assert caught.value.where == f"{tmp_path / 'main'}:2"
    assert "did you mean 'title'?" in caught.value.problem


def test_the_process_ends_with_its_templates(tmp_path: Path) -> None:
    templates = bounded(tmp_path, "x")
    templates.html("main", {})
    press = templates._press
    assert isinstance(press, Guard)
    child = press._child
    assert child is not None
    assert child.poll() is None
    del templates, press
    gc.collect()
    assert child.poll() is not None


def test_many_threads_may_ask_at_once(tmp_path: Path) -> None:
    """The service makes pages and letters side by side."""
    templates = bounded(tmp_path, "{{ word }}" * 50)
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        found[number] = templates.html("main", {"word": str(number)})

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: str(number) * 50 for number in range(8)}


def test_ours_alone_run_in_this_process(tmp_path: Path) -> None:
    """They are trusted, and a process costs time."""
    ours, own = tmp_path / "ours", tmp_path / "own"
    for root in (ours, own):
        (root / "email").mkdir(parents=True)
    assert folders((own, ours), "email") == (own / "email", ours / "email")
    assert folders((own, ours), "web") == (ours / "web",)
    assert open_templates(folders((ours,), "email"), TIGHT)._limits is None
    assert open_templates(folders((own, ours), "email"), TIGHT)._limits is TIGHT


def children() -> set[int]:
    """The processes that this one has started and that still run."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            found |= set(map(int, (task / "children").read_text().split()))
    return found


def test_a_forked_process_has_a_child_of_its_own(tmp_path: Path) -> None:
    """Two who speak to one child would get each other's answers."""
    templates = bounded(tmp_path, "{{ word }}")
    assert templates.html("main", {"word": "parent"}) == "parent"
    gc.collect()  # children of other tests end now, and not in between
    before = children()
    source, target = os.pipe()
    forked = os.fork()
    if not forked:
        try:
            said = templates.html("main", {"word": "forked"}) + str(len(children()))
            del templates
            gc.collect()
            os.write(target, said.encode())
        finally:
            os._exit(0)  # whatever happens: it shall not run the tests that follow
    os.close(target)
    with os.fdopen(source, "rb") as pipe:
        assert pipe.read() == b"forked1"
    os.waitpid(forked, 0)
    assert templates.html("main", {"word": "again"}) == "again"
    assert children() == before


def test_what_took_too_much_time_is_not_tried_again_with_the_same_values(tmp_path: Path) -> None:
    """A service composes every few minutes, and each try would take all its seconds."""
    loop = "{% for a in range(many) %}{% for b in range(99999) %}{% endfor %}{% endfor %}fine"
    templates = bounded(tmp_path, loop)
    gc.collect()  # children of other tests count now, and not in between
    taken = []
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        with pytest.raises(TemplateError, match="more than 1 s of processor time"):
            templates.html("main", {"many": 99999})
        taken.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
    assert taken[0] > 0.5
    assert taken[1] < 0.1
    assert templates.html("main", {"many": 1}) == "fine"


@pytest.mark.parametrize(
    ("python", "reason"), [("/no-python", "No such file"), ("/bin/false", "it ended with status 1")]
)
def test_a_process_that_cannot_start_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: str, reason: str
) -> None:
    """It is no fault of the template, and nobody is sent to look for a loop in it."""
    monkeypatch.setattr("sys.executable", python)
    with pytest.raises(TemplateError, match=reason) as caught:
        bounded(tmp_path, "fine").html("main", {})
    assert "cannot be started" in caught.value.problem
    assert "loop" not in str(caught.value)
    assert caught.value.where == str(tmp_path)
