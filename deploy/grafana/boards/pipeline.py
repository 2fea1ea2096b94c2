"""The pipeline: whether what goes in comes out, how long each stage takes, and whether the processes live."""

from boards import queries as q
from boards.panels import (
    BAD,
    BAD_FROM_ONE,
    BYTES,
    GOOD,
    HALF,
    PER_MINUTE,
    SECONDS,
    SHARE,
    THIRD,
    Board,
    Query,
    Section,
    chosen,
    good_below,
    heat,
    labels,
    lines,
    tile,
)

BALANCE = Section(
    "In = out + dead",
    (
        tile("In, 1 h", "Entries that workers read. Good: what fetchers publish.", q.ITEMS_IN, decimals=0),
        tile("Out, 1 h", "Entries that became article events. Good: as many as in.", q.ITEMS_OUT, decimals=0),
        tile(
            "Dead, 1 h",
            "Entries that became dead letters. Good: 0.",
            q.ITEMS_DEAD,
            steps=good_below(0.5, 20),
            decimals=0,
        ),
        tile(
            "Unaccounted for",
            "In less out less dead, since the processes began. Good: 0; what stays at another number is a defect.",
            q.ITEMS_UNACCOUNTED,
            steps=((-0.5, GOOD), (0.5, BAD)),
            base=BAD,
        ),
        tile(
            "Dead letters, 1 h",
            "Of all stages and of control records. Good: 0; `rasad dead-letters list` shows them.",
            q.DEAD_LETTERS,
            steps=good_below(0.5, 20),
            decimals=0,
        ),
        tile("Lag", "Entries that no worker has read yet. Good: near 0.", q.LAG, steps=good_below(500, 5_000)),
        lines(
            "Items per minute that passed a stage",
            "Each item is counted once at each stage, when its transaction has committed. Good: all lines as one.",
            Query(q.ITEMS_OK, "{{stage}}"),
            unit=PER_MINUTE,
            width=THIRD,
        ),
        lines(
            "Items in 1 h that did not, by stage",
            "Rejected: can never work. Unexpected: a fault of ours, isolated. Good: all at 0.",
            Query(q.ITEMS_NOT_OK, "{{stage}} {{outcome}}"),
            width=THIRD,
        ),
        lines(
            "Between the hops, per minute",
            "Entries that fetchers published and that workers read. Good: the same; a gap that stays is lag.",
            Query(q.ENTRIES_PUBLISHED, "published"),
            Query(q.READ, "read"),
            unit=PER_MINUTE,
            width=THIRD,
        ),
    ),
)

OPEN = Section(
    "Is the way open, and does each stage go on?",
    (
        tile(
            "Last heartbeat",
            "Time since one was sent by a fetcher, and since one came out at a worker. Good: below a minute, both.",
            q.HEARTBEAT_AGE,
            SECONDS,
            steps=good_below(120, 300),
            legend="{{stage}}",
            width=HALF,
        ),
        tile(
            "Last success, by stage",
            "Time since an item last passed each stage as it should. Good: minutes while there is news; a stage that "
            "falls behind the others is where it stands still.",
            q.STAGE_AGE,
            SECONDS,
            steps=good_below(1_800, 7_200),
            legend="{{stage}}",
            width=HALF,
        ),
        lines(
            "Heartbeats from end to end",
            "Seconds from the sending of a heartbeat to the commit of its end, through all stages. Good: below 2 s.",
            Query(q.quantile(0.5, "rasad_heartbeat_seconds", where=q.PROCESS), "median"),
            Query(q.quantile(0.99, "rasad_heartbeat_seconds", where=q.PROCESS), "p99"),
            unit=SECONDS,
            width=THIRD,
        ),
        lines(
            "Age of the last heartbeat",
            "Good: a saw that never leaves its minute.",
            Query(q.HEARTBEAT_AGE, "{{stage}}"),
            unit=SECONDS,
            width=THIRD,
        ),
        lines(
            "In progress, by stage",
            "What was begun and is not committed: polls and entries that wait for their page at the fetchers, records "
            "at the workers. Good: rises and falls; a level line above 0 is work that stands still.",
            Query(q.POLLS_IN_PROGRESS, "polls"),
            Query(q.PAGES_PENDING, "entries that wait for their page"),
            Query(q.RECORDS_IN_PROGRESS, "records of workers"),
            width=THIRD,
        ),
    ),
)

TIME = Section(
    "How long it takes",
    (
        lines(
            "Seconds of a stage, median",
            "Of one item. Good: normalize about 3 ms, classify below 1 ms.",
            Query(q.quantile(0.5, "rasad_stage_seconds", where=q.PROCESS, by="stage"), "{{stage}}"),
            unit=SECONDS,
            width=THIRD,
        ),
        lines(
            "Seconds of a stage, p99",
            "Of one item. Good: below 0.1 s; long articles cost more.",
            Query(q.quantile(0.99, "rasad_stage_seconds", where=q.PROCESS, by="stage"), "{{stage}}"),
            unit=SECONDS,
            width=THIRD,
        ),
        lines(
            "Seen to published",
            "Seconds from the fetch of a revision to the commit of its event. Good: a median below 2 s.",
            Query(q.quantile(0.5, "rasad_article_since_seen_seconds", where=q.PROCESS), "median"),
            Query(q.quantile(0.9, "rasad_article_since_seen_seconds", where=q.PROCESS), "p90"),
            Query(q.quantile(0.99, "rasad_article_since_seen_seconds", where=q.PROCESS), "p99"),
            unit=SECONDS,
            width=THIRD,
        ),
        heat(
            "Seen to published",
            "How many articles took how long. Good: one dark band low down; a second band higher up is pages or lag.",
            q.buckets("rasad_article_since_seen_seconds", q.PROCESS),
            SECONDS,
        ),
        heat(
            "Published by the publisher to published by us",
            "From the publisher's own date to the commit of the first event. Good: within the poll interval; days are "
            "what a new feed holds.",
            q.buckets("rasad_article_since_published_seconds", q.PROCESS),
            SECONDS,
        ),
    ),
)

PROCESSES = Section(
    "Processes",
    (
        tile("Answering", "Processes that Prometheus hears of. Good: as many as were started.", q.PROCESSES),
        tile(
            "Missing",
            "Processes that answered within the last 15 minutes and do not now. Good: 0.",
            q.PROCESSES_MISSING,
            steps=BAD_FROM_ONE,
        ),
        tile(
            "Restarts in 1 h",
            "Processes that began anew, for whatever cause. Good: 0, except while a release is rolled out.",
            q.RESTARTS,
            steps=good_below(0.5, 5),
            decimals=0,
        ),
        tile(
            "Children of a supervisor",
            "Whether each child runs. Good: all up. No data where no supervisor starts the processes.",
            q.CHILD_UP,
            steps=((1.0, GOOD),),
            base=BAD,
            words={0: "DOWN", 1: "up"},
            legend="{{process}}",
            width=HALF,
        ),
        lines(
            "Restarts of children in 1 h",
            "Good: 0. A child that restarts again and again says why in its last log lines.",
            Query(q.CHILD_RESTARTS, "{{process}}"),
            width=THIRD,
        ),
        lines(
            "Children whose figures are here",
            "1 while the supervisor's endpoint could ask a child. Good: 1; 0 beside a child that is up is one that "
            "hangs.",
            Query(q.CHILD_SCRAPED, "{{process}}"),
            width=THIRD,
        ),
        lines(
            "Time since the start",
            "Good: straight lines up; a fall is a restart.",
            Query(q.AGE, "{{process}} {{instance}}"),
            unit=SECONDS,
            width=THIRD,
        ),
        lines(
            "Memory",
            "Resident bytes. Good: flat after the first hour; below 300 MB for a worker.",
            Query(q.MEMORY, "{{process}} {{instance}}"),
            unit=BYTES,
            width=THIRD,
        ),
        lines(
            "Processors in use",
            "Good: below 0.8 for each process; a worker at 1 is the reason for lag.",
            Query(q.CPU, "{{process}} {{instance}}"),
            width=THIRD,
        ),
        lines(
            "Open files",
            "Share of what the process may open. Good: below 50 %, and flat.",
            Query(q.FILES, "{{process}} {{instance}}"),
            unit=SHARE,
            width=THIRD,
        ),
        labels(
            "Releases that run",
            "Good: one line; two only while a release is rolled out.",
            q.RELEASES,
            "version",
            "python",
        ),
    ),
)

BOARD = Board(
    "pipeline",
    "Rasad: pipeline",
    "Does what goes in come out, how long does each stage take, and do the processes live?",
    (BALANCE, OPEN, TIME, PROCESSES),
    (chosen("process", "Process", "rasad_build_info"),),
)
