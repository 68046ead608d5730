"""Our templates, copied into the operator's folder to be changed there."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from newsfeed.errors import OutputError
from newsfeed.templating import KINDS


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """The folder, and the paths below it that were `written`, and those that were there and `kept`
    as they are.
    """

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]


def copy_templates(ours: Path, base: Path) -> Copied:
    """Copy our templates of letters and pages into `base`/templates, which wins over ours file by
    file. What is there is left alone. Raises OutputError where a file cannot be written.
    """
    target = base / "templates"
    written, kept = [], []
    for kind in KINDS:
        for source in sorted((ours / kind).iterdir()):
            file = target / kind / source.name
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                with source.open("rb") as found, file.open("xb") as made:
                    shutil.copyfileobj(found, made)
            except FileExistsError:
                kept.append(f"{kind}/{source.name}")
            except OSError as error:
                raise OutputError(
                    f"cannot be written: {error.strerror}",
                    where=str(file),
                    remedy="mend the folder; what is there already stays",
                ) from None
            else:
                written.append(f"{kind}/{source.name}")
    return Copied(folder=target, written=tuple(written), kept=tuple(kept))
