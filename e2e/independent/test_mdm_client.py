#!/usr/bin/python3
"""Tests of the independent client: its messages against openssl, its rules against a faulty server."""

import contextlib
import io
import itertools
import json
import os
import plistlib
import subprocess
import tempfile
import unittest
import unittest.mock

from asn1crypto import core

import fake_server
import mdm_client
import messages
from fake_server import FakeServer, openssl, shared_key


class MessagesAgainstOpenssl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.key = shared_key("device")
        cls.certificate = messages.self_signed(cls.key, messages.name([["CN", "device"]]))

    def test_openssl_accepts_the_certificate_and_the_request(self):
        text = openssl(["x509", "-noout", "-subject"], messages.pem(self.certificate))
        self.assertIn(b"CN = device", text)
        request = messages.certification_request(self.key, messages.name([["CN", "d"], ["O", "Ö"]]), "secret-42")
        text = openssl(["req", "-inform", "DER", "-noout", "-verify", "-text"], request)
        self.assertRegex(text, rb"challengePassword\s*:\s?secret-42")

    def test_openssl_decrypts_our_envelopes(self):
        for cipher in messages.CIPHERS:
            for size in (0, 15, 16, 700):
                plain = os.urandom(size)
                der = messages.envelope(plain, self.certificate, cipher)
                messages.require_der(der)
                opened = openssl(["cms", "-decrypt", "-inform", "DER", "-binary"], der,
                                 ["-recip", self.certificate, "-inkey", self.key])
                self.assertEqual(opened, plain)

    def test_we_decrypt_openssl_envelopes(self):
        for cipher, option in (("aes128", "-aes128"), ("aes256", "-aes256"), ("3des", "-des3")):
            der = openssl(["cms", "-encrypt", "-binary", "-outform", "DER", option], b"plain text",
                          [self.certificate])
            self.assertEqual(messages.open_envelope(der, self.key, self.certificate), (b"plain text", cipher))

    def test_openssl_verifies_our_signed_data(self):
        for digest in ("sha1", "sha256"):
            extra = [(messages.MESSAGE_TYPE, core.PrintableString("19")),
                     (messages.SENDER_NONCE, core.OctetString(bytes(16)))]
            der = messages.signed_data(b"content", self.certificate, self.key, digest, extra)
            messages.require_der(der)
            self.assertEqual(openssl(["cms", "-verify", "-inform", "DER", "-binary", "-noverify"], der), b"content")
            listing = openssl(["cms", "-cmsout", "-print", "-inform", "DER"], der)
            self.assertIn(b"2.16.840.1.113733.1.9.2", listing)

    def test_we_verify_openssl_signed_data_and_refuse_a_changed_one(self):
        der = openssl(["cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-outform", "DER"], b"content",
                      ["-signer", self.certificate, "-inkey", self.key])
        self.assertEqual(messages.open_signed(der).content, b"content")
        changed = der.replace(b"content", b"CONTENT")
        with self.assertRaisesRegex(messages.MessageError, "messageDigest"):
            messages.open_signed(changed)

    def test_two_signers_are_refused(self):
        other = messages.self_signed(self.key, messages.name([["CN", "other"]]))
        der = openssl(["cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-outform", "DER"], b"content",
                      ["-signer", self.certificate, "-inkey", self.key, "-signer", other, "-inkey", self.key])
        with self.assertRaisesRegex(messages.MessageError, "exactly one signer"):
            messages.open_signed(der)

    def test_indefinite_lengths_are_not_der(self):
        der = openssl(["cms", "-sign", "-binary", "-nodetach", "-stream", "-outform", "DER"], b"content",
                      ["-signer", self.certificate, "-inkey", self.key])
        with self.assertRaisesRegex(messages.MessageError, "indefinite"):
            messages.open_signed(der)

    def test_device_signatures_have_the_devices_shape(self):
        body = plistlib.dumps({"Status": "Idle"})
        for make in (messages.device_signature, messages.openssl_signature):
            for digest in ("sha1", "sha256"):
                signature = make(body, self.certificate, self.key, digest)
                self.assertEqual(signature[:4], b"\x30\x80\x06\x09")
                checked = openssl(["cms", "-verify", "-inform", "DER", "-binary", "-noverify"], signature,
                                  ["-content", body])
                self.assertEqual(checked, body)
                listing = openssl(["cms", "-cmsout", "-print", "-inform", "DER"], signature)
                self.assertRegex(listing, rb"signedAttrs:\s+<ABSENT>")
        with self.assertRaises(AssertionError):
            openssl(["cms", "-verify", "-inform", "DER", "-binary", "-noverify"],
                    messages.device_signature(body, self.certificate, self.key, "sha256"), ["-content", b"other"])

    def test_macos_leaves_plus_and_slash_in_the_query(self):
        self.assertEqual(messages.escape_like_macos(b"\xfb\xef\xbe\xff"), "++++/w%3D%3D")


class Flow(unittest.TestCase):
    """The verbs against the small server."""

    @classmethod
    def setUpClass(cls):
        # Eight keys in turn: what must differ differs, and making RSA keys takes no time.
        shared_key("ca"), shared_key("ra")
        ring = itertools.cycle([shared_key(f"device {number}") for number in range(8)])
        patch = unittest.mock.patch.object(messages, "new_key", lambda: next(ring))
        patch.start()
        cls.addClassCleanup(patch.stop)

    def run_client(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = mdm_client.main(list(arguments))
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        return code, lines, out.getvalue() + err.getvalue()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = folder.name

    def server(self, fault=None):
        server = FakeServer(fault)
        self.addCleanup(server.close)
        return server

    def enroll(self, server, *more):
        return self.run_client("enroll", "--server", server.url, "--code", "c", "--state", self.state, *more)

    def verb(self, name, *more):
        return self.run_client(name, "--state", self.state, *more)

    MESSAGES = ("bootstrap-token", "get-token", "return-to-service", "user-channel", "network-user",
                "declarations", "binary")

    def test_every_message_is_understood(self):
        server = self.server()
        self.assertEqual(self.enroll(server, "--platform", "macos")[0], 0)
        for name in self.MESSAGES:
            code, _, text = self.verb(name)
            self.assertEqual(code, 0, f"{name}: {text}")

    def fill(self, server, platform):
        server.queue = [
            ("1", {"RequestType": "DeviceInformation", "Queries": ["DeviceName", "OSVersion", "IMEI"]}),
            ("2", {"RequestType": "InstallProfile", "Payload": plistlib.dumps({
                "PayloadType": "Configuration", "PayloadVersion": 1, "PayloadIdentifier": "org.example.p",
                "PayloadUUID": "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "PayloadContent": []})}),
            ("3", {"RequestType": "SecurityInfo"}),
            ("4", {"RequestType": "ProfileList"}),
            ("5", {"RequestType": "RemoveProfile", "Identifier": "org.example.absent"}),
            ("6", {"RequestType": "DeviceLock", **({"PIN": "123456"} if platform == "macos" else {})}),
            ("7", {"RequestType": "Nonsense"}),
        ]

    def test_story_on_each_platform(self):
        ways = (("ios", ["--cipher", "3des", "--digest", "sha1"]), ("ipados", ["--get", "--cipher", "aes256"]),
                ("macos", ["--get"]))
        for platform, options in ways:
            server = self.server()
            code, _, text = self.enroll(server, "--platform", platform, *options)
            self.assertEqual(code, 0, text)
            self.assertNotIn(server.challenge, text)
            self.fill(server, platform)
            self.assertEqual(self.verb("redeliver")[0], 0)
            code, lines, text = self.verb("poll", "--not-now", "1")
            self.assertEqual(code, 0, text)
            statuses = [line["status"] for line in lines if line["step"] == "answered"]
            self.assertEqual(statuses.count("NotNow"), 1)
            code, lines, text = self.verb("poll", "--wait", "1")
            self.assertEqual(code, 0, text)
            self.assertEqual(server.queue, [])
            self.assertEqual(server.results.count("1"), 1)
            for name in ("replay", "same-key-retry", "second-key", "wrong-key", "unknown-device", "renew",
                         "checkout"):
                code, _, text = self.verb(name)
                self.assertEqual(code, 0, f"{name}: {text}")

    def test_other_clients_shapes_enroll_and_renew(self):
        for shape in sorted(mdm_client.SHAPES):
            with self.subTest(shape=shape):
                code, _, text = self.enroll(self.server(), "--shape", shape)
                self.assertEqual(code, 0, text)
                code, _, text = self.verb("renew")
                self.assertEqual(code, 0, text)

    def test_removing_the_enrollment_profile_checks_out(self):
        server = self.server()
        self.assertEqual(self.enroll(server)[0], 0)
        server.queue = [("9", {"RequestType": "RemoveProfile", "Identifier": "org.example.enroll"})]
        _, lines, _ = self.verb("poll")
        self.assertIn("checkout", [line["step"] for line in lines])

    def test_a_mac_lock_without_pin_is_a_fault(self):
        server = self.server()
        self.assertEqual(self.enroll(server, "--platform", "macos")[0], 0)
        server.queue = [("9", {"RequestType": "DeviceLock"})]
        code, _, text = self.verb("poll")
        self.assertEqual(code, 1)
        self.assertIn("PIN", text)

    def test_certmonger_gets_its_certificate_and_refuses_a_stale_nonce(self):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "certmonger.sh")
        for fault, code in ((None, 0), ("stale_nonce", 1)):
            server = self.server(fault)
            run = subprocess.run([script, "--server", server.url, "--code", "c"], capture_output=True, check=False)
            self.assertEqual(run.returncode, code, run.stderr.decode())
            self.assertNotIn(server.challenge.encode(), run.stdout + run.stderr)

    def test_every_fault_is_noticed(self):
        for fault, expected in fake_server.FAULTS.items():
            with self.subTest(fault=fault):
                server = self.server(fault)
                code, _, text = self.enroll(server)
                for name in ("redeliver", "poll", "replay", "same-key-retry", "second-key", "wrong-key",
                             "unknown-device", *self.MESSAGES):
                    if name == "user-channel":
                        server.queue = [("u1", {"RequestType": "ProfileList"})]
                    if code != 0:
                        break
                    if name == "redeliver":
                        self.fill(server, "ios")
                    more = ("--not-now", "1") if name == "poll" else ()
                    code, _, text = self.verb(name, *more)
                self.assertEqual(code, 1, f"{fault} went unnoticed")
                self.assertIn(expected, text)


if __name__ == "__main__":
    unittest.main()
