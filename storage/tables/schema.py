"""The tables. Migrations create them; a test compares the two."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables.column_types import METADATA, CleanText, StatusJson, UtcDateTime
from storage.tables.quote_tables import answer, quote, share
from storage.tables.summary_tables import chapter_line, model_tokens, summary

metadata = METADATA

podcast = sa.Table(
    "podcast",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("feed_url", CleanText, nullable=False, unique=True),
    sa.Column("title", CleanText, nullable=False),
    sa.Column("link", CleanText),
    sa.Column("image_url", CleanText),
    sa.Column("language", CleanText),
    sa.Column("author", CleanText),
    # `podcast:guid`.
    sa.Column("guid", CleanText),
    # Added on the command line: polled even if no server follows it.
    sa.Column("by_operator", sa.Boolean, nullable=False),
    sa.Column("etag", CleanText),
    sa.Column("last_modified", CleanText),
    sa.Column("body_hash", CleanText),
    # When its host last sent the whole document, and when it was found to answer "not changed" although it had.
    sa.Column("whole_at", UtcDateTime),
    sa.Column("false_304_at", UtcDateTime),
    # Incremented by every write that changes episodes; a decision made on an older revision is made again.
    sa.Column("revision", sa.Integer, nullable=False),
    # Incremented by every write that changes turns, so that the search knows what to read again.
    sa.Column("turns_revision", sa.Integer, nullable=False),
    sa.Column("polled_at", UtcDateTime),
    sa.Column("outcome", StatusJson),
    sa.Column("next_poll_at", UtcDateTime),
    # Why then.
    sa.Column("next_reason", StatusJson),
    sa.Column("added_at", UtcDateTime, nullable=False),
    # Host and port of the feed, so that one slow host does not take up all polls.
    sa.Column("feed_host", CleanText, nullable=False, server_default=""),
    # Which worker polls it, and until when no other does.
    sa.Column("lease_owner", CleanText),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("failing_since", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    # Why it is not polled; adding the podcast again ends that.
    sa.Column("paused", StatusJson),
    # How often the feed asks to be polled: seconds, and hours and days (0 is Monday) to skip, as "0,1,2".
    sa.Column("ttl_s", sa.Integer),
    sa.Column("skip_hours", CleanText),
    sa.Column("skip_days", CleanText),
    # When it publishes: stored here, so that a poll which brings nothing need not read the episodes.
    sa.Column("newest_at", UtcDateTime),
    sa.Column("release_minute", sa.Integer),
    # Since when nobody follows it, and since when it is being deleted in steps, found by nobody any more.
    sa.Column("left_at", UtcDateTime),
    sa.Column("deleted_at", UtcDateTime),
    sa.Column("left_unread", sa.Integer, nullable=False, server_default="0"),
    # What all spellings of its address share. None while another podcast, stored by an older version, answers to it.
    sa.Column("feed_key", CleanText),
    sa.Index(None, "feed_key", unique=True),
)

# Earlier addresses of feeds; adding a podcast by one of them finds it.
former_address = sa.Table(
    "former_address",
    metadata,
    sa.Column("feed_url", CleanText, primary_key=True),
    sa.Column("podcast_id", sa.ForeignKey("podcast.id", ondelete="CASCADE"), nullable=False),
    sa.Column("left_at", UtcDateTime, nullable=False),
    sa.Column("reason", StatusJson, nullable=False),
    sa.Column("feed_key", CleanText),
    sa.Index(None, "podcast_id"),
    sa.Index(None, "feed_key"),
)

# Items that are held because too many looked new at once: they wait for a person, or one decided.
held_item = sa.Table(
    "held_item",
    metadata,
    sa.Column("podcast_id", sa.ForeignKey("podcast.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("identity", CleanText, primary_key=True),
    sa.Column("title", CleanText, nullable=False),
    sa.Column("published", UtcDateTime),
    sa.Column("reason", StatusJson, nullable=False),
    sa.Column("state", CleanText, nullable=False),
    sa.Column("held_at", UtcDateTime, nullable=False),
)

episode = sa.Table(
    "episode",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("podcast_id", sa.ForeignKey("podcast.id", ondelete="CASCADE"), nullable=False),
    sa.Column("identity", CleanText, nullable=False),
    sa.Column("guid", CleanText),
    sa.Column("title", CleanText, nullable=False),
    sa.Column("link", CleanText),
    sa.Column("published", UtcDateTime),
    sa.Column("duration_s", sa.Float),
    sa.Column("image_url", CleanText),
    sa.Column("enclosure_url", CleanText),
    sa.Column("enclosure_type", CleanText),
    sa.Column("video_url", CleanText),
    sa.Column("notes", CleanText, nullable=False),
    # The first lines of the notes, as plain text.
    sa.Column("intro", CleanText, nullable=False),
    # Why the notes of its feed were not read; they are the ones of before, if any.
    sa.Column("notes_error", StatusJson),
    sa.Column("content_hash", CleanText, nullable=False),
    sa.Column("raw_hash", CleanText, nullable=False, server_default=""),
    sa.Column("kind", CleanText, nullable=False, server_default="full"),
    sa.Column("season", sa.Integer),
    sa.Column("number", sa.Float),
    sa.Column("chapters_source", CleanText),
    # How often chapters were looked for in its audio file.
    sa.Column("tag_tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("transcript_source", CleanText),
    # Why that transcript, where there were several.
    sa.Column("transcript_choice", StatusJson),
    # Another number whenever the turns are others. It is random: an id may be given again after a deletion.
    sa.Column("turns_key", sa.BigInteger, nullable=False, server_default="0"),
    # Why it was announced or not.
    sa.Column("decision", StatusJson, nullable=False),
    # When it is announced, where its feed dates it ahead; None once it is.
    sa.Column("announce_at", UtcDateTime),
    sa.Column("stored_at", UtcDateTime, nullable=False),
    # When it counts as withdrawn: the feed has stopped listing it, though it lists others around it.
    sa.Column("withdrawn_at", UtcDateTime),
    # What lists are sorted by: when it was published, or when it was first seen.
    sa.Column("sorted_at", UtcDateTime, nullable=False),
    # How much text is stored of it: its notes with their first lines, and its turns.
    sa.Column("notes_bytes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("turns_bytes", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("podcast_id", "identity"),
    sa.Index(None, "podcast_id", "sorted_at"),
    # Sums are read from the index alone: the rows are as large as their notes.
    sa.Index(None, "podcast_id", "notes_bytes", "turns_bytes"),
    # Of those that wait alone, as every poll looks for them.
    sa.Index(
        None,
        "podcast_id",
        "announce_at",
        sqlite_where=sa.text("announce_at IS NOT NULL"),
        postgresql_where=sa.text("announce_at IS NOT NULL"),
    ),
)

chapter = sa.Table(
    "chapter",
    metadata,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("start_ms", sa.Integer, nullable=False),
    sa.Column("title", CleanText, nullable=False),
)

# Lists of chapters that are not shown, because another one is better: a later change may make them so.
other_chapter = sa.Table(
    "other_chapter",
    metadata,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("source", CleanText, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("start_ms", sa.Integer, nullable=False),
    sa.Column("title", CleanText, nullable=False),
)

turn = sa.Table(
    "turn",
    metadata,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("speaker", CleanText),
    sa.Column("start_ms", sa.Integer),
    sa.Column("end_ms", sa.Integer),
    sa.Column("text", CleanText, nullable=False),
    sa.Column("mark", CleanText),
)

# How many turns each speaker has: names are looked up at every letter that a member types.
speaker = sa.Table(
    "speaker",
    metadata,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", CleanText, primary_key=True),
    sa.Column("turns", sa.Integer, nullable=False),
)

# The segment of the search that holds the current turns of an episode; without a row no segment does. The folder of
# segments is a cache: what counts is stored here, and is deleted with the turns.
indexed_episode = sa.Table(
    "indexed_episode",
    metadata,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("segment", CleanText, nullable=False),
    sa.Index(None, "segment"),
)

# Transcripts and chapters that are published beside an episode, and how reading them went.
linked_file = sa.Table(
    "linked_file",
    metadata,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", CleanText, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("url", CleanText, nullable=False),
    sa.Column("mime_type", CleanText, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # When to read it; None if it was read or given up.
    sa.Column("next_try_at", UtcDateTime),
    sa.Column("error", StatusJson),
    sa.Index(None, "next_try_at"),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", CleanText, nullable=False),
    sa.Column("role", CleanText, nullable=False),
)

destination = sa.Table(
    "destination",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("podcast_id", sa.ForeignKey("podcast.id", ondelete="CASCADE"), nullable=False),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("added_by", sa.BigInteger, nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    # A removed destination stays stored, so that adding it again repeats no announcement.
    sa.Column("removed_at", UtcDateTime),
    sa.Column("kind", CleanText, nullable=False, server_default="text"),
    # Of a thread that is not private: the channel that it is in, which Discord does not tell of an archived one.
    sa.Column("parent_id", sa.BigInteger),
    sa.Column("style", CleanText, nullable=False, server_default="card"),
    sa.Column("role_id", sa.BigInteger),
    sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("spoiler", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("open_thread", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("publish", sa.Boolean, nullable=False, server_default=sa.false()),
    # The ids of a forum's tags, separated by commas.
    sa.Column("tag_ids", CleanText, nullable=False, server_default=""),
    # Why nothing can be posted there, since when, and when to try again by itself.
    sa.Column("paused", StatusJson),
    sa.Column("paused_since", UtcDateTime),
    sa.Column("resume_at", UtcDateTime),
    # Since when Discord says that the channel does not exist, which is believed after some days.
    sa.Column("gone_since", UtcDateTime),
    sa.UniqueConstraint("podcast_id", "channel_id"),
    sa.Index(None, "guild_id"),
)

# What a server chose for a podcast, whatever channels it is announced in; without a row, the defaults.
guild_podcast = sa.Table(
    "guild_podcast",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("podcast_id", sa.ForeignKey("podcast.id", ondelete="CASCADE"), nullable=False),
    sa.Column("visible", CleanText, nullable=False, server_default="channel"),
    sa.Column("audio", sa.Boolean, nullable=False, server_default=sa.false()),
    # Whether what a model wrote is shown; None where nobody said.
    sa.Column("summaries", sa.Boolean),
    sa.UniqueConstraint("guild_id", "podcast_id"),
    sa.Index(None, "podcast_id"),
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("destination_id", sa.ForeignKey("destination.id", ondelete="CASCADE"), nullable=False),
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), nullable=False),
    sa.Column("state", CleanText, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("message_id", sa.BigInteger),
    sa.Column("error", StatusJson),
    sa.Column("planned_at", UtcDateTime, nullable=False),
    # When the first attempt began that may have reached the channel: its message is looked for from there on.
    sa.Column("sending_since", UtcDateTime),
    sa.Column("next_try_at", UtcDateTime),
    sa.Column("kind", CleanText, nullable=False, server_default="episode"),
    # How often it was given up and then asked for again: part of its nonce.
    sa.Column("resend", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failing_since", UtcDateTime),
    # Until then it waits for its episode's transcript and chapters to be read; None once they are.
    sa.Column("files_until", UtcDateTime),
    # Until then newer episodes of the channel wait for this one, so that they arrive in order.
    sa.Column("first_until", UtcDateTime),
    # Which worker sends it, and until when no other does.
    sa.Column("lease_owner", CleanText),
    sa.Column("lease_until", UtcDateTime),
    # The delivery whose message announces this one too: the one that leads the digest.
    sa.Column("digest_of", sa.Integer),
    sa.Column("thread_id", sa.BigInteger),
    sa.Column("sent_at", UtcDateTime),
    # How the message was made, a hash of what it shows, and how often it was edited.
    sa.Column("form", CleanText, nullable=False, server_default=""),
    sa.Column("shown", CleanText, nullable=False, server_default=""),
    sa.Column("edits", sa.Integer, nullable=False, server_default="0"),
    sa.Column("transcript_edits", sa.Integer, nullable=False, server_default="0"),
    sa.Column("summary_edits", sa.Integer, nullable=False, server_default="0"),
    # The role that the message mentions, whatever the destination's is by now.
    sa.Column("role_id", sa.BigInteger),
    # From when on the database that this one was restored from may have sent it; see `backups`.
    sa.Column("perhaps_sent_since", UtcDateTime),
    sa.UniqueConstraint("destination_id", "episode_id"),
    sa.Index(None, "state", "next_try_at"),
    sa.Index(None, "episode_id"),
    sa.Index(None, "digest_of"),
    sa.Index(None, "files_until"),
)

# Follow-ups of messages that stand: a thread under it, publishing, edits.
follow_up = sa.Table(
    "follow_up",
    metadata,
    sa.Column("delivery_id", sa.ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", CleanText, primary_key=True),
    # None if it was given up; `error` says why.
    sa.Column("due_at", UtcDateTime),
    # Incremented when it is asked for again, so that what changed while it was being done is done once more.
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("failing_since", UtcDateTime),
    sa.Column("error", StatusJson),
    sa.Column("lease_owner", CleanText),
    sa.Column("lease_until", UtcDateTime),
    sa.Index(None, "due_at"),
)

# Backups that were made, and those that this database was restored from.
backup = sa.Table(
    "backup",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("restored_at", UtcDateTime),
    # When the bot first ran on what was restored.
    sa.Column("running_since", UtcDateTime),
)

# Servers that removed the bot, or that it was gone from when it came back: what is stored of them goes later.
removed_guild = sa.Table(
    "removed_guild",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("removed_at", UtcDateTime, nullable=False),
)

command_sync = sa.Table(
    "command_sync",
    metadata,
    sa.Column("application_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("commands_hash", CleanText, nullable=False),
)

# One row: the key of this installation, with which it signs what its buttons are for.
installation = sa.Table(
    "installation",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", CleanText, nullable=False),
)

# These are defined apart.
APART = (answer, quote, share, summary, chapter_line, model_tokens)
