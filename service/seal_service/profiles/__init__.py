"""Packaged calibration profiles: weights and thresholds, and what they were measured on."""
