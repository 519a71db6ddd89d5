"""The bank's rules. Imports nothing but the standard library; knows no database and no network."""
