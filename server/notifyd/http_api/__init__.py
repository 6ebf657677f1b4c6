"""Port 8000: publish, inbox, receipts, health, figures."""
