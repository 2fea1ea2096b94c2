"""Fetching one document over HTTP, politely and within bounds."""
