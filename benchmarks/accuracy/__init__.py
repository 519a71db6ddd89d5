"""Measures the engine's accuracy on simulated impressions, and fits the profiles that it judges by."""
