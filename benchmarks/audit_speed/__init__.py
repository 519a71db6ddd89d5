"""How fast the audit log takes events durably, and how fast its checker goes through them."""
