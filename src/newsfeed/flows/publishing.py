"""The whole way: build, preview what is next, and deploy."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec

from newsfeed.errors import BodyError, NewsfeedError
from newsfeed.flows.build import BuildOptions, BuildReport, Workshop, build
from newsfeed.flows.plan import Plan, fingerprint
from newsfeed.flows.previewing import Preview, previews
from newsfeed.output import manifest

_NOTE = "deployed"
_STDERR = 2


class PublishReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a publish did. `deployed` tells that the deploy command ran."""

    build: BuildReport
    deployed: bool
    previews: tuple[Preview, ...]


class DeployError(NewsfeedError):
    """The deploy command failed; nothing was sent."""


def publish(shop: Workshop, options: BuildOptions) -> PublishReport:
    """Build; preview the next letters; deploy what is not deployed yet.

    Letters are made before anything leaves, since one can show that an article is broken.
    Raises what `build` raises, DeployError, and what `previews` raises.
    """
    try:
        return _publish(shop, options)
    except BodyError as error:  # of an article that stands in a letter and in no feed
        shop.blame(error)
        return _publish(shop, options)


def _publish(shop: Workshop, options: BuildOptions) -> PublishReport:
    report = build(shop, options)
    if options.dry_run:
        return PublishReport(build=report, deployed=False, previews=())
    found = tuple(previews(shop, report.state))
    return PublishReport(build=report, deployed=_deploy(shop), previews=found)


def _deploy(shop: Workshop) -> bool:
    """Run `[publish] deploy` unless it succeeded with these very files before."""
    plan = shop.plan
    if not plan.deploy:
        return False
    written = manifest.load(plan.manifest, plan.output)
    state = fingerprint(plan.deploy, sorted((p, w.digest) for p, w in written.items())).encode()
    if shop.index.note(_NOTE) == state:
        return False
    _run(plan)
    shop.index.set_note(_NOTE, state)
    return True


def _run(plan: Plan) -> None:
    """The operator's own command, in the folder of the settings file.

    All that it says goes to stderr, since stdout is for our report, which machines may read.
    """
    words = ["/bin/sh", "-c", plan.deploy]
    done = subprocess.run(words, cwd=plan.base, stdout=_STDERR, check=False)  # noqa: S603
    if done.returncode:
        raise DeployError(
            f"the deploy command ended with status {done.returncode}; nothing was sent",
            where=str(Path(plan.base)),
            remedy="mend `publish.deploy` and publish again",
        )
