"""Stub of protovalidate's options, under a name of our own."""
