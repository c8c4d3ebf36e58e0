"""Everything that Conclave does with a FIDO2 key, done by python-fido2 instead.

Arguments: PIN protocol, PIN, root certificate of the key's maker (DER, hex), and a credential that
Conclave's driver made (id and public key x || y, hex).
"""

import sys
from hashlib import sha256
from threading import Event

from bridge import SoftwareFidoConnection, finger, found
from fido2.attestation import Attestation, verify_x509_chain
from fido2.cose import ES256
from fido2.ctap import CtapError
from fido2.ctap2 import ClientPin, Ctap2
from fido2.ctap2.pin import PinProtocolV1, PinProtocolV2
from fido2.hid import CtapHidDevice
from yubikit.management import ManagementSession

NUMBER, PIN, ROOT, THEIR_ID, THEIR_KEY = sys.argv[1:]
RP = "conclave.invalid"
PROTOCOL = {1: PinProtocolV1, 2: PinProtocolV2}[int(NUMBER)]()
SALTS = [sha256(name).digest() for name in (b"salt 1", b"salt 2")]
ES256_PARAMETERS = [{"type": "public-key", "alg": -7}]
HASH = sha256(b"client data").digest()


def status(work) -> "int | None":
    try:
        work()
    except CtapError as error:
        return int(error.code)
    return None


device = CtapHidDevice(SoftwareFidoConnection.descriptor, SoftwareFidoConnection())
ctap = Ctap2(device)
client_pin = ClientPin(ctap, PROTOCOL)
long = bytes(range(256)) * 29
found(
    version=list(device.device_version),
    ping=device.ping(long) == long,
    serial=ManagementSession(device).read_device_info().serial,
    versions=ctap.info.versions,
    protocols=ctap.info.pin_uv_protocols,
    longest=ctap.info.max_msg_size,
    options=dict(ctap.info.options),
    aaguid=bytes(ctap.info.aaguid),
)

device.wink()
no_pin = status(lambda: client_pin.get_pin_token(PIN))
client_pin.set_pin(PIN)
set_twice = status(lambda: client_pin.set_pin(PIN))
wrong = status(lambda: client_pin.get_pin_token("not " + PIN))
found(no_pin=no_pin, set_twice=set_twice, wrong=wrong, tries=client_pin.get_pin_retries()[0])


def token(permission: ClientPin.PERMISSION) -> bytes:
    return client_pin.get_pin_token(PIN, permission, RP)


def make(**more):
    auth = PROTOCOL.authenticate(token(ClientPin.PERMISSION.MAKE_CREDENTIAL), HASH)
    return ctap.make_credential(
        HASH,
        {"id": RP, "name": RP},
        {"id": b"somebody", "name": "somebody"},
        ES256_PARAMETERS,
        extensions={"hmac-secret": True},
        pin_uv_param=auth,
        pin_uv_protocol=PROTOCOL.VERSION,
        **more,
    )


blinked = []
made = make(on_keepalive=blinked.append)
data = made.auth_data
credential = data.credential_data
attestation = Attestation.for_type(made.fmt)().verify(made.att_stmt, data, HASH)
verify_x509_chain([*attestation.trust_path, bytes.fromhex(ROOT)])
again = status(
    lambda: make(exclude_list=[{"type": "public-key", "id": credential.credential_id}])
)
found(
    blinked=[int(each) for each in blinked],
    fmt=made.fmt,
    kind=attestation.attestation_type.name,
    granted=data.extensions["hmac-secret"],
    verified=data.is_user_verified(),
    excluded=again,
    id=credential.credential_id,
    key=credential.public_key[-2] + credential.public_key[-3],
    lies=status(lambda: make(options={"uv": True})),
)


def secret(identity: bytes, public_key, salts: bytes, with_pin: bool, **more) -> bytes:
    """The decrypted output; the signature is verified."""
    key_agreement, shared = client_pin._get_shared_secret()
    encrypted = PROTOCOL.encrypt(shared, salts)
    hmac_input = {
        1: key_agreement,
        2: encrypted,
        3: PROTOCOL.authenticate(shared, encrypted),
        4: PROTOCOL.VERSION,
    }
    auth = None
    if with_pin:
        auth = PROTOCOL.authenticate(token(ClientPin.PERMISSION.GET_ASSERTION), HASH)
    assertion = ctap.get_assertion(
        RP,
        HASH,
        [{"type": "public-key", "id": identity}],
        extensions={"hmac-secret": hmac_input},
        pin_uv_param=auth,
        pin_uv_protocol=PROTOCOL.VERSION if with_pin else None,
        **more,
    )
    assertion.verify(HASH, public_key)
    assert assertion.auth_data.is_user_verified() == with_pin
    return PROTOCOL.decrypt(shared, assertion.auth_data.extensions["hmac-secret"])


ours = (credential.credential_id, credential.public_key)
their_key = bytes.fromhex(THEIR_KEY)
theirs = (
    bytes.fromhex(THEIR_ID),
    ES256({1: 2, 3: -7, -1: 1, -2: their_key[:32], -3: their_key[32:]}),
)
found(
    one=secret(*ours, SALTS[0], True),
    both=secret(*ours, SALTS[0] + SALTS[1], True),
    without=secret(*ours, SALTS[0], False),
    theirs=secret(*theirs, SALTS[0], True),
    theirs_without=secret(*theirs, SALTS[0], False),
    silent=status(lambda: secret(*ours, SALTS[0], False, options={"up": False})),
    elsewhere=status(lambda: secret(bytes(64), ours[1], SALTS[0], True)),
    wrong_length=status(lambda: secret(*ours, SALTS[0] + bytes(16), True)),
)

stop = Event()
selected = status(ctap.selection)
finger("waits")
timed_out = status(lambda: secret(*ours, SALTS[0], True))
cancelled = status(
    lambda: secret(*ours, SALTS[0], True, event=stop, on_keepalive=lambda _: stop.set())
)
finger("hesitates", 100)
found(
    selected=selected,
    timed_out=timed_out,
    cancelled=cancelled,
    after=secret(*ours, SALTS[0], True),
    tries_left=client_pin.get_pin_retries()[0],
)

codes = []
for _ in range(3):
    codes.append(status(lambda: client_pin.get_pin_token("not " + PIN)))
codes.append(status(lambda: client_pin.get_pin_token(PIN)))
found(codes=codes, retries=list(client_pin.get_pin_retries()))
device.close()
