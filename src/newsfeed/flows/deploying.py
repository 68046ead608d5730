"""The operator's own command that puts the output online, between building and sending."""

from __future__ import annotations

import subprocess
from pathlib import Path

from newsfeed.errors import NewsfeedError
from newsfeed.flows.build import Workshop
from newsfeed.flows.plan import Plan, fingerprint
from newsfeed.output import manifest

_NOTE = "deployed"
_STDERR = 2


class DeployError(NewsfeedError):
    """The deploy command failed; nothing was sent."""


def deploy(shop: Workshop) -> bool:
    """Run `[publish] deploy` unless it succeeded with these very files before; tells whether it
    ran. Raises DeployError.
    """
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
