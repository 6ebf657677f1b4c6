"""What holds for every test."""

from hypothesis import settings

# The machine is shared: how long an example takes says more about the others than about us.
settings.register_profile("notifyctl", deadline=None)
settings.load_profile("notifyctl")
