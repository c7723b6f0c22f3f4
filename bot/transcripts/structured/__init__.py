"""Speech in structured documents: what keys mean, which list is the talk, whose words and when they are said."""
