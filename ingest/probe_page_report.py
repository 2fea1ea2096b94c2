"""The trial of a page as an operator reads it: below the table of a feed, or as a part of its JSON document.

Knows nothing of how a page is tried. All that comes from outside is cleaned of secrets and control characters.
"""

from collections.abc import Iterator
from typing import Any

from ingest.fetch.robots import RobotsVerdict
from ingest.page.attempt import may_pass
from ingest.page.outcome import PageOutcome
from ingest.page.trial import Candidates, Trial
from ingest.probe_report import shown
from ingest.service.logging import without_secrets

BOILERPLATE_SHOWN = 5
"""Lines of it; the rest is counted."""
LINE_CHARS = 60

_ROBOTS = {
    RobotsVerdict.RULES: "has rules",
    RobotsVerdict.NONE: "there is none: everything may be asked for",
    RobotsVerdict.UNREACHED: "out of reach: nothing may be asked for (RFC 9309, 2.3.1.4)",
    RobotsVerdict.REFUSED: "not asked for: the host has a private address",
}


def page_table(found: Candidates, trial: Trial | None) -> Iterator[str]:
    """Yield the lines about an entry's page."""
    yield ""
    told = ", ".join(f"{reason} {count}" for reason, count in found.at_once.most_common())
    without = f"; without their page: {told}" if told else ""
    yield shown(f"pages       {found.waiting} entries of a first document would wait for their page{without}")
    if trial is None:
        return
    yield shown(f"page        {trial.entry.url} (the newest of them)")
    yield f"robots.txt  {_ROBOTS[trial.robots.verdict]}{_delay(trial.crawl_delay_seconds)}"
    if trial.fetched is not None:
        fetched = trial.fetched
        kind = fetched.content_type or "no content type"
        yield shown(
            f"answer      {fetched.status or 'none'}, {fetched.outcome}, {len(fetched.body)} bytes, {kind}, "
            f"in {fetched.elapsed_seconds:.2f} s" + (f": {fetched.detail}" if fetched.detail else "")
        )
        if fetched.final_url != trial.entry.url:
            yield shown(f"final url   {fetched.final_url}")
    if trial.page is not None:
        how = f"family {trial.page.family}" if trial.page.family else "no family (trafilatura)"
        yield f"page's text {len(trial.page.text)} characters, by {how}"
        yield shown(f"taken out   {_boilerplate(trial.page.boilerplate)}")
    yield f"feed's text {len(trial.entry.text)} characters ({trial.entry.content_source})"
    yield shown(f"chosen      {_chosen(trial)}")


def page_report(found: Candidates, trial: Trial | None) -> dict[str, Any]:
    """Return the trial as JSON."""
    told: dict[str, Any] = {"waiting": found.waiting, "at_once": dict(found.at_once), "trial": None}
    if trial is not None:
        fetched, page = trial.fetched, trial.page
        told["trial"] = {
            "url": without_secrets(trial.entry.url or ""),
            "robots": trial.robots.verdict,
            "crawl_delay_seconds": trial.crawl_delay_seconds,
            "asked": fetched is not None,
            "status": fetched and fetched.status,
            "final_url": fetched and without_secrets(fetched.final_url),
            "outcome": trial.outcome,
            "reason": trial.reason,
            "family": page and page.family,
            "page_characters": page and len(page.text),
            "boilerplate": page and list(page.boilerplate),
            "feed_characters": len(trial.entry.text),
            "content_source": trial.published.content_source,
            "characters": len(trial.published.text),
        }
    return told


def _chosen(trial: Trial) -> str:
    """Return which text would be published, and why."""
    whose = "the page's text" if trial.outcome is PageOutcome.USED else "the feed's text"
    why = trial.reason if trial.fetched is not None else f"{trial.reason}, so the page is not asked for"
    again = "; a fetcher tries again before it gives up" if may_pass(trial.reason) else ""
    return f"{whose} ({why}{again}), content_source {trial.published.content_source}"


def _delay(seconds: float) -> str:
    return f", asks for {seconds:.0f} s between two requests" if seconds else ""


def _boilerplate(lines: tuple[str, ...]) -> str:
    if not lines:
        return "nothing"
    told = " | ".join(
        line if len(line) <= LINE_CHARS else f"{line[:LINE_CHARS]}…" for line in lines[:BOILERPLATE_SHOWN]
    )
    more = f" and {len(lines) - BOILERPLATE_SHOWN} more" if len(lines) > BOILERPLATE_SHOWN else ""
    return f"{told}{more}"
