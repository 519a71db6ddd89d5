"""The contract's services over the use cases: messages in, messages out, nothing decided here."""
