"""Measures a verification's time, beside the decode of the same file, and its memory."""
