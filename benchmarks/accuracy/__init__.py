"""Measures the engine's accuracy on simulated impressions; fits the profiles that it judges by."""
