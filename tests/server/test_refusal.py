import pytest

from notifyctl.errors import (
    BadAck,
    Forbidden,
    NotifyError,
    OriginRefused,
    RateLimited,
    TokenExpired,
    TokenInvalid,
    Unauthorized,
)
from notifyctl.wire import CloseCode
from notifyd.refusal import close_code, error_frame


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TokenExpired(), CloseCode.TOKEN_EXPIRED),
        (TokenInvalid(reason="x"), CloseCode.UNAUTHORIZED),
        (Unauthorized(), CloseCode.UNAUTHORIZED),
        (Forbidden(reason="x"), CloseCode.FORBIDDEN),
        (OriginRefused(origin="x"), CloseCode.FORBIDDEN),
        (BadAck(stream="inbox", seq=1), CloseCode.BAD_REQUEST),
    ],
)
def test_the_close_code_says_whether_to_come_back(error: NotifyError, code: CloseCode) -> None:
    assert close_code(error) is code


def test_the_frame_says_what_went_wrong_and_when_to_try_again() -> None:
    frame = error_frame(RateLimited(retry_ms=500), "p1")

    assert (frame.id, frame.code, frame.retry_ms, frame.fatal) == ("p1", "rate_limited", 500, False)
    assert "slow down" in frame.message
