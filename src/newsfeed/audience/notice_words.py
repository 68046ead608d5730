"""What a subscriber is told by mail besides letters, in Korean, English and Japanese: plain
text.

Nothing that somebody typed into a form stands in it (standards S-08).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from newsfeed.text import one_line

KINDS = ("welcome", "confirmed", "left", "renewal", "already", "preferences")
"""The person is welcome; agreed; left; agreed two years ago; has what somebody asked for; asked for
a link.
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A mail's subject and text."""

    subject: str
    text: str


class NoticeWords(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language, by kind: patterns for `Facts`. `action` is on the button that
    leads to the preferences.
    """

    language: str
    told: Mapping[str, Told]
    action: str

    def notice(self, kind: str, facts: Facts) -> Told:
        """The mail of a kind of `KINDS`."""
        values = {name: one_line(text) for name, text in msgspec.structs.asdict(facts).items()}
        told = self.told[kind]
        return Told(subject=told.subject.format_map(values), text=told.text.format_map(values))


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the words say: the newsletter's `title`, and a `short` one for the subject; who sends,
    with name and address; the site's address; the date of what happened, as it is written; and the
    link by which the person leaves, or comes to their preferences.
    """

    title: str
    short: str
    sender: str
    site: str
    date: str
    link: str


_KOREAN = {
    "welcome": Told(
        subject="구독해 주셔서 고맙습니다: {short}",
        text="""\
안녕하세요.

‘{title}’ 뉴스레터를 구독해 주셔서 고맙습니다. 다음 호부터 이 주소로 보내 드립니다.
보내는 사람을 연락처에 추가해 두시면 뉴스레터가 스팸함으로 들어가지 않습니다.

보내는 사람: {sender}

언제든지 무료로 구독을 취소할 수 있습니다.
구독 취소 (Unsubscribe):
{link}

{site}
""",
    ),
    "confirmed": Told(
        subject="수신 동의 처리 결과: {short}",
        text="""\
안녕하세요.

뉴스레터 수신 동의가 처리되었음을 알려 드립니다.

보내는 사람: {sender}
동의 내용: ‘{title}’ 뉴스레터를 이메일로 받는 것에 동의
동의한 날짜: {date}
처리 결과: 동의가 등록되었으며, 앞으로 뉴스레터를 보내 드립니다.

언제든지 무료로 수신을 거부할 수 있습니다.
수신거부 (Unsubscribe):
{link}

{site}
""",
    ),
    "left": Told(
        subject="수신 거부 처리 결과: {short}",
        text="""\
안녕하세요.

뉴스레터 수신 동의 철회가 처리되었음을 알려 드립니다.

보내는 사람: {sender}
철회 내용: ‘{title}’ 뉴스레터의 수신 동의 철회(구독 취소)
철회한 날짜: {date}
처리 결과: 구독이 취소되었으며, 이 뉴스레터를 더 이상 보내지 않습니다.

{site}
""",
    ),
    "renewal": Told(
        subject="수신 동의 확인 안내: {short}",
        text="""\
안녕하세요.

2년마다 드리는 수신 동의 확인 안내입니다.

보내는 사람: {sender}
동의 내용: ‘{title}’ 뉴스레터를 이메일로 받는 것에 동의
동의한 날짜: {date}

계속 받으시려면 아무것도 하지 않으셔도 됩니다. 답이 없으면 동의가 유지됩니다.
동의를 철회하시려면 아래 주소를 이용해 주세요. 무료입니다.
수신거부 (Unsubscribe):
{link}

{site}
""",
    ),
    "already": Told(
        subject="이미 구독 중입니다: {short}",
        text="""\
안녕하세요.

누군가 이 주소로 ‘{title}’ 뉴스레터 구독을 신청했습니다. 이 주소는 이미 구독 중이므로 하실 일이
없습니다. 신청하지 않으셨다면 이 메일을 무시하세요.

보낸 사람: {sender}
{site}
""",
    ),
    "preferences": Told(
        subject="구독 설정 링크: {short}",
        text="""\
안녕하세요.

누군가 이 주소의 구독 설정을 여는 링크를 요청했습니다. 본인이 맞다면 아래 주소를 열어 주세요.
24시간 동안 유효합니다. 다른 사람에게 전달하지 마세요.

{link}

요청하지 않으셨다면 이 메일을 무시하세요. 아무것도 바뀌지 않습니다.

보낸 사람: {sender}
{site}
""",
    ),
}

_ENGLISH = {
    "welcome": Told(
        subject="Welcome: {short}",
        text="""\
Hello,

thank you for subscribing to “{title}”. You get it from the next issue on.
Put the sender into your contacts, and it will not land among junk mail.

Sender: {sender}

You can leave at any time, free of charge.
Unsubscribe:
{link}

{site}
""",
    ),
    "confirmed": Told(
        subject="Your consent is recorded: {short}",
        text="""\
Hello,

this is to tell you that your consent to a newsletter was recorded.

Sender: {sender}
Consent: to receive the newsletter “{title}” by e-mail
Given on: {date}
Result: it is recorded, and the newsletter will be sent to you.

You can leave at any time, free of charge.
Unsubscribe (수신거부):
{link}

{site}
""",
    ),
    "left": Told(
        subject="You are unsubscribed: {short}",
        text="""\
Hello,

this is to tell you that you no longer get a newsletter.

Sender: {sender}
Withdrawn: your consent to receive the newsletter “{title}” by e-mail
Withdrawn on: {date}
Result: you are unsubscribed, and this newsletter is not sent to you any more.

{site}
""",
    ),
    "renewal": Told(
        subject="About your consent: {short}",
        text="""\
Hello,

every two years we remind you of your consent to a newsletter.

Sender: {sender}
Consent: to receive the newsletter “{title}” by e-mail
Given on: {date}

To keep it, do nothing: without an answer your consent stays as it is.
To withdraw it, use this address. It is free of charge.
Unsubscribe (수신거부):
{link}

{site}
""",
    ),
    "already": Told(
        subject="You are already subscribed: {short}",
        text="""\
Hello,

somebody asked for the newsletter “{title}” to be sent to this address.
It is sent there already, so that there is nothing to do. If it was not
you, ignore this message.

Sent by {sender}
{site}
""",
    ),
    "preferences": Told(
        subject="Your subscriptions: {short}",
        text="""\
Hello,

somebody asked for a link to the subscriptions of this address. If it was
you, open this address. It works for 24 hours; do not pass it on.

{link}

If it was not you, ignore this message: nothing changes.

Sent by {sender}
{site}
""",
    ),
}

_JAPANESE = {
    "welcome": Told(
        subject="ご購読ありがとうございます: {short}",
        text="""\
こんにちは。

ニュースレター「{title}」をご購読いただき、ありがとうございます。次号からお送りします。
送信者を連絡先に登録していただくと、迷惑メールに入りにくくなります。

送信者: {sender}

配信はいつでも無料で停止できます。
配信停止 (Unsubscribe):
{link}

{site}
""",
    ),
    "confirmed": Told(
        subject="配信への同意を登録しました: {short}",
        text="""\
こんにちは。

ニュースレターの配信への同意を登録しましたので、お知らせします。

送信者: {sender}
同意の内容: ニュースレター「{title}」をメールで受け取ること
同意された日: {date}
結果: 同意を登録しました。今後、ニュースレターをお送りします。

配信はいつでも無料で停止できます。
配信停止 (Unsubscribe / 수신거부):
{link}

{site}
""",
    ),
    "left": Told(
        subject="配信を停止しました: {short}",
        text="""\
こんにちは。

ニュースレターの配信停止の手続きが完了しましたので、お知らせします。

送信者: {sender}
撤回の内容: ニュースレター「{title}」をメールで受け取ることへの同意の撤回
撤回された日: {date}
結果: 配信を停止しました。このニュースレターは今後お送りしません。

{site}
""",
    ),
    "renewal": Told(
        subject="配信への同意の確認: {short}",
        text="""\
こんにちは。

2年ごとに、配信への同意についてお知らせしています。

送信者: {sender}
同意の内容: ニュースレター「{title}」をメールで受け取ること
同意された日: {date}

引き続き受け取られる場合は、何もなさる必要はありません。お返事がなければ同意は続きます。
同意を撤回される場合は、次のアドレスをお使いください。無料です。
配信停止 (Unsubscribe / 수신거부):
{link}

{site}
""",
    ),
    "already": Told(
        subject="すでに購読中です: {short}",
        text="""\
こんにちは。

このアドレスでニュースレター「{title}」の購読の申し込みがありました。すでに購読中ですので、
何もなさる必要はありません。お心当たりがない場合は、このメールを無視してください。

送信者: {sender}
{site}
""",
    ),
    "preferences": Told(
        subject="購読設定のリンク: {short}",
        text="""\
こんにちは。

このアドレスの購読設定を開くリンクの請求がありました。ご本人の場合は、次のアドレスを開いてください。
24時間有効です。ほかの人に転送しないでください。

{link}

お心当たりがない場合は、このメールを無視してください。何も変わりません。

送信者: {sender}
{site}
""",
    ),
}

_CATALOGUE = {
    "ko": NoticeWords(language="ko", told=_KOREAN, action="구독 설정 열기"),
    "en": NoticeWords(language="en", told=_ENGLISH, action="Open your subscriptions"),
    "ja": NoticeWords(language="ja", told=_JAPANESE, action="購読設定を開く"),
}


def notice_words(language: str) -> NoticeWords:
    """The words of a language tag such as `ko-KR`; English where there are none."""
    return _CATALOGUE.get(language.partition("-")[0].lower(), _CATALOGUE["en"])
