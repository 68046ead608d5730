"""Replies are read the same however the network cuts them, and nonsense is told from them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.smtp.parcel import Reply
from newsfeed.deliver.smtp.replies import (
    LONGEST_LINE,
    LONGEST_REPLY,
    MOST_LINES,
    ReplyReader,
    UnreadableReply,
)


def read(*pieces: bytes) -> tuple[list[Reply], bool]:
    """The replies in bytes that come piece by piece, and whether it ended in nonsense."""
    reader, replies = ReplyReader(), []
    try:
        for piece in pieces:
            for reply in reader.feed(piece):
                replies.append(reply)  # noqa: PERF402  # what comes before nonsense counts
    except UnreadableReply:
        return replies, True
    return replies, False


def one(data: bytes) -> Reply:
    """The only reply in some bytes."""
    (reply,), nonsense = read(data)
    assert not nonsense
    return reply


@pytest.mark.parametrize(
    ("data", "code", "status", "text"),
    [
        (b"250 Ok\r\n", 250, "", "Ok"),
        (b"250\r\n", 250, "", ""),
        (b"250 \r\n", 250, "", ""),
        (b"250-\r\n250\r\n", 250, "", ""),
        (b"250 Ok\n", 250, "", "Ok"),
        (b"354 End data with <CR><LF>.<CR><LF>\r\n", 354, "", "End data with <CR><LF>.<CR><LF>"),
        (b"250 2.0.0 Ok: queued as 4F2\r\n", 250, "2.0.0", "Ok: queued as 4F2"),
        (b"550 5.1.1 <a@b.example>: no\r\n", 550, "5.1.1", "<a@b.example>: no"),
        (b"550 5.1.10\r\n", 550, "5.1.10", ""),
        (b"550 5.7.515  two spaces\r\n", 550, "5.7.515", "two spaces"),
        (b"550-5.7.1 Go\r\n550-5.7.1 away\r\n550 5.7.1 now\r\n", 550, "5.7.1", "Go away now"),
        (b"550-Go away\r\n550 5.7.1 now\r\n", 550, "5.7.1", "Go away now"),
        (b"550-5.1.1 Go\r\n554 5.7.1 away\r\n", 554, "5.1.1", "Go away"),
        (b"550 4.7.1 contradicts itself\r\n", 550, "", "4.7.1 contradicts itself"),
        (b"550 5.1.1x\r\n", 550, "", "5.1.1x"),
        (b"550 5.1.1234 no status\r\n", 550, "", "5.1.1234 no status"),
        (b"599 Unknown\r\n", 599, "", "Unknown"),
        (b"451 \xeb\x82\x98\xec\xa4\x91\xec\x97\x90 \xff\r\n", 451, "", "나중에 \ufffd"),
        (b"451 a\x00b\x1b[31mc\td\x7f\r\r\n", 451, "", "a b [31mc d"),
        (b"451 line\xe2\x80\xa8separator\r\n", 451, "", "line separator"),
    ],
)
def test_a_reply_has_a_code_a_status_and_a_text__e_s_07(
    data: bytes, code: int, status: str, text: str
) -> None:
    assert one(data) == Reply(code=code, status=status, text=text)


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n",
        b"hello\r\n",
        b"25 short\r\n",
        b"250text\r\n",
        b"250_text\r\n",
        b"150 no\r\n",
        b"650 no\r\n",
        b"2\xb20 no\r\n",
        b" 250 no\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"250-two\r\n550 minds\r\n",
        b"250-ok\r\nok\r\n",
        b"\x16\x03\x01\x00\n",
    ],
)
def test_what_is_no_reply_is_an_error_that_repeats_none_of_it(data: bytes) -> None:
    with pytest.raises(UnreadableReply) as caught:
        list(ReplyReader().feed(data))
    assert caught.match("its reply has")
    assert data.decode("latin-1").strip() not in str(caught.value) or not data.strip()


def test_what_came_before_nonsense_still_counts() -> None:
    assert read(b"250 Ok\r\nnonsense\r\n250 Ok\r\n") == (
        [Reply(code=250, status="", text="Ok")],
        True,
    )


LINES = st.builds(
    lambda code, mark, text, end: code + mark + text + end,
    st.sampled_from([b"250", b"251", b"354", b"421", b"550", b"999", b"x"]),
    st.sampled_from([b" ", b" ", b"-", b""]),
    st.sampled_from([b"Ok", b"", b"2.1.0 Ok", b"5.1.1 no", b"\xff", b"a\rb", b"5.1.1"])
    | st.binary(max_size=6),
    st.sampled_from([b"\r\n", b"\r\n", b"\n", b""]),
)


@given(st.lists(LINES, max_size=12).map(b"".join), st.lists(st.integers(0, 150), max_size=8))
def test_how_the_bytes_are_cut_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    whole = read(data)
    assert read(*pieces) == whole
    assert read(*(bytes([byte]) for byte in data)) == whole


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_replies_or_an_error(data: bytes) -> None:
    for reply in read(data)[0]:
        assert 200 <= reply.code <= 599
        assert str(reply).isprintable()


@given(
    st.integers(200, 599),
    st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF), max_size=20)),
)
def test_what_a_server_writes_is_what_is_read(code: int, words: list[str]) -> None:
    """The lines of a reply become one, and its status is not lost in it."""
    texts = ["".join(c for c in word if c.isprintable()) for word in words] or [""]
    status = f"{code // 100}.1.2" if code // 100 != 3 else ""
    head = f"{status} " if status else ""
    lines = [f"{code}-{head}{text}\r\n" for text in texts[:-1]] + [f"{code} {head}{texts[-1]}\r\n"]
    reply = one("".join(lines).encode())
    assert (reply.code, reply.status) == (code, status)
    assert reply.text.split() == " ".join(texts).split()


def test_a_line_may_be_four_kilobytes_and_no_more() -> None:
    longest = b"250 " + b"x" * (LONGEST_LINE - 6) + b"\r\n"
    assert len(longest) == LONGEST_LINE
    assert len(one(longest).text) == LONGEST_LINE - 6
    with pytest.raises(UnreadableReply, match="line"):
        list(ReplyReader().feed(b"250 " + b"x" * (LONGEST_LINE - 5) + b"\r\n"))


def test_a_line_without_end_is_not_gathered_for_ever() -> None:
    reader = ReplyReader()
    with pytest.raises(UnreadableReply, match="line"):
        for _ in range(LONGEST_LINE // 100 + 1):
            list(reader.feed(b"2" * 100))


def test_a_reply_may_have_a_hundred_lines_and_no_more() -> None:
    lines = b"250-x\r\n" * (MOST_LINES - 1)
    assert one(lines + b"250 x\r\n").text == "x " * (MOST_LINES - 1) + "x"
    with pytest.raises(UnreadableReply, match="too long"):
        list(ReplyReader().feed(lines + b"250-x\r\n250 x\r\n"))


def test_a_reply_may_have_32_kilobytes_and_no_more() -> None:
    line = b"250-" + b"x" * 4000 + b"\r\n"
    most = LONGEST_REPLY // len(line)
    one(line * (most - 1) + line.replace(b"-", b" "))
    with pytest.raises(UnreadableReply, match="too long"):
        list(ReplyReader().feed(line * (most + 1)))


def test_the_limits_hold_for_each_reply_and_not_for_all_together() -> None:
    line = b"250-" + b"x" * 4000 + b"\r\n250 x\r\n"
    assert len(read(line * 100)[0]) == 100
