"""The public contract's generated stubs; `make proto` writes them, nobody edits them."""
