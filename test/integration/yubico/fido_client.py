"""The highest level of python-fido2, as a browser would use it: a credential and its secrets.

Arguments: the PIN. The extension is WebAuthn's `prf`, which is hmac-secret with hashed salts.
"""

import sys
from hashlib import sha256

from bridge import SoftwareFidoConnection, found
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.ctap2.extensions import HmacSecretExtension
from fido2.hid import CtapHidDevice
from fido2.server import Fido2Server
from fido2.utils import websafe_decode

PIN = sys.argv[1]
RP = {"id": "conclave.invalid", "name": "Conclave"}


class Person(UserInteraction):
    def request_pin(self, permissions, rp_id):
        return PIN


device = CtapHidDevice(SoftwareFidoConnection.descriptor, SoftwareFidoConnection())
client = Fido2Client(
    device,
    DefaultClientDataCollector("https://conclave.invalid"),
    user_interaction=Person(),
    extensions=[HmacSecretExtension(allow_hmac_secret=True)],
)
server = Fido2Server(RP, attestation="direct")
user = {"id": b"somebody", "name": "somebody"}
options, state = server.register_begin(user, user_verification="required")
created = client.make_credential(
    {**options["publicKey"], "extensions": {"hmacCreateSecret": True}}
)
registered = server.register_complete(state, created)
credential = registered.credential_data

salt = sha256(b"salt 1").digest()
options, state = server.authenticate_begin([credential], user_verification="required")
chosen = client.get_assertion(
    {**options["publicKey"], "extensions": {"hmacGetSecret": {"salt1": salt}}}
)
answer = chosen.get_response(0)
server.authenticate_complete(state, [credential], answer)
found(
    id=credential.credential_id,
    key=credential.public_key[-2] + credential.public_key[-3],
    secret=websafe_decode(answer.client_extension_results["hmacGetSecret"]["output1"]),
)
device.close()
