"""What Discord shows: messages within Discord's limits. All text from feeds and members is escaped here."""
