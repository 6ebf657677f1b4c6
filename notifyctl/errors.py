"""Everything that can go wrong: the sentence a person reads, a stable code, the statuses.

An error's docstring is its sentence; `{names}` in it are filled from the arguments.
Raise the most exact class near the cause; catch it once, at the edge, where it becomes
an HTTP status, an `error` frame or close code, or an exit status.
"""

import inspect
from typing import Any, ClassVar, Self

# Exit statuses, as every command uses them; 130 means interrupted.
FAILED = 1
USAGE = 2
UNREACHABLE = 3
UNAUTHORIZED = 4
INTERRUPTED = 130


class NotifyError(Exception):
    """Something went wrong; run the command again with --debug and report what it shows."""

    code: ClassVar[str] = "internal"
    http_status: ClassVar[int] = 500
    exit_status: ClassVar[int] = FAILED

    def __init__(self, *, retry_ms: int | None = None, **details: Any) -> None:
        sentence = inspect.cleandoc(type(self).__doc__ or "").replace("\n", " ")
        super().__init__(sentence.format(**details))
        self.retry_ms = retry_ms
        self.details = details

    @classmethod
    def quoted(cls, sentence: str, *, retry_ms: int | None = None) -> Self:
        """This error in the words of the server that reported it."""
        error = cls.__new__(cls)
        Exception.__init__(error, sentence)
        error.retry_ms = retry_ms
        error.details = {}
        return error


# What the caller sent


class BadRequest(NotifyError):
    """The request is not valid: {detail}."""

    code = "bad_request"
    http_status = 400
    exit_status = USAGE


class UnknownFrame(BadRequest):
    """This server knows no frame of type {type!r}; look for the type in the protocol reference."""

    code = "unknown_type"


class BadAck(BadRequest):
    """The ack of {stream} up to {seq} was ignored: this session was sent no such event."""

    code = "bad_ack"


class TooLarge(BadRequest):
    """The request is larger than {limit_bytes} bytes; send less at a time."""

    code = "too_large"
    http_status = 413


class RequestTimeout(BadRequest):
    """The {part} of the request did not arrive within {seconds:g} s; send it again, and faster."""

    code = "request_timeout"
    http_status = 408


class KeyReused(NotifyError):
    """The key {key!r} already belongs to a different notification; use a new key for a new one."""

    code = "key_reused"
    http_status = 409


class RateLimited(NotifyError):
    """This token publishes too fast; slow down and try again after the given time."""

    code = "rate_limited"
    http_status = 429


class NotFound(NotifyError):
    """There is no {what}; check the spelling and the server it was sent to."""

    code = "not_found"
    http_status = 404


class MethodNotAllowed(BadRequest):
    """{path} does not answer {method}; it answers {allowed}."""

    code = "method_not_allowed"
    http_status = 405


# Who the caller is


class Unauthorized(NotifyError):
    """The request needs a token; send it as `Authorization: Bearer <token>`."""

    code = "unauthorized"
    http_status = 401
    exit_status = UNAUTHORIZED


class TokenInvalid(Unauthorized):
    """The token was refused: {reason}; ask for a new one, or try `notifyctl token inspect`."""

    code = "token_invalid"


class TokenExpired(Unauthorized):
    """The token has expired; ask your login service for a new one."""

    code = "token_expired"


class TokenNeeded(Unauthorized):
    """The server at {url} needs a token; give one with --token, NOTIFYCTL_TOKEN or a context."""

    code = "token_needed"


class SecretMissing(Unauthorized):
    """There is no secret in {path} to sign a token with; start `notifyctl serve`, or set
    NOTIFYD_DATA_DIR or NOTIFYD_JWT_SECRET as your server has it."""

    code = "secret_missing"


class SigningKeyMissing(Unauthorized):
    """The server's keys are public keys, which sign nothing: ask your login service for a token, or
    sign one with `notifyctl token issue USER --key FILE`, and give it with --token."""

    code = "signing_key_missing"


class Forbidden(NotifyError):
    """The token does not allow this: {reason}."""

    code = "forbidden"
    http_status = 403
    exit_status = UNAUTHORIZED


class OriginRefused(Forbidden):
    """Pages from {origin} may not use this server; add the origin to `allowed_origins`."""

    code = "origin_refused"


# What the server can do right now


class StoreUnavailable(NotifyError):
    """The store cannot be written: {reason}. Nothing was accepted; try again later."""

    code = "store_unavailable"
    http_status = 503
    exit_status = UNREACHABLE


class TooManyConnections(NotifyError):
    """The server has as many connections as it can take; try again after the given time."""

    code = "too_many_connections"
    http_status = 503
    exit_status = UNREACHABLE


class ServerBusy(NotifyError):
    """The server is reading as much at once as it can hold; try again after the given time."""

    code = "server_busy"
    http_status = 503
    exit_status = UNREACHABLE


class InternalError(NotifyError):
    """Something went wrong inside the server; its log says what. Try again later."""


# What the person at the keyboard can put right


class UsageError(NotifyError):
    """{problem}"""

    code = "usage"
    exit_status = USAGE


class SettingInvalid(UsageError):
    """The setting {name} is not valid: {problem}."""

    code = "setting_invalid"


class ExtraMissing(UsageError):
    """{what} needs {package}, which is not installed; run `pip install 'notifyctl[{extra}]'`."""

    code = "extra_missing"


class Inconclusive(NotifyError):
    """The load test says nothing about the server: {reason}"""

    code = "inconclusive"
    exit_status = UNREACHABLE


class NothingToCheck(NotifyError):
    """There is no {what} in {where}; name the files, or run it where they are."""

    code = "nothing_to_check"
    exit_status = UNREACHABLE


class NotWritable(NotifyError):
    """{path} cannot be written ({reason}); choose another place."""

    code = "not_writable"


class NotFixable(NotWritable):
    """{path} cannot be put right ({reason}); make it writable, or correct it by hand."""

    code = "not_fixable"


class OutputLost(NotWritable):
    """stdout cannot be written ({reason}); send the output somewhere else."""

    code = "output_lost"


class SecretNeeded(UsageError):
    """Other machines can reach {host}, so it needs a secret of your own: set NOTIFYD_JWT_SECRET to
    what `notifyctl token keygen` prints, or NOTIFYD_JWT_SECRET_FILE to a file with it (or, for
    development, NOTIFYD_GENERATE_SECRET=true)."""

    code = "secret_needed"


class SecretUnusable(NotifyError):
    """The secret in {path} cannot be used: {reason}; correct it, or set NOTIFYD_JWT_SECRET."""

    code = "secret_unusable"


class StoreUnusable(NotifyError):
    """The store at {path} cannot be opened: {reason}."""

    code = "store_unusable"


class PortTaken(NotifyError):
    """Port {port} on {host} cannot be opened ({reason}); stop its user or choose another."""

    code = "port_taken"


class ServerUnreachable(NotifyError):
    """Nothing answers at {url} ({reason}); run `notifyctl serve` or check the URL."""

    code = "unreachable"
    exit_status = UNREACHABLE


class ClusterUnreachable(NotifyError):
    """The cluster cannot be checked: {reason}."""

    code = "cluster_unreachable"
    exit_status = UNREACHABLE


class UnexpectedAnswer(NotifyError):
    """{url} answered {status}, but not as notifyd does; check the URL and any proxy before it."""

    code = "unexpected_answer"
    exit_status = UNREACHABLE


class Unreadable(NotifyError):
    """The server said what this client cannot read ({detail}); upgrade notifyctl."""

    code = "unreadable"


class TimedOut(NotifyError):
    """{what} within {seconds:g} s; try a longer time."""

    code = "timed_out"


class Stopped(NotifyError):
    """The session ended for good: {reason}"""

    code = "stopped"


def named(code: str) -> type[NotifyError]:
    """The class of a stable code; `NotifyError` for one that only newer programs know."""
    kinds: list[type[NotifyError]] = [NotifyError]
    for kind in kinds:
        if kind.code == code:
            return kind
        kinds.extend(kind.__subclasses__())
    return NotifyError
