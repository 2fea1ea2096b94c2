"""Kafka: topics, records, transactions, owned state. The only package that imports kafka."""
