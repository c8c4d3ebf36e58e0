"""Yubico's Python clients on a software key that runs in the test's process.

A line on file descriptor 3 is a request, `INTERFACE VERB ARGUMENT`; its answer comes as a line on 4:
`ok HEX`, `none`, or `gone`. What the client found goes out as lines `found JSON`.
The other end is test/support/software-key/python-bridge.ts.
"""

import json
from threading import Lock

from fido2.hid.base import CtapHidConnection, HidDescriptor
from yubikit.core.otp import OtpConnection

_line = Lock()
_requests = open(3, "w", encoding="ascii")
_answers = open(4, encoding="ascii")


def ask(*words: object) -> "bytes | None":
    """One request; None is `none`. A key that is gone is an OSError, as with hidraw."""
    with _line:
        print(*words, file=_requests, flush=True)
        answer = _answers.readline().split()
    if answer[:1] == ["ok"]:
        return bytes.fromhex(answer[1]) if len(answer) > 1 else b""
    if answer[:1] == ["none"]:
        return None
    raise OSError("No such device")


def found(**facts: object) -> None:
    """Tells the test what the client found; bytes as hex."""
    with _line:
        line = json.dumps(facts, default=lambda value: value.hex())
        print("found", line, file=_requests, flush=True)


def finger(verb: str, milliseconds: int = 0) -> None:
    """`waits` or `hesitates`, from now on."""
    ask("finger", verb, milliseconds)


class SoftwareOtpConnection(OtpConnection):
    """Feature reports of 8 bytes."""

    def __init__(self, path: str = "software"):
        ask("otp", "open")

    def receive(self) -> bytes:
        return ask("otp", "get") or b""

    def send(self, data: bytes) -> None:
        ask("otp", "send", data.hex())

    def close(self) -> None:
        ask("otp", "close")


class SoftwareFidoConnection(CtapHidConnection):
    """Input and output reports of 64 bytes."""

    descriptor = HidDescriptor("software", 0x1050, 0x0407, 64, 64, "YubiKey", None)

    def __init__(self):
        ask("fido", "open")

    def read_packet(self) -> bytes:
        while (report := ask("fido", "read", 1000)) is None:
            pass
        return report

    def write_packet(self, data: bytes) -> None:
        ask("fido", "write", data.hex())

    def close(self) -> None:
        ask("fido", "close")
