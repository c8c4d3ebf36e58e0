#!/usr/bin/env python3
"""Put a custodian component together without Conclave: docs/break-glass.md says how and when.
Each SHARE is a file that `age -d` opened, or a text file into which the typed lines of one sheet
were copied. Python 3.8 or later, nothing to install, no network."""
import argparse, base64, collections, hashlib, hmac, itertools, json, os, sys

class Refused(Exception): pass
class Share(collections.namedtuple("Share", "name mode set generation index x threshold count y")):
    __str__ = lambda share: f"{share.name} (share {share.index} of {share.count})"

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
def checksum_of_line(values):  # bech32m, BIP-350
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
        sheet = f"{(words[1] & 3) << 6 | words[2] << 1 | words[3] >> 4:02}" if words else "of"
        hidden = f"cshare{number:02}{sheet}{len(lines):02}".encode()
        spread = [c >> 5 for c in hidden] + [0] + [c & 31 for c in hidden]
        if checksum_of_line(spread + symbols) != 0x2BC830A3:
            raise Refused(f"{name}: line {number} of {len(lines)} is mistyped, or a line is missing or moved")
        words += symbols[:34]
    bits = "".join(f"{word:05b}" for word in words) or "0"
    end = 16 + 8 * int(bits[:8], 2)
    if end > len(bits) or "1" in bits[end:]: raise Refused(f"{name}: lines of different sheets")
    return bytes(int(bits[at : at + 8], 2) for at in range(16, end, 8))

def decode(name, wire):  # canonical CBOR: an array of ten, numbers and byte strings
    try:
        at, fields = 1, []
        for _ in range(10):
            kind, number, at = wire[at] >> 5, wire[at] & 31, at + 1
            if number > 23:
                size = {24: 1, 25: 2, 26: 4}[number]
                number, at = int.from_bytes(wire[at : at + size], "big"), at + size
            fields.append({0: number, 2: wire[at : at + number]}[kind])
            at += number if kind == 2 else 0
        version, *facts, y, check = fields
        share, right = Share(name, *facts, y), hashlib.sha256(b"conclave/v1/share\x89" + wire[1:-9])
        if (wire[0], at, check, version) == (0x8A, len(wire), right.digest()[:8], 1) and 16 <= len(y) <= 64 \
           and 1 <= share.index <= share.count and 1 <= share.x <= 255 and share.threshold >= 2: return share
    except (IndexError, KeyError, TypeError, ValueError): pass
    raise Refused(f"{name}: damaged, or not a share (its checksum is wrong)")
def load(name):
    with open(name, "rb") as file: data = file.read(4096)
    if data[:18] == b"age-encryption.org": raise Refused(f"{name}: still locked; open it with age -d first")
    if data[:1] == b"\x8a": return decode(name, data)
    lines = [line for line in data.decode("ascii", "replace").splitlines() if line.strip()]
    return decode(name, from_lines(name, lines))

POWERS = [1]  # of 3 in GF(256), x^8 + x^4 + x^3 + x + 1
while len(POWERS) < 255: POWERS.append(POWERS[-1] ^ POWERS[-1] << 1 ^ 0x11B * (POWERS[-1] >> 7))
def multiply(a, b, sign=1):  # with sign -1: divide
    return POWERS[(POWERS.index(a) + sign * POWERS.index(b)) % 255] if a and b else 0
def value_at(shares, x):  # Lagrange; x = 0 is the component
    result = bytes(len(shares[0].y))
    for one in shares:
        weight = 1
        for other in shares:
            if other is not one: weight = multiply(weight, multiply(x ^ other.x, one.x ^ other.x, -1))
        result = bytes(r ^ multiply(weight, y) for r, y in zip(result, one.y))
    return result
def combine(shares, fits):
    kin = lambda share: (share.mode, share.set, share.generation, share.threshold, share.count, len(share.y))
    for first, other in itertools.combinations(shares, 2):
        if kin(first) != kin(other): raise Refused(f"{other} is not of the same set as {first}")
        if first.x == other.x or first.index == other.index: raise Refused(f"{other} is {first} again")
    if len(shares) < (need := shares[0].threshold): raise Refused(f"{len(shares)} of this set given, {need} needed")
    for group in itertools.combinations(shares, need):
        secret, odd = value_at(group, 0), [str(s) for s in shares if value_at(group, s.x) != s.y]
        if fits(secret) if fits else not odd: return secret, odd
        if not fits and len(shares) - len(odd) > need: raise Refused(f"not genuine: {', '.join(odd)}")
    raise Refused("a share is not genuine, or the manifest is of another component")

def check_of(manifest):  # the payload of a DSSE envelope; its signatures are not checked here
    with open(manifest, "rb") as file: body = json.loads(base64.b64decode(json.load(file)["payload"]))
    message = b"conclave/v1/check/custodian-component\x00\x10" + bytes.fromhex(body["componentId"])
    return lambda secret: hmac.digest(secret, message, "sha256")[:16].hex() == body["checks"]["custodianComponent"]
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("share", nargs="+", metavar="SHARE")
parser.add_argument("--manifest", help="the share set's manifest file, to check the result against")
parser.add_argument("--out", help="a new file for the component, in hex; without it, this terminal")
options = parser.parse_args()
try:
    if not options.out and not sys.stdout.isatty(): raise Refused("no terminal here: give --out FILE")
    fits = check_of(options.manifest) if options.manifest else None
    secret, odd = combine([load(name) for name in options.share], fits)
    if odd: print("left out, not genuine:", ", ".join(odd), file=sys.stderr)
    print("checked against the manifest" if fits else "NOT CHECKED: no manifest given", file=sys.stderr)
    os.umask(0o077)  # the new file is for its owner alone, and never over another
    print(secret.hex(), file=open(options.out, "x") if options.out else sys.stdout)
except (Refused, OSError, KeyError, TypeError, ValueError) as problem: sys.exit(f"refused: {problem}")
