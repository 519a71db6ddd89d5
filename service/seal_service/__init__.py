"""Seal verification for a bank: rules, use cases, adapters and entry points."""
