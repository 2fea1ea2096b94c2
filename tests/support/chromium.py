"""A headless Chromium that tests steer over a pipe (the DevTools protocol), as a person would use a page."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from select import select
from types import TracebackType
from typing import Any, Self

PATIENCE_SECONDS = 20.0
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--hide-scrollbars",
)
NUMBERED = (
    "import fcntl, os, sys; given = [fcntl.fcntl(int(name), fcntl.F_DUPFD, 10) for name in sys.argv[1:3]]; "
    "[os.dup2(descriptor, number) for descriptor, number in zip(given, (3, 4))]; os.execv(sys.argv[3], sys.argv[3:])"
)
KEY_CODES = {"Enter": 13, "Escape": 27, "Tab": 9}


class Chromium:
    """One browser with one page; ended with its context."""

    def __init__(self, *, dark: bool = False, width: int = 1000, height: int = 1100) -> None:
        self._profile = tempfile.mkdtemp(prefix="chromium-")
        to_read, self._to = os.pipe()
        self._from, from_write = os.pipe()

        binary = shutil.which("chromium")
        assert binary is not None
        # Chromium speaks on descriptors 3 and 4: a step between numbers them, where no thread of ours is in the way.
        numbered = (sys.executable, "-c", NUMBERED, str(to_read), str(from_write), binary)
        size, profile = f"--window-size={width},{height}", f"--user-data-dir={self._profile}"
        self._process = subprocess.Popen(
            [*numbered, *OPTIONS, size, profile, "about:blank"],
            pass_fds=(to_read, from_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(from_write)
        self._buffer = b""
        self._number = 0
        self._events: deque[dict[str, Any]] = deque(maxlen=1_000)
        self._session: str | None = None
        target = next(t for t in self.command("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self.command("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.command("Emulation.setEmulatedMedia", features=[scheme, still])

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self._events.append(answer)

    def open(self, url: str) -> None:
        """Load a page."""
        self.command("Page.navigate", url=url)
        self.until(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self.command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until an expression in the page is true; the page itself looks at every frame."""
        wait = (
            "new Promise((resolve, reject) => { const until = performance.now() + "
            f"{PATIENCE_SECONDS * 1000:.0f}; const look = () => ({script}) ? resolve(true) : performance.now() > until "
            "? reject(new Error('it did not come')) : setTimeout(look, 20); look(); })"
        )
        self.evaluate(wait)

    def key(self, key: str, code: str = "") -> None:
        """Press a key: a character, or a name such as Enter."""
        named = key in KEY_CODES
        fields: Mapping[str, Any] = {
            "key": key,
            "code": code or (key if named else ""),
            **({"windowsVirtualKeyCode": KEY_CODES[key], "text": "\r" if key == "Enter" else ""} if named else {}),
            **({} if named else {"text": key}),
        }
        self.command("Input.dispatchKeyEvent", type="keyDown", **fields)
        self.command("Input.dispatchKeyEvent", type="keyUp", **{**fields, "text": ""})

    def write(self, text: str) -> None:
        """Put text where the focus is."""
        self.command("Input.insertText", text=text)

    def screenshot(self, path: Path) -> None:
        """Write what is seen."""
        shot = self.command("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """Return what the console, the content policy and failed requests had to say since the start."""
        self.evaluate("1")
        said: list[str] = []
        for event in self._events:
            parameters = event.get("params", {})
            match event.get("method"):
                case "Log.entryAdded":
                    said.append(parameters["entry"]["text"])
                case "Runtime.exceptionThrown":
                    said.append(json.dumps(parameters["exceptionDetails"])[:300])
                case "Runtime.consoleAPICalled":
                    said.append(json.dumps(parameters["args"])[:300])
        return said

    def requested(self) -> list[str]:
        """Return the URLs that the page asked for."""
        self.evaluate("1")
        asked = (event["params"] for event in self._events if event.get("method") == "Network.requestWillBeSent")
        return [parameters["request"]["url"] for parameters in asked]

    def close(self) -> None:
        """End the browser."""
        os.close(self._to)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from)
        # The browser's own children may still be writing there.
        shutil.rmtree(self._profile, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select([self._from], [], [], 2 * PATIENCE_SECONDS)
            assert ready, "Chromium is silent"
            chunk = os.read(self._from, 1 << 16)
            assert chunk, "Chromium has ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed
