"""A status → the sentence that says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.status_messages.english import ENGLISH
from bot.status_messages.language import Language
from bot.text.web_addresses import without_keys
from storage.models.status import Argument, Status, to_json


class StatusError(Exception):
    """An exception whose message is made from a status, so that it can be stored as one."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status

    def __str__(self) -> str:
        """The sentence."""
        return sentence(self.status)


def sentence(status: Status, language: Language = ENGLISH) -> str:
    """The sentence for a status; what a newer version stored, and this one doesn't know, is shown as it is stored."""
    template = language.sentences.get(status.code)
    try:
        if isinstance(template, Mapping):
            template = template[language.plural_category(int(str(status.args["count"])))]
        if template is not None:
            return template.format_map({name: _Value(one, language) for name, one in status.args.items()})
    except (KeyError, TypeError, ValueError, OverflowError):
        # Another version gave this code other arguments.
        return to_json(status)
    return to_json(status)


class _Value:
    """An argument in a template."""

    __slots__ = ("_language", "_value")

    def __init__(self, value: Argument, language: Language) -> None:
        self._value = value
        self._language = language

    def __format__(self, spec: str) -> str:
        value = self._value
        if isinstance(value, Status):
            return sentence(value, self._language)
        if isinstance(value, tuple):
            return spec.join(format(_Value(one, self._language)) for one in value)
        if spec == "span":
            return self._language.span(timedelta(seconds=float(value)))
        if spec == "date":
            return self._language.date(datetime.fromisoformat(str(value)))
        if spec == "time":
            return self._language.time(datetime.fromisoformat(str(value)))
        # An earlier version stored addresses with less of them masked.
        return format(without_keys(value) if isinstance(value, str) else value, spec)
