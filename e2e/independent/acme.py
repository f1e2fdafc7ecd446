"""An ACME client with device-attest-01, from RFC 8555, RFC 7515 and Apple's text on attestation.

Elliptic-curve keys and X.509 come from python3-cryptography; the few bytes of CBOR are written by hand.
"""

import base64
import hashlib
import json
import os
from datetime import datetime, timedelta, timezone

from asn1crypto import x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID, ObjectIdentifier

from wire import Refused, check

ERRORS = "urn:ietf:params:acme:error:"
FRESHNESS = ObjectIdentifier("1.2.840.113635.100.8.11.1")
SERIAL_NUMBER = ObjectIdentifier("1.2.840.113635.100.8.9.1")
UDID = ObjectIdentifier("1.2.840.113635.100.8.9.2")
OS_VERSION = ObjectIdentifier("1.2.840.113635.100.8.10.1")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


# --- CBOR, RFC 8949: heads, texts, bytes, arrays and maps ---------------------------------------------


def cbor(value):
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        data = value.encode()
        return _head(3, len(data)) + data
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


def _head(major, size):
    for limit, extra, octets in ((24, None, 0), (1 << 8, 24, 1), (1 << 16, 25, 2), (1 << 32, 26, 4)):
        if size < limit:
            follows = b"" if extra is None else size.to_bytes(octets, "big")
            return bytes([major << 5 | (size if extra is None else extra)]) + follows
    raise ValueError("too large")


# --- attestation --------------------------------------------------------------------------------------


class AttestationRoot:
    """A root and an intermediate that vouch for keys; the server must trust the root as an anchor."""

    def __init__(self):
        self.root_key, self.key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
        self.root = _certificate("Foreign Attestation Root", self.root_key.public_key(), None, self.root_key, True)
        self.intermediate = _certificate(
            "Foreign Attestation Sub CA", self.key.public_key(), self.root, self.root_key, True)

    @classmethod
    def load(cls, path):
        """Certificate and key of the root, then of the intermediate, as `tillsyn sim --attestation` keeps them."""
        with open(path, "rb") as file:
            text = file.read()
        made = cls.__new__(cls)
        made.root, made.intermediate = pem_certificates(text)
        begin = b"-----BEGIN PRIVATE KEY-----"
        keys = [begin + part.split(b"-----END PRIVATE KEY-----")[0] + b"-----END PRIVATE KEY-----\n"
                for part in text.split(begin)[1:]]
        made.root_key, made.key = (serialization.load_pem_private_key(key, password=None) for key in keys)
        return made

    def root_pem(self):
        return self.root.public_bytes(serialization.Encoding.PEM)

    def attest(self, public_key, token, device, freshness=None):
        """The attestation object for a key. Apple puts the SHA-256 of the token itself in."""
        digest = freshness or hashlib.sha256(token.encode("ascii")).digest()
        extensions = [(FRESHNESS, digest), (SERIAL_NUMBER, device["serial"].encode()),
                      (UDID, device["udid"].encode()), (OS_VERSION, b"18.2")]
        leaf = _certificate("", public_key, self.intermediate, self.key, False, extensions)
        chain = [one.public_bytes(serialization.Encoding.DER) for one in (leaf, self.intermediate)]
        return cbor({"fmt": "apple", "attStmt": {"x5c": chain}, "authData": b""})


def _certificate(name, public_key, issuer, issuer_key, authority, extensions=()):
    now = datetime.now(timezone.utc)
    subject = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])
    builder = (
        certificates.CertificateBuilder().subject_name(subject)
        .issuer_name(issuer.subject if issuer is not None else subject).public_key(public_key)
        .serial_number(certificates.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=300))
        .add_extension(certificates.BasicConstraints(authority, None), critical=True)
    )
    if authority:
        usage = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                               "key_agreement", "encipher_only", "decipher_only"), False)
        builder = builder.add_extension(
            certificates.KeyUsage(**usage, key_cert_sign=True, crl_sign=True), critical=True)
    for oid, value in extensions:
        builder = builder.add_extension(certificates.UnrecognizedExtension(oid, value), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def pem_certificates(text):
    """All certificates of a PEM text; cryptography of Debian 12 reads one at a time."""
    end = b"-----END CERTIFICATE-----"
    parts = [part[part.index(b"-----BEGIN CERTIFICATE-----"):] + end for part in text.split(end)[:-1]]
    return [certificates.load_pem_x509_certificate(part) for part in parts]


def no_attestation():
    return cbor({"fmt": "none", "attStmt": {}, "authData": b""})


# --- the protocol -------------------------------------------------------------------------------------


class AcmeClient:
    """One account and one order. `short` leaves leading zeros of signatures out, as Apple's client does."""

    def __init__(self, web, directory_url, short=True):
        self.web, self.short = web, short
        self.key = ec.generate_private_key(ec.SECP256R1())
        reply = web.request("GET", directory_url)
        check(reply.status == 200, f"ACME directory: 200 expected, got {reply.status}")
        self.directory = reply.json()
        for name in ("newNonce", "newAccount", "newOrder"):
            check(isinstance(self.directory.get(name), str), f"ACME directory: {name} is missing")
        self.account, self.nonce, self.seen, self.short_seen = None, None, set(), 0

    def fresh_nonce(self):
        reply = self.web.request("HEAD", self.directory["newNonce"])
        check(reply.status == 200, f"newNonce: 200 expected, got {reply.status}")
        check("no-store" in reply.header("Cache-Control"), "newNonce: Cache-Control must say no-store")
        self.take_nonce("newNonce", reply)
        return self.nonce

    def take_nonce(self, step, reply):
        nonce = reply.header("Replay-Nonce")
        check(nonce, f"{step}: no Replay-Nonce")
        check(nonce not in self.seen, f"{step}: the same nonce again")
        self.seen.add(nonce)
        self.nonce = nonce

    def sign(self, url, nonce, payload):
        numbers = self.key.public_key().public_numbers()
        header = {"alg": "ES256", "nonce": nonce, "url": url}
        if self.account is None:
            header["jwk"] = {"kty": "EC", "crv": "P-256", "x": b64(numbers.x.to_bytes(32, "big")),
                             "y": b64(numbers.y.to_bytes(32, "big"))}
        else:
            header["kid"] = self.account
        protected = b64(json.dumps(header).encode())
        content = "" if payload is None else b64(json.dumps(payload).encode())
        der = self.key.sign(f"{protected}.{content}".encode("ascii"), ec.ECDSA(hashes.SHA256()))
        halves = b""
        for number in decode_dss_signature(der):
            size = (number.bit_length() + 7) // 8 if self.short else 32
            halves += number.to_bytes(size, "big")
        self.short_seen += len(halves) < 64
        return json.dumps({"protected": protected, "payload": content, "signature": b64(halves)}).encode()

    def send(self, url, body):
        return self.web.request("POST", url, body, {"Content-Type": "application/jose+json"})

    def post(self, step, url, payload=None, expected=200):
        for _ in range(3):
            body = self.sign(url, self.nonce or self.fresh_nonce(), payload)
            reply = self.send(url, body)
            self.take_nonce(step, reply)
            if reply.status == expected:
                return reply
            kind = acme_problem(step, reply)
            if kind != "badNonce":
                raise Refused(f"{step}: refused with {kind}")
        raise Refused(f"{step}: every nonce is refused")

    def obtain(self, identifier, key, attest):
        """The certificate chain for `key`; `attest(token)` gives the challenge's payload."""
        reply = self.post("newAccount", self.directory["newAccount"], {"termsOfServiceAgreed": True}, 201)
        self.account = reply.header("Location")
        check(self.account, "newAccount: no Location")
        identifiers = [{"type": "permanent-identifier", "value": identifier}]
        reply = self.post("newOrder", self.directory["newOrder"], {"identifiers": identifiers}, 201)
        order_url, order = reply.header("Location"), reply.json()
        check(order_url, "newOrder: no Location")
        check(order.get("identifiers") == identifiers, "newOrder: other identifiers")
        check(len(order.get("authorizations", [])) == 1, "newOrder: exactly one authorization expected")
        authorization = self.post("authorization", order["authorizations"][0]).json()
        check(len(authorization.get("challenges", [])) == 1, "authorization: exactly one challenge expected")
        challenge = authorization["challenges"][0]
        check(challenge.get("type") == "device-attest-01", f"authorization: {challenge.get('type')}")
        check(len(challenge.get("token", "")) >= 22, "authorization: the token has less than 128 bits")
        self.post("challenge", challenge["url"], attest(challenge["token"]))
        authorization = self.until("authorization", order["authorizations"][0], ("pending", "processing"))
        if authorization["status"] != "valid":
            error = authorization["challenges"][0].get("error", {}).get("type", "")
            raise Refused(f"challenge: refused with {error.removeprefix(ERRORS)}")
        request = (
            certificates.CertificateSigningRequestBuilder()
            .subject_name(certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, "device")]))
            .sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        )
        self.post("finalize", order["finalize"], {"csr": b64(request)})
        order = self.until("order", order_url, ("ready", "processing"))
        check(order.get("status") == "valid", f"order: {order.get('status')}")
        reply = self.post("certificate", order["certificate"])
        check(reply.media_type() == "application/pem-certificate-chain", f"certificate: {reply.media_type()}")
        chain = pem_certificates(reply.body)
        check(chain[0].public_key().public_numbers() == key.public_key().public_numbers(),
              "certificate: the first one is for another key")
        return [x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in chain]

    def until(self, step, url, still):
        for _ in range(20):
            answer = self.post(step, url).json()
            if answer.get("status") not in still:
                return answer
        raise Refused(f"{step}: it does not come to an end")

    def must_refuse(self):
        """A used nonce, an invented one, and a signature for another address."""
        url, terms = self.directory["newAccount"], {"termsOfServiceAgreed": True}
        self.account = None
        used = self.fresh_nonce()
        self.take_nonce("newAccount", self.send(url, self.sign(url, used, terms)))
        for what, nonce in (("a used nonce", used), ("an invented nonce", b64(os.urandom(16)))):
            reply = self.send(url, self.sign(url, nonce, terms))
            check(reply.status >= 400, f"{what} is served")
            check(acme_problem("newAccount", reply) == "badNonce", f"{what}: badNonce expected")
            self.take_nonce("newAccount", reply)
        reply = self.send(url, self.sign(url + "/elsewhere", self.fresh_nonce(), terms))
        check(reply.status >= 400, "a request that was signed for another address is served")


def acme_problem(step, reply):
    check(reply.media_type() == "application/problem+json",
          f"{step}: {reply.status} without a problem document")
    kind = json.loads(reply.body).get("type", "")
    check(kind.startswith(ERRORS), f"{step}: the problem's type is {kind!r}")
    return kind.removeprefix(ERRORS)
