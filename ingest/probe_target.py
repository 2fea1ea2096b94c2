"""What `rasad feeds test` was told to test: a feed of the registry, an address, or a document on disk.

Knows nothing of how it is tested; an address or document that is not the registry's gets a feed made up for it.
"""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ingest.event import TextPolicy
from ingest.feeds import MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS, Feed, FeedKind, Registry, Site, checked_url
from ingest.service.errors import UsageError
from ingest.service.logging import without_secrets

UNLISTED = "(unlisted)"
"""Id of a feed that is not in the registry; no id of the registry has brackets."""


def target_of(registry: Registry, target: str, site_id: str | None, *, allow_private: bool) -> tuple[Feed, Path | None]:
    """Return the feed that a target means, and the file to read in place of its URL.

    Raises UsageError where it means nothing.
    """
    if target in registry.feeds:
        return registry.feeds[target], None
    site = _site(registry, site_id)
    if "://" in target:
        return _feed_of_url(registry, target, site, allow_private=allow_private), None
    if not Path(target).is_file():
        raise UsageError(f"{target}: neither a feed of the registry, nor a URL, nor a file")
    name = site.hosts[0] if site else "localhost"
    feed = _unlisted(f"http://{name}/", name, site, allow_private=False)
    return (feed if site else replace(feed, hosts=())), Path(target)


def _site(registry: Registry, site_id: str | None) -> Site | None:
    if site_id is not None and site_id not in registry.sites:
        raise UsageError(f"--site {site_id}: the registry has no such site")
    return registry.sites[site_id] if site_id is not None else None


def _feed_of_url(registry: Registry, url: str, site: Site | None, *, allow_private: bool) -> Feed:
    """Return the registry's feed at an address, or one made up for it."""
    try:
        checked_url(url)
    except ValueError as error:
        raise UsageError(f"{without_secrets(url)}: {error}") from error
    listed = registry.feed_at(url)
    if listed is not None and site is None:
        # What the registry allows, it allows to the addresses that it names, not to other spellings of them.
        allowed = listed.allow_private and url in {listed.url, *listed.alternates}
        return replace(listed, url=url, alternates=(), allow_private=allow_private or allowed)
    host = urlsplit(url).hostname or ""
    return _unlisted(url, host, site or registry.site_of_host(host), allow_private=allow_private)


def _unlisted(url: str, host: str, site: Site | None, *, allow_private: bool) -> Feed:
    """Return a feed with the registry's defaults for all that nobody has said."""
    return Feed(
        id=UNLISTED,
        url=url,
        kind=FeedKind.SITE,
        full_text=False,
        allow_private=allow_private,
        user_agent=None,
        verify_tls=True,
        min_interval_seconds=MIN_INTERVAL_SECONDS,
        max_interval_seconds=MAX_INTERVAL_SECONDS,
        enabled=True,
        site=site.id if site else host,
        publisher=site.publisher if site else host,
        hosts=site.hosts if site else (host,),
        language=site.language if site else "fa",
        timezone=site.timezone if site else "Asia/Tehran",
        text_policy=site.text_policy if site else TextPolicy.FULL,
        rights=site.rights if site else None,
    )
