"""How well replays and prints are found: fits the scales of the findings and measures them."""
