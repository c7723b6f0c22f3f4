"""Which podcast, episode or speaker a person means who has typed a name, or a part of one, or nearly one."""


class LookupFailedError(Exception):
    """Nothing fits, or several things do; the message tells what comes close."""
