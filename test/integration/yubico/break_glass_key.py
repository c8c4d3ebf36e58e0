"""Runs resources/break-glass-key.py, unchanged, with the software key where it finds a YubiKey, and
in a terminal of its own, at which what comes as a JSON list on stdin is typed. Out comes the screen.

Arguments: the program, and its own.
"""

import json
import os
import pty
import re
import runpy
import sys

PROMPT = re.compile(rb"(custodian|YubiKey|unseen): $")
GIVES_UP = "\x03"


def in_the_terminal() -> None:
    import fido2.hid
    import ykman.hid
    from bridge import SoftwareFidoConnection, SoftwareOtpConnection
    from ykman.hid.base import OtpYubiKeyDevice

    ykman.hid.list_otp_devices = lambda: [
        OtpYubiKeyDevice("software", 0x0407, SoftwareOtpConnection)
    ]
    fido2.hid.list_descriptors = lambda: [SoftwareFidoConnection.descriptor]
    fido2.hid.open_connection = lambda descriptor: SoftwareFidoConnection()
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")


typed = iter(json.load(sys.stdin))
child, terminal = pty.fork()
if child == 0:
    in_the_terminal()
    sys.exit()

screen = b""
while True:
    try:
        shown = os.read(terminal, 4096)
    except OSError:  # Linux says EIO when nobody has the terminal open any more.
        break
    screen += shown
    if PROMPT.search(screen):
        os.write(terminal, next(typed, GIVES_UP).encode() + b"\n")
sys.stdout.buffer.write(screen)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
