"""caniemail.json of the npm package -> features.json, the part that the letter's lint needs.

Usage: python derive.py PACKAGE/data/caniemail.json > features.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FAMILIES = ("gmail", "outlook", "apple-mail", "yahoo", "samsung-email", "thunderbird")
KNOWN_TO_LACK = {"n": "no", "a": "partly"}


def derived(source: dict) -> dict:
    """Each feature's title, and the clients whose newest tested version lacks it, or has it partly.

    A client is `family.platform`. Clients that have a feature, or were not tested, are left out.
    """
    features = {}
    for feature in source["data"]:
        found: dict[str, list[str]] = {}
        for family in FAMILIES:
            for platform, versions in feature["stats"].get(family, {}).items():
                *_, newest = versions.values()
                if level := KNOWN_TO_LACK.get(newest.split()[0]):
                    found.setdefault(level, []).append(f"{family}.{platform}")
        features[feature["slug"]] = {"title": feature["title"], **found}
    return {"date": source["last_update_date"][:10], "features": features}


if __name__ == "__main__":
    data = derived(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    lines = ",\n".join(
        f"{json.dumps(slug)}: {json.dumps(feature, ensure_ascii=False)}"
        for slug, feature in data["features"].items()
    )
    sys.stdout.write(f'{{"date": {json.dumps(data["date"])},\n"features": {{\n{lines}\n}}}}\n')
