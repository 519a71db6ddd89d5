"""What each RPC demands of its caller, read from the contract, and who the caller is."""
