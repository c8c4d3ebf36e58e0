#!/usr/bin/env python3
"""Open a share that is locked to a YubiKey, without Conclave: docs/break-glass.md says how and when.
ENVELOPE is the file of the stick, or a text file into which the typed lines of its sheet were copied.
OUT is a share for break-glass.py. Python 3.8 or later and yubikey-manager 4 or later, no network."""
import argparse, collections, getpass, hashlib, hmac, os, sys, unicodedata
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

class Refused(Exception): pass
class Envelope(collections.namedtuple("Envelope", "mode method set generation index count ceremony keys sealed header")):
    __str__ = lambda envelope: f"share {envelope.index} of {envelope.count}"
RP, HASH = "conclave.invalid", bytes(32)
def say(*words): print(*words, file=sys.stderr)

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
def checksum_of_line(values):  # bech32m, BIP-350: as in break-glass.py
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, word in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= word * (top >> bit & 1)
    return check
def from_lines(name, lines):
    words = []
    for number, line in enumerate(lines, 1):
        symbols = [ALPHABET.find(symbol) for symbol in line.lower() if symbol not in " \t-"]
        if len(symbols) != 40 or -1 in symbols:
            raise Refused(f"{name}: line {number} must have 40 letters and digits, without 1, B, I and O")
        sheet = f"{(words[3] & 15) << 4 | words[4] >> 1:02}" if words else "of"
        hidden = f"ckeysh{number:02}{sheet}00".encode()
        if checksum_of_line([c >> 5 for c in hidden] + [0] + [c & 31 for c in hidden] + symbols) != 0x2BC830A3:
            raise Refused(f"{name}: line {number} is mistyped, or a line is missing or moved")
        words += symbols[:34]
    bits = "".join(f"{word:05b}" for word in words) or "0"
    end = 24 + 8 * int(bits[:16], 2)
    if end > len(bits) or "1" in bits[end:]: raise Refused(f"{name}: lines are missing, or of different sheets")
    return bytes(int(bits[at : at + 8], 2) for at in range(24, end, 8))

def item(wire, at):  # canonical CBOR: numbers, byte strings, lists, false, true, null; and where it ends
    kind, number, at = wire[at] >> 5, wire[at] & 31, at + 1
    if kind == 7: return {20: False, 21: True, 22: None}[number], at
    if number > 23:
        size = {24: 1, 25: 2, 26: 4}[number]
        number, at = int.from_bytes(wire[at : at + size], "big"), at + size
    if kind != 4: return {0: number, 2: wire[at : at + number]}[kind], at + number * (kind == 2)
    values = []
    for _ in range(number): value, at = item(wire, at); values.append(value)
    return values, at
def decode(name, wire):
    try:
        check = hashlib.sha256(b"conclave/v1/key-envelope\x8a" + wire[1:-9]).digest()[:8]
        if wire[:1] == b"\x8b" and wire[-9:] == b"\x48" + check:
            at, fields, ends = 1, [], []
            while len(fields) < 10: value, at = item(wire, at); fields.append(value); ends.append(at)
            envelope = Envelope(*fields[1:], b"\x89" + wire[1 : ends[8]])
            if fields[0] == 1 and at == len(wire) - 9 and len(envelope.keys) == len(envelope.sealed): return envelope
    except (IndexError, KeyError, TypeError, RecursionError): pass
    raise Refused(f"{name}: damaged, or no share that is locked to a YubiKey")
def load(name):
    with open(name, "rb") as file: data = file.read(4096)
    if data[:1] == b"\x8b": return decode(name, data)
    lines = [line for line in data.decode("ascii", "replace").splitlines() if line.strip()]
    return decode(name, from_lines(name, lines))

def derive(envelope, label, secret, challenge, length):
    words = {0x50: b"production", 0x52: b"rehearsal"}[envelope.mode], {1: b"otp-hmac", 2: b"fido2"}[envelope.method]
    parts = (label, *words, envelope.set, envelope.generation.to_bytes(4, "big"), bytes([envelope.index]), envelope.ceremony)
    info = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return HKDF(SHA256(), length, challenge, info).derive(secret)
def require(envelope, response, challenge, check):
    if not hmac.compare_digest(derive(envelope, b"conclave/v1/yubikey/check", response, challenge, 4), check):
        raise Refused(f"this YubiKey does not open {envelope}: it is another one, or was set up anew")
def unlock(envelope, sealed, secret, challenge):
    keys = derive(envelope, b"conclave/v1/yubikey", secret, challenge, 44)
    return AESGCM(keys[:32]).decrypt(keys[32:], sealed, envelope.header)
def only(devices):
    if len(devices) == 1: return devices[0]
    raise Refused(f"{len(devices)} YubiKeys found; plug in one, and run this with sudo if it is not seen")

def open_with_slot(envelope):
    serial, slot, _, _, challenge, check, salt, cost = envelope.keys[0]
    say(f"{envelope} is locked to slot {slot} of YubiKey {serial or 'without a number'}, and to words")
    if options.by_hand:
        say(f"answered by: ykman otp calculate {slot} {challenge.hex()}")
        response = bytes.fromhex(getpass.getpass("What it answers, unseen: "))
    else:
        from ykman.hid import list_otp_devices
        from yubikit.core.otp import OtpConnection
        from yubikit.yubiotp import SLOT, YubiOtpSession
        with only(list_otp_devices()).open_connection(OtpConnection) as connection:
            say("touch it when it blinks")
            response = YubiOtpSession(connection).calculate_hmac_sha1(SLOT(slot), challenge)
    require(envelope, response, challenge, check)
    if cost > 20: raise Refused(f"{envelope}: damaged, or not of Conclave")
    while True:  # as typed and as Conclave spells words, until they open it: no further touch
        typed = unicodedata.normalize("NFC", getpass.getpass("Words of its custodian: "))
        for words in dict.fromkeys((typed, typed.strip(), " ".join(typed.lower().split()))):
            stretched = hashlib.scrypt(words.encode(), salt=salt, n=1 << cost, r=8, p=1, dklen=32, maxmem=2**31 - 1)
            try: return unlock(envelope, envelope.sealed[0], stretched + response, challenge)
            except InvalidTag: pass
        say("these are not the words; type them once more, or give up with Ctrl-C")

def open_with_pin(envelope):
    from fido2.ctap import CtapError
    from fido2.ctap2 import ClientPin, Ctap2
    from fido2.hid import CtapHidDevice
    say(f"{envelope} is locked to YubiKey", " or ".join(str(key[0] or "without a number") for key in envelope.keys))
    ctap = Ctap2(only(list(CtapHidDevice.list_devices())))
    for (_, credential, _, _, salt, check), sealed in zip(envelope.keys, envelope.sealed):
        allowed = [{"type": "public-key", "id": credential}]
        try: ctap.get_assertion(RP, HASH, allowed, options={"up": False})  # whether it is on this key: no touch
        except CtapError as error:
            if error.code == CtapError.ERR.NO_CREDENTIALS: continue
            raise
        pins, pin = ClientPin(ctap), unicodedata.normalize("NFC", getpass.getpass("PIN of this YubiKey: "))
        try: token = pins.get_pin_token(pin, ClientPin.PERMISSION.GET_ASSERTION, RP)
        except CtapError as error: raise Refused(f"{error}; tries left: {pins.get_pin_retries()[0]}")
        protocol, ask = pins.protocol, ClientPin.CMD.GET_KEY_AGREEMENT
        theirs = ctap.client_pin(protocol.VERSION, ask)[ClientPin.RESULT.KEY_AGREEMENT]
        ours, shared = protocol.encapsulate(theirs)
        salts = protocol.encrypt(shared, salt)
        question = {1: ours, 2: salts, 3: protocol.authenticate(shared, salts)}
        if protocol.VERSION > 1: question[4] = protocol.VERSION
        say("touch it when it blinks")
        proof = protocol.authenticate(token, HASH)
        answer = ctap.get_assertion(RP, HASH, allowed, {"hmac-secret": question}, None, proof, protocol.VERSION)
        secret = protocol.decrypt(shared, answer.auth_data.extensions["hmac-secret"])
        require(envelope, secret, salt, check)
        return unlock(envelope, sealed, secret, salt)
    raise Refused(f"this YubiKey does not open {envelope}: it is another one, or was reset")

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("envelope", metavar="ENVELOPE")
parser.add_argument("--out", required=True, help="a new file for the share, which is secret")
parser.add_argument("--by-hand", action="store_true", help="another program asks the slot; its answer is typed here")
options = parser.parse_args()
try:
    if os.path.exists(options.out): raise Refused(f"{options.out} exists already; nothing is written over it")
    envelope = load(options.envelope)
    share = {1: open_with_slot, 2: open_with_pin}[envelope.method](envelope)
    os.umask(0o077)  # the new file is for its owner alone, and never over another
    with open(options.out, "xb") as file: file.write(share)
    say(f"{envelope} is open, in {options.out}")
except KeyboardInterrupt: sys.exit("refused: given up")
except InvalidTag: sys.exit("refused: damaged, or not of Conclave")
except Exception as problem: sys.exit(f"refused: {problem or type(problem).__name__}")
