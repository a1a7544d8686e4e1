"""Hook into http.client, which urllib, requests and urllib3 use."""

import sys
from typing import Any

from limerun.instruments.clock import TimeLedger, timed

_KIND = "http"
_CONNECTION = ("connect", "send", "getresponse")
_RESPONSE = ("read", "read1", "readinto", "readline")


def watch_http(clock: TimeLedger) -> None:
    """Report to the clock when a request is sent, waited for and read."""
    from http import client

    _wrap(clock, client.HTTPConnection, _CONNECTION)
    _wrap(clock, client.HTTPResponse, _RESPONSE)
    _wrap(clock, getattr(client, "HTTPSConnection", None), ("connect",))
    urllib3 = sys.modules.get("urllib3.connection")  # has its own `connect`
    for name in ("HTTPConnection", "HTTPSConnection"):
        _wrap(clock, getattr(urllib3, name, None), ("connect",))


def _wrap(clock: TimeLedger, owner: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if owner is not None and name in vars(owner):
            # Count responses: a request may be sent in several pieces.
            counted = name == "getresponse"
            function = timed(clock, _KIND, getattr(owner, name), counted=counted)
            setattr(owner, name, function)
