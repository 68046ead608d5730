"""The pages' own words in Korean, English and Japanese, and dates as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.catalogues import base_language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Words = dict[str, str]

_KOREAN: Words = {
    "language": "ko",
    "skip": "본문으로 건너뛰기",
    "site_links": "사이트 안내",
    "subscribe": "구독하기",
    "all": "모든 글",
    "all_count": "모든 글 {count}편",
    "years": "연도",
    "year": "{year}년",
    "undated": "날짜 없음",
    "empty": "아직 글이 없습니다.",
    "moved": "이 글은 주소가 바뀌었습니다.",
    "updated": "고침",
    "tags": "꼬리표",
    "neighbours": "앞뒤 글",
    "older": "이전 글",
    "newer": "다음 글",
    "follow": "새 글을 놓치고 싶지 않다면",
    "lead": "새 글이 저절로 찾아오게 하는 방법입니다. 가입도 전자우편 주소도 필요 없습니다.",
    "what_title": "피드란",
    "what": (
        "피드는 새 글의 목록을 담은 작은 파일입니다. 언제나 같은 주소에 있고, ‘피드 리더’라는 "
        "앱이 틈틈이 들여다보다가 새 글이 있으면 보여 줍니다. 이름을 남길 일이 없고, 그만 읽고 "
        "싶을 때는 리더에서 지우기만 하면 됩니다."
    ),
    "how_title": "세 걸음",
    "step_reader": "피드 리더를 하나 고릅니다. 앱 장터에서 ‘RSS 리더’를 찾으면 여럿 나옵니다.",
    "step_copy": "아래 주소 하나를 복사합니다. 주소를 한 번 누르면 전체가 선택됩니다.",
    "step_paste": "리더에서 ‘구독 추가’를 누르고 붙여 넣습니다.",
    "letters_title": "메일로 받기",
    "letters": "편지로 받아 볼 수도 있습니다. 주소를 적고, 받은 메일에서 확인하면 됩니다.",
    "letters_link": "이메일로 구독하기",
    "addresses_title": "주소",
    "addresses": "어느 것이나 내용은 같습니다. 잘 모르겠다면 첫째 주소를 쓰세요.",
    "open": "열기",
    "by_categories": "분야별 피드",
    "by_tags": "꼬리표별 피드",
    "by_authors": "글쓴이별 피드",
    "by_languages": "언어별 피드",
    "by_what": "한 가지만 받아 보려면 링크 주소를 복사해 리더에 넣으세요.",
    "opml_title": "한꺼번에",
    "opml": "모든 피드를 담은 목록입니다. 파일로 받아 리더의 ‘가져오기’에서 여세요.",
    "opml_link": "OPML 목록",
}

_ENGLISH: Words = {
    "language": "en",
    "skip": "Skip to the text",
    "site_links": "This site",
    "subscribe": "Subscribe",
    "all": "All articles",
    "all_count": "All {count} articles",
    "years": "Years",
    "year": "{year}",
    "undated": "Undated",
    "empty": "There are no articles yet.",
    "moved": "This article has another address now.",
    "updated": "updated",
    "tags": "Tags",
    "neighbours": "Before and after",
    "older": "Older",
    "newer": "Newer",
    "follow": "Never miss the next one",
    "lead": "How to have new articles come to you. No account and no e-mail address needed.",
    "what_title": "What a feed is",
    "what": (
        "A feed is a small file that lists what is new. It stays at one address, and an app called "
        "a feed reader looks at it now and then and shows you whatever has been added. You leave "
        "no name, and when you have had enough you delete it from your reader."
    ),
    "how_title": "Three steps",
    "step_reader": "Pick a feed reader. Search your app store for “RSS reader”; there are many.",
    "step_copy": "Copy one of the addresses below. One tap selects the whole address.",
    "step_paste": "In the reader choose “add a subscription” and paste it.",
    "letters_title": "By e-mail",
    "letters": (
        "Or have letters come to you: write down your address, and confirm in the message that "
        "you get."
    ),
    "letters_link": "Subscribe by e-mail",
    "addresses_title": "Addresses",
    "addresses": "They all carry the same articles. If in doubt, take the first.",
    "open": "Open",
    "by_categories": "Feeds by category",
    "by_tags": "Feeds by tag",
    "by_authors": "Feeds by author",
    "by_languages": "Feeds by language",
    "by_what": "To follow one subject only, copy the address of its link into your reader.",
    "opml_title": "All at once",
    "opml": "A list of all feeds. Save the file and open it with your reader's “import”.",
    "opml_link": "OPML list",
}

_JAPANESE: Words = {
    "language": "ja",
    "skip": "本文へ移動",
    "site_links": "サイトの案内",
    "subscribe": "購読する",
    "all": "すべての記事",
    "all_count": "すべての記事 {count}本",
    "years": "年",
    "year": "{year}年",
    "undated": "日付なし",
    "empty": "記事はまだありません。",
    "moved": "この記事のアドレスは変わりました。",
    "updated": "更新",
    "tags": "タグ",
    "neighbours": "前後の記事",
    "older": "前の記事",
    "newer": "次の記事",
    "follow": "新しい記事を見逃さないために",
    "lead": "新しい記事が届くようにする方法です。登録もメールアドレスも要りません。",
    "what_title": "フィードとは",
    "what": (
        "フィードは、新しい記事の一覧が入った小さなファイルです。いつも同じアドレスにあり、"
        "「フィードリーダー」というアプリがときどき見に行って、増えたものを見せてくれます。"
        "名前を残すことはなく、読むのをやめたいときはリーダーから消すだけです。"
    ),
    "how_title": "三つの手順",
    "step_reader": (
        "フィードリーダーを選びます。アプリストアで「RSSリーダー」を探すといくつも見つかります。"
    ),
    "step_copy": "下のアドレスを一つコピーします。一度押すと全体が選ばれます。",
    "step_paste": "リーダーで「購読を追加」を選び、貼り付けます。",
    "letters_title": "メールで受け取る",
    "letters": "メールで受け取ることもできます。アドレスを入力し、届いたメールで確認してください。",
    "letters_link": "メールで購読する",
    "addresses_title": "アドレス",
    "addresses": "どれも中身は同じです。迷ったら一つ目をお使いください。",
    "open": "開く",
    "by_categories": "分野ごとのフィード",
    "by_tags": "タグごとのフィード",
    "by_authors": "筆者ごとのフィード",
    "by_languages": "言語ごとのフィード",
    "by_what": "一つの話題だけを読むには、リンクのアドレスをコピーしてリーダーに入れてください。",
    "opml_title": "まとめて",
    "opml": (
        "すべてのフィードの一覧です。ファイルに保存し、リーダーの「読み込み」で開いてください。"
    ),
    "opml_link": "OPMLの一覧",
}

CATALOGUE: Mapping[str, Words] = {"ko": _KOREAN, "en": _ENGLISH, "ja": _JAPANESE}

_DATES = {"ko": ("년 ", "월 ", "일"), "ja": ("年", "月", "日")}
"""What stands behind year, month and day."""

_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def words_for(language: str) -> Words:
    """The words for a language tag; English where there are none of its own."""
    return CATALOGUE.get(base_language(language), _ENGLISH)


def long_date(day: date, language: str) -> str:
    """A date in full, such as "2026년 7월 12일" or "12 July 2026"; no locale is asked."""
    if form := _DATES.get(base_language(language)):
        year, _, _ = form
        return f"{day.year}{year}{short_date(day, language)}"
    return f"{short_date(day, language)} {day.year}"


def short_date(day: date, language: str) -> str:
    """A date below a heading that names its year: "7월 12일" or "12 July"."""
    if form := _DATES.get(base_language(language)):
        _, month, last = form
        return f"{day.month}{month}{day.day}{last}"
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]}"
