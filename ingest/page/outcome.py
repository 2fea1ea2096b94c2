"""What came of an entry that was to have its page's text: two closed sets, for metrics and decisions.

Knows nothing of HTTP; where a fetch or a parse failed, its own `Reason` stands beside these.
"""

from enum import StrEnum


class PageOutcome(StrEnum):
    """Which text was published, and whether a page was asked for at all."""

    USED = "used"
    """The page's text."""
    KEPT = "kept"
    """The feed's: a page came, and is not the better text."""
    FAILED = "failed"
    """The feed's: no page came in time."""
    SKIPPED = "skipped"
    """The feed's, at once: no page is asked for."""


class PageReason(StrEnum):
    """Why, where no `Reason` of a fetch says it."""

    BETTER = "better"
    """The page is about the same story and says more."""
    SHORTER = "shorter"
    """Than what the feed says."""
    ANOTHER_STORY = "another_story"
    """Neither the title nor the lead is in it."""
    LIST = "list"
    """Headlines, and no sentences."""
    CHALLENGE = "challenge"
    """A page that asks whether a person reads it, with status 200."""
    HOME_PAGE = "home_page"
    """The article's address led to the publisher's first page."""
    FOREIGN_HOST = "foreign_host"
    """The link, or where it led, is on no host of the publisher's: its owner may be another process."""
    MEDIA = "media"
    """A document, a picture or a film."""
    NO_LINK = "no_link"
    OLD = "old"
    """Old news that is new to us, as in the first document of a feed."""
    TOO_MANY = "too_many"
    """More entries in one document than may wait."""
    TOO_LARGE = "too_large_to_wait"
    """The feed's own text does not fit into the record of a waiting entry, so it is the whole article."""
    ROBOTS = "robots"
    """The publisher's robots.txt asks us not to."""
    ROBOTS_UNREACHED = "robots_unreached"
    """robots.txt was out of reach: then nothing may be asked for (RFC 9309, 2.3.1.4)."""
    ROBOTS_UNREAD = "robots_unread"
    """The page led to a place whose robots.txt is not known yet."""
    FEED_GONE = "feed_gone"
    """The feed has left the registry meanwhile."""
    WAITED = "waited"
    """No page within the time that an entry may wait."""
