"""The demo: sample publishers, a Kafka, a fetcher and two workers on this machine, and their events as they come.

Knows nothing of how any of them works: it starts them as a user would, and reads the topics as a consumer would.
"""

import os
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

# The one place that looks at both sides: how many feeds showed an article stands in the fetchers' memory only.
from ingest.feed_state import seen_of_record
from ingest.service.child_process import Child, ChildProcess
from ingest.service.errors import UsageError
from ingest.service.lifecycle import Stop
from ingest.service.settings import KafkaSettings, Settings, seeds_dir
from ingest.stream.admin import create_topics
from ingest.stream.local_broker import LocalBroker, ensure_jars
from ingest.stream.reading import Follower, read_to_end
from ingest.stream.record import Incoming
from ingest.stream.topics import Topics
from workers.article import Article
from workers.classify.labels import load_labels
from workers.consumed import consumed_article
from workers.demo.folder import first_free, the_only
from workers.demo.show import Summary, summary, wants_colour
from workers.demo.site import SampleSite
from workers.demo.tail import rendered

PARTITIONS = 4
"""Fewer than a real installation's: the sites are three."""

PAUSE_SECONDS = 3.0
"""Between two waves of news, so that a person sees them come."""

PATIENCE_SECONDS = 90.0
"""Without one event that is still expected; a slow machine needs 20 s to start the processes."""

SETTLE_SECONDS = 1.5
"""After the last expected event: three commit ticks, in which one too many would show."""


@dataclass(slots=True)
class Seen:
    """What came by on the topics."""

    topics: Topics
    events: dict[str, Article] = field(default_factory=dict)
    """By CloudEvents id; one that comes twice is counted in `repeated`."""
    repeated: int = 0
    seconds: list[float] = field(default_factory=list)
    on_label: set[tuple[str, str]] = field(default_factory=set)
    """Label topic and event id."""
    dead_letters: int = 0

    def take(self, record: Incoming) -> str | None:
        """Count a record; return its line when it is news for a person."""
        if record.topic == self.topics.dead_letters:
            self.dead_letters += 1
            return f"dead letter: {record.header('rasad-stage')} {record.header('rasad-reason')}"
        event_id = record.header("ce_id") or ""
        if record.topic != self.topics.articles:
            self.on_label.add((record.topic, event_id))
            return None
        article = consumed_article(record.value or b"")
        self.repeated += event_id in self.events
        self.events[event_id] = article
        self.seconds.append((record.appended_at - article.fetched_at).total_seconds())
        return rendered(record)

    def label_topics_agree(self) -> bool:
        """Say whether every event is on the topics of the labels that its article carries or ever carried."""
        due = set()
        ever: dict[str, set[str]] = {}
        for event_id, article in sorted(self.events.items(), key=lambda item: item[1].revision):
            labels = ever.setdefault(article.article_id, set())
            labels.update(article.assigned())
            due |= {(self.topics.label_topic(label), event_id) for label in labels}
        return due == self.on_label


def run_demo(settings: Settings, *, once: bool, port: int, site_port: int) -> int:
    """Run the demo and return its exit code. Raises UsageError for a port in use or a missing tool."""
    started = time.monotonic()
    stop = Stop(settings.run.drain_seconds)
    with stop.on_signals(), ExitStack() as stack:
        folder = stack.enter_context(first_free(_project() / ".local" / "demo"))
        site = stack.enter_context(SampleSite(seeds_dir() / "samples", port=site_port))
        kafka, namespace = _kafka(settings, folder, port, stack, fresh=True)
        registry = folder / "feeds.toml"
        registry.write_text(site.registry(), encoding="utf-8")
        topics, follower = _topics(kafka, namespace, PARTITIONS, stack)
        environment = _environment(kafka, namespace, PARTITIONS, registry)
        service = _service(environment, folder / "rasad.log", stack, settings.run.drain_seconds)
        _say(f"Kafka at {kafka.bootstrap_servers}, sample site at 127.0.0.1:{site.port}, log in {service.log}")
        screen = _Screen(follower, Seen(topics), service, stop, started)
        complete = _Play(site, screen, 0.0 if once else PAUSE_SECONDS).until_through()
        if stop.requested:
            _say("ending")
            return 0
        reconciles = _reconcile(screen.seen, kafka, site, complete=complete, log=service.log)
        _what_next(environment, still_running=not once)
        while not once and not stop.requested:
            screen.watch(1.0)
        return 0 if reconciles else 1


def run_real(settings: Settings, *, port: int) -> int:
    """Run the real registry on a local Kafka that keeps its data, and show what is published until Ctrl-C."""
    started = time.monotonic()
    stop = Stop(settings.run.drain_seconds)
    with stop.on_signals(), ExitStack() as stack:
        folder = stack.enter_context(the_only(_project() / ".local" / "run"))
        kafka, namespace = _kafka(settings, folder, port, stack, fresh=False)
        topics, follower = _topics(kafka, namespace, settings.partitions, stack)
        environment = _environment(kafka, namespace, settings.partitions, settings.registry_file())
        service = _service(environment, folder / "rasad.log", stack, settings.run.drain_seconds)
        _say(f"Kafka at {kafka.bootstrap_servers}, registry {settings.registry_file()}, log in {service.log}")
        screen = _Screen(follower, Seen(topics), service, stop, started)
        while not stop.requested:
            screen.watch(1.0)
        _say("ending")
    return 0


def _project() -> Path:
    """Return the checkout, where the demo keeps its data; else the current folder."""
    checkout = seeds_dir().parent
    return checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()


def _kafka(settings: Settings, folder: Path, port: int, stack: ExitStack, *, fresh: bool) -> tuple[KafkaSettings, str]:
    """Return a Kafka and a namespace; for the demo one in which nothing has been published yet."""
    if settings.kafka.bootstrap_servers != KafkaSettings.model_fields["bootstrap_servers"].default:
        # The time for whoever looks at the topics, the rest because two may be started in one second.
        suffix = f"{time.strftime('-demo-%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}" if fresh else ""
        return settings.kafka, f"{settings.namespace}{suffix}"
    libs = ensure_jars(_project(), _say)
    _say("starting a one-node Kafka")
    if fresh:
        # News that was published is news no more: the demo begins with an empty Kafka each time.
        shutil.rmtree(folder / "kafka", ignore_errors=True)
    broker = stack.enter_context(LocalBroker(folder / "kafka", libs, port=port))
    return settings.kafka.model_copy(update={"bootstrap_servers": broker.bootstrap}), settings.namespace


def _topics(kafka: KafkaSettings, namespace: str, partitions: int, stack: ExitStack) -> tuple[Topics, Follower]:
    topics = Topics(namespace)
    labels = [label.name for label in load_labels(seeds_dir() / "labels.toml")]
    create_topics(kafka, topics.specs(labels, partitions))
    names = (topics.articles, topics.dead_letters, *(topics.label_topic(label) for label in labels))
    follower = Follower(kafka, names, from_beginning=True)
    stack.callback(follower.close)
    return topics, follower


def _environment(kafka: KafkaSettings, namespace: str, partitions: int, registry: Path) -> dict[str, str]:
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "RASAD_NAMESPACE": namespace,
        "RASAD_PARTITIONS": str(partitions),
        "RASAD_REGISTRY": str(registry),
    }


@dataclass(frozen=True, slots=True)
class _Service:
    """The supervisor that was started, and where it writes."""

    child: ChildProcess
    log: Path


def _service(environment: Mapping[str, str], log: Path, stack: ExitStack, drain_seconds: float) -> _Service:
    """Start `rasad run` with a fetcher and two workers; it is drained when the stack unwinds."""
    argv = (sys.executable, "-m", "ingest.cli", "run", "--fetchers", "1", "--workers", "2", "--metrics-port", "0")
    output = stack.enter_context(log.open("wb"))
    child = ChildProcess(Child("rasad", argv, environment), output=output.fileno())

    def drain() -> None:
        child.terminate()
        until = time.monotonic() + drain_seconds + 5.0
        while child.exit_code() is None:
            if time.monotonic() > until:
                child.kill()
            time.sleep(0.05)

    stack.callback(drain)
    return _Service(child, log)


def _reconcile(seen: Seen, kafka: KafkaSettings, site: SampleSite, *, complete: bool, log: Path) -> bool:
    counts = _counts(seen, kafka, seen.topics, site)
    print(summary(counts, colour=wants_colour(sys.stdout.isatty(), os.environ)))
    if not complete:
        _say(f"not everything came within {PATIENCE_SECONDS:.0f} s; see {log}")
    if seen.repeated:
        _say(f"{seen.repeated} events came twice")
    agree = seen.label_topics_agree()
    if not agree:
        _say("the label topics do not hold what the articles' labels say")
    reconciles = complete and agree and not seen.repeated and counts.reconciles()
    _say("the counts reconcile" if reconciles else "the counts do not reconcile")
    return reconciles


def _counts(seen: Seen, kafka: KafkaSettings, topics: Topics, site: SampleSite) -> Summary:
    articles = {article.article_id for article in seen.events.values()}
    labelled = {(label, article.article_id) for article in seen.events.values() for label in article.assigned()}
    return Summary(
        entries=len(seen.events),
        articles=len(articles),
        labels={label: sum(name == label for name, _ in labelled) for label in {name for name, _ in labelled}},
        several_feeds=_in_several_feeds(kafka, topics),
        updates=sum(article.revision > 1 for article in seen.events.values()),
        dead_letters=seen.dead_letters,
        p50_seconds=_percentile(seen.seconds, 50),
        p95_seconds=_percentile(seen.seconds, 95),
        expected=site.expected(),
    )


def _in_several_feeds(kafka: KafkaSettings, topics: Topics) -> int:
    values = {record.key: record.value for record in read_to_end(kafka, topics.feed_state) if record.key is not None}
    live = (seen_of_record(key, value) for key, value in values.items() if value is not None)
    return sum(len(seen.feeds) > 1 for seen in live if seen is not None)


def _percentile(seconds: list[float], percent: int) -> float | None:
    if not seconds:
        return None
    return quantiles(seconds, n=100, method="inclusive")[percent - 1] if len(seconds) > 1 else seconds[0]


@dataclass(slots=True)
class _Screen:
    """Shows what comes on the topics."""

    follower: Follower
    seen: Seen
    service: _Service
    stop: Stop
    started: float

    def watch(self, seconds: float) -> None:
        """Show what comes within some seconds. Raises UsageError when the service has ended by itself."""
        until = time.monotonic() + seconds
        while not self.stop.requested:
            code = self.service.child.exit_code()
            if code is not None:
                raise UsageError(f"`rasad run` ended with code {code}; see {self.service.log}")
            first = not self.seen.events
            for record in self.follower.poll(min(0.2, max(0.0, until - time.monotonic()))):
                shown = self.seen.take(record)
                if shown is not None:
                    print(shown, flush=True)
            if first and self.seen.events:
                _say(f"first event after {time.monotonic() - self.started:.1f} s")
            if time.monotonic() >= until:
                return


@dataclass(slots=True)
class _Play:
    """The demo's course: the site publishes more when all before it is through."""

    site: SampleSite
    screen: _Screen
    pause: float

    def until_through(self) -> bool:
        """Show everything that the site will publish; False when it did not come, or the user had enough."""
        while self._until_caught_up():
            if self.site.expected_now() == self.site.expected():
                self.screen.watch(SETTLE_SECONDS)
                return not self.screen.stop.requested
            self.screen.watch(self.pause)
            before = self.site.wave
            if self.site.advance() == before:
                self.site.publish_edits()
        return False

    def _until_caught_up(self) -> bool:
        patience = time.monotonic() + PATIENCE_SECONDS
        known = len(self.screen.seen.events)
        while not self.screen.stop.requested and time.monotonic() < patience:
            if len(self.screen.seen.events) >= self.site.expected_now().entries and self.site.delivered():
                return True
            self.screen.watch(0.2)
            if len(self.screen.seen.events) > known:
                known = len(self.screen.seen.events)
                patience = time.monotonic() + PATIENCE_SECONDS
        return False


def _what_next(environment: Mapping[str, str], *, still_running: bool) -> None:
    _say("")
    if still_running:
        address = " ".join(f"{name}={value}" for name, value in environment.items() if name != "RASAD_REGISTRY")
        _say("Try next, in another terminal (Ctrl-C here ends everything):")
        _say(f"  {address} .venv/bin/rasad tail --label flights --from-beginning")
        _say(f"  {address} .venv/bin/rasad topics describe")
    else:
        _say("Try next:")
        _say("  make demo                                       the same, live, until Ctrl-C")
    _say("  .venv/bin/rasad classify seeds/samples/article.txt   labels, scores and evidence of a text")
    _say("  make run                                        the real feeds of seeds/feeds.toml")


def _say(text: Any) -> None:
    print(text, file=sys.stderr, flush=True)
