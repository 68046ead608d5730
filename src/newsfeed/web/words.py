"""What the pages for subscribers say, in Korean and in English."""

from __future__ import annotations

import msgspec

from newsfeed.pages.words import base_language


class Notice(msgspec.Struct, frozen=True):
    """A page that only says something: its heading and one or two sentences.

    In `text` may stand `{title}`, the newsletter's.
    """

    heading: str
    text: str


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of the pages. None says whether an address is known, or ever was."""

    language: str
    newsletter: str
    address: str
    leave: Notice
    leave_button: str
    leave_small: str
    left: Notice
    not_whole: Notice
    confirm: Notice
    confirm_button: str
    confirm_small: str
    confirmed: Notice
    already: Notice
    dead: Notice
    nothing_here: Notice
    not_allowed: Notice
    too_large: Notice
    too_slow: Notice
    busy: Notice
    fault: Notice


KOREAN = Words(
    language="ko",
    newsletter="뉴스레터",
    address="받는 주소",
    leave=Notice("구독을 해지할까요?", "버튼을 누르면 바로 해지되고, 더는 보내 드리지 않습니다."),
    leave_button="구독 해지",
    leave_small="이유를 묻지 않으며, 로그인도 필요 없습니다.",
    left=Notice(
        "구독이 해지되었습니다",
        "이 주소로는 ‘{title}’ 뉴스레터를 더 보내지 않습니다. 이미 길을 떠난 편지가 있다면 "
        "한 통쯤 더 닿을 수 있습니다.",
    ),
    not_whole=Notice(
        "링크가 온전하지 않습니다",
        "주소의 일부가 잘렸거나 달라진 것 같습니다. 구독은 그대로입니다. 편지에 있는 링크를 다시 "
        "누르거나, 주소 전체를 복사해 붙여 넣어 주세요.",
    ),
    confirm=Notice("구독을 확인해 주세요", ""),
    confirm_button="구독 확인",
    confirm_small="신청한 적이 없다면 이 창을 닫으세요. 아무것도 보내지 않습니다.",
    confirmed=Notice(
        "구독이 시작되었습니다",
        "다음 ‘{title}’ 뉴스레터부터 보내 드립니다. 해지 링크는 모든 편지의 끝에 있습니다.",
    ),
    already=Notice(
        "이미 구독하고 있습니다",
        "이 구독은 벌써 확인되었으니 더 하실 일이 없습니다. 다음 ‘{title}’ 뉴스레터를 "
        "기다려 주세요.",
    ),
    dead=Notice(
        "이 확인 링크는 쓸 수 없습니다",
        "기한이 지났거나, 그 뒤에 해지했거나, 주소의 일부가 잘린 링크입니다. 구독은 그대로입니다. "
        "뉴스레터를 받고 싶다면 다시 신청해 주세요. 새 링크를 보내 드립니다.",
    ),
    nothing_here=Notice("이 주소에는 아무것도 없습니다", "주소가 맞는지 살펴 주세요."),
    not_allowed=Notice("그렇게는 쓸 수 없는 주소입니다", "바뀐 것은 아무것도 없습니다."),
    too_large=Notice("보낸 내용이 너무 큽니다", "바뀐 것은 아무것도 없습니다."),
    too_slow=Notice("보낸 내용이 다 오지 않았습니다", "바뀐 것은 없습니다. 다시 시도해 주세요."),
    busy=Notice(
        "잠시 뒤에 다시 시도해 주세요", "지금은 처리할 수 없어 아무것도 바꾸지 못했습니다."
    ),
    fault=Notice("저희 쪽에 문제가 생겼습니다", "나중에 다시 시도해 주세요."),
)

ENGLISH = Words(
    language="en",
    newsletter="Newsletter",
    address="Address",
    leave=Notice("Unsubscribe?", "One press of the button, and we send you no more of it."),
    leave_button="Unsubscribe",
    leave_small="No reason asked, no login needed.",
    left=Notice(
        "You are unsubscribed",
        "We send no more of “{title}” to this address. A letter that is already on its way "
        "may still arrive.",
    ),
    not_whole=Notice(
        "This link is not whole",
        "A part of the address seems to be cut off or altered. Nothing was changed. Follow the "
        "link in the letter again, or copy and paste the whole address.",
    ),
    confirm=Notice("Confirm your subscription", ""),
    confirm_button="Confirm",
    confirm_small="If you did not ask for this, close this page. We send you nothing.",
    confirmed=Notice(
        "You are subscribed",
        "The next “{title}” comes to you. Every letter ends with a link by which you can leave.",
    ),
    already=Notice(
        "You are subscribed already",
        "This subscription was confirmed before, and there is nothing left to do. The next "
        "“{title}” comes to you.",
    ),
    dead=Notice(
        "This link cannot confirm anything",
        "It is too old, or you have unsubscribed since, or a part of it is cut off. Nothing was "
        "changed. If you would like the newsletter, subscribe again, and we send you a new link.",
    ),
    nothing_here=Notice("There is nothing here", "Please look whether the address is right."),
    not_allowed=Notice("This address is not used that way", "Nothing was changed."),
    too_large=Notice("That was too much", "Nothing was changed."),
    too_slow=Notice("That did not arrive whole", "Nothing was changed. Please try again."),
    busy=Notice("Please try again in a moment", "We cannot do it right now. Nothing was changed."),
    fault=Notice("Something is wrong on our side", "Please try again later."),
)

CATALOGUE = {words.language: words for words in (KOREAN, ENGLISH)}


def words_for(language: str) -> Words:
    """The words for a language tag such as `ko-KR`; English where there are none of its own."""
    return CATALOGUE.get(base_language(language), ENGLISH)
