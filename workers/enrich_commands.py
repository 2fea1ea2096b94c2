"""What `rasad evaluate --enrichment` does: it says how good the enrichment is.

Imports what it needs when it runs: listing the commands must not load hazm.
"""

import json
import sys
from pathlib import Path


def enrichment_evaluated(gold: list[Path], data: list[Path], *, errors: int, json_file: Path | None, seed: int) -> None:
    """Measure, and write the report to standard output and the figures to a file."""
    from ingest.service.settings import seeds_dir
    from workers.enrich.enrich import Enricher
    from workers.enrich.measure import enrichment_report
    from workers.enrich.measure_text import enrichment_figures, enrichment_lines
    from workers.normalize import Normalizer

    report = enrichment_report(gold, data, Enricher.load(seeds_dir()), Normalizer(), seed=seed)
    sys.stdout.write("\n".join(enrichment_lines(report, errors)) + "\n")
    if json_file is not None:
        text = json.dumps(enrichment_figures(report), ensure_ascii=False, indent=2)
        json_file.write_text(text + "\n", encoding="utf-8")
