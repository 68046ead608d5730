"""Sites in four languages. Their articles lie in `articles/LANGUAGE/`: `rich.md` has every kind of
block, the others begin with as much text as an excerpt takes.
"""

from __future__ import annotations

from typing import NamedTuple


class Tongue(NamedTuple):
    """What a site in a language is called, and who writes it where."""

    site: str
    newsletter: str
    author: str
    category: str
    address: str


TONGUES = {
    "ko": Tongue(
        site="한반도 브리핑",
        newsletter="주간 브리핑",
        author="편집실",
        category="살림",
        address="서울특별시 예시구 보기로 1",
    ),
    "en": Tongue(
        site="The Harbour Letter",
        newsletter="Weekly Letter",
        author="The editors",
        category="Household",
        address="1 Sample Street, Exampleton",
    ),
    "ja": Tongue(
        site="港の便り",
        newsletter="週刊の便り",
        author="編集室",
        category="暮らし",
        address="東京都見本区例町一丁目1番",
    ),
    "ar": Tongue(
        site="رسالة المرفأ",
        newsletter="الرسالة الأسبوعية",
        author="هيئة التحرير",
        category="البيت",
        address="شارع المثال 1، مدينة النموذج",
    ),
}
