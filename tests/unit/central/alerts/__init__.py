"""Alerts: limits, texts, lists, channels."""
