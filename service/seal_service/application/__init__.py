"""Use cases: what a caller can ask for, over ports that adapters implement."""
