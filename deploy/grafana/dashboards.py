"""Writes the Grafana dashboards as JSON: `dashboards.py [FOLDER] [--timezone Asia/Tehran]`.

Knows nothing of what is shown (`boards`). What it writes is committed, so that Grafana needs nothing of ours.
"""

import argparse
import json
from pathlib import Path

from boards import feeds, kafka, model, overview, pipeline
from boards.panels import Board, built
from grafana_foundation_sdk.cog.encoder import JSONEncoder

HERE = Path(__file__).resolve().parent
BOARDS: tuple[Board, ...] = (overview.BOARD, feeds.BOARD, pipeline.BOARD, kafka.BOARD, model.BOARD)


def write(folder: Path, timezone: str) -> None:
    """Write one file for each dashboard."""
    folder.mkdir(parents=True, exist_ok=True)
    for board in BOARDS:
        text = json.dumps(built(board, timezone), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)
        (folder / f"{board.name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the Grafana dashboards as JSON.")
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "dashboards")
    parser.add_argument("--timezone", default="browser", help="of the times that are shown; an IANA name")
    arguments = parser.parse_args()
    write(arguments.folder, arguments.timezone)
