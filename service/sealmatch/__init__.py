"""What others build on: `sealmatch.client` calls a server, and knows nothing of how it is made."""
