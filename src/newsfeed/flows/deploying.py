"""The operator's own command that puts the output online, between building and sending.

What it put there is noted beside the manifest, so that others know what can be fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.errors import NewsfeedError
from newsfeed.flows.build import Workshop
from newsfeed.flows.plan import Plan, fingerprint
from newsfeed.output import manifest
from newsfeed.output.files import replace_file
from newsfeed.output.manifest import Written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsfeed.flows.stopping import Stop


class DeployError(NewsfeedError):
    """The deploy command failed; nothing was sent."""


def deploy(shop: Workshop) -> bool:
    """Run `[publish] deploy` unless it succeeded with these very files before; tells whether it
    ran. Raises DeployError.
    """
    plan = shop.plan
    if not plan.deploy:
        return False
    state = _state(plan, manifest.load(plan.manifest, plan.output))
    if _noted(plan) == state:
        return False
    replace_file(plan.deployed, b"")  # one that fails may have got halfway
    _run(plan, shop.seams.stop)
    replace_file(plan.deployed, state)
    return True


def online(plan: Plan) -> dict[str, str] | None:
    """The SHA-256 of what can be fetched, by path below the output folder: of all that the last
    build wrote. None where the deploy command has not succeeded with it: what is online then is
    not known. Raises StoreError where the manifest is damaged.
    """
    written = manifest.load(plan.manifest, plan.output)
    if plan.deploy and _noted(plan) != _state(plan, written):
        return None
    return {path: one.digest for path, one in written.items()}


def _state(plan: Plan, written: Mapping[str, Written]) -> bytes:
    return fingerprint(plan.deploy, sorted((p, w.digest) for p, w in written.items())).encode()


def _noted(plan: Plan) -> bytes:
    """The state that the command last succeeded with."""
    try:
        return plan.deployed.read_bytes()
    except OSError:
        return b""


def _run(plan: Plan, stop: Stop | None) -> None:
    """The operator's own command, in the folder of the settings file."""
    from newsfeed.flows.supervising import EndedError, supervised

    try:
        status = supervised(plan.deploy, plan.base, plan.deploy_within, stop)
    except EndedError as error:
        raise _failed(plan, f"{error}, and was ended") from None
    if status:
        raise _failed(plan, f"ended with status {status}")


def _failed(plan: Plan, what: str) -> DeployError:
    return DeployError(
        f"the deploy command {what}; nothing was sent",
        where=str(plan.base),
        remedy="mend `publish.deploy` and publish again",
    )
