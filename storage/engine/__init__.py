"""The connection to SQLite or PostgreSQL; nothing here knows a table."""
