"""Password hashes, tokens of the core system, and the installation's own key."""
