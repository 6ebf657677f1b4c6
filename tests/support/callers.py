"""Identities for tests that need no token."""

from notifyd.auth import Identity


def caller(user: str, *scopes: str, topics: tuple[str, ...] = ("*",)) -> Identity:
    """An identity that a good token would give; `subscribe` and `publish` unless named."""
    return Identity(
        user=user,
        scopes=frozenset(scopes or ("subscribe", "publish")),
        topics=topics,
        max_level="high",
        issued_at=0,
        expires_at=2**40,
        token_id=f"of-{user}",
    )
