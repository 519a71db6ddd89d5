"""Backups of the whole service, and drills that show that they can be restored (E31)."""
