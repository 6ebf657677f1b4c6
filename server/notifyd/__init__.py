"""notifyd: the notification server that `notifyctl serve` starts."""
