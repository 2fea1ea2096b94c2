"""The feeds: how polls end and why, which feeds fail or are quiet, one feed in detail, pages, and the registry."""

from boards import queries as q
from boards.panels import (
    BAD,
    BAD_FROM_ONE,
    COUNT,
    EIGHTH,
    FULL,
    PER_MINUTE,
    SECONDS,
    SHARE,
    SIXTH,
    THIRD,
    WARN,
    WARN_FROM_ONE,
    Board,
    Column,
    Query,
    Section,
    chosen,
    good_below,
    labels,
    lines,
    rows,
    tile,
)

STATE = Section(
    "All feeds",
    (
        tile("Feeds that are on", "Of the registry that runs. Good: what the registry's editors expect.", q.FEEDS_ON),
        tile(
            "Nobody polls",
            "Feeds of the registry that no process has. Good: 0; for seconds while partitions move.",
            q.FEEDS_UNPOLLED,
            steps=BAD_FROM_ONE,
        ),
        tile(
            "Failing",
            f"Feeds with {q.FAILING_AFTER} failures in a row or more. Good: few, and always the same.",
            q.FEEDS_FAILING,
            steps=good_below(1, 20),
        ),
        tile(
            "Without success for 6 h",
            "Feeds whose last good poll is six of the longest usual intervals ago. Good: 0.",
            q.FEEDS_STALE,
            steps=good_below(1, 20),
        ),
        tile(
            "Never fetched",
            "Feeds that no poll has ever succeeded for: a wrong URL, or one that was blocked from the start. Good: 0.",
            q.FEEDS_NEVER_FETCHED,
            steps=WARN_FROM_ONE,
        ),
        tile(
            "Quiet for a day",
            "Feeds that answer and show nothing new for 24 hours. Good: few; many at once is a stale cache or a block.",
            q.FEEDS_QUIET,
            steps=good_below(10, 100),
        ),
        tile(
            "Paused feeds",
            "Feeds that an operator has paused; they are polled by nobody until they are resumed. Good: 0, or known.",
            q.FEEDS_PAUSED,
            steps=WARN_FROM_ONE,
        ),
        tile(
            "Paused hosts",
            "Hosts that an operator has paused. Good: 0, or known.",
            q.HOSTS_PAUSED,
            steps=WARN_FROM_ONE,
        ),
        tile(
            "Polls that fail",
            "Share of the polls of a quarter of an hour that brought no answer to use. Good: below 10 %.",
            q.POLL_FAILURE_SHARE,
            SHARE,
            steps=good_below(0.1, 0.3),
            decimals=1,
        ),
        tile(
            "Pages waited for",
            "Entries that are not published yet, as their page is still to come. Good: tens; for ten minutes at most.",
            q.PAGES_PENDING,
            steps=good_below(500, 5_000),
        ),
        tile(
            "Our network",
            "Whether so many hosts cannot be reached that it must be our own network. Good: reachable.",
            q.NETWORK_OUTAGE,
            steps=BAD_FROM_ONE,
            words={0: "reachable", 1: "OUTAGE"},
        ),
        tile(
            "Newest entry",
            "Time since any feed showed something new. Good: minutes by day.",
            q.SINCE_NEWEST_ENTRY,
            SECONDS,
            steps=good_below(1_800, 7_200),
        ),
    ),
)

POLLS = Section(
    "Polls",
    (
        lines(
            "Polls per minute, by outcome",
            "Committed polls. Good: most are not modified or fetched, and the total follows the feeds' rhythm.",
            Query(q.POLLS_BY_OUTCOME, "{{outcome}}"),
            unit=PER_MINUTE,
            stacked=True,
        ),
        lines(
            "Failures per minute, by reason",
            "Why polls failed. Good: low and mixed; one reason that rises alone names the fault: dns and connect are "
            "the network, forbidden a block, not_a_feed a publisher's change.",
            Query(q.POLL_FAILURES_BY_REASON, "{{reason}}"),
            unit=PER_MINUTE,
            stacked=True,
        ),
        lines(
            "Seconds of a fetch",
            "From its start to its last byte or its failure. Good: a median below 1 s; 30 s is the deadline.",
            Query(q.quantile(0.5, "rasad_fetch_seconds", where=q.PROCESS), "median"),
            Query(q.quantile(0.9, "rasad_fetch_seconds", where=q.PROCESS), "p90"),
            Query(q.quantile(0.99, "rasad_fetch_seconds", where=q.PROCESS), "p99"),
            unit=SECONDS,
            width=THIRD,
        ),
        lines(
            "Seconds of a parse",
            "From handing a document to a child to its answer, waiting included. Good: below 0.5 s; more says that "
            "the children are too few, or a document is hostile.",
            Query(q.quantile(0.5, "rasad_parse_seconds", where=q.PROCESS), "median"),
            Query(q.quantile(0.99, "rasad_parse_seconds", where=q.PROCESS), "p99"),
            unit=SECONDS,
            width=THIRD,
        ),
        lines(
            "Polls in flight, and thrown away",
            "Polls under way for each process, and those per minute that came back after their partition had moved. "
            "Good: in flight well below the limit; thrown away only at a rebalance.",
            Query(q.POLLS_IN_FLIGHT, "{{process}} {{instance}}"),
            Query(q.POLLS_DISCARDED, "thrown away {{process}} {{instance}}"),
            width=THIRD,
        ),
    ),
)

RHYTHM = Section(
    "What the documents say",
    (
        lines(
            "Entries per minute, by outcome",
            "What became of the entries of committed polls. Good: mostly unchanged; dropped and suppressed near 0.",
            Query(q.ENTRIES_BY_OUTCOME, "{{outcome}}"),
            unit=PER_MINUTE,
            stacked=True,
        ),
        lines(
            "The ten quietest feeds",
            "Time since each last showed something new. Good: days for small publishers; a large one here is a hole.",
            Query(q.QUIETEST_FEEDS, "{{feed}}"),
            unit=SECONDS,
        ),
        tile(
            "Gaps in 1 h",
            "Documents that share no entry with the one before: entries may have been lost between. Good: 0.",
            q.happening("gaps"),
            steps=good_below(0.5, 10),
            decimals=0,
            width=EIGHTH,
        ),
        tile(
            "Emptied in 1 h",
            "Documents without entries of feeds that had some. Good: 0.",
            q.happening("empty"),
            steps=good_below(0.5, 10),
            decimals=0,
            width=EIGHTH,
        ),
        tile(
            "Another's in 1 h",
            "Documents in which nothing was ever seen and all links lead to new hosts: a hijacked feed. Good: 0.",
            q.happening("identity_changed"),
            steps=((0.5, BAD),),
            decimals=0,
            width=EIGHTH,
        ),
        tile(
            "Moves in 1 h",
            "Feeds that follow a permanent redirect from then on. Good: rare; then the registry wants the new URL.",
            q.happening("moves"),
            steps=((0.5, WARN),),
            decimals=0,
            width=EIGHTH,
        ),
        tile(
            "Detours in 1 h",
            "Feeds that are asked at an alternate, as the registered URL lost them. Good: 0.",
            q.happening("detours"),
            steps=((0.5, WARN),),
            decimals=0,
            width=EIGHTH,
        ),
        tile(
            "Returns in 1 h",
            "Feeds whose registered URL has them again. Good: as many as detours, in the end.",
            q.happening("returns"),
            decimals=0,
            width=EIGHTH,
        ),
        tile(
            "In full in 1 h",
            "Daily requests without validators, for servers that answer 304 for ever. Good: about one in 24 feeds.",
            q.happening("conditional_bypass"),
            decimals=0,
            width=EIGHTH,
        ),
        tile(
            "Left out in 1 h",
            "Entries beyond a cap, without content, or edited too often in one day. Good: few, and always the same.",
            q.ENTRIES_LEFT_OUT,
            steps=good_below(20, 500),
            decimals=0,
            width=EIGHTH,
        ),
    ),
)

WORST = Section(
    "Feeds, worst first",
    (
        rows(
            "Failing and stale feeds",
            "Every feed with what is known of it; sort by a column's head. Good: no failures, a success within hours. "
            "`rasad feeds status` says why.",
            "feed",
            "/d/rasad-feeds?var-feed=${__value.text}&${__url_time_range}",
            Column("failures in a row", q.feed_failures(), COUNT, good_below(q.FAILING_AFTER, 20)),
            Column("since success", q.feed_since_success(), SECONDS, good_below(3_600, q.STALE_SECONDS)),
            Column("since something new", q.feed_since_new(), SECONDS, good_below(q.QUIET_SECONDS, 7 * 86_400)),
            Column("polled every", q.feed_interval(), SECONDS, good_below(3_600, 86_400)),
        ),
    ),
)

ONE = Section(
    "Chosen feeds ($feed)",
    (
        lines(
            "Since the last success",
            "Good: a saw whose teeth are the feed's poll interval; a straight line up is a feed that fails.",
            Query(q.feed_since_success(q.FEED), "{{feed}}"),
            unit=SECONDS,
        ),
        lines(
            "Since something new",
            "Good: teeth of the publisher's own rhythm; a tooth much higher than those before is a hole.",
            Query(q.feed_since_new(q.FEED), "{{feed}}"),
            unit=SECONDS,
        ),
        lines(
            "Failures in a row",
            "Good: 0, or a small tooth now and then.",
            Query(q.feed_failures(q.FEED), "{{feed}}"),
            steps=((float(q.FAILING_AFTER), WARN),),
        ),
        lines(
            "Dates ahead of the fetch",
            "The feed of each process whose new entries' dates lie furthest ahead; the log names it. Good: 0 or less; "
            "about 12 600 s is a feed whose zone is Tehran and is registered as UTC.",
            Query(q.CLOCK_SKEW, "{{process}}"),
            unit=SECONDS,
        ),
    ),
)

PAGES = Section(
    "Pages and robots.txt",
    (
        lines(
            "Entries with pages per minute, by outcome",
            "Which text entries of feeds with leads only were published with. Good: mostly used.",
            Query(q.PAGES_BY_OUTCOME, "{{outcome}}"),
            unit=PER_MINUTE,
            width=THIRD,
            stacked=True,
        ),
        lines(
            "Pages that were not used, by reason",
            "Good: low; challenge is a wall against robots, shorter or list a page that wants a rule in pages.toml.",
            Query(q.PAGES_WITHOUT_TEXT, "{{outcome}} {{reason}}"),
            unit=PER_MINUTE,
            width=THIRD,
        ),
        lines(
            "Answers to requests for pages, by reason",
            "Every try. Good: mostly ok.",
            Query(q.PAGE_ATTEMPTS, "{{reason}}"),
            unit=PER_MINUTE,
            width=THIRD,
        ),
        lines(
            "Seconds that entries waited for their page",
            "From the commit of the waiting entry to its publication. Good: a median of seconds; 600 s is the limit.",
            Query(q.quantile(0.5, "rasad_page_wait_seconds", "[15m]", q.PROCESS), "median"),
            Query(q.quantile(0.99, "rasad_page_wait_seconds", "[15m]", q.PROCESS), "p99"),
            unit=SECONDS,
        ),
        lines(
            "Requests for robots.txt, by verdict",
            "Good: rules or none; unreached means that a publisher's pages are not asked for meanwhile.",
            Query(q.ROBOTS, "{{verdict}}"),
            unit=PER_MINUTE,
        ),
    ),
)

REGISTRY = Section(
    "Registry and operators",
    (
        tile(
            "Age of the registry",
            "Time since the oldest registry in use was read. Good: as long as nobody has changed the file.",
            q.REGISTRY_AGE,
            SECONDS,
        ),
        tile(
            "Faults left out",
            "Entries of the registry that were left out at the start. Good: 0.",
            q.REGISTRY_FAULTS,
            steps=WARN_FROM_ONE,
        ),
        tile(
            "Reloads in 24 h",
            "Changed registry files by what became of them. Good: none refused; the log says why one was.",
            q.RELOADS,
            legend="{{outcome}}",
            width=SIXTH * 2,
            decimals=0,
        ),
        labels(
            "Registries that run",
            "Beginning of the file's SHA-256. Good: one line; two for longer than a roll-out are two truths.",
            q.REGISTRIES,
            "sha256",
            width=THIRD,
        ),
        lines(
            "Control records in 24 h",
            "Operators' requests by what became of them. Good: applied; malformed ones are dead letters.",
            Query(q.CONTROL_RECORDS, "{{action}} {{outcome}}"),
            width=FULL,
        ),
    ),
)

BOARD = Board(
    "feeds",
    "Rasad: feeds",
    "How polls end and why, which feeds fail or are quiet, one feed in detail, pages and robots.txt, the registry.",
    (STATE, POLLS, RHYTHM, WORST, ONE, PAGES, REGISTRY),
    (
        chosen("process", "Process", "rasad_polls_in_flight"),
        chosen("feed", "Feed", "rasad_feed_consecutive_failures", everything=False),
    ),
)
