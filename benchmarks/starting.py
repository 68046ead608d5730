"""What newsfeed costs where there is nothing to do: its help, and publishing unchanged samples."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Cost, cost, middle

RUNS = 15


@dataclass(frozen=True, kw_only=True)
class Start:
    """`newsfeed --help`, and `newsfeed publish` of the seeds when nothing has changed."""

    help: Cost
    publish: Cost


def measure(checkout: Path, site: Path) -> Start:
    """Medians over a copy of the checkout's samples and settings in `site`."""
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    shutil.copytree(checkout / "seeds", site / "seeds")
    shutil.copyfile(checkout / "config.toml", site / "config.toml")
    command = str(Path(sys.executable).with_name("newsfeed"))
    publish = (command, "publish")
    cost(publish, site)
    return Start(
        help=middle([cost((command, "--help"), site) for _ in range(RUNS)]),
        publish=middle([cost(publish, site) for _ in range(RUNS)]),
    )
