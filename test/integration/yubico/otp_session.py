"""Everything that Conclave does with an OTP slot, done by yubikit instead."""

from threading import Event

from bridge import SoftwareOtpConnection, finger, found
from yubikit.core import TimeoutError as TouchTimeout
from yubikit.core.otp import CommandRejectedError
from yubikit.management import ManagementSession
from yubikit.support import get_name
from yubikit.yubiotp import (
    SLOT,
    HmacSha1SlotConfiguration,
    UpdateConfiguration,
    YubiOtpSession,
)

VECTORS = [
    ("0b" * 20, b"Hi There"),
    ("303132333435363738393a3b3c3d3e3f40414243", b"Sample #2"),
    ("1ce30fd78d20dcfa40b50c18779afb0f02288db7", b"UnitTest"),
]
CODE = bytes.fromhex("010203040506")
OTHER_CODE = bytes.fromhex("060504030201")


def state(session: YubiOtpSession) -> list:
    now = session.get_config_state()
    return [[now.is_configured(slot), now.is_touch_triggered(slot)] for slot in SLOT]


def fails(kind: type, work) -> bool:
    try:
        work()
    except kind:
        return True
    return False


connection = SoftwareOtpConnection()
session = YubiOtpSession(connection)
found(version=str(session.version), serial=session.get_serial(), empty=state(session))

responses = []
for key, challenge in VECTORS:
    for slot in SLOT:
        session.put_configuration(slot, HmacSha1SlotConfiguration(bytes.fromhex(key)))
        responses.append(session.calculate_hmac_sha1(slot, challenge))
ends = [session.calculate_hmac_sha1(SLOT.ONE, bytes.fromhex(end)) for end in ("00", "01", "0100")]
found(responses=responses, ends=ends, configured=state(session))

touched = HmacSha1SlotConfiguration(bytes.fromhex(VECTORS[0][0])).require_touch(True)
session.put_configuration(SLOT.TWO, touched, acc_code=CODE)
blinked = []
response = session.calculate_hmac_sha1(SLOT.TWO, b"Hi There", on_keepalive=blinked.append)
found(touched=response, blinked=sorted(set(blinked)), state=state(session))

finger("waits")
timed_out = fails(TouchTimeout, lambda: session.calculate_hmac_sha1(SLOT.TWO, b"Hi There"))
cancel = Event()
cancelled = fails(
    TouchTimeout,
    lambda: session.calculate_hmac_sha1(
        SLOT.TWO, b"Hi There", event=cancel, on_keepalive=lambda _: cancel.set()
    ),
)
finger("hesitates", 100)
after = session.calculate_hmac_sha1(SLOT.TWO, b"Hi There")
found(timed_out=timed_out, cancelled=cancelled, after=after)

plain = HmacSha1SlotConfiguration(bytes.fromhex(VECTORS[1][0]))
found(
    refused=[
        fails(CommandRejectedError, lambda: session.delete_slot(SLOT.TWO)),
        fails(CommandRejectedError, lambda: session.delete_slot(SLOT.TWO, OTHER_CODE)),
        fails(CommandRejectedError, lambda: session.put_configuration(SLOT.TWO, plain)),
    ],
    still=session.calculate_hmac_sha1(SLOT.TWO, b"Hi There"),
)
# The bits of an update that pace typing are those of touch and variable length in this slot.
same = UpdateConfiguration().pacing(pacing_10ms=True, pacing_20ms=True)
session.update_configuration(SLOT.TWO, same, OTHER_CODE, CODE)
updated = session.calculate_hmac_sha1(SLOT.TWO, b"Hi There")
old_code = fails(CommandRejectedError, lambda: session.delete_slot(SLOT.TWO, CODE))
session.delete_slot(SLOT.TWO, OTHER_CODE)
half = state(session)
session.delete_slot(SLOT.ONE)
empty = fails(CommandRejectedError, lambda: session.calculate_hmac_sha1(SLOT.ONE, b"x"))
found(updated=updated, old_code=old_code, half=half, erased=state(session), empty_refused=empty)

info = ManagementSession(connection).read_device_info()
found(info=[info.serial, str(info.version), get_name(info, None)])
connection.close()
