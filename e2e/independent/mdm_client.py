#!/usr/bin/python3
"""An MDM client of its own: enrolls by invitation and drains commands as an Apple device does.

Written from Apple's published documentation, RFC 5652, RFC 8894 and the documented scripted contract of
the enrollment page; it shares no code with the server, so it can be wrong in other ways than the server.
It prints one JSON line per step, and leaves with 1 and a plain sentence when the server breaks a rule.

    mdm_client.py enroll|accept --server URL --code CODE [--pin PIN] [--state DIR] …
    mdm_client.py poll|replay|redeliver|same-key-retry|second-key|wrong-key|unknown-device|renew|checkout --state DIR
    mdm_client.py bootstrap-token|get-token|return-to-service|user-channel|network-user|declarations|binary --state DIR
"""

import argparse
import base64
import hashlib
import json
import os
import plistlib
import sys
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, urlsplit

from asn1crypto import core, x509
from cryptography.hazmat.primitives.asymmetric import rsa

import acme
import checkins
import device as simulated
import messages
import wire
from wire import Refused, check

# What clients of others are known to send: transport, algorithms, string types, transaction ids, and how they
# renew. The certmonger daemon itself runs in certmonger.sh; the others are run outside these tests.
SHAPES = {
    "apple": {},
    "sscep": {"get": True, "cipher": "3des", "digest": "sha1", "transaction": "decimal"},
    "go": {"cipher": "aes128", "text": core.UTF8String, "challenge": "utf8_string", "transaction": "base64"},
    "certmonger": {"cipher": "aes256", "transaction": "decimal", "renewal": messages.RENEWAL_REQ},
    "windows": {"cipher": "3des", "digest": "sha1", "challenge": "utf8_string", "transaction": "hex"},
}
STATUS_ORDER = ["created", "opened", "signed_in", "profile_fetched", "certificate_issued",
                "authenticated", "enrolled", "ready"]
MAX_COMMANDS = 500


def say(step, **facts):
    """One line of what was done. Never a PIN, a challenge, a key or a PushMagic."""
    print(json.dumps({"step": step, **facts}, ensure_ascii=False), flush=True)


class Client:
    """One simulated device with its state in a folder."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.folder = arguments.state
        self.state = {}
        self.signatures_made = 0

    # --- state -----------------------------------------------------------------------------------

    def path(self, name):
        return os.path.join(self.folder, name)

    def load(self):
        try:
            with open(self.path("state.json"), encoding="utf-8") as file:
                self.state = json.load(file)
            with open(self.path("key.pem"), "rb") as file:
                self.key = messages.load_key(file.read())
            with open(self.path("certificate.der"), "rb") as file:
                self.certificate = x509.Certificate.load(file.read())
        except OSError as error:
            raise Refused(f"no enrolled device in {self.folder}: enroll first ({error.strerror})") from error
        self.web = self.device_web()

    def save(self):
        self.write("state.json", json.dumps(self.state, indent=1).encode())

    def write(self, name, data):
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        temporary = self.path(name + ".new")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        os.replace(temporary, self.path(name))

    def device_web(self):
        """What the device trusts: its system's roots and those of the enrollment profile."""
        roots = [base64.b64decode(root) for root in self.state["roots"]]
        return wire.Http([messages.pem(x509.Certificate.load(root)) for root in roots])

    @property
    def shape(self):
        return SHAPES[self.state.get("shape", self.arguments.shape)]

    @property
    def device(self):
        return self.state["device"]

    # --- invitation ------------------------------------------------------------------------------

    def accept(self):
        """Takes an invitation as far as the profile and the CA: for SCEP clients of others."""
        self.begin()
        self.write("ca.pem", b"".join(messages.pem(certificate) for certificate in self.authorities()[1:]))
        self.write("ra.pem", messages.pem(self.authorities()[0]))
        self.write("challenge", self.state["scep"]["challenge"].encode())
        self.write("scep-url", self.state["scep"]["url"].encode())
        self.save()

    def enroll(self):
        self.begin()
        self.key = acme.ec.generate_private_key(self.curve()) if "acme" in self.state else messages.new_key()
        self.write("key.pem", messages.key_pem(self.key))
        self.first_certificate()
        self.expect_attempt("certificate_issued")
        self.authenticate()
        self.expect_attempt("authenticated")
        check(self.poll_once({"Status": "Idle"}) is None, "a pending enrollment is given no command")
        say("pending_poll", answer="empty")
        self.token_update()
        self.expect_attempt("enrolled")
        self.save()

    def begin(self):
        """Invitation, profile, trust, CA: what comes before the first key."""
        arguments = self.arguments
        self.state = {
            "server": arguments.server.rstrip("/"), "code": arguments.code,
            "cipher": self.shape.get("cipher", arguments.cipher),
            "digest": self.shape.get("digest", arguments.digest), "roots": [], "shape": arguments.shape,
            "device": simulated.new_device(arguments.platform),
        }
        ca_file = []
        if arguments.ca_file:
            with open(arguments.ca_file, "rb") as file:
                ca_file = [file.read()]
        self.portal = wire.Http(ca_file)
        self.accept_invitation()
        self.fetch_profile()
        self.web = self.device_web()
        if "scep" in self.state:
            self.discover_ca()

    def accept_invitation(self):
        model = simulated.MODELS[self.arguments.platform]
        body = {"platform": self.arguments.platform, "product": model["ProductName"],
                "os_version": model["OSVersion"]}
        if self.arguments.pin is not None:
            body["pin"] = self.arguments.pin
        url = f"{self.state['server']}/e/{quote(self.state['code'], safe='')}/attempts"
        reply = self.portal.request(
            "POST", url, json.dumps(body).encode(),
            {"Content-Type": "application/json", "Accept": "application/json"},
        )
        if reply.status != 201:
            raise Refused(f"the invitation was not accepted: {reply.status} {problem(reply)}")
        attempt = reply.json()
        for key in ("attempt_id", "profile_url", "expires_at"):
            check(attempt.get(key), f"the attempt has no {key}")
        self.state["attempt_id"] = attempt["attempt_id"]
        self.state["profile_url"] = attempt["profile_url"]
        secret = urlsplit(attempt["profile_url"])
        longest = max((secret.path + "/" + secret.query).replace("=", "/").split("/"), key=len)
        check(len(longest) >= 22, "profile_url does not carry a secret of 128 bits")
        say("attempt", attempt_id=attempt["attempt_id"], expires_at=attempt["expires_at"])

    def fetch_profile(self):
        reply = self.portal.request("GET", self.state["profile_url"], headers={"Accept": "*/*"})
        check(reply.status == 200, f"profile: 200 expected, got {reply.status} {problem(reply)}")
        check(
            reply.media_type() == "application/x-apple-aspen-config",
            f"profile: application/x-apple-aspen-config expected, got {reply.header('Content-Type')!r}",
        )
        check("no-store" in reply.header("Cache-Control").lower(), "profile: Cache-Control must say no-store")
        disposition = reply.header("Content-Disposition").lower()
        check(
            disposition.startswith("attachment") and ".mobileconfig" in disposition,
            "profile: Safari wants Content-Disposition: attachment with a .mobileconfig name",
        )
        plain = wire.verify_signed_profile(reply.body)
        signed = messages.open_signed(reply.body)
        check(signed.content == plain, "openssl and the second reader see different profiles")
        profile = wire.parse_plist(plain, "profile")
        mdm, identity, roots = wire.check_profile(profile, self.device["platform"])
        self.state["roots"] = [base64.b64encode(root).decode() for root in roots]
        if "DirectoryURL" in identity:
            self.state["acme"] = {
                "directory": identity["DirectoryURL"], "identifier": identity["ClientIdentifier"],
                "size": identity["KeySize"], "attest": identity.get("Attest", False),
            }
        else:
            self.state["scep"] = {
                "url": identity["URL"], "challenge": identity["Challenge"], "name": identity.get("Name", ""),
                "subject": wire.subject_pairs(identity.get("Subject")),
            }
        self.device["mdm"] = {key: mdm[key] for key in ("ServerURL", "CheckInURL", "Topic") if key in mdm}
        self.device["enrollment_profile"] = profile["PayloadIdentifier"]
        simulated.remember_profile(self.device, profile, managed=False)
        say(
            "profile", identifier=profile["PayloadIdentifier"], topic=mdm["Topic"],
            server_url=mdm["ServerURL"], signer=signed.signer.subject.human_friendly,
            digest=signed.digest, roots=len(roots), access_rights=mdm["AccessRights"],
        )
        self.expect_attempt("profile_fetched")

    def expect_attempt(self, status):
        """The page behind the invitation follows the attempt; so do we, through its JSON."""
        url = f"{self.state['server']}/e/{quote(self.state['code'], safe='')}/attempts/{self.state['attempt_id']}"
        deadline = time.monotonic() + 60
        while True:
            reply = self.portal.request("GET", url, headers={"Accept": "application/json"})
            check(reply.status == 200, f"attempt: 200 expected, got {reply.status} {problem(reply)}")
            attempt = reply.json()
            seen = attempt.get("status")
            check(isinstance(attempt.get("steps"), list), "attempt: steps must be an array")
            if seen not in STATUS_ORDER:
                raise Refused(f"the attempt is {seen!r}: {attempt.get('cause')} {attempt.get('remedy')}")
            if STATUS_ORDER.index(seen) >= STATUS_ORDER.index(status):
                say("attempt_status", expected=status, status=seen, steps=len(attempt["steps"]))
                return
            check(time.monotonic() < deadline, f"the attempt stays {seen!r}, it should be {status!r}")
            time.sleep(0.2)

    # --- SCEP ------------------------------------------------------------------------------------

    def scep_url(self, operation):
        url = self.state["scep"]["url"]
        return f"{url}{'&' if '?' in url else '?'}operation={operation}"

    def discover_ca(self):
        reply = self.web.request("GET", self.scep_url("GetCACert"))
        check(reply.status == 200, f"GetCACert: 200 expected, got {reply.status}")
        kind = reply.media_type()
        if kind == "application/x-x509-ca-cert":
            certificates = [x509.Certificate.load(reply.body)]
        elif kind == "application/x-x509-ca-ra-cert":
            certificates = messages.degenerate_certificates(reply.body)
            check(len(certificates) >= 2, "GetCACert: x-x509-ca-ra-cert is for two certificates or more")
        else:
            raise Refused(f"GetCACert: content type {kind!r} is neither of the two that RFC 8894 names")
        authority, issuer = certificates[0], certificates[-1]
        check_authority(authority, issuer, alone=len(certificates) == 1)
        self.state["ca"] = [base64.b64encode(certificate.dump()).decode() for certificate in certificates]

        reply = self.web.request("GET", self.scep_url("GetCACaps"))
        check(reply.status == 200, f"GetCACaps: 200 expected, got {reply.status}")
        check(reply.media_type() == "text/plain", f"GetCACaps: text/plain expected, got {reply.media_type()!r}")
        check(not reply.body.startswith(b"\xef\xbb\xbf"), "GetCACaps: no byte order mark")
        check(b"\r" not in reply.body, "GetCACaps: lines end in LF")
        capabilities = reply.body.decode("ascii").split("\n")
        if capabilities[-1] == "":
            capabilities.pop()
        known = {"Renewal", "SHA-1", "SHA-256", "SHA-512", "AES", "DES3", "SCEPStandard", "POSTPKIOperation",
                 "GetNextCACert"}
        check(set(capabilities) <= known, f"GetCACaps: unknown words {sorted(set(capabilities) - known)}")
        for word in ("Renewal", "SHA-256", "AES", "SCEPStandard", "POSTPKIOperation"):
            check(word in capabilities, f"GetCACaps: {word} is missing")
        say("ca", certificates=len(certificates), capabilities=capabilities)

    def authorities(self):
        return [x509.Certificate.load(base64.b64decode(der)) for der in self.state["ca"]]

    def request_certificate(self, key, signer, signer_key, challenge, by_get, transaction=None):
        """One PKIOperation; gives the CertRep."""
        shape, message_type = self.shape, messages.PKCS_REQ
        by_get = shape.get("get", by_get)
        if signer is not None:
            message_type = shape.get("renewal", message_type)
        digest, cipher = self.state["digest"], self.state["cipher"]
        subject = messages.name(self.state["scep"]["subject"] or [["CN", self.device["udid"]]])
        request = messages.certification_request(
            key, subject, challenge, text=shape.get("challenge", "printable_string"))
        if signer is None:
            signer, signer_key = messages.self_signed(key, subject), key
        if transaction is None:
            transaction = transaction_id(key, shape.get("transaction"))
        authorities = self.authorities()
        message, nonce = messages.pkcs_req(
            request, signer, signer_key, authorities[0], cipher, digest, transaction, message_type,
            shape.get("text", core.PrintableString),
        )
        url = self.scep_url("PKIOperation")
        if by_get:
            parts = urlsplit(url)
            target = f"{parts.path}?{parts.query}&message={messages.escape_like_macos(message)}"
            reply = self.web.request("GET", url, target=target)
        else:
            reply = self.web.request("POST", url, message, {"Content-Type": "application/x-pki-message"})
        check(reply.status == 200, f"PKIOperation: 200 expected (refusals too), got {reply.status}")
        check(
            reply.media_type() == "application/x-pki-message",
            f"PKIOperation: application/x-pki-message expected, got {reply.header('Content-Type')!r}",
        )
        return messages.open_cert_rep(reply.body, authorities, signer_key, signer, transaction, nonce, cipher)

    def curve(self):
        return {256: acme.ec.SECP256R1, 384: acme.ec.SECP384R1}[self.state["acme"]["size"]]()

    def by_acme(self):
        """A new account, an order, an attestation if profile and options want one, the certificate."""
        wanted, path = self.state["acme"], self.arguments.attestation
        client = acme.AcmeClient(self.web, wanted["directory"])

        def attest(token):
            if not (wanted["attest"] and path):
                return {"attObj": acme.b64(acme.no_attestation())}
            root = acme.AttestationRoot.load(path)
            return {"attObj": acme.b64(root.attest(self.key.public_key(), token, self.device))}

        chain = client.obtain(wanted["identifier"], self.key, attest)
        check(len(chain) >= 2, "certificate: the issuer is missing in the chain")
        check_identity(chain[0], self.key, chain[1])
        self.certificate = chain[0]
        self.write("certificate.der", chain[0].dump())
        client.must_refuse()
        say("certificate", by="ACME", attested=bool(wanted["attest"] and path),
            short_signatures=client.short_seen, subject=chain[0].subject.human_friendly)

    def first_certificate(self):
        if "acme" in self.state:
            self.by_acme()
            return
        answer = self.request_certificate(
            self.key, None, None, self.state["scep"]["challenge"], by_get=self.arguments.get
        )
        self.keep_certificate(answer, self.key)
        say("certificate", by="GET" if self.arguments.get else "POST", cipher=self.state["cipher"],
            digest=self.state["digest"], subject=self.certificate.subject.human_friendly,
            not_after=self.certificate.not_valid_after.isoformat())

    def keep_certificate(self, answer, key):
        check(answer.status == messages.SUCCESS, f"SCEP refused: {messages.FAIL_NAMES.get(answer.fail_info)}")
        leaf = answer.certificates[0]
        check_identity(leaf, key, self.authorities()[-1])
        self.certificate = leaf
        self.write("certificate.der", leaf.dump())

    # --- check-in --------------------------------------------------------------------------------

    def sign(self, body):
        """`Mdm-Signature`: both encoders in turn, so that the server meets both shapes."""
        how = self.arguments.signature
        if how == "both":
            how = ("device", "openssl")[self.signatures_made % 2]
        self.signatures_made += 1
        make = messages.device_signature if how == "device" else messages.openssl_signature
        signature = make(body, self.certificate, self.key, self.state["digest"])
        check(signature[:4] == b"\x30\x80\x06\x09", "the signature does not begin as a device's does")
        return signature

    def check_in(self, message_type, **keys):
        mdm = self.device["mdm"]
        body = plistlib.dumps({
            "MessageType": message_type, "Topic": mdm["Topic"], "UDID": self.device["udid"], **keys
        })
        url = mdm.get("CheckInURL", mdm["ServerURL"])
        return wire.put(self.web, url, body, wire.CHECK_IN_TYPE, self.sign(body))

    def authenticate(self):
        model = simulated.MODELS[self.device["platform"]]
        keys = {key: model[key] for key in ("OSVersion", "BuildVersion", "ProductName")}
        if self.device["platform"] == "macos":
            keys.update(DeviceName=self.device["name"], Model=model["Model"], ModelName=model["ModelName"])
        reply = self.check_in("Authenticate", SerialNumber=self.device["serial"], **keys)
        wire.accepted_empty(reply, "Authenticate")
        self.device["state"] = "authenticated"
        say("authenticate", udid=self.device["udid"])

    def token_update(self):
        keys = {"Token": bytes.fromhex(self.device["token"]), "PushMagic": self.device["push_magic"],
                "AwaitingConfiguration": False}
        reply = self.check_in("TokenUpdate", **keys)
        wire.accepted_empty(reply, "TokenUpdate")
        self.device["state"] = "enrolled"
        say("token_update")

    def checkout(self):
        reply = self.check_in("CheckOut")
        wire.accepted_empty(reply, "CheckOut")
        self.device["state"] = "removed"
        self.save()
        say("checkout")

    # --- commands --------------------------------------------------------------------------------

    def report(self, result):
        body = plistlib.dumps({"UDID": self.device["udid"], **result})
        return body, wire.put(self.web, self.device["mdm"]["ServerURL"], body, wire.COMMAND_TYPE, self.sign(body))

    def poll_once(self, result):
        return wire.next_command(self.report(result)[1])

    def poll(self):
        """Drains the queue; with --wait until a first command came or the time is over."""
        arguments, deadline = self.arguments, time.monotonic() + self.arguments.wait
        offered = self.poll_once({"Status": "Idle"})
        while offered is None and time.monotonic() < deadline:
            time.sleep(0.5)
            offered = self.poll_once({"Status": "Idle"})
        deferred, answered, not_now_left = set(), 0, arguments.not_now
        while offered is not None:
            uuid, command = offered
            kind = command["RequestType"]
            check(uuid not in deferred, f"{kind} came again in the session in which the device said NotNow")
            check(answered < MAX_COMMANDS, f"more than {MAX_COMMANDS} commands in one session")
            may_defer = kind not in simulated.NEVER_NOT_NOW[self.device["platform"]]
            if not_now_left > 0 and may_defer:
                not_now_left -= 1
                deferred.add(uuid)
                result = {"Status": "NotNow"}
            else:
                result = simulated.answer(self.device, command)
            result["CommandUUID"] = uuid
            self.remember(uuid, kind, result)
            body, reply = self.report(result)
            self.write("last_result.plist", body)
            answered += 1
            say("answered", request_type=kind, command_uuid=uuid, status=result["Status"])
            offered = self.after_result(kind, result, reply)
            self.save()
            if offered is not None:
                check(offered[0] != uuid, f"{kind} came again right after its result")
        if answered == 0 and arguments.wait > 0:
            raise Refused(f"no command came within {arguments.wait} s")
        self.save()
        say("drained", answered=answered, state=self.device["state"])
        if self.device["state"] == "removed":
            self.checkout()

    def after_result(self, kind, result, reply):
        """A wiped or released device reads no further commands; the server must still say 200."""
        if self.device["state"] in ("erased", "removed") and result["Status"] == "Acknowledged":
            check(reply.status == 200, f"the result of {kind}: 200 expected, got {reply.status}")
            return None
        return wire.next_command(reply)

    def remember(self, uuid, kind, result):
        if result["Status"] != "NotNow":
            self.state["last_command"] = {"uuid": uuid, "request_type": kind}

    def redeliver(self):
        """The connection breaks before the answer: the same command must come again, once."""
        first = self.poll_once({"Status": "Idle"})
        check(first is not None, "redeliver: there must be a command in the queue")
        again = self.poll_once({"Status": "Idle"})
        check(again is not None and again[0] == first[0], "an unanswered command must come again under its UUID")
        check(again[1] == first[1], "an unanswered command must come again unchanged")
        say("redelivered", request_type=first[1]["RequestType"], command_uuid=first[0])

    def replay(self):
        """Sends the last result again, byte for byte; a device does so when an answer was lost."""
        try:
            with open(self.path("last_result.plist"), "rb") as file:
                body = file.read()
        except OSError as error:
            raise Refused("replay: no result was sent yet, poll first") from error
        last = plistlib.loads(body)["CommandUUID"]
        for attempt in (1, 2):
            reply = wire.put(
                self.web, self.device["mdm"]["ServerURL"], body, wire.COMMAND_TYPE, self.sign(body)
            )
            offered = wire.next_command(reply)
            check(offered is None or offered[0] != last, "a result that came twice revived its command")
            say("replayed", command_uuid=last, time=attempt)

    # --- what must be refused --------------------------------------------------------------------

    def same_key_retry(self):
        """The answer was lost: the same key asks again and gets the certificate that it already has."""
        for by_get in (False, True):
            answer = self.request_certificate(
                self.key, None, None, self.state["scep"]["challenge"], by_get=by_get
            )
            check(answer.status == messages.SUCCESS,
                  f"a retry with the same key is refused: {messages.FAIL_NAMES.get(answer.fail_info)}")
            check(answer.certificates[0].dump() == self.certificate.dump(),
                  "a retry with the same key must bring the same certificate")
            say("same_key_retry", by="GET" if by_get else "POST", same_certificate=True)

    def second_key(self):
        answer = self.request_certificate(
            messages.new_key(), None, None, self.state["scep"]["challenge"], by_get=False
        )
        check(answer.status == messages.FAILURE, "a used challenge gave another key a certificate")
        check(answer.fail_info == "2", f"badRequest expected, got {messages.FAIL_NAMES[answer.fail_info]}")
        say("second_key", fail_info="badRequest")
        answer = self.request_certificate(messages.new_key(), None, None, "A" * 43, by_get=False)
        check(answer.status == messages.FAILURE, "an invented challenge gave a certificate")
        check(answer.fail_info == "2", f"badRequest expected, got {messages.FAIL_NAMES[answer.fail_info]}")
        say("invented_challenge", fail_info="badRequest")

    def wrong_key(self):
        """Signatures that prove nothing. Each is a plain 403; the device itself stays served."""
        url = self.device["mdm"]["ServerURL"]
        body = plistlib.dumps({"UDID": self.device["udid"], "Status": "Idle"})
        digest = self.state["digest"]

        stranger_key = messages.new_key()
        stranger = messages.self_signed(stranger_key, self.certificate.subject)
        self.expect_forbidden(url, body, messages.device_signature(body, stranger, stranger_key, digest),
                              "a self-made certificate with our subject")
        self.expect_forbidden(url, body, messages.device_signature(body, self.certificate, stranger_key, digest),
                              "our certificate, another key")
        self.expect_forbidden(url, body + b"\n", messages.device_signature(body, self.certificate, self.key, digest),
                              "a body changed after signing")
        self.expect_forbidden(url, body, None, "no Mdm-Signature at all")
        self.expect_forbidden(url, body, b"\x30\x80\x06\x09 not CMS", "a signature that is not CMS")
        wire.next_command(self.report({"Status": "Idle"})[1])
        say("still_served")

    def unknown_device(self):
        """A stranger, and our own certificate in another device's name."""
        mdm = self.device["mdm"]
        other = simulated.new_device(self.device["platform"])
        key = messages.new_key()
        certificate = messages.self_signed(key, messages.name([["CN", other["udid"]]]))
        poll = plistlib.dumps({"UDID": other["udid"], "Status": "Idle"})
        authenticate = plistlib.dumps({
            "MessageType": "Authenticate", "Topic": mdm["Topic"], "UDID": other["udid"],
            "SerialNumber": other["serial"],
        })
        digest = self.state["digest"]
        self.expect_forbidden(mdm["ServerURL"], poll, messages.device_signature(poll, certificate, key, digest),
                              "a poll of a device that nobody knows")
        self.expect_forbidden(
            mdm.get("CheckInURL", mdm["ServerURL"]), authenticate,
            messages.device_signature(authenticate, certificate, key, digest),
            "an Authenticate without a certificate of ours", wire.CHECK_IN_TYPE,
        )
        self.expect_forbidden(mdm["ServerURL"], poll,
                              messages.device_signature(poll, self.certificate, self.key, digest),
                              "our certificate under another UDID")
        wire.next_command(self.report({"Status": "Idle"})[1])
        say("still_served")

    def expect_forbidden(self, url, body, signature, what, content_type=wire.COMMAND_TYPE):
        wire.plain_forbidden(wire.put(self.web, url, body, content_type, signature), what)
        say("refused", what=what, status=403)

    def retired(self):
        """After an explicit retire the server says so in Apple's own words, and only then."""
        body, reply = self.report({"Status": "Idle"})
        check(reply.status == 403, f"a retired enrollment: 403 expected, got {reply.status}")
        check(wire.UNRECOGNIZED in reply.body, "a retired enrollment is told com.apple.unrecognized.device")
        answer = wire.parse_plist(reply.body, "refusal") if b"<?xml" in reply.body[:16] else reply.json()
        check(answer.get("code") == wire.UNRECOGNIZED.decode(), "the refusal's key is `code`")
        say("told_to_unenroll", bytes=len(body))

    def ended(self):
        """After a checkout or a wipe the certificate opens nothing, and the device is not told to unenroll."""
        _, reply = self.report({"Status": "Idle"})
        wire.plain_forbidden(reply, "a poll after the end of the enrollment")
        say("refused", what="a poll after the end of the enrollment", status=403)

    def renew(self):
        """macOS renews with its current certificate and the old challenge; RFC 8894 §3.3.1, no Authenticate."""
        key = messages.new_key()
        answer = self.request_certificate(
            key, self.certificate, self.key, self.state["scep"]["challenge"], by_get=False
        )
        check(answer.status == messages.SUCCESS,
              f"renewal refused: {messages.FAIL_NAMES.get(answer.fail_info)}")
        old = self.certificate
        check(answer.certificates[0].dump() != old.dump(), "a renewal brings a new certificate")
        self.keep_certificate(answer, key)
        self.key = key
        self.write("key.pem", messages.key_pem(key))
        self.save()
        wire.next_command(self.report({"Status": "Idle"})[1])
        say("renewed", subject=self.certificate.subject.human_friendly)


def transaction_id(key, kind):
    """Made of the key, in the spelling of the client that is played: opaque to the server."""
    digest = hashlib.sha256(messages.public_key_info(key).dump()).digest()
    if kind == "decimal":
        return str(int.from_bytes(digest, "big"))
    if kind == "base64":
        return base64.b64encode(digest).decode()
    return digest.hex() if kind == "hex" else digest.hex().upper()


def problem(reply):
    """The server's own words about a refusal, shortened."""
    try:
        content = json.loads(reply.body)
        return str(content.get("detail") or content.get("title") or "")[:200]
    except (ValueError, AttributeError):
        return f"({reply.header('Content-Type')})"


def check_authority(authority, issuer, alone):
    """RFC 8894 §2.1.2 and what macOS needs to pick the right recipient."""
    check(isinstance(messages.certificate_public_key(authority), rsa.RSAPublicKey),
          "GetCACert: the first certificate must have an RSA key, requests are encrypted to it")
    usage = authority.key_usage_value.native if authority.key_usage_value else set()
    check({"digital_signature", "key_encipherment"} <= usage,
          "GetCACert: the first certificate needs digitalSignature and keyEncipherment")
    check(issuer.ca, "GetCACert: the last certificate must be a CA")
    issuer_usage = issuer.key_usage_value.native if issuer.key_usage_value else set()
    check("key_cert_sign" in issuer_usage, "GetCACert: the CA needs keyCertSign")
    if not alone:
        check("key_encipherment" not in issuer_usage,
              "GetCACert: beside an RA the CA must not have keyEncipherment, macOS may choose it")
        messages.check_issued_by(authority, issuer)
    messages.check_issued_by(issuer, issuer)


def check_identity(leaf, key, issuer):
    """The rules for the device certificate: ours to decide, whatever was asked for."""
    check(leaf.public_key.dump() == messages.public_key_info(key).dump(), "the certificate is for another key")
    messages.check_issued_by(leaf, issuer)
    check(leaf.hash_algo not in ("md5", "sha1"), "the certificate is signed with an old digest")
    check(not leaf.ca, "a device certificate must not be a CA")
    usage = leaf.key_usage_value.native if leaf.key_usage_value else set()
    check("digital_signature" in usage, "the certificate lacks digitalSignature")
    check(not usage & {"key_cert_sign", "crl_sign"}, "the certificate may sign certificates")
    extended = leaf.extended_key_usage_value
    check(extended is not None and "client_auth" in extended.native, "the certificate lacks clientAuth")
    check(leaf.serial_number.bit_length() > 32, "the serial number is not random enough")
    now = datetime.now(timezone.utc)
    check(leaf.not_valid_before <= now - timedelta(minutes=55), "NotBefore must lie an hour back: clocks differ")
    check(leaf.not_valid_after - now <= timedelta(days=399), "a device certificate lives 398 days at most")
    check(leaf.not_valid_after <= issuer.not_valid_after, "the certificate outlives its CA")
    names = leaf.subject_alt_name_value
    uris = [entry.native for entry in names if entry.name == "uniform_resource_identifier"] if names else []
    check(any(uri.startswith("urn:tillsyn:issuance:") for uri in uris), "the issuance URN is not among the names")


VERBS = {
    "enroll": Client.enroll, "accept": Client.accept, "poll": Client.poll, "replay": Client.replay, "redeliver": Client.redeliver,
    "wrong-key": Client.wrong_key, "second-key": Client.second_key, "same-key-retry": Client.same_key_retry,
    "unknown-device": Client.unknown_device, "renew": Client.renew, "token-update": Client.token_update,
    "checkout": Client.checkout, "retired": Client.retired, "ended": Client.ended,
    **{name: (lambda client, verb=verb: verb(client, say)) for name, verb in {
        "bootstrap-token": checkins.bootstrap_token, "get-token": checkins.get_token,
        "return-to-service": checkins.return_to_service, "user-channel": checkins.user_channel,
        "network-user": checkins.network_user, "declarations": checkins.declarations, "binary": checkins.binary,
    }.items()},
}


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("--server", help="base address of the public listener")
    parser.add_argument("--code", help="code of the invitation")
    parser.add_argument("--pin", help="PIN of the invitation")
    parser.add_argument("--ca-file", help="root certificate that the person's browser trusts")
    parser.add_argument("--state", default="mdm-client-state", help="folder of this device")
    parser.add_argument("--platform", default="ios", choices=sorted(simulated.MODELS))
    parser.add_argument("--attestation", help="file with the root that vouches for this device's keys (ACME)")
    parser.add_argument("--shape", default="apple", choices=sorted(SHAPES), help="SCEP as this client sends it")
    parser.add_argument("--get", action="store_true", help="PKIOperation by GET, escaped as macOS does")
    parser.add_argument("--cipher", default="aes128", choices=sorted(messages.CIPHERS))
    parser.add_argument("--digest", default="sha256", choices=("sha1", "sha256"))
    parser.add_argument("--signature", default="both", choices=("device", "openssl", "both"))
    parser.add_argument("--not-now", type=int, default=0, help="answer so many commands with NotNow")
    parser.add_argument("--wait", type=float, default=0, help="poll: seconds to wait for a first command")
    arguments = parser.parse_args(argv)
    if arguments.verb in ("enroll", "accept") and not (arguments.server and arguments.code):
        parser.error(f"{arguments.verb} needs --server and --code")
    return arguments


def main(argv=None):
    arguments = parse(argv)
    client = Client(arguments)
    try:
        if arguments.verb not in ("enroll", "accept"):
            client.load()
        VERBS[arguments.verb](client)
    except (Refused, messages.MessageError) as error:
        say("failed", verb=arguments.verb, reason=str(error))
        print(f"mdm_client {arguments.verb}: {error}", file=sys.stderr)
        return 1
    say("done", verb=arguments.verb)
    return 0


if __name__ == "__main__":
    sys.exit(main())
