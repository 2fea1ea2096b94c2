"""The live page: events as they arrive, for people who would rather look than read."""
