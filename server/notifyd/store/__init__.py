"""Stores: where streams, cursors and keys are kept."""
