"""Every figure that the README names: `make bench`."""

from __future__ import annotations

import sys

from tests.bench import main_job, polls, search, search_stored

if __name__ == "__main__":
    print("The main job")
    code = main_job.main()
    print("\nLooks at feeds")
    code = polls.main() or code
    print("\nThe quote search")
    code = search.main() or code
    print("\nThe same, stored and asked over the wire")
    sys.exit(search_stored.main() or code)
