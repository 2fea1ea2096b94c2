"""What is known so far of a fetch under way: the hops, and the head that came last.

Knows nothing of sockets; `client` writes it, and reads the final facts off it.
"""

from dataclasses import dataclass, field

from ingest.fetch.redact import redact
from ingest.fetch.response import ResponseHead

MAX_DETAIL_LENGTH = 1_000


@dataclass(slots=True)
class Trail:
    """The way of one fetch from its requested URL."""

    url: str
    """Of the hop under way."""
    steps: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    permanent: bool = True
    conditional: bool = False
    head: ResponseHead | None = None
    wire_bytes: int = 0

    def leave(self, head: ResponseHead, left: str, following: str) -> None:
        """Note a redirect from one URL to another."""
        self.visited.add(left)
        self.steps.append(f"{head.status} {left}")
        self.permanent = self.permanent and head.is_permanent()
        self.conditional = False
        self.head = None
        self.url = following

    def permanent_url(self) -> str | None:
        """Return where a chain of only permanent redirects arrived."""
        arrived = self.head is not None and not self.head.is_redirect()
        return self.url if self.steps and self.permanent and arrived else None

    def detail(self, message: str) -> str:
        """Return the chain of hops and the message, fit for the log."""
        if not self.steps and not message:
            return ""
        chain = " -> ".join([*self.steps, self.url]) if self.steps else ""
        return redact(" - ".join(part for part in (chain, message) if part))[:MAX_DETAIL_LENGTH]
