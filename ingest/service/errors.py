"""Exception type is policy: the few exceptions that a stage may raise.

    RasadError
    ├── Reject       can never work for this item: it goes to the dead letters
    ├── Retryable    may work later: tried again a bounded number of times, with backoff
    └── UsageError   the user's settings, arguments or files are wrong; the message says what and where

Anything else that leaves a stage is a fault of ours: the item is dead-lettered as `unexpected`.
Imports nothing of ours.
"""


class RasadError(Exception):
    """Base of all that Rasad raises on purpose."""


class Reject(RasadError):
    """The item can never be processed; `reason` is a metric label, so it comes from a closed enum."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["Reject"], tuple[str, str]]:
        """Keep both arguments when the exception crosses a process border."""
        return (Reject, (self.reason, self.detail))


class Retryable(RasadError):
    """The item may be processed later; tried again a bounded number of times."""


class UsageError(RasadError):
    """The user can repair this; the message is shown as it is, without a traceback."""
