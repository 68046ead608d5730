"""Promises about safety: nothing active gets through, whatever it hides behind (F-X-16, S-18)."""

from __future__ import annotations

import re

import pytest

from newsfeed.collect.markup import MarkupContext, Profile, plain_text
from newsfeed.text import clean
from tests.collect.markup.kit import URL, Tags, rendered

CORPUS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//example.com/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=x OnErRoR=alert(1)//>",
    "<img src=x:x onerror\x0b=alert(1)>",
    "<img/src/onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src=`javascript:alert(1)`>",
    "<img srcset='javascript:alert(1) 1x, data:text/html,x 2x'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='java&Tab;script&colon;alert(1)'>x</a>",
    "<a href=' &#1;&#x20; javascript:alert(1)'>x</a>",
    "<a href='&#106;&#97;vascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='/x' onclick=alert(1) onfocus=alert(1) autofocus tabindex=1>x</a>",
    "[x](javascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](&#x6A;avascript:alert(1))",
    "![x](javascript:alert(1))",
    "![x](data:text/html,x)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](/y "onclick=\'a\'"){: onclick="alert(1)"}',
    "x\n{: onclick='alert(1)' style='x:expression(alert(1))'}",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><p title='</textarea><img src=x onerror=alert(1)>'>",
    "<title><p title='</title><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<base href=//example.com/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//example.com/x.css>",
    "<style>@import '//example.com/x.css'; body{background:url(javascript:alert(1))}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<p style='behavior:url(x.htc);-moz-binding:url(x)'>x</p>",
    "<p style='color:re\\64;background:u\\72l(x)'>x</p>",
    "<p style='color:red;/**/background:/**/url(x)'>x</p>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button></form>",
    "<input type=image src=x onerror=alert(1)>",
    "<isindex action=javascript:alert(1) type=image>",
    "<body onload=alert(1)>",
    "<html onclick=alert(1)>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
    "<audio src=javascript:alert(1)></audio>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<x onclick=alert(1)>y</x>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo '<script>' ?><?xml-stylesheet href='javascript:alert(1)'?>",
    "</p><img src=x onerror=alert(1)>",
    '<p title="&quot;><img src=x onerror=alert(1)>">x</p>',
    "```html\n<script>alert(1)</script>\n```",
    "<b>&#824; onmouseover=alert(1) x</b>",
    '<a href="https://example.com">&#824; onmouseover=alert(1) x</a>',
    '<a href="https://example.com">\u0301&#824; onmouseover=alert(1) x</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<div markdown=1><script>alert(1)</script></div>",
    "[^a]\n\n[^a]: <script>alert(1)</script>",
]
FORBIDDEN_NAMES = (
    "applet base body button embed form frame frameset html iframe input isindex link marquee math "
    "meta noscript object script style svg template textarea title x xmp"
)
FORBIDDEN = frozenset(FORBIDDEN_NAMES.split())
ADDRESSES = ("href", "src", "poster", "cite", "longdesc")
HARMLESS = re.compile(r"https?://[a-z0-9]|mailto:|tel:")


def check(html: str) -> None:
    """Fail where `html` could do anything but be read."""
    tags = Tags(html)
    assert tags.strange == []
    assert tags.names().isdisjoint(FORBIDDEN)
    for _, attributes in tags.found:
        assert not [name for name in attributes if name.startswith("on") or ":" in name]
        assert attributes.keys().isdisjoint(
            {"action", "background", "class", "formaction", "target"}
        )
    assert [url for name in ADDRESSES for url in tags.values(name) if not HARMLESS.match(url)] == []
    for srcset in tags.values("srcset"):
        assert all(HARMLESS.match(part) for part in srcset.split(", "))
    for style in tags.values("style"):
        assert not re.search(r"url|expression|behavior|binding|position|\\|/\*|!", style)


@pytest.mark.parametrize("markdown", [True, False], ids=["markdown", "html"])
@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("attack", CORPUS)
def test_nothing_active_gets_through(attack: str, profile: Profile, markdown: bool) -> None:
    """Alone or in a text, no attack is more than text, nor after a change to NFC."""
    context = MarkupContext(url=URL, markdown=markdown)
    for source in (
        attack,
        f"글\n\n{attack}\n\n글",
        f"<table><tr><td>{attack}</table>",
        f"- {attack}",
    ):
        html = rendered(source, context, profile).html
        check(html)
        check(clean(html))
        assert "<script" not in html


@pytest.mark.parametrize(
    "attack", ["<script>숨김</script>", "<style>숨김</style>", "<svg>숨김</svg>"]
)
def test_the_content_of_what_is_not_text_is_gone(attack: str) -> None:
    """Scripts and styles do not end as words."""
    assert rendered(f"글 {attack} 끝").html == "<p>글  끝</p>"
    assert plain_text(f"<p>글 {attack} 끝</p>") == "글 끝"


def test_scripts_may_be_quoted() -> None:
    """Code about attacks stays readable."""
    assert rendered("`<script>`").html == "<p><code>&lt;script&gt;</code></p>"


def test_feeds_carry_no_style() -> None:
    """Readers bring their own look."""
    assert rendered("<p style='color: red' class=x id=y data-ke-size=z>글</p>").html == "<p>글</p>"


@pytest.mark.parametrize(
    "reference",
    ["&#0;", "&#8;", "&#x1F;", "&#xFFFE;", "&#xFFFF;", "&#xD800;", "&#xFDD0;", "&#x85;", "\x7f"],
)
def test_no_reference_makes_an_illegal_character(reference: str) -> None:
    """The output holds only what XML allows, and no C1 controls (F-X-02, F-X-03)."""
    for html in (
        rendered(f"<p title='{reference}'>가{reference}나</p>").html,
        plain_text(f"<b>가{reference}"),
    ):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]", html)
        assert "가" in html
