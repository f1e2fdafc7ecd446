"""A server just large enough to test the independent client, with faults that can be switched on.

It is no model of the product: it answers one device, keeps everything in memory and trusts openssl to
check signatures. Each name in `FAULTS` breaks one rule that the client must notice.
"""

import base64
import json
import os
import plistlib
import subprocess
import tempfile
import threading
import uuid
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from asn1crypto import cms, core, csr, x509

import messages

FAULTS = {
    "unsigned_profile": "not signed",
    "profile_type": "x-apple-aspen-config",
    "profile_cached": "no-store",
    "short_challenge": "128 bits",
    "small_key": "Keysize",
    "no_sign_message": "SignMessage",
    "foreign_payload": "has no place",
    "identity_uuid": "IdentityCertificateUUID",
    "clear_text_server_url": "https address",
    "caps_crlf": "LF",
    "caps_html": "text/plain",
    "ca_may_encipher": "must not have keyEncipherment",
    "ca_type": "neither of the two",
    "reply_type": "x-pki-message",
    "reply_500": "200 expected",
    "stale_nonce": "recipientNonce",
    "repeated_nonce": "fresh",
    "other_transaction": "another transaction",
    "utf8_status": "PrintableString",
    "foreign_signer": "GetCACert did not name",
    "certificate_ca_true": "must not be a CA",
    "certificate_ten_years": "398 days",
    "not_before_now": "hour back",
    "other_cipher": "the request used",
    "check_in_plist": "zero bytes",
    "check_in_401": "401",
    "idle_empty_plist": "empty plist",
    "command_type": "application/xml",
    "changed_uuid": "under its UUID",
    "not_now_loop": "came again",
    "result_401": "401",
    "replay_400": "200 expected",
    "unknown_code": "unenroll",
    "accepts_anybody": "403 expected",
    "second_key_served": "another key a certificate",
    "retry_new_certificate": "same certificate",
    "two_mdm_payloads": "exactly one",
    "token_of_another": "not the token",
    "token_kept": "though none is stored",
    "no_token_404": "200 expected",
    "get_token_401": "401",
    "service_without_word": "Enabled",
    "user_gets_device_command": "the device's command",
    "user_without_challenge": "DigestChallenge",
    "items_without_assets": "Assets",
    "items_other_token": "another token",
    "timestamp_now": "another answer",
    "declaration_other_token": "another ServerToken",
    "bad_status_500": "400 expected",
    "unknown_declaration_200": "404 expected",
}


class FakeServer:
    """Listens on loopback; `queue` holds commands as (uuid, dictionary)."""

    def __init__(self, fault=None):
        self.fault = fault
        self.queue, self.results, self.delivered, self.deferred = [], [], set(), set()
        self.status, self.challenge, self.bound_key, self.issued, self.pin = "created", "C" * 43, None, None, None
        self.bootstrap_token, self.stamps = b"", 0
        self.make_authorities()
        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()

    # --- certificates ----------------------------------------------------------------------------

    def make_authorities(self):
        self.ca_key, self.ra_key = shared_key("ca"), shared_key("ra")
        self.ca_name = messages.name([["CN", "Test CA"]])
        ca_usage = {"key_cert_sign", "crl_sign"}
        if self.fault == "ca_may_encipher":
            ca_usage |= {"key_encipherment"}
        self.ca = self.issue(self.ca_key, self.ca_name, usage=ca_usage, authority=True, days=3650)
        self.ra = self.issue(self.ra_key, messages.name([["CN", "Test RA"]]),
                             usage={"digital_signature", "key_encipherment"}, days=3650)
        self.foreign = self.issue(self.ra_key, messages.name([["CN", "Nobody"]]), usage={"digital_signature"}, days=9)

    def issue(self, key, subject, usage, authority=False, days=397, client=False):
        now = datetime.now(timezone.utc).replace(microsecond=0)
        back = timedelta(0) if self.fault == "not_before_now" and client else timedelta(hours=1)
        if client and self.fault == "certificate_ten_years":
            days = 3649
        if client and self.fault == "certificate_ca_true":
            authority = True
        extensions = [
            {"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(usage)},
            {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": authority}},
        ]
        if client:
            urn = x509.GeneralName(name="uniform_resource_identifier", value="urn:tillsyn:issuance:1")
            extensions += [
                {"extn_id": "extended_key_usage", "extn_value": ["client_auth"]},
                {"extn_id": "subject_alt_name", "extn_value": [urn]},
            ]
        body = x509.TbsCertificate({
            "version": "v3", "serial_number": int.from_bytes(os.urandom(15), "big") | 1 << 119,
            "signature": {"algorithm": "sha256_rsa"}, "issuer": self.ca_name,
            "validity": {"not_before": x509.Time(name="utc_time", value=now - back),
                         "not_after": x509.Time(name="utc_time", value=now + timedelta(days=days))},
            "subject": subject, "subject_public_key_info": messages.public_key_info(key),
            "extensions": extensions,
        })
        return x509.Certificate({
            "tbs_certificate": body, "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature_value": messages.rsa_sign(self.ca_key, body.dump(), "sha256"),
        })

    # --- the enrollment page ---------------------------------------------------------------------

    def profile(self):
        base = "http://tillsyn.example" if self.fault == "clear_text_server_url" else self.url
        identity = str(uuid.uuid4())
        scep = {
            "PayloadType": "com.apple.security.scep", "PayloadVersion": 1, "PayloadIdentifier": "org.example.scep",
            "PayloadUUID": identity, "PayloadContent": {
                "URL": f"{self.url}/scep", "Name": "ca", "Subject": [[["CN", "device"]]],
                "Challenge": "short" if self.fault == "short_challenge" else self.challenge,
                "Keysize": 1024 if self.fault == "small_key" else 2048,
                "Key Type": "RSA", "Key Usage": 5, "KeyIsExtractable": False,
            },
        }
        mdm = {
            "PayloadType": "com.apple.mdm", "PayloadVersion": 1, "PayloadIdentifier": "org.example.mdm",
            "PayloadUUID": str(uuid.uuid4()),
            "IdentityCertificateUUID": str(uuid.uuid4()) if self.fault == "identity_uuid" else identity,
            "Topic": "com.apple.mgmt.External.test", "ServerURL": f"{base}/mdm", "CheckInURL": f"{base}/checkin",
            "SignMessage": self.fault != "no_sign_message", "CheckOutWhenRemoved": True, "AccessRights": 8191,
        }
        payloads = [scep, mdm]
        if self.fault == "foreign_payload":
            payloads.append({**mdm, "PayloadType": "com.apple.wifi.managed", "PayloadUUID": str(uuid.uuid4())})
        if self.fault == "two_mdm_payloads":
            payloads.append({**mdm, "PayloadUUID": str(uuid.uuid4())})
        return plistlib.dumps({
            "PayloadType": "Configuration", "PayloadVersion": 1, "PayloadIdentifier": "org.example.enroll",
            "PayloadUUID": str(uuid.uuid4()), "PayloadDisplayName": "Enrollment",
            "PayloadOrganization": "Example", "PayloadScope": "System", "PayloadContent": payloads,
        })

    def signed_profile(self):
        plain = self.profile()
        if self.fault == "unsigned_profile":
            return plain
        return openssl(["cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-outform", "DER"], plain,
                       ["-signer", self.ra, "-inkey", self.ra_key])

    # --- SCEP ------------------------------------------------------------------------------------

    def pki_operation(self, der):
        signed = messages.open_signed(der, allowed_digests=("sha1", "sha256"))
        attributes = signed.attributes
        inner, cipher = messages.open_envelope(signed.content, self.ra_key, self.ra)
        info = csr.CertificationRequest.load(inner)["certification_request_info"]
        passwords = [item["values"][0].native for item in info["attributes"]
                     if item["type"].native == "challenge_password"]
        challenge = passwords[0] if passwords else None
        key = info["subject_pk_info"].dump()
        renewal = self.issued is not None and signed.signer.sha256 == self.issued.sha256
        refused = not renewal and (challenge != self.challenge or self.bound_key not in (None, key))
        if refused and self.fault != "second_key_served":
            return self.cert_rep(attributes, messages.FAILURE, b"")
        if self.issued is None or renewal or refused or self.fault == "retry_new_certificate":
            self.issued = self.issue_for(info)
        self.bound_key, self.status = key, "certificate_issued"
        content = messages.envelope(certs_only([self.issued]), signed.signer,
                                    "3des" if self.fault == "other_cipher" else cipher)
        return self.cert_rep(attributes, messages.SUCCESS, content)

    def issue_for(self, info):
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        key = load_der_public_key(info["subject_pk_info"].dump())
        return self.issue(key, messages.name([["CN", "urn:tillsyn:issuance:1"]]),
                          usage={"digital_signature", "key_encipherment"}, client=True)

    def cert_rep(self, attributes, status, content):
        nonce = attributes[messages.SENDER_NONCE].native
        transaction = attributes[messages.TRANSACTION_ID].native
        text = core.UTF8String if self.fault == "utf8_status" else core.PrintableString
        extra = [
            (messages.MESSAGE_TYPE, core.PrintableString(messages.CERT_REP)),
            (messages.PKI_STATUS, text(status)),
            (messages.TRANSACTION_ID,
             core.PrintableString("0" if self.fault == "other_transaction" else transaction)),
            (messages.RECIPIENT_NONCE, core.OctetString(bytes(16) if self.fault == "stale_nonce" else nonce)),
            (messages.SENDER_NONCE, core.OctetString(nonce if self.fault == "repeated_nonce" else os.urandom(16))),
        ]
        if status == messages.FAILURE:
            extra.append((messages.FAIL_INFO, core.PrintableString("2")))
        signer = self.foreign if self.fault == "foreign_signer" else self.ra
        return messages.signed_data(content, signer, self.ra_key, "sha256", extra)

    # --- MDM -------------------------------------------------------------------------------------

    def device_request(self, path, body, signature):
        """(status, content type, body) of a device's PUT."""
        signer = self.verified_signer(body, signature)
        message = plistlib.loads(body.rstrip())
        ours = signer is not None and self.issued is not None and signer == self.issued.sha256
        known = ours and self.pin in (None, message.get("UDID"))
        if not known and self.fault != "accepts_anybody":
            text = b"com.apple.unrecognized.device" if self.fault == "unknown_code" else b"no"
            return 403, "text/plain", text
        if path == "/checkin":
            if self.fault == "check_in_401":
                return 401, "text/plain", b""
            self.pin = message["UDID"]
            other = self.other_check_in(message)
            if other is not None:
                return other
            self.status = {"Authenticate": "authenticated", "TokenUpdate": "enrolled"}.get(
                message["MessageType"], self.status)
            return 200, "text/plain", plistlib.dumps({}) if self.fault == "check_in_plist" else b""
        if "UserID" in message and self.fault != "user_gets_device_command":
            return 200, "text/plain", b""
        return self.command_request(message)

    def other_check_in(self, message):
        """Answers of the messages that not every enrollment sends."""
        kind, fault = message["MessageType"], self.fault
        plist = "application/xml; charset=UTF-8"
        if kind == "SetBootstrapToken":
            token = message.get("BootstrapToken", b"")
            self.bootstrap_token = token or (self.bootstrap_token if fault == "token_kept" else b"")
            return 200, "text/plain", b""
        if kind == "GetBootstrapToken":
            if fault == "no_token_404" and not self.bootstrap_token:
                return 404, "text/plain", b""
            token = b"other" if fault == "token_of_another" and self.bootstrap_token else self.bootstrap_token
            return 200, plist, plistlib.dumps({"BootstrapToken": token} if token else {})
        if kind == "GetToken":
            return 401 if fault == "get_token_401" else 404, "text/plain", b"no token"
        if kind == "ReturnToService":
            policy = {} if fault == "service_without_word" else {"Enabled": False}
            return 200, plist, plistlib.dumps({"ReturnToService": policy})
        if kind == "UserAuthenticate":
            answer = {} if fault == "user_without_challenge" else {"DigestChallenge": ""}
            return 200, plist, plistlib.dumps(answer)
        if kind == "DeclarativeManagement":
            return self.declarative(message["Endpoint"], message.get("Data"))
        return None

    def declarative(self, endpoint, data):
        fault, answer = self.fault, None
        self.stamps += 1
        if endpoint == "tokens":
            second = self.stamps if fault == "timestamp_now" else 5
            answer = {"SyncTokens": {"DeclarationsToken": "t", "Timestamp": f"2026-01-02T03:04:{second:02}Z"}}
        elif endpoint == "declaration-items":
            lists = {"Activations": [], "Assets": [], "Management": [],
                     "Configurations": [{"Identifier": "org.example/one", "ServerToken": "1"}]}
            if fault == "items_without_assets":
                del lists["Assets"]
            answer = {"Declarations": lists, "DeclarationsToken": "u" if fault == "items_other_token" else "t"}
        elif endpoint == "declaration/configuration/org.example/one":
            answer = {"Type": "com.apple.configuration.management.test", "Identifier": "org.example/one",
                      "ServerToken": "2" if fault == "declaration_other_token" else "1", "Payload": {"Echo": "x"}}
        elif endpoint == "status":
            try:
                json.loads(data)
                return 200, "text/plain", b""
            except ValueError:
                return 500 if fault == "bad_status_500" else 400, "text/plain", b""
        elif fault == "unknown_declaration_200":
            answer = {}
        if answer is None:
            return 404, "text/plain", b""
        return 200, "application/json", json.dumps(answer).encode()

    def command_request(self, message):
        if message["Status"] == "Idle":
            self.deferred = set()
        else:
            if self.fault == "result_401":
                return 401, "text/plain", b""
            done = message["CommandUUID"]
            if self.fault == "replay_400" and done in self.results:
                return 400, "text/plain", b""
            if message["Status"] == "NotNow":
                if self.fault != "not_now_loop":
                    self.deferred.add(done)
            else:
                self.results.append(done)
                self.queue = [item for item in self.queue if item[0] != done]
        if self.fault == "user_gets_device_command" and "UserID" not in message and "u1" in self.results:
            self.queue = [("u1", {"RequestType": "ProfileList"})]
        waiting = [item for item in self.queue if item[0] not in self.deferred]
        if not waiting:
            return 200, "application/xml; charset=UTF-8", plistlib.dumps({}) if (
                self.fault == "idle_empty_plist") else b""
        name, command = waiting[0]
        if self.fault == "changed_uuid" and name in self.delivered:
            self.queue[0] = (str(uuid.uuid4()), command)
            name = self.queue[0][0]
        self.delivered.add(name)
        kind = "text/xml" if self.fault == "command_type" else "application/xml; charset=UTF-8"
        return 200, kind, plistlib.dumps({"Command": command, "CommandUUID": name})

    def verified_signer(self, body, signature):
        if not signature:
            return None
        with tempfile.TemporaryDirectory() as folder:
            paths = {part: os.path.join(folder, part) for part in ("body", "signature", "signer")}
            for part, data in (("body", body), ("signature", base64.b64decode(signature))):
                with open(paths[part], "wb") as file:
                    file.write(data)
            run = subprocess.run(
                ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-noverify", "-in", paths["signature"],
                 "-content", paths["body"], "-signer", paths["signer"]], capture_output=True, check=False)
            if run.returncode != 0 or run.stdout != body:
                return None
            with open(paths["signer"], "rb") as file:
                return messages.from_pem(file.read())[0].sha256

    def handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, kind, body, **headers):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def body(self):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))

            def do_PUT(self):
                status, kind, body = server.device_request(
                    self.path, self.body(), self.headers.get("Mdm-Signature"))
                self.answer(status, kind, body)

            def do_POST(self):
                if self.path.startswith("/e/"):
                    attempt = {"attempt_id": "1", "profile_url": f"{server.url}/p/{'s' * 43}", "expires_at": 1}
                    json.loads(self.body())
                    self.answer(201, "application/json", json.dumps(attempt).encode())
                    return
                self.pki(self.body())

            def do_GET(self):
                path = urlsplit(self.path).path
                if path.startswith("/e/"):
                    body = {"status": server.status, "steps": []}
                    self.answer(200, "application/json", json.dumps(body).encode())
                elif path.startswith("/p/"):
                    server.status = "profile_fetched"
                    kind = "application/xml" if server.fault == "profile_type" else "application/x-apple-aspen-config"
                    self.answer(200, kind, server.signed_profile(),
                                Cache_Control="public" if server.fault == "profile_cached" else "no-store",
                                Content_Disposition='attachment; filename="enroll.mobileconfig"')
                else:
                    self.scep_get()

            def scep_get(self):
                operation = parse_qs(urlsplit(self.path).query)["operation"][0]
                if operation == "GetCACert":
                    kind = "text/html" if server.fault == "ca_type" else "application/x-x509-ca-ra-cert"
                    self.answer(200, kind, certs_only([server.ra, server.ca]))
                elif operation == "GetCACaps":
                    words = ["Renewal", "SHA-1", "SHA-256", "SHA-512", "AES", "DES3", "SCEPStandard",
                             "POSTPKIOperation"]
                    end = "\r\n" if server.fault == "caps_crlf" else "\n"
                    kind = "text/html" if server.fault == "caps_html" else "text/plain"
                    self.answer(200, kind, end.join(words).encode())
                else:
                    raw = urlsplit(self.path).query.split("message=", 1)[1]
                    self.pki(base64.b64decode(unquote(raw)))

            def pki(self, der):
                if server.fault == "reply_500":
                    self.answer(500, "text/plain", b"")
                    return
                kind = "text/plain" if server.fault == "reply_type" else "application/x-pki-message"
                self.answer(200, kind, server.pki_operation(der))

        return Handler


_KEYS = {}


def shared_key(name):
    """RSA keys take time to make: one of each per test run."""
    if name not in _KEYS:
        _KEYS[name] = messages.new_key()
    return _KEYS[name]


def certs_only(certificates):
    return cms.ContentInfo({
        "content_type": "signed_data",
        "content": cms.SignedData({
            "version": "v1", "digest_algorithms": [], "encap_content_info": {"content_type": "data"},
            "certificates": certificates, "signer_infos": [],
        }),
    }).dump()


def openssl(arguments, data, files=()):
    """Runs openssl on `data`; certificates and keys among `files` become files."""
    with tempfile.TemporaryDirectory() as folder:
        words = []
        for index, word in enumerate(files):
            if isinstance(word, str):
                words.append(word)
                continue
            path = os.path.join(folder, str(index))
            with open(path, "wb") as file:
                if isinstance(word, bytes):
                    file.write(word)
                elif isinstance(word, x509.Certificate):
                    file.write(messages.pem(word))
                else:
                    file.write(messages.key_pem(word))
            words.append(path)
        run = subprocess.run(["openssl", *arguments, *words], input=data, capture_output=True, check=False)
        if run.returncode != 0:
            raise AssertionError(run.stderr.decode())
        return run.stdout
