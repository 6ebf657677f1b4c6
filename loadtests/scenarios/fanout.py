"""`fanout`: few messages and many who follow; the last of them counts."""

from loadtests.run import Run


def play(run: Run) -> None:
    """Publish to every topic in turn; each message goes to all who follow."""
    spec = run.spec
    run.note(
        f"{spec.topics:,} topics with {spec.subscribers:,} subscribers each: {spec.rate:,g} messages"
        f" a second are {spec.rate * spec.subscribers:,g} copies a second."
    )
    run.publish(spec.warmup + spec.duration)
    run.steady()
    run.wait(spec.duration)
    run.published()
