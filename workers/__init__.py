"""Rasad's worker side: normalizes and classifies entries and publishes them as article events."""
