"""Measures the figures in the README: `make bench`."""

from __future__ import annotations

import sys

from tests.bench import deliveries, main_job, polls, search, search_stored

if __name__ == "__main__":
    print("The main job")
    code = main_job.main()
    print("\nPolls of feeds")
    code = polls.main() or code
    print("\nAnnouncements")
    code = deliveries.main() or code
    print("\nThe quote search")
    code = search.main() or code
    print("\nThe same, read from SQLite and asked through Discord")
    sys.exit(search_stored.main() or code)
