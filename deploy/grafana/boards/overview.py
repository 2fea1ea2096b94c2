"""The overview: whether news is coming, in time, and nothing is broken; for a wall, read from across the room."""

from boards import queries as q
from boards.panels import (
    BAD,
    BAD_FROM_ONE,
    GOOD,
    PER_MINUTE,
    SECONDS,
    SHARE,
    THIRD,
    WARN,
    WARN_FROM_ONE,
    Board,
    Query,
    Section,
    good_below,
    lines,
    tile,
)

IN_TIME = Section(
    "Is news coming, and in time?",
    (
        tile(
            "Newest entry",
            "Time since any feed showed something new. Good: minutes by day, less than half an hour at night.",
            q.SINCE_NEWEST_ENTRY,
            SECONDS,
            steps=good_below(1_800, 7_200),
        ),
        tile(
            "Seen to published, median",
            "Seconds from the fetch to the commit of the event, middle of a quarter of an hour. Good: below 2 s where "
            "no page is waited for.",
            q.quantile(0.5, "rasad_article_since_seen_seconds", "[15m]"),
            SECONDS,
            steps=good_below(5, 60),
        ),
        tile(
            "Seen to published, p99",
            "The slowest of a hundred articles. Good: below a minute; a feed whose pages are waited for may cost ten.",
            q.quantile(0.99, "rasad_article_since_seen_seconds", "[15m]"),
            SECONDS,
            steps=good_below(60, 900),
        ),
        tile(
            "Lag",
            "Entries that no worker has read yet. Good: near 0, and back there within minutes after a wave.",
            q.LAG,
            steps=good_below(500, 5_000),
        ),
        tile(
            "Feeds failing",
            f"Share of the feeds with {q.FAILING_AFTER} failures in a row or more. Good: below 5 %; a sudden rise is "
            "our network or a block.",
            q.FEEDS_FAILING_SHARE,
            SHARE,
            steps=good_below(0.05, 0.2),
            decimals=1,
        ),
        tile(
            "Our network",
            "Whether so many hosts cannot be reached that it must be our own network. Good: reachable.",
            q.NETWORK_OUTAGE,
            steps=BAD_FROM_ONE,
            words={0: "reachable", 1: "OUTAGE"},
        ),
    ),
)

BROKEN = Section(
    "Is anything broken?",
    (
        tile(
            "Dead letters in 1 h",
            "Records that no stage could take, and control records that nobody could read. Good: 0; each is worth a "
            "look with `rasad dead-letters list`.",
            q.DEAD_LETTERS,
            steps=good_below(0.5, 20),
            decimals=0,
        ),
        tile(
            "Restarts in 1 h",
            "Processes that began anew, for whatever cause. Good: 0, except while a release is rolled out.",
            q.RESTARTS,
            steps=good_below(0.5, 5),
            decimals=0,
        ),
        tile(
            "Processes missing",
            "Processes that answered within the last 15 minutes and do not now. Good: 0.",
            q.PROCESSES_MISSING,
            steps=BAD_FROM_ONE,
        ),
        tile(
            "Feeds nobody polls",
            "Feeds of the registry that no process has. Good: 0; for seconds while partitions move.",
            q.FEEDS_UNPOLLED,
            steps=BAD_FROM_ONE,
        ),
        tile(
            "Commits that failed in 15 min",
            "Kafka transactions that were refused or failed; their work is done again. Good: 0.",
            q.TRANSACTIONS_NOT_COMMITTED,
            steps=good_below(0.5, 10),
            decimals=0,
        ),
        tile(
            "Faults in the registry",
            "Entries of the registry that were left out at the start. Good: 0.",
            q.REGISTRY_FAULTS,
            steps=WARN_FROM_ONE,
        ),
    ),
)

HOLES = Section(
    "Is anything silent?",
    (
        tile(
            "Articles in 24 h, by label",
            "A label that nobody has seen for a day is a hole before it is peace. Good: none at 0.",
            q.LABELLED_IN_A_DAY,
            steps=((0.5, WARN), (1.5, GOOD)),
            base=BAD,
            legend="{{label}}",
            width=THIRD,
            decimals=0,
        ),
        tile(
            "Articles in 24 h, by language",
            "Only Persian is labelled; the others show whether a feed changed its language. Good: Persian far above 0.",
            q.LANGUAGES_IN_A_DAY,
            legend="{{language}}",
            width=THIRD,
            decimals=0,
        ),
        tile(
            "Last heartbeat",
            "Time since one was sent by a fetcher, and since one came out at a worker. Good: below a minute, both.",
            q.HEARTBEAT_AGE,
            SECONDS,
            steps=good_below(120, 300),
            legend="{{stage}}",
            width=THIRD,
        ),
    ),
)

COURSE = Section(
    "How has it gone?",
    (
        lines(
            "Articles per minute, by label",
            "Assigned labels of published articles. Good: the rhythm of the day, no label flat at 0 for hours.",
            Query(q.LABELLED, "{{label}}"),
            unit=PER_MINUTE,
        ),
        lines(
            "Through both hops, per minute",
            "Entries that fetchers published, that workers read, and articles that came of them. Good: three lines as "
            "one; a gap that stays is lag or loss.",
            Query(q.ENTRIES_PUBLISHED, "entries published"),
            Query(q.READ, "entries read"),
            Query(q.ARTICLES, "articles published"),
            unit=PER_MINUTE,
        ),
        lines(
            "Seen to published",
            "Seconds from the fetch of a revision to the commit of its event. Good: the median flat and below 2 s.",
            Query(q.quantile(0.5, "rasad_article_since_seen_seconds", "[15m]"), "median"),
            Query(q.quantile(0.99, "rasad_article_since_seen_seconds", "[15m]"), "p99"),
            unit=SECONDS,
        ),
        lines(
            "Lag and failing feeds",
            f"Unread entries, and feeds with {q.FAILING_AFTER} failures in a row. Good: both low, and falling after "
            "each peak.",
            Query(q.LAG, "unread entries"),
            Query(q.FEEDS_FAILING, "failing feeds"),
        ),
    ),
)

BOARD = Board(
    "overview",
    "Rasad: overview",
    "For a wall. Blue is well, amber wants a look today, vermilion one now; grey is what nobody reports.",
    (IN_TIME, BROKEN, HOLES, COURSE),
    since="now-24h",
)
