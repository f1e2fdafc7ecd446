"""HTTP as a device speaks it, and the rules that every answer of an MDM server must keep."""

import base64
import http.client
import json
import plistlib
import re
import ssl
import subprocess
import tempfile
from urllib.parse import urlsplit

TIMEOUT_SECS = 60
UNRECOGNIZED = b"com.apple.unrecognized.device"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Refused(Exception):
    """The server broke a rule; the text says which."""


def check(condition, text):
    if not condition:
        raise Refused(text)


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        """The one value of a header, or an empty text."""
        values = self.headers.get_all(name) or []
        check(len(values) <= 1, f"header {name} occurs {len(values)} times")
        return values[0] if values else ""

    def media_type(self):
        return self.header("Content-Type").split(";")[0].strip().lower()

    def json(self):
        check(self.media_type() == "application/json", f"JSON expected, got {self.header('Content-Type')!r}")
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Refused(f"the answer is not JSON: {error}") from error


class Http:
    """Requests with one trust store, on kept connections as a device's session is.

    A device trusts what its system and its profiles name.
    """

    def __init__(self, roots_pem=()):
        self.connections = {}
        self.context = ssl.create_default_context()
        for pem in roots_pem:
            self.context.load_verify_locations(cadata=pem.decode("ascii"))

    def request(self, method, url, body=None, headers=None, target=None):
        """One request. `target` replaces the request target byte for byte."""
        parts = urlsplit(url)
        check(parts.scheme in ("http", "https"), f"{url} is not an http address")
        check(
            parts.scheme == "https" or parts.hostname in LOOPBACK,
            f"clear text is only tolerated on loopback, not for {url}",
        )
        if target is None:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        key = (parts.scheme, parts.hostname, parts.port)
        reused = key in self.connections
        try:
            return self.exchange(key, method, target, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.forget(key)
            # A connection kept from before may have been closed meanwhile; a fresh one may not.
            check(reused, f"{parts.hostname} closed the connection without an answer")
            return self.request(method, url, body, headers, target)
        except ssl.SSLError as error:
            self.forget(key)
            raise Refused(f"TLS to {parts.hostname}: {error.reason}; is the root in the profile?") from error
        except (OSError, http.client.HTTPException) as error:
            self.forget(key)
            raise Refused(f"no answer from {parts.hostname}: {error}") from error

    def exchange(self, key, method, target, body, headers):
        scheme, host, port = key
        if key not in self.connections:
            if scheme == "https":
                made = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECS, context=self.context)
            else:
                made = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECS)
            self.connections[key] = made
        connection = self.connections[key]
        # Not `request()`: it would add headers that devices do not send.
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        reply = Reply(answer.status, answer.headers, answer.read())
        if answer.will_close:
            self.forget(key)
        return reply

    def forget(self, key):
        connection = self.connections.pop(key, None)
        if connection is not None:
            connection.close()


# --- Apple MDM -------------------------------------------------------------------------------------

CHECK_IN_TYPE = "application/x-apple-aspen-mdm-checkin"
COMMAND_TYPE = "application/x-apple-aspen-mdm; charset=UTF-8"


def put(web, url, body, content_type, signature):
    """A device request: always PUT, a plist, with `Mdm-Signature` over the exact bytes."""
    headers = {"Content-Type": content_type, "User-Agent": "MDM/1.0", "Accept": "*/*"}
    if signature is not None:
        headers["Mdm-Signature"] = base64.b64encode(signature).decode("ascii")
    reply = web.request("PUT", url, body, headers)
    check(reply.status != 401, "401 on an MDM request: a real device would have unenrolled itself")
    check(reply.status not in (301, 302, 303, 307, 308), "a redirect on an MDM request")
    return reply


def accepted_empty(reply, what):
    """The reply to a check-in or the end of a session: 200 and not one byte."""
    check(reply.status == 200, f"{what}: 200 expected, got {reply.status}")
    check(reply.body == b"", f"{what}: the body must have zero bytes, it has {len(reply.body)}")


def plain_forbidden(reply, what):
    """The refusal of somebody who is not ours: 403 without the code that makes a device unenroll."""
    check(reply.status == 403, f"{what}: 403 expected, got {reply.status}")
    check(UNRECOGNIZED not in reply.body, f"{what}: carries {UNRECOGNIZED.decode()}, devices would unenroll")


def next_command(reply):
    """A poll's answer: `None` at the end of the session, else (CommandUUID, Command)."""
    check(reply.status == 200, f"poll: 200 expected, got {reply.status}")
    if reply.body == b"":
        return None
    content_type = reply.header("Content-Type").lower().replace(" ", "")
    check(
        content_type == "application/xml;charset=utf-8",
        f"a command comes as application/xml; charset=UTF-8, not {reply.header('Content-Type')!r}",
    )
    message = parse_plist(reply.body, "command")
    check(isinstance(message, dict) and message, "a command is a non-empty dictionary (an empty plist is no end)")
    check(set(message) == {"Command", "CommandUUID"}, f"a command has Command and CommandUUID, not {sorted(message)}")
    uuid, command = message["CommandUUID"], message["Command"]
    check(isinstance(uuid, str) and 0 < len(uuid) <= 128, "CommandUUID must be a text")
    check(isinstance(command, dict), "Command must be a dictionary")
    check(isinstance(command.get("RequestType"), str), "Command without RequestType")
    return uuid, command


def parse_plist(data, what):
    check(data.startswith((b"<?xml", b"bplist00")), f"{what}: neither an XML nor a binary plist")
    check(b"<!ENTITY" not in data, f"{what}: entities have no place in a plist")
    try:
        return plistlib.loads(data)
    except Exception as error:
        raise Refused(f"{what}: not a property list: {error}") from error


# --- the enrollment profile ------------------------------------------------------------------------

UUID_FORM = re.compile(r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")
IDENTITIES = {"com.apple.security.scep", "com.apple.security.acme"}
ALLOWED_PAYLOADS = {"com.apple.security.root", "com.apple.security.pkcs1", "com.apple.mdm", *IDENTITIES}


def verify_signed_profile(der):
    """The plist inside a signed profile, by the openssl command; the chain is the device's matter."""
    check(not der.startswith(b"<?xml"), "the profile is not signed")
    with tempfile.NamedTemporaryFile() as file:
        file.write(der)
        file.flush()
        run = subprocess.run(
            ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-noverify", "-in", file.name],
            capture_output=True, check=False,
        )
    check(run.returncode == 0, "openssl does not verify the profile's signature")
    return run.stdout


def check_profile(profile, platform):
    """Apple's rules for an enrollment profile; gives (mdm payload, SCEP content or ACME payload, roots)."""
    check(isinstance(profile, dict), "a profile is a dictionary")
    check(profile.get("PayloadType") == "Configuration", "PayloadType must be Configuration")
    payloads = profile.get("PayloadContent")
    check(isinstance(payloads, list) and payloads, "PayloadContent must be a non-empty array")
    if platform == "macos":
        check(profile.get("PayloadScope") == "System", "PayloadScope must be System on macOS")
    uuids = set()
    for payload in [profile, *payloads]:
        kind = payload.get("PayloadType")
        check(payload.get("PayloadVersion") == 1, f"{kind}: PayloadVersion must be 1")
        for key in ("PayloadIdentifier", "PayloadUUID"):
            check(isinstance(payload.get(key), str) and payload[key], f"{kind}: {key} is missing")
        check(UUID_FORM.match(payload["PayloadUUID"]), f"{kind}: PayloadUUID is not a UUID")
        check(payload["PayloadUUID"].lower() not in uuids, f"{kind}: PayloadUUID occurs twice")
        uuids.add(payload["PayloadUUID"].lower())
    for payload in payloads:
        check(
            payload["PayloadType"] in ALLOWED_PAYLOADS,
            f"{payload['PayloadType']} has no place in an enrollment profile",
        )
    check(isinstance(profile.get("PayloadDisplayName"), str), "the person sees no PayloadDisplayName")
    check(isinstance(profile.get("PayloadOrganization"), str), "the person sees no PayloadOrganization")

    mdm = only(payloads, "com.apple.mdm")
    identities = [payload for payload in payloads if payload["PayloadType"] in IDENTITIES]
    check(len(identities) == 1, f"exactly one identity payload expected, found {len(identities)}")
    identity = identities[0]
    check(
        mdm.get("IdentityCertificateUUID") == identity["PayloadUUID"],
        "IdentityCertificateUUID does not name the identity payload",
    )
    topic = mdm.get("Topic")
    check(isinstance(topic, str) and topic.startswith("com.apple.mgmt."), "Topic must begin with com.apple.mgmt.")
    for key in ("ServerURL", "CheckInURL"):
        if key == "CheckInURL" and key not in mdm:
            continue
        url = mdm.get(key)
        check(isinstance(url, str), f"{key} is missing")
        parts = urlsplit(url)
        check(parts.scheme == "https" or parts.hostname in LOOPBACK, f"{key} must be an https address")
    check(mdm.get("SignMessage") is True, "SignMessage must be true: there is no other proof of the device")
    check(mdm.get("CheckOutWhenRemoved") is True, "CheckOutWhenRemoved should be true")
    check(mdm.get("UseDevelopmentAPNS", False) is False, "UseDevelopmentAPNS must stay false")
    check("EnrollmentMode" not in mdm, "an invitation gives a device enrollment, without EnrollmentMode")
    rights = mdm.get("AccessRights")
    check(isinstance(rights, int) and 0 < rights <= 8191, "AccessRights must be 1 to 8191")
    check(not rights & 2 or rights & 1, "AccessRights: 2 needs 1")
    check(not rights & 128 or rights & 64, "AccessRights: 128 needs 64")
    check("ManagedAppleID" not in mdm, "ManagedAppleID is gone since iOS 18")

    roots = [payload["PayloadContent"] for payload in payloads if payload["PayloadType"] == "com.apple.security.root"]
    check(all(isinstance(root, bytes) for root in roots), "a root payload carries the certificate as data")
    if identity["PayloadType"] == "com.apple.security.acme":
        check_acme(identity)
        return mdm, identity, roots
    scep = identity.get("PayloadContent")
    check(isinstance(scep, dict), "the SCEP payload's keys stand inside PayloadContent")
    check(isinstance(scep.get("URL"), str), "SCEP: URL is missing")
    check(scep.get("Key Type") == "RSA", "SCEP: `Key Type` must be RSA")
    check(scep.get("Keysize") in (2048, 4096), "SCEP: Keysize must be 2048 or more (the default is 1024)")
    check(scep.get("Key Usage", 0) in (1, 5), "SCEP: `Key Usage` must allow signing")
    check(scep.get("KeyIsExtractable") is False, "SCEP: KeyIsExtractable must be false")
    challenge = scep.get("Challenge")
    check(isinstance(challenge, str) and len(challenge) >= 22, "SCEP: Challenge has less than 128 bits")
    return mdm, scep, roots


def check_acme(payload):
    """Apple schema mdm/profiles/com.apple.security.acme.yaml: the keys stand in the payload itself."""
    check("PayloadContent" not in payload, "ACME: the keys stand in the payload itself")
    url = payload.get("DirectoryURL")
    check(isinstance(url, str), "ACME: DirectoryURL is missing")
    parts = urlsplit(url)
    check(parts.scheme == "https" or parts.hostname in LOOPBACK, "ACME: DirectoryURL must be an https address")
    identifier = payload.get("ClientIdentifier")
    check(isinstance(identifier, str) and len(identifier) >= 22, "ACME: ClientIdentifier has less than 128 bits")
    bound = payload.get("HardwareBound")
    check(isinstance(bound, bool), "ACME: HardwareBound is required")
    check(bound or not payload.get("Attest", False), "ACME: Attest needs HardwareBound")
    if bound:
        check(payload.get("KeyType") == "ECSECPrimeRandom" and payload.get("KeySize") in (256, 384),
              "ACME: a hardware key is on P-256 or P-384")
    check(isinstance(payload.get("Subject"), list), "ACME: Subject is required")
    check(payload.get("KeyIsExtractable") is False, "ACME: KeyIsExtractable must be false")


def only(payloads, kind):
    found = [payload for payload in payloads if payload["PayloadType"] == kind]
    check(len(found) == 1, f"exactly one {kind} payload expected, found {len(found)}")
    return found[0]


def subject_pairs(subject):
    """`Subject` of a SCEP payload: an array of RDNs, each an array of [type, value]."""
    pairs = []
    for rdn in subject or []:
        check(isinstance(rdn, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in rdn),
              "SCEP: Subject is an array of arrays of pairs")
        pairs.extend(rdn)
    return pairs
