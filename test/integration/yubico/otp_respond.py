"""Answers one challenge with slot 2, which somebody else has set up; then sets up slot 1."""

import sys

from bridge import SoftwareOtpConnection, found
from yubikit.yubiotp import SLOT, HmacSha1SlotConfiguration, YubiOtpSession

challenge, secret = (bytes.fromhex(word) for word in sys.argv[1:])
connection = SoftwareOtpConnection()
session = YubiOtpSession(connection)
found(response=session.calculate_hmac_sha1(SLOT.TWO, challenge))
session.put_configuration(SLOT.ONE, HmacSha1SlotConfiguration(secret))
connection.close()
