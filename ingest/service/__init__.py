"""What every long-lived process needs: settings, logs, metrics, health, lifecycle.

Knows nothing of feeds or articles.
"""
