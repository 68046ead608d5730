"""Dates are exact, English and have a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.feeds.checks.values import is_rfc822, is_rfc3339
from newsfeed.feeds.dates import expressible, rfc822, rfc3339
from newsfeed.feeds.names import ATOM, JSON, RSS
from tests.feeds.samples import LINKS, WRITERS, document, item

ZONES = st.sampled_from(
    [UTC, *map(ZoneInfo, ("Asia/Seoul", "America/New_York", "Asia/Kathmandu", "Europe/Lisbon"))]
)


def test_both_forms_keep_the_offset() -> None:
    """A reader sees the author's own day and hour."""
    moment = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Seoul"))
    assert rfc822(moment) == "Fri, 20 Nov 2026 09:00:00 +0900"
    assert rfc3339(moment) == "2026-11-20T09:00:00+09:00"


@given(st.datetimes(timezones=ZONES))
def test_any_date_is_written_in_a_form_that_is_read_back(moment: datetime) -> None:
    """Year 1 to 9999, old offsets with seconds included: the same instant to the second."""
    whole = moment.replace(microsecond=0)
    assert is_rfc822(rfc822(moment))
    assert is_rfc3339(rfc3339(moment))
    readings = [datetime.fromisoformat(rfc3339(moment))]
    if moment.year > 99:  # the standard library takes the year 0099 for 1999
        readings.append(parsedate_to_datetime(rfc822(moment)))
    for read in readings:
        assert read - expressible(moment) == timedelta(0)
        offset = read.utcoffset()
        assert offset is not None
        assert abs(read.replace(tzinfo=None) - whole.replace(tzinfo=None)) < timedelta(minutes=1)
        if moment.year not in {1, 9999}:
            assert read.astimezone(UTC) == whole.astimezone(UTC)


def test_an_offset_with_seconds_is_written_in_whole_minutes() -> None:
    """Seoul was 8 hours, 27 minutes and 52 seconds ahead; neither format can say so."""
    moment = datetime(1900, 1, 1, 12, tzinfo=timezone(timedelta(hours=8, minutes=27, seconds=52)))
    assert rfc3339(moment) == "1900-01-01T12:00:08+08:28"
    assert rfc822(moment) == "Mon, 01 Jan 1900 12:00:08 +0828"


@pytest.mark.parametrize("media_type", [RSS, ATOM, JSON])
def test_a_date_without_a_zone_is_refused(media_type: str) -> None:
    """A guessed zone would be a wrong date in every reader (F-X-14)."""
    naive = item(published=datetime(2026, 3, 1, 9))  # noqa: DTZ001 - what must be refused
    with pytest.raises(ValueError, match="without a zone"):
        WRITERS[media_type](document(naive), LINKS)
