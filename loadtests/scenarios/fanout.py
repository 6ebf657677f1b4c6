"""`fanout`: few messages and many who follow; the last of them counts."""

from loadtests.run import Run


def play(run: Run) -> None:
    """Publish to every topic in turn; each message goes to all who follow."""
    spec = run.spec
    run.note(
        f"{spec.topics:,} topics with {spec.subscribers:,} subscribers each:"
        f" {spec.rate:,g} messages a second are {spec.rate * spec.subscribers:,g} copies."
    )
    run.publish(spec.warmup + spec.duration)
    run.steady()
    run.wait(spec.duration)
    run.published()
