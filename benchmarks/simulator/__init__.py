"""Simulated seal impressions with known truth, for accuracy and speed measurements."""

from .dataset import DEFAULT_PLAN, Plan, Summary, simulate

__all__ = ["DEFAULT_PLAN", "Plan", "Summary", "simulate"]
