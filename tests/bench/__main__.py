"""Every figure that the README names: `make bench`."""

from __future__ import annotations

import sys

from tests.bench import main_job, search

if __name__ == "__main__":
    print("The main job")
    code = main_job.main()
    print("\nThe quote search")
    sys.exit(search.main() or code)
