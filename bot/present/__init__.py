"""What is known → what Discord shows, inside Discord's limits. All that comes from outside is escaped here."""
