"""Secrets leave URLs before they are logged; everything else stays readable."""

import pytest

from ingest.fetch.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/rss", "https://a.example/rss"),
        ("https://me:p%40ss@a.example/rss", "https://***@a.example/rss"),
        ("https://token@a.example/rss", "https://***@a.example/rss"),
        ("https://me:p@ss@a.example/rss", "https://***@a.example/rss"),
        ("//me:pass@a.example/rss", "//***@a.example/rss"),
        ("https://a.example/@user/feed?a=b@c", "https://a.example/@user/feed?a=b@c"),
        ("https://a.example/rss?token=abc", "https://a.example/rss?token=***"),
        ("https://a.example/rss?page=2&api_key=abc&x=y", "https://a.example/rss?page=2&api_key=***&x=y"),
        ("https://a.example/rss?Access-Token=abc#t", "https://a.example/rss?Access-Token=***#t"),
        ("https://a.example/rss;jsessionid=1", "https://a.example/rss;jsessionid=***"),
        ("https://a.example/rss?%74oken=abc", "https://a.example/rss?%74oken=***"),
        ("https://a.example/#access_token=abc", "https://a.example/#access_token=***"),
        ("https://a.example/rss?k=A9f3kd83jD93kd03Kd93kD", "https://a.example/rss?k=***"),
        ("https://a.example/rss?q=%D8%AE%D8%A8%D8%B1%20%D9%81%D9%88%D8%B1%DB%8C", None),
        ("https://a.example/rss?category=politics&lang=fa&id=139912345678", None),
        ("https://a.example/rss?token=", "https://a.example/rss?token="),
        (
            "301 http://u:p@a.example/ -> http://b.example/?sig=1 - no",
            "301 http://***@a.example/ -> http://b.example/?sig=*** - no",
        ),
        ("http://[broken?secret=1", "http://[broken?secret=***"),
    ],
)
def test_n20_user_information_and_secret_values_are_replaced(text: str, expected: str | None) -> None:
    assert redact(text) == (text if expected is None else expected)
