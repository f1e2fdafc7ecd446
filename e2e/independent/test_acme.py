#!/usr/bin/python3
"""Tests of the ACME client: its attestations against openssl, its rules against a server in memory."""

import base64
import contextlib
import email.message
import hashlib
import json
import os
import subprocess
import tempfile
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

import acme
import wire

DEVICE = {"serial": "TS00000000", "udid": "00008120-0000000000000001"}
BASE = "http://127.0.0.1:1/acme"

FAULTS = {
    "nonce_missing": "no Replay-Nonce", "nonce_twice": "the same nonce", "nonce_cached": "no-store",
    "no_orders": "newOrder is missing", "no_location": "no Location", "other_identifier": "other identifiers",
    "other_challenge": "http-01", "short_token": "128 bits", "page": "problem document",
    "other_key": "another key", "chain_as_text": "certificate:", "used_nonce_served": "a used nonce is served",
    "other_url_served": "another address", "account_200": "problem document",
}


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class MemoryServer:
    """Takes the place of `wire.Http`: answers requests from memory, strict about what a client sends."""

    def __init__(self, fault=None):
        self.fault, self.nonces, self.accounts, self.token = fault, set(), {}, "t" * 24
        self.status, self.statement, self.chain = "pending", None, None
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.ca = acme._certificate("CA", self.key.public_key(), None, self.key, True)

    def request(self, method, url, body=None, headers=None, target=None):
        step = url.removeprefix(BASE + "/")
        if step == "directory":
            names = {"newNonce": "nonce", "newAccount": "account", "newOrder": "order"}
            if self.fault == "no_orders":
                del names["newOrder"]
            return self.reply(200, {name: f"{BASE}/{path}" for name, path in names.items()})
        if step == "nonce":
            assert method == "HEAD"
            return self.reply(200, None)
        assert method == "POST" and headers["Content-Type"] == "application/jose+json"
        jws = json.loads(body)
        protected, payload = json.loads(decode(jws["protected"])), decode(jws["payload"])
        if protected["nonce"] not in self.nonces and self.fault not in ("used_nonce_served", "nonce_twice"):
            return self.refuse("badNonce")
        self.nonces.discard(protected["nonce"])
        if protected["url"] != url and self.fault != "other_url_served":
            return self.refuse("unauthorized")
        self.verify(jws, protected)
        return self.step(step, protected, json.loads(payload) if payload else None)

    def verify(self, jws, protected):
        jwk = protected.get("jwk") or self.accounts[protected["kid"]]
        x, y = (int.from_bytes(decode(jwk[name]), "big") for name in "xy")
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        raw, signed = decode(jws["signature"]), f"{jws['protected']}.{jws['payload']}".encode()
        for split in range(max(0, len(raw) - 32), min(32, len(raw)) + 1):
            numbers = (int.from_bytes(raw[:split], "big"), int.from_bytes(raw[split:], "big"))
            with contextlib.suppress(Exception):
                return key.verify(encode_dss_signature(*numbers), signed, ec.ECDSA(hashes.SHA256()))
        raise AssertionError("the signature does not verify")

    def step(self, step, protected, payload):
        fault = self.fault
        if step == "account":
            self.accounts[f"{BASE}/account/1"] = protected["jwk"]
            return self.reply(200 if fault == "account_200" else 201, {"status": "valid"}, f"{BASE}/account/1")
        if fault == "page":
            return self.reply(400, None, kind="text/html")
        if step == "order":
            return self.reply(201, self.order(payload["identifiers"][0]["value"]), f"{BASE}/order/1")
        if step == "authorization/1":
            kind = "http-01" if fault == "other_challenge" else "device-attest-01"
            token = "short" if fault == "short_token" else self.token
            challenge = {"type": kind, "token": token, "url": f"{BASE}/challenge/1", "status": self.status}
            return self.reply(200, {"status": self.status, "challenges": [challenge]})
        if step == "challenge/1":
            self.statement, self.status = decode(payload["attObj"]), "valid"
        elif step == "finalize/1":
            request = x509.load_der_x509_csr(decode(payload["csr"]))
            key = self.key.public_key() if fault == "other_key" else request.public_key()
            self.chain = [acme._certificate("device", key, self.ca, self.key, False), self.ca]
        elif step == "certificate/1":
            text = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in self.chain)
            kind = "text/plain" if fault == "chain_as_text" else "application/pem-certificate-chain"
            return self.reply(200, text, kind=kind)
        return self.reply(200, self.order("id"))

    def order(self, identifier):
        value = "another" if self.fault == "other_identifier" else identifier
        order = {"status": "valid" if self.chain else "pending", "finalize": f"{BASE}/finalize/1",
                 "identifiers": [{"type": "permanent-identifier", "value": value}],
                 "authorizations": [f"{BASE}/authorization/1"]}
        if self.chain:
            order["certificate"] = f"{BASE}/certificate/1"
        return order

    def refuse(self, kind):
        return self.reply(400, {"type": acme.ERRORS + kind}, kind="application/problem+json")

    def reply(self, status, content, location=None, kind="application/json"):
        headers = email.message.Message()
        nonce = "same" if self.fault == "nonce_twice" else acme.b64(os.urandom(16))
        self.nonces.add(nonce)
        if self.fault != "nonce_missing":
            headers["Replay-Nonce"] = nonce
        if self.fault != "nonce_cached":
            headers["Cache-Control"] = "no-store"
        if location and self.fault != "no_location":
            headers["Location"] = location
        headers["Content-Type"] = kind
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return wire.Reply(status, headers, body)


class Acme(unittest.TestCase):
    def run_client(self, server, attest):
        key = ec.generate_private_key(ec.SECP384R1())
        client = acme.AcmeClient(server, f"{BASE}/directory")
        chain = client.obtain("i" * 32, key, attest)
        client.must_refuse()
        return key, chain

    def test_an_attestation_is_what_openssl_and_the_text_want(self):
        root, key = acme.AttestationRoot(), ec.generate_private_key(ec.SECP384R1())
        statement = root.attest(key.public_key(), "token", DEVICE)
        self.assertTrue(statement.startswith(b"\xa3\x63fmt\x65apple\x67attStmt\xa1\x63x5c\x82\x59"))
        size = int.from_bytes(statement[26:28], "big")
        leaf = x509.load_der_x509_certificate(statement[28:28 + size])
        value = leaf.extensions.get_extension_for_oid(acme.FRESHNESS).value.value
        self.assertEqual(value, hashlib.sha256(b"token").digest())
        with tempfile.TemporaryDirectory() as folder:
            def write(name, one):
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    file.write(one.public_bytes(serialization.Encoding.PEM))
                return path
            subprocess.run(["openssl", "verify", "-CAfile", write("root", root.root), "-untrusted",
                            write("between", root.intermediate), write("leaf", leaf)],
                           check=True, capture_output=True)

    def test_cbor_heads(self):
        self.assertEqual(acme.cbor({"a": [b"", "x"]}), b"\xa1\x61a\x82\x40\x61x")
        for size, head in ((23, b"\x57"), (24, b"\x58\x18"), (256, b"\x59\x01\x00"), (65536, b"\x5a\x00\x01\x00\x00")):
            self.assertTrue(acme.cbor(bytes(size)).startswith(head + b"\x00"))

    def test_an_order_ends_with_a_certificate_for_the_key(self):
        for attest in (lambda token: {"attObj": acme.b64(acme.no_attestation())}, lambda token: {
                "attObj": acme.b64(acme.AttestationRoot().attest(ec.generate_private_key(ec.SECP256R1()).public_key(),
                                                                 token, DEVICE))}):
            _, chain = self.run_client(MemoryServer(), attest)
            self.assertEqual(len(chain), 2)

    def test_short_signatures_are_made_now_and_then(self):
        client = acme.AcmeClient(MemoryServer(), f"{BASE}/directory")
        for _ in range(2000):
            client.sign(BASE, "n", {})
            if client.short_seen:
                break
        self.assertGreater(client.short_seen, 0)

    def test_every_fault_is_noticed(self):
        for fault, expected in FAULTS.items():
            with self.subTest(fault=fault), self.assertRaisesRegex((wire.Refused, ValueError), expected):
                self.run_client(MemoryServer(fault), lambda token: {"attObj": acme.b64(acme.no_attestation())})


if __name__ == "__main__":
    unittest.main()
