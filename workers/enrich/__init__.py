"""Enrichment: who, where, said by whom, what happened.

Knows nothing of Kafka or feeds: it reads hazm-normalized text and points into it.
"""
