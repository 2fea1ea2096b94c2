"""Every expression that a dashboard asks Prometheus, by what it answers.

Knows nothing of panels. There is no `or vector(0)` here: what no process reports must read "no data", never a calm
zero. Counts of what is rightly absent compare with `bool`, which gives 0 where a filter would give nothing.
"""

PROCESS = 'process=~"$process"'
"""Chosen on the dashboard; "All" is `.*`, which is also true of a process that is scraped without a supervisor."""
FEED = 'feed=~"$feed"'
RATE = "[$__rate_interval]"
PLACE = "job, instance, process"
"""What tells one process from another, behind a supervisor's endpoint and scraped by itself."""

FAILING_AFTER = 3
"""Failures in a row: one or two are the weather of the Internet."""
STALE_SECONDS = 6 * 3_600
"""Six times the longest poll interval that a feed has unless the registry gives it another."""
QUIET_SECONDS = 24 * 3_600
"""Nearly every publisher has news within a day, on holidays too."""


def of(name: str, where: str = "") -> str:
    """Return a selector."""
    return f"{name}{{{where}}}" if where else name


def per_minute(metric: str, by: str, where: str = "") -> str:
    """Return a counter's increase per minute, by some labels."""
    return f"sum by ({by}) (rate({of(metric, where)}{RATE})) * 60"


def within(metric: str, window: str, where: str = "", by: str = "") -> str:
    """Return a counter's increase within a fixed window."""
    grouped = f"sum by ({by})" if by else "sum"
    return f"{grouped} (increase({of(metric, where)}[{window}]))"


def quantile(share: float, histogram: str, window: str = RATE, where: str = "", by: str = "") -> str:
    """Return a quantile of a histogram of seconds, scores or bytes."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({of(f'{histogram}_bucket', where)}{window})))"


def buckets(histogram: str, where: str = "") -> str:
    """Return a histogram's buckets over time, for a heatmap."""
    return f"sum by (le) (increase({of(f'{histogram}_bucket', where)}{RATE}))"


def share(metric: str, part: str, by: str, window: str = RATE, whole: str = "") -> str:
    """Return which part of a counter's increase has some labels, by others."""
    chosen = f"{whole}, {part}" if whole else part
    return f"sum by ({by}) (rate({of(metric, chosen)}{window})) / sum by ({by}) (rate({of(metric, whole)}{window}))"


# Feeds. A feed that moves between two processes shows on both for a scrape or two, hence `max by (feed)`.


def feed_failures(where: str = "") -> str:
    """Return each feed's failures in a row."""
    return f"max by (feed) ({of('rasad_feed_consecutive_failures', where)})"


def feed_since_success(where: str = "") -> str:
    """Return the seconds since each feed's last good poll."""
    return f"time() - max by (feed) ({of('rasad_feed_last_success_timestamp_seconds', where)})"


def feed_since_new(where: str = "") -> str:
    """Return the seconds since each feed last showed something new."""
    return f"time() - max by (feed) ({of('rasad_feed_last_new_entry_timestamp_seconds', where)})"


def feed_interval(where: str = "") -> str:
    """Return the seconds between two polls that each feed's rhythm asks for."""
    return f"max by (feed) ({of('rasad_feed_expected_interval_seconds', where)})"


SINCE_NEWEST_ENTRY = "time() - max(rasad_feed_last_new_entry_timestamp_seconds)"
CLOCK_SKEW = "max by (process) (rasad_feed_clock_skew_seconds)"
FEEDS_ON = "max(rasad_registry_feeds)"
FEEDS_UNPOLLED = "max(rasad_registry_feeds) - count(count by (feed) (rasad_feed_consecutive_failures))"
FEEDS_FAILING = f"sum({feed_failures()} >= bool {FAILING_AFTER})"
FEEDS_FAILING_SHARE = f"avg({feed_failures()} >= bool {FAILING_AFTER})"
FEEDS_STALE = f"sum(({feed_since_success()}) > bool {STALE_SECONDS})"
FEEDS_QUIET = f"sum(({feed_since_new()}) > bool {QUIET_SECONDS})"
FEEDS_NEVER_FETCHED = (
    "count(count by (feed) (rasad_feed_consecutive_failures))"
    " - count(count by (feed) (rasad_feed_last_success_timestamp_seconds))"
)
FEEDS_PAUSED = "sum(rasad_feeds_paused)"
HOSTS_PAUSED = "sum(rasad_hosts_paused)"
NETWORK_OUTAGE = "max(rasad_network_outage)"
QUIETEST_FEEDS = f"topk(10, {feed_since_new()})"

POLLS_BY_OUTCOME = per_minute("rasad_polls_total", "outcome", PROCESS)
POLL_FAILURES_BY_REASON = per_minute("rasad_polls_total", "reason", f'outcome!~"fetched|not_modified", {PROCESS}')
POLL_FAILURE_SHARE = (
    'sum(rate(rasad_polls_total{outcome!~"fetched|not_modified"}[15m])) / sum(rate(rasad_polls_total[15m]))'
)
ENTRIES_BY_OUTCOME = per_minute("rasad_entries_total", "outcome", PROCESS)
ENTRIES_PUBLISHED = 'sum (rate(rasad_entries_total{outcome=~"new|updated"}' + RATE + ")) * 60"
ENTRIES_LEFT_OUT = within("rasad_entries_total", "1h", f'outcome=~"dropped|suppressed", {PROCESS}')
POLLS_IN_FLIGHT = f"sum by (instance, process) (rasad_polls_in_flight{{{PROCESS}}})"
POLLS_DISCARDED = per_minute("rasad_polls_discarded_total", "instance, process", PROCESS)


def happening(what: str) -> str:
    """Return how often something noteworthy happened to feeds within an hour."""
    return within(f"rasad_feed_{what}_total", "1h", PROCESS)


PAGES_BY_OUTCOME = per_minute("rasad_pages_total", "outcome", PROCESS)
PAGES_WITHOUT_TEXT = per_minute("rasad_pages_total", "outcome, reason", f'outcome=~"kept|failed", {PROCESS}')
PAGE_ATTEMPTS = per_minute("rasad_page_attempts_total", "reason", PROCESS)
PAGES_PENDING = f"sum(rasad_pages_pending{{{PROCESS}}})"
ROBOTS = per_minute("rasad_robots_total", "verdict", PROCESS)

RELOADS = within("rasad_registry_reloads_total", "24h", PROCESS, "outcome")
REGISTRY_AGE = "time() - min(rasad_registry_loaded_timestamp_seconds)"
REGISTRY_FAULTS = "max(rasad_registry_faults)"
REGISTRIES = "count by (sha256) (rasad_registry_info)"
CONTROL_RECORDS = within("rasad_control_records_total", "24h", PROCESS, "action, outcome")

# The pipeline.

ITEMS_OK = per_minute("rasad_items_total", "stage", f'outcome="ok", {PROCESS}')
ITEMS_NOT_OK = within("rasad_items_total", "1h", f'outcome!="ok", {PROCESS}', "stage, outcome")
ITEMS_IN = f'sum(increase(rasad_items_total{{stage="decode", {PROCESS}}}[1h]))'
ITEMS_OUT = f'sum(increase(rasad_items_total{{stage="publish", outcome="ok", {PROCESS}}}[1h]))'
ITEMS_DEAD = f'sum(increase(rasad_items_total{{outcome!="ok", {PROCESS}}}[1h]))'
ITEMS_UNACCOUNTED = (
    f'sum(rasad_items_total{{stage="decode", {PROCESS}}})'
    f' - sum(rasad_items_total{{stage="publish", outcome="ok", {PROCESS}}})'
    f' - sum(rasad_items_total{{outcome!="ok", {PROCESS}}})'
)
"""Counters of one process begin anew together, so the difference is exact at all times."""
DEAD_LETTERS = (
    'sum(increase(rasad_items_total{outcome!="ok"}[1h]))'
    ' + sum(increase(rasad_control_records_total{outcome="malformed"}[1h]))'
)
ARTICLES = 'sum (rate(rasad_items_total{stage="publish", outcome="ok"}' + RATE + ")) * 60"
READ = 'sum (rate(rasad_items_total{stage="decode"}' + RATE + ")) * 60"

HEARTBEAT_AGE = "time() - max by (stage) (rasad_heartbeat_timestamp_seconds)"
"""Not by process: a heartbeat goes through all partitions by turns, and any process may end it."""
STAGE_AGE = f"time() - max by (stage) (rasad_stage_last_success_timestamp_seconds{{{PROCESS}}})"
RECORDS_IN_PROGRESS = f"sum(rasad_items_in_progress{{{PROCESS}}})"
POLLS_IN_PROGRESS = f"sum(rasad_polls_in_flight{{{PROCESS}}})"

PROCESSES = "count(rasad_build_info)"
PROCESSES_MISSING = (
    f"count(count by ({PLACE}) (max_over_time(rasad_build_info[15m]))) - count(count by ({PLACE}) (rasad_build_info))"
)
"""Those that answered within the last quarter of an hour and do not now, whoever supervises them."""
RESTARTS = f"sum(changes(process_start_time_seconds[1h]) and on ({PLACE}) rasad_build_info)"
"""Of all processes, whoever starts them again; processes of others have no build info of ours."""
CHILD_UP = f"min by (process) (rasad_child_up{{{PROCESS}}})"
CHILD_SCRAPED = f"min by (process) (rasad_child_scraped{{{PROCESS}}})"
CHILD_RESTARTS = within("rasad_child_restarts_total", "1h", PROCESS, "process")
RELEASES = "count by (version, python) (rasad_build_info)"


def of_ours(expression: str) -> str:
    """Return a figure that every kind of process reports, of our processes only."""
    return f"sum by (instance, process) ({expression} and on ({PLACE}) rasad_build_info)"


MEMORY = of_ours(f"process_resident_memory_bytes{{{PROCESS}}}")
CPU = of_ours(f"rate(process_cpu_seconds_total{{{PROCESS}}}{RATE})")
FILES = of_ours(f"process_open_fds{{{PROCESS}}} / process_max_fds{{{PROCESS}}}")
AGE = of_ours(f"time() - process_start_time_seconds{{{PROCESS}}}")

# Kafka.

LAG = "sum(rasad_lag_records)"
LAG_BY_TOPIC = f"sum by (topic) (rasad_lag_records{{{PROCESS}}})"
LAG_BY_PARTITION = f"max by (topic, partition) (rasad_lag_records{{{PROCESS}}})"
TRANSACTIONS = per_minute("rasad_transactions_total", "result", PROCESS)
TRANSACTIONS_NOT_COMMITTED = within("rasad_transactions_total", "15m", 'result!="committed"')
NOT_COMMITTED_BY_PROCESS = within(
    "rasad_transactions_total", "1h", f'result!="committed", {PROCESS}', "process, result"
)
REBALANCES = within("rasad_rebalances_total", "1h", PROCESS, "instance, process")
FENCED = within("rasad_fenced_total", "1h", PROCESS)
PARTITIONS_OWNED = f"sum by (instance, process) (rasad_partitions_owned{{{PROCESS}}})"
IN_FLIGHT_BYTES = f"sum by (instance, process) (rasad_in_flight_bytes{{{PROCESS}}})"

# The model.

LABELLED = per_minute("rasad_label_decisions_total", "label", 'decision="assigned"')
LABELLED_IN_A_DAY = within("rasad_label_decisions_total", "24h", 'decision="assigned"', "label")
LABEL_SHARE = share("rasad_label_decisions_total", 'decision="assigned"', "label", "[1h]", PROCESS)
ABSTAINED_SHARE = share("rasad_label_decisions_total", 'decision="abstained"', "label", "[1h]", PROCESS)
DECISIONS = per_minute("rasad_label_decisions_total", "label, decision", PROCESS)
LANGUAGES = per_minute("rasad_article_languages_total", "language", PROCESS)
LANGUAGES_IN_A_DAY = within("rasad_article_languages_total", "24h", by="language")
UNKNOWN_WORDS = f"sum(rate(rasad_unknown_words_total{{{PROCESS}}}[1h])) / sum(rate(rasad_words_total{{{PROCESS}}}[1h]))"
MEAN_SCORE = (
    f"sum by (label) (rate(rasad_label_score_sum{{{PROCESS}}}[1h]))"
    f" / sum by (label) (rate(rasad_label_score_count{{{PROCESS}}}[1h]))"
)
MODELS = "count by (model_id, analysis, normalizer) (rasad_model_info)"
MODELS_AT_ONCE = "count(count by (model_id, analysis, normalizer) (rasad_model_info))"

# The enrichment.

ENRICHMENT_BLANK = (
    f'sum(rate(rasad_enrichment_articles_total{{labelled="yes", found!="named", {PROCESS}}}[1h]))'
    f' / sum(rate(rasad_enrichment_articles_total{{labelled="yes", {PROCESS}}}[1h]))'
)
ENRICHMENT_ARTICLES = per_minute("rasad_enrichment_articles_total", "labelled, found", PROCESS)
ENRICHMENT_ITEMS = (
    f"sum by (part) (rate(rasad_enrichment_items_total{{{PROCESS}}}[1h]))"
    f" / on () group_left () sum(rate(rasad_enrichment_articles_total{{{PROCESS}}}[1h]))"
)
ENRICHMENT_UNRESOLVED = (
    f"sum by (part) (rate(rasad_enrichment_unresolved_total{{{PROCESS}}}[1h]))"
    f" / sum by (part) (rate(rasad_enrichment_items_total{{{PROCESS}}}[1h]))"
)
ENRICHMENT_DROPPED = within("rasad_enrichment_dropped_total", "24h", PROCESS)
ENRICH_SECONDS = quantile(0.99, "rasad_stage_seconds", "[1h]", f'stage="enrich", {PROCESS}')


def happened(part: str) -> str:
    """Return the most frequent kinds of what happened, of one part of the event."""
    return f"topk(8, {within('rasad_enrichment_kinds_total', '6h', f'part="{part}", {PROCESS}', 'kind')})"
