"""What replies mean: the table that guarantee 5 and the standards make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.outcome import Verdict, judge
from newsfeed.deliver.smtp.parcel import Reply, Stage

MAIL, RCPT, DATA, BODY = Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.BODY
SENT, DEFER, REQUEUE = Verdict.SENT, Verdict.DEFER, Verdict.REQUEUE
FAIL, SUPPRESS, HOLD, PAUSE = Verdict.FAIL, Verdict.SUPPRESS, Verdict.HOLD, Verdict.PAUSE

TABLE = [
    # The relay has it.
    (BODY, 250, "2.0.0", "Ok: queued as 4F1C2A3B5D", SENT),
    (BODY, 250, "", "OK id=1hZ0Qb-0001Xy-Cd", SENT),
    (BODY, 251, "2.1.5", "will forward", SENT),
    (BODY, 299, "", "a code that nobody knows", SENT),
    # Neither taken nor refused.
    (BODY, 354, "", "go ahead", DEFER),
    (MAIL, 250, "2.1.0", "Ok", DEFER),
    (RCPT, 250, "2.1.5", "Ok", DEFER),
    (DATA, 250, "", "Ok", DEFER),
    (BODY, 100, "", "no reply of SMTP", DEFER),
    # The server closes.
    (MAIL, 421, "4.3.2", "shutting down", REQUEUE),
    (RCPT, 421, "", "closing", REQUEUE),
    (DATA, 421, "4.4.2", "timeout", REQUEUE),
    (BODY, 421, "4.7.0", "[TSS04] temporarily deferred due to unexpected volume", REQUEUE),
    (BODY, 421, "4.7.28", "unusual rate of mail", REQUEUE),
    (BODY, 421, "4.7.32", "From: header isn't aligned", HOLD),
    # Temporary.
    (RCPT, 450, "4.2.0", "Greylisted", DEFER),
    (RCPT, 451, "4.7.1", "Greylisting in action, please come back later", DEFER),
    (RCPT, 450, "4.1.8", "Sender address rejected: Domain not found", DEFER),
    (RCPT, 450, "4.2.1", "mailbox temporarily disabled", DEFER),
    (RCPT, 452, "4.5.3", "too many recipients", DEFER),
    (RCPT, 452, "4.2.2", "over quota", DEFER),
    (MAIL, 452, "4.3.1", "insufficient system storage", DEFER),
    (MAIL, 451, "4.7.1", "try again later", DEFER),
    (BODY, 450, "4.7.28", "unusual rate of mail", DEFER),
    (BODY, 451, "4.7.650", "rate limited due to IP reputation", DEFER),
    (BODY, 451, "4.7.24", "SPF could not be evaluated", DEFER),
    (DATA, 499, "", "a code that nobody knows", DEFER),
    # Temporary, and ours to mend.
    (BODY, 451, "4.7.23", "no PTR record", HOLD),
    (BODY, 451, "4.7.27", "SPF did not pass", HOLD),
    (BODY, 451, "4.7.29", "no TLS", HOLD),
    (BODY, 451, "4.7.30", "DKIM did not pass", HOLD),
    (RCPT, 451, "4.7.31", "no DMARC record", HOLD),
    (BODY, 451, "4.7.40", "no DMARC record", HOLD),
    # The edition's own trouble.
    (MAIL, 550, "5.7.1", "sender not allowed", PAUSE),
    (MAIL, 530, "5.7.0", "Authentication required", PAUSE),
    (MAIL, 535, "5.7.8", "bad credentials", PAUSE),
    (MAIL, 553, "5.7.1", "not owned by user", PAUSE),
    (MAIL, 555, "", "parameter not recognised", PAUSE),
    (MAIL, 501, "5.5.4", "bad address syntax", PAUSE),
    (MAIL, 550, "5.1.1", "said of nobody yet", PAUSE),
    (MAIL, 599, "", "a code that nobody knows", PAUSE),
    (RCPT, 530, "5.7.0", "Must issue a STARTTLS command first", PAUSE),
    (RCPT, 550, "5.1.8", "Sender address rejected: Domain not found", PAUSE),
    (BODY, 553, "5.1.7", "bad sender address", PAUSE),
    # Its size is the letter's own.
    (MAIL, 552, "5.3.4", "message size exceeds fixed limit", FAIL),
    (MAIL, 552, "", "message too large", FAIL),
    (MAIL, 554, "5.3.4", "message too large", FAIL),
    (RCPT, 552, "", "message too large", FAIL),
    (BODY, 552, "5.3.4", "message too large", FAIL),
    # A domain refuses us.
    (RCPT, 554, "5.7.1", "Relay access denied", HOLD),
    (RCPT, 550, "5.7.606", "Access denied, banned sending IP", HOLD),
    (BODY, 550, "5.7.26", "unauthenticated mail is prohibited", HOLD),
    (BODY, 550, "5.7.27", "SPF did not pass, or the sender has a null MX", HOLD),
    (BODY, 550, "5.7.515", "does not meet the required authentication level", HOLD),
    (BODY, 554, "5.7.9", "not accepted for policy reasons", HOLD),
    (DATA, 554, "5.7.1", "not accepted", HOLD),
    # There is nobody.
    (RCPT, 550, "5.1.1", "User unknown", SUPPRESS),
    (RCPT, 550, "5.1.2", "no such domain", SUPPRESS),
    (RCPT, 501, "5.1.3", "bad recipient address syntax", SUPPRESS),
    (RCPT, 551, "5.1.6", "mailbox has moved", SUPPRESS),
    (RCPT, 556, "5.1.10", "Recipient address has null MX", SUPPRESS),
    (RCPT, 550, "5.2.1", "mailbox disabled", SUPPRESS),
    (BODY, 550, "5.1.1", "User unknown", FAIL),
    (DATA, 554, "5.1.1", "no valid recipients", FAIL),
    (RCPT, 450, "5.1.1", "a status that contradicts its code", DEFER),
    (RCPT, 550, "4.1.1", "a status that contradicts its code", FAIL),
    # Soft although 5xx.
    (RCPT, 552, "5.2.2", "mailbox full", DEFER),
    (BODY, 554, "5.2.2", "mailbox full", DEFER),
    (RCPT, 550, "5.4.4", "unable to route", DEFER),
    (BODY, 554, "5.4.6", "routing loop", DEFER),
    (RCPT, 552, "5.5.3", "too many recipients", DEFER),
    # All else.
    (RCPT, 550, "", "no such user here", FAIL),
    (RCPT, 553, "", "mailbox name not allowed", FAIL),
    (RCPT, 556, "", "domain does not accept mail", FAIL),
    (RCPT, 550, "5.1.0", "address rejected", FAIL),
    (RCPT, 550, "5.2.0", "rejected", FAIL),
    (DATA, 503, "5.5.1", "bad sequence of commands", FAIL),
    (DATA, 554, "5.5.1", "no valid recipients", FAIL),
    (BODY, 554, "5.6.0", "message content rejected", FAIL),
    (BODY, 554, "", "transaction failed", FAIL),
    (RCPT, 599, "", "a code that nobody knows", FAIL),
]


@pytest.mark.parametrize(("stage", "code", "status", "text", "verdict"), TABLE)
def test_a_reply_means_what_the_standards_say__e_s_07(
    stage: Stage, code: int, status: str, text: str, verdict: Verdict
) -> None:
    assert judge(stage, Reply(code=code, status=status, text=text)) is verdict


def reply(code: int, status: str) -> Reply:
    return Reply(code=code, status=status, text="")


STATUSES = st.one_of(
    st.just(""),
    st.builds("{}.{}.{}".format, st.integers(0, 9), st.integers(0, 9), st.integers(0, 999)),
    st.text(max_size=12),
)
STAGES = st.sampled_from(Stage)


@given(STAGES, st.integers(-1, 1000), STATUSES, st.text())
def test_any_reply_has_a_meaning(stage: Stage, code: int, status: str, text: str) -> None:
    assert judge(stage, Reply(code=code, status=status, text=text)) in Verdict


@given(STAGES, st.integers(100, 599), STATUSES)
def test_a_letter_counts_as_sent_only_by_a_2xx_to_its_end(
    stage: Stage, code: int, status: str
) -> None:
    sent = judge(stage, reply(code, status)) is SENT
    assert sent == (stage is BODY and 200 <= code < 300)


@given(STAGES, st.integers(100, 599), STATUSES)
def test_nobody_is_suppressed_but_by_a_hard_5xx_to_rcpt__e_d_05(
    stage: Stage, code: int, status: str
) -> None:
    hard = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
    if judge(stage, reply(code, status)) is SUPPRESS:
        assert stage is RCPT
        assert 500 <= code < 600
        assert ".".join(str(int(part)) for part in status.split(".")) in hard


@given(STAGES, st.integers(400, 499), STATUSES)
def test_a_4xx_is_never_the_end_of_a_letter(stage: Stage, code: int, status: str) -> None:
    assert judge(stage, reply(code, status)) in {DEFER, REQUEUE, HOLD}


@given(st.sampled_from([RCPT, DATA, BODY]), st.integers(500, 599), st.integers(0, 999))
def test_policy_is_never_the_address_s_fault__e_b_02(stage: Stage, code: int, detail: int) -> None:
    assert judge(stage, reply(code, f"5.7.{detail}")) in {HOLD, PAUSE}
