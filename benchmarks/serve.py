"""Serving beside nginx: `make bench-serve`, or `python -m benchmarks.serve`.

wrk asks both servers for the same feed, in turn, over kept connections: 304s, and whole answers
with and without gzip; and the 304s once more while `newsfeed send` delivers an edition to Postfix's
smtp-sink beside it. All run on this machine and share its processors. Before a row counts, one
answer is read and compared with the file; afterwards wrk must have seen no failure, and as many
bytes as the answers have. The table goes to stdout and, unless --no-write is given, into
docs/performance.md. Linux only; needs Debian's `wrk`, `nginx` and `postfix` (for smtp-sink).
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import letters, report, serve_report
from benchmarks.senders import Keys, Newsfeed, Work, WrongOutputError
from benchmarks.serve_report import KINDS, Kind, Measured, Row
from benchmarks.servers import FEED, WebServer, make_site, newsfeed, nginx, nginx_path
from benchmarks.sinks import postfix, tally
from benchmarks.subscribers import NEWSFEED

HERE = Path(__file__).parent
WORK = HERE / ".work" / "serve"
PAGE = HERE.parent / "docs" / "performance.md"

_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def asked(server: WebServer, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """One answer."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        line.request("GET", f"/{FEED}", headers={"Accept-Encoding": "identity", **headers})
        answer = line.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read()
    finally:
        line.close()


def proved(server: WebServer, kind: Kind, feed: bytes) -> dict[str, str]:
    """The headers to ask with, after one answer that is as it must be. Raises WrongOutputError."""
    headers = {"Accept-Encoding": "gzip"} if kind.gzip else {}
    status, found, body = asked(server, headers)
    is_packed = found.get("content-encoding") == "gzip"
    if (
        status != 200
        or is_packed != kind.gzip
        or (gzip.decompress(body) if is_packed else body) != feed
    ):
        raise WrongOutputError(f"{server.name}, {kind.name}: the feed does not come as it is")
    if kind.status == 304:
        headers["If-None-Match"] = found["etag"]
        status, _, body = asked(server, headers)
        if (status, body) != (304, b""):
            raise WrongOutputError(f"{server.name}, {kind.name}: the answer is {status}")
    return headers


def timed(server: WebServer, kind: Kind, feed: bytes, options: argparse.Namespace) -> Measured:
    """One run of wrk. Raises WrongOutputError."""
    headers = proved(server, kind, feed)
    words = ["wrk", "-t2", f"-c{options.connections}", f"-d{options.seconds}s", "--latency"]
    words += [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    begun = server.cpu()
    done = subprocess.run((*words, server.url), capture_output=True, text=True, check=True)
    cpu = server.cpu() - begun
    least = (
        (len(gzip.compress(feed, 6)) * 0.5 if kind.gzip else len(feed)) if kind.status == 200 else 1
    )
    return read(done.stdout, cpu, server.memory(), least)


def read(said: str, cpu: float, memory: int, least: float) -> Measured:
    """What wrk says. Raises WrongOutputError where answers failed or are too short."""
    count = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m), ([\d.]+)([KMGT]?)B read", said)
    late = dict(re.findall(r"^ +(50|99)% +([\d.]+(?:us|ms|s|m)) *$", said, re.MULTILINE))
    if count is None or len(late) < 2 or "Non-2xx" in said or "Socket errors" in said:
        raise WrongOutputError(f"wrk says: {said}")
    requests, seconds = int(count[1]), float(count[2]) * _SECONDS[count[3]]
    size = float(count[4]) * _UNITS[count[5]] / requests
    if size < least:
        raise WrongOutputError(f"an answer has {size:.0f} bytes")
    return Measured(
        rate=requests / seconds,
        middle=_seconds(late["50"]),
        late=_seconds(late["99"]),
        cpu=cpu / requests,
        busy=cpu / seconds,
        memory=memory,
        size=size,
    )


def _seconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    if match is None:
        raise WrongOutputError(f"wrk says {text}")
    return float(match[1]) * _SECONDS[match[2]]


def compare(options: argparse.Namespace) -> list[Row]:
    """Every kind by both servers, interleaved: run after run, within a run kind after kind."""
    feed = make_site(WORK / "site")
    runs: dict[tuple[Kind, str], list[Measured]] = {}
    with ExitStack() as servers:
        both = [
            servers.enter_context(nginx(WORK / "site", WORK / "nginx")),
            servers.enter_context(newsfeed(WORK / "site")),
        ]
        for run in range(options.runs):
            for kind in KINDS:
                for server in both:
                    say(f"run {run + 1}: {kind.name}, {server.name}")
                    with sending(kind.sends, options):
                        found = timed(server, kind, feed, options)
                    runs.setdefault((kind, server.name), []).append(found)
    return [Row(kind=kind, server=name, runs=tuple(all_)) for (kind, name), all_ in runs.items()]


@contextmanager
def sending(really: bool, options: argparse.Namespace) -> Iterator[None]:  # noqa: FBT001
    """Meanwhile an edition is delivered, if so asked; it must not be through before the end."""
    if not really:
        yield
        return
    keys = Keys(WORK)
    letter = letters.probe(WORK / "probe", 5_000)
    work = Work(size=5_000, count=options.letters, connections=4)
    with tally() as sink:
        command, folder = Newsfeed(WORK, keys).ready(work, letter, sink.port)
        with (folder / "send.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            while not sink.count():
                if process.poll() is not None:
                    raise WrongOutputError((folder / "send.log").read_text("utf-8"))
            yield
            if process.poll() is not None:
                raise WrongOutputError("the edition was out before the run was; raise --letters")
        finally:
            process.kill()
            process.wait()
    shutil.rmtree(folder)


def versions() -> dict[str, str]:
    """What the programs say of themselves."""
    said = subprocess.run(
        (nginx_path() or "nginx", "-v"), capture_output=True, text=True, check=True
    )
    ours = subprocess.run((NEWSFEED, "--version"), capture_output=True, text=True, check=True)
    wrk = subprocess.run(("wrk", "-v"), capture_output=True, text=True, check=False)
    return {
        "newsfeed": ours.stdout.strip(),
        "nginx": said.stderr.strip().rpartition("/")[2],
        "wrk": wrk.stdout.partition("Copyright")[0].strip(),
    }


def say(line: str) -> None:
    """Progress, for whoever waits."""
    print(line, file=sys.stderr, flush=True)


def _options(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="serve", description=__doc__)
    add = parser.add_argument
    add("--connections", type=int, default=200)
    add("--seconds", type=int, default=10, help="of a run")
    add("--runs", type=int, default=3)
    add("--letters", type=int, default=100_000, help="of the edition that is sent meanwhile")
    add("--no-write", action="store_true", help="leave docs/performance.md alone")
    return parser.parse_args(words)


def main() -> None:
    """Measure, print, and keep the table."""
    options = _options()
    found = {"wrk": shutil.which("wrk"), "nginx": nginx_path(), "smtp-sink": postfix("smtp-sink")}
    if missing := [name for name, path in found.items() if not path]:
        sys.exit(f"{missing[0]} is not installed (Debian: apt-get install wrk nginx postfix)")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    text = serve_report.markdown(compare(options), versions())
    print(text)
    if not options.no_write:
        report.write(PAGE, text, serve_report.BEGIN, serve_report.END)
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
