"""Rasad's fetch side: polls Persian feeds and commits new entries to Kafka, with their state."""
