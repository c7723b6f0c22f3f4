"""The heading above a transcript."""

from __future__ import annotations

import re

TRANSCRIPT_HEADING = re.compile(
    r"\W*(?:(?:full|complete|episode|podcast|raw|rough|edited|lightly|ai|auto|automatic(?:ally)?|machine|generated|the)"
    r"[\s-]+)*transcripts?(?:\s*\([^()]{0,60}\))?\W*",
    re.IGNORECASE,
)
