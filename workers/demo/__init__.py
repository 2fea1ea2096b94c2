"""The demo: a sample publisher's site, and what a terminal shows of the events.

Knows nothing of how articles are classified; it reads the topics as any consumer would.
"""
