"""`delivery`: everybody is there, and messages come to them at a steady rate."""

from loadtests.run import Run


def play(run: Run) -> None:
    """Publish on schedule for as long as was asked."""
    spec = run.spec
    run.publish(spec.warmup + spec.duration)
    run.steady()
    run.wait(spec.duration)
    run.published()
