"""What people agree to, and the mail that asks them, in Korean, English and Japanese.

The text agreed to is kept by its version, a hash of it, with every consent (standards L-C-04).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from newsfeed.text import one_line


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language. All texts are patterns for `{title}`, the newsletter's, until
    `titled` has filled it in; `mail` also has `{consent}`, `{link}`, `{sender}` and `{site}`.
    `also` names the others that were asked for, `{titles}`; `action` is on the button.

    `version` is a hash of `consent` as it stands.
    """

    version: str
    language: str
    consent: str
    subject: str
    mail: str
    also: str
    action: str

    def titled(self, title: str) -> Wording:
        """The exact words for a newsletter, and the version of exactly these."""
        title = one_line(title)
        consent = self.consent.format(title=title)
        return Wording(
            version=_version(consent),
            language=self.language,
            consent=consent,
            subject=self.subject.format(title=title),
            mail=self.mail,
            also=self.also,
            action=self.action,
        )

    def letter(self, *, link: str, sender: str, site: str, others: Sequence[str] = ()) -> str:
        """The text of the confirmation mail; only after `titled`.

        It says nothing that a subscriber wrote (standards S-08). `site` is named with its
        address; `others` are the titles of further newsletters that the person asked for.
        """
        consent = self.consent
        if others:
            titles = "".join(f"\n- {one_line(title)}" for title in others)
            consent += "\n\n" + self.also.format(titles=titles)
        return self.mail.format(consent=consent, link=link, sender=sender, site=site)


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _wording(
    language: str, consent: str, subject: str, mail: str, also: str, action: str
) -> Wording:
    return Wording(
        version=_version(consent),
        language=language,
        consent=consent,
        subject=subject,
        mail=mail,
        also=also,
        action=action,
    )


KOREAN = _wording(
    "ko",
    "‘{title}’ 뉴스레터를 이메일로 받는 것에 동의합니다. 언제든지 모든 메일에 있는 링크로 구독을 "
    "취소할 수 있습니다.",
    "구독 확인: {title}",
    """\
안녕하세요.

누군가 이 주소로 뉴스레터 구독을 신청했습니다. 본인이 맞다면 아래 주소를 열고 확인 버튼을 눌러
주세요. 72시간 동안 유효합니다.

{link}

동의하시는 내용:
{consent}

신청하지 않으셨다면 이 메일을 무시하세요. 확인하지 않으면 뉴스레터를 보내지 않습니다.

보낸 사람: {sender}
{site}
""",
    "함께 신청하신 뉴스레터입니다. 같은 페이지에서 한 번에 확인하실 수 있습니다.{titles}",
    "구독 확인하기",
)

ENGLISH = _wording(
    "en",
    "I agree to receive the newsletter “{title}” by e-mail. I can unsubscribe at any time with "
    "the link in every letter.",
    "Please confirm your subscription: {title}",
    """\
Hello,

somebody asked for a newsletter to be sent to this address. If it was you, open this address and
press the button there. It works for 72 hours.

{link}

What you agree to:
{consent}

If it was not you, ignore this message: without your confirmation no newsletter is sent.

Sent by {sender}
{site}
""",
    "You asked for these as well, and confirm them with the same button:{titles}",
    "Confirm your subscription",
)

JAPANESE = _wording(
    "ja",
    "ニュースレター「{title}」をメールで受け取ることに同意します。すべてのメールにあるリンクから、"
    "いつでも配信を停止できます。",
    "購読の確認: {title}",
    """\
こんにちは。

このアドレスでニュースレターの購読の申し込みがありました。ご本人の場合は、次のアドレスを開いて
確認ボタンを押してください。72時間有効です。

{link}

同意される内容:
{consent}

お心当たりがない場合は、このメールを無視してください。確認されないかぎり、ニュースレターはお送り
しません。

送信者: {sender}
{site}
""",
    "次のニュースレターもお申し込みです。同じページで一度に確認できます。{titles}",
    "購読を確認する",
)

_CATALOGUE = {wording.language: wording for wording in (KOREAN, ENGLISH, JAPANESE)}


def wording_for(language: str) -> Wording:
    """The words of a language tag such as `ko-KR`; English where there are none."""
    return _CATALOGUE.get(language.partition("-")[0].lower(), ENGLISH)


def wording_of(version: str, title: str) -> Wording | None:
    """The words for a newsletter that have this version; None where they have changed since."""
    exact = (wording.titled(title) for wording in _CATALOGUE.values())
    return next((wording for wording in exact if wording.version == version), None)


def current_versions(title: str) -> tuple[str, ...]:
    """The versions that `wording_of` knows for a newsletter."""
    return tuple(wording.titled(title).version for wording in _CATALOGUE.values())
