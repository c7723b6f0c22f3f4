"""Every source of chapters: lines of show notes, chapters files, ID3 tags."""
