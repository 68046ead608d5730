"""The benchmark of serving believes wrk only where every answer was whole."""

from __future__ import annotations

import pytest

from benchmarks.senders import WrongOutputError
from benchmarks.serve import read
from benchmarks.serve_report import KINDS, Row, markdown

SAID = """\
Running 10s test @ http://127.0.0.1:18080/feed.xml
  2 threads and 200 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     7.68ms    8.78ms  69.02ms   84.99%
    Req/Sec    10.00k     1.00k   12.00k    80.00%
  Latency Distribution
     50%    4.28ms
     75%    6.00ms
     90%   11.00ms
     99%    1.20s{}
  100000 requests in 10.00s, 9.54MB read
Requests/sec:  10000.00
Transfer/sec:      0.95MB
""".format(" ")  # as wrk pads it


def test_what_wrk_says_is_read() -> None:
    found = read(SAID, cpu=5.0, memory=60_000_000, least=1)
    assert (found.rate, found.middle, found.late) == (10_000.0, 0.00428, 1.2)
    assert (round(found.cpu * 1e6), found.busy, round(found.size)) == (50, 0.5, 100)


@pytest.mark.parametrize(
    "said",
    [
        SAID + "  Non-2xx or 3xx responses: 3831\n",
        SAID + "  Socket errors: connect 0, read 1, write 0, timeout 0\n",
        SAID.replace("99%", "98%"),
        "",
    ],
)
def test_a_run_with_failures_is_worth_nothing(said: str) -> None:
    with pytest.raises(WrongOutputError):
        read(said, cpu=5.0, memory=1, least=1)


def test_answers_that_are_too_short_are_worth_nothing() -> None:
    with pytest.raises(WrongOutputError, match="an answer has 100 bytes"):
        read(SAID, cpu=5.0, memory=1, least=100_000)


def test_the_goals_stand_beside_their_figures() -> None:
    slow = read(SAID.replace("100000 req", "40000 req"), cpu=5.0, memory=60_000_000, least=1)
    rows = [
        Row(kind=KINDS[0], server="nginx", runs=(read(SAID, cpu=2.0, memory=9, least=1),)),
        Row(kind=KINDS[0], server="newsfeed", runs=(slow,)),
    ]
    text = markdown(rows, {"nginx": "1.0"})
    assert "| 304s of a 100 KB feed | ≥ 0.3 × nginx | 0.4 × nginx | met |" in text
    assert "| memory of the service | ≤ 150 MB | 60 MB | met |" in text
    assert "| 304 | newsfeed | 4,000 | 0.40 |" in text
