"""The whole way: build, deploy, and preview what is next."""

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


class PublishReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a publish did. `deployed` tells that the deploy command ran."""

    build: BuildReport
    deployed: bool
    previews: tuple[Preview, ...]


class DeployError(NewsfeedError):
    """The deploy command failed; nothing was sent."""


def publish(shop: Workshop, options: BuildOptions) -> PublishReport:
    """Build; deploy what is not deployed yet; preview the next letters.

    Raises what `build` raises, DeployError, and what `previews` raises.
    """
    try:
        return _publish(shop, options)
    except BodyError as error:  # of an article that stands in a letter and in no feed
        shop.blame(error)
        return _publish(shop, options)


def _publish(shop: Workshop, options: BuildOptions) -> PublishReport:
    report = build(shop, options)
    deployed = False if options.dry_run else _deploy(shop)
    found = () if options.dry_run else tuple(previews(shop, report.state))
    return PublishReport(build=report, deployed=deployed, previews=found)


def _deploy(shop: Workshop) -> bool:
    """Run `[publish] deploy` unless it succeeded with these very files before."""
    plan = shop.plan
    if not plan.deploy:
        return False
    written = manifest.load(plan.manifest)
    state = fingerprint(plan.deploy, sorted((p, w.digest) for p, w in written.items())).encode()
    if shop.index.note(_NOTE) == state:
        return False
    _run(plan)
    shop.index.set_note(_NOTE, state)
    return True


def _run(plan: Plan) -> None:
    """The operator's own command, in the folder of the settings file; its output is shown."""
    done = subprocess.run(["/bin/sh", "-c", plan.deploy], cwd=plan.base, check=False)  # noqa: S603
    if done.returncode:
        raise DeployError(
            f"the deploy command ended with status {done.returncode}; nothing was sent",
            where=str(Path(plan.base)),
            remedy="mend `publish.deploy` and publish again",
        )
