"""What notifyd can do: measured, and compared with its peers."""
