"""Measures how long a verification takes, beside the decode of the same file, and how much memory it needs."""
