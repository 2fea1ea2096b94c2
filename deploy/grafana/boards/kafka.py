"""Kafka as our processes see it: what waits, what commits, and how often the groups move."""

from boards import queries as q
from boards.panels import (
    BYTES,
    PER_MINUTE,
    SECONDS,
    THIRD,
    WARN_FROM_ONE,
    Board,
    Query,
    Section,
    chosen,
    good_below,
    heat,
    lines,
    tile,
)

LAG = Section(
    "What waits",
    (
        tile("Lag", "Records that no worker has read yet. Good: near 0.", q.LAG, steps=good_below(500, 5_000)),
        lines(
            "Lag, by topic",
            "Good: near 0, and back there within minutes after a wave.",
            Query(q.LAG_BY_TOPIC, "{{topic}}"),
            width=20,
        ),
        lines(
            "Lag, by partition",
            "Good: all low together. One partition that rises alone has a record that costs its worker's life; all "
            "that rise together want more workers.",
            Query(q.LAG_BY_PARTITION, "{{topic}} {{partition}}"),
        ),
        lines(
            "Partitions with state, by process",
            "Good: about as many for each process of a kind; the sum is the number of partitions of both groups.",
            Query(q.PARTITIONS_OWNED, "{{process}} {{instance}}"),
            stacked=True,
        ),
    ),
)

COMMITS = Section(
    "What commits",
    (
        lines(
            "Transactions per minute, by result",
            "Refused: the broker said no and the work is done again. Failed: nobody knows, so state is restored. Good: "
            "committed alone.",
            Query(q.TRANSACTIONS, "{{result}}"),
            unit=PER_MINUTE,
            width=THIRD,
        ),
        lines(
            "Aborted in 1 h, by process",
            "Refused and failed transactions. Good: 0; one process alone is its network, all of them the broker.",
            Query(q.NOT_COMMITTED_BY_PROCESS, "{{process}} {{result}}"),
            width=THIRD,
        ),
        lines(
            "Seconds of a commit",
            "From the first record to the broker's answer. Good: 7 to 20 ms for small ones, p99 below 0.5 s.",
            Query(q.quantile(0.5, "rasad_transaction_seconds", where=q.PROCESS), "median"),
            Query(q.quantile(0.99, "rasad_transaction_seconds", where=q.PROCESS), "p99"),
            unit=SECONDS,
            width=THIRD,
        ),
        heat(
            "Seconds of a commit",
            "How many transactions took how long. Good: one dark band; a rising band is a broker whose disk is slow.",
            q.buckets("rasad_transaction_seconds", q.PROCESS),
            SECONDS,
        ),
        lines(
            "Bytes in the transaction under way",
            "Good: far below 1 MB, and back at 0 between commits.",
            Query(q.IN_FLIGHT_BYTES, "{{process}} {{instance}}"),
            unit=BYTES,
        ),
    ),
)

GROUPS = Section(
    "How the groups move",
    (
        tile(
            "Fenced in 1 h",
            "Processes that ended because another one had taken their slot. Good: 0; they end at once and may be "
            "gone before they are asked, so look at the restarts, too.",
            q.FENCED,
            steps=WARN_FROM_ONE,
            decimals=0,
        ),
        lines(
            "Rebalances in 1 h, by process",
            "Assignments and revocations. Good: 0, or a step at each start and end of a process.",
            Query(q.REBALANCES, "{{process}} {{instance}}"),
            width=20,
        ),
    ),
)

BOARD = Board(
    "kafka",
    "Rasad: Kafka",
    "What waits, what commits, and how often the groups move, as our processes see it; the broker's own metrics are "
    "the broker's business.",
    (LAG, COMMITS, GROUPS),
    (chosen("process", "Process", "rasad_transactions_total"),),
)
