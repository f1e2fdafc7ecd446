"""CMS, PKCS#10 and SCEP messages of a client, from RFC 5652, RFC 2986 and RFC 8894.

Types come from Debian's python3-asn1crypto, mathematics from python3-cryptography. Nothing here knows
HTTP, files or the server under test.
"""

import hashlib
import os
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone

from asn1crypto import algos, cms, core, csr, keys, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

try:  # cryptography 43 and later keep Triple DES apart
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
except ImportError:
    TripleDES = algorithms.TripleDES

# RFC 8894 §3.2.1: transaction attributes under id-attributes.
MESSAGE_TYPE = "2.16.840.1.113733.1.9.2"
PKI_STATUS = "2.16.840.1.113733.1.9.3"
FAIL_INFO = "2.16.840.1.113733.1.9.4"
SENDER_NONCE = "2.16.840.1.113733.1.9.5"
RECIPIENT_NONCE = "2.16.840.1.113733.1.9.6"
TRANSACTION_ID = "2.16.840.1.113733.1.9.7"

CERT_REP, RENEWAL_REQ, PKCS_REQ = "3", "17", "19"
SUCCESS, FAILURE, PENDING = "0", "2", "3"
FAIL_NAMES = {"0": "badAlg", "1": "badMessageCheck", "2": "badRequest", "3": "badTime", "4": "badCertId"}

CIPHERS = {  # name: (asn1crypto name, key bytes, block bytes)
    "aes128": ("aes128_cbc", 16, 16),
    "aes256": ("aes256_cbc", 32, 16),
    "3des": ("tripledes_3key", 24, 8),
}
HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


class MessageError(Exception):
    """The other side sent something that the standards do not allow."""


# --- keys and certificates -------------------------------------------------------------------------


def new_key():
    """A device key: RSA-2048, what Apple's SCEP client makes."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def is_curve(key):
    """A hardware key, which ACME certifies; SCEP keys are RSA."""
    return isinstance(key, ec.EllipticCurvePrivateKey)


def key_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_key(pem):
    return serialization.load_pem_private_key(pem, password=None)


def public_key_info(key):
    public = key.public_key() if hasattr(key, "public_key") else key
    der = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return keys.PublicKeyInfo.load(der)


def certificate_public_key(certificate):
    return serialization.load_der_public_key(certificate.public_key.dump())


def name(pairs):
    """A name from [OID or short name, value] pairs, as the SCEP payload's `Subject` gives them."""
    short = {
        "CN": "common_name", "O": "organization_name", "OU": "organizational_unit_name",
        "C": "country_name", "L": "locality_name", "ST": "state_or_province_name",
    }
    parts = []
    for kind, value in pairs:
        text_type = "printable_string" if kind == "C" else "utf8_string"
        attribute = {
            "type": short.get(kind, kind),
            "value": x509.DirectoryString(name=text_type, value=value),
        }
        parts.append(x509.RelativeDistinguishedName([x509.NameTypeAndValue(attribute)]))
    return x509.Name(name="", value=x509.RDNSequence(parts))


def self_signed(key, subject, digest="sha256"):
    """The throw-away certificate that signs a first request; RFC 8894 §3.1."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    body = x509.TbsCertificate({
        "version": "v3",
        "serial_number": int.from_bytes(os.urandom(8), "big") | 1,
        "signature": {"algorithm": digest + "_rsa"},
        "issuer": subject,
        "validity": {
            "not_before": x509.Time(name="utc_time", value=now - timedelta(hours=1)),
            "not_after": x509.Time(name="utc_time", value=now + timedelta(days=7)),
        },
        "subject": subject,
        "subject_public_key_info": public_key_info(key),
    })
    return x509.Certificate({
        "tbs_certificate": body,
        "signature_algorithm": {"algorithm": digest + "_rsa"},
        "signature_value": rsa_sign(key, body.dump(), digest),
    })


def rsa_sign(key, data, digest):
    return key.sign(data, padding.PKCS1v15(), HASHES[digest]())


def verify_raw(public, algorithm, digest, signature, data):
    """Checks one signature; `MessageError` when it does not hold."""
    try:
        if isinstance(public, rsa.RSAPublicKey):
            if algorithm not in ("rsassa_pkcs1v15",):
                raise MessageError(f"signature algorithm {algorithm} does not fit an RSA key")
            public.verify(signature, data, padding.PKCS1v15(), HASHES[digest]())
        else:
            if algorithm != "ecdsa":
                raise MessageError(f"signature algorithm {algorithm} does not fit an EC key")
            public.verify(signature, data, ec.ECDSA(HASHES[digest]()))
    except MessageError:
        raise
    except Exception as error:
        raise MessageError("the signature does not verify") from error


def check_issued_by(certificate, issuer):
    """`certificate` names `issuer` and carries its signature."""
    if certificate.issuer != issuer.subject:
        raise MessageError("the certificate's issuer is not the CA's subject")
    algorithm = certificate["signature_algorithm"]
    verify_raw(
        certificate_public_key(issuer), algorithm.signature_algo, algorithm.hash_algo,
        certificate["signature_value"].native, certificate["tbs_certificate"].dump(),
    )


# --- PKCS#10 ---------------------------------------------------------------------------------------


def certification_request(key, subject, challenge, digest="sha256", text="printable_string"):
    """A PKCS#10 request; the challenge travels as PrintableString, as Apple's client sends it."""
    attributes = []
    if challenge is not None:
        password = x509.DirectoryString(name=text, value=challenge)
        attributes.append({"type": "challenge_password", "values": [password]})
    info = csr.CertificationRequestInfo({
        "version": "v1",
        "subject": subject,
        "subject_pk_info": public_key_info(key),
        "attributes": attributes,
    })
    return csr.CertificationRequest({
        "certification_request_info": info,
        "signature_algorithm": {"algorithm": digest + "_rsa"},
        "signature": rsa_sign(key, info.dump(), digest),
    }).dump()


# --- EnvelopedData ---------------------------------------------------------------------------------


def _cipher(kind, key, vector):
    algorithm = TripleDES(key) if kind == "tripledes_3key" else algorithms.AES(key)
    return Cipher(algorithm, modes.CBC(vector))


def envelope(plain, recipient, cipher):
    """EnvelopedData for one RSA recipient, DER. RFC 5652 §6."""
    kind, key_bytes, block = CIPHERS[cipher]
    content_key, vector = os.urandom(key_bytes), os.urandom(block)
    pad = block - len(plain) % block
    encryptor = _cipher(kind, content_key, vector).encryptor()
    encrypted = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
    wrapped = certificate_public_key(recipient).encrypt(content_key, padding.PKCS1v15())
    recipient_info = cms.KeyTransRecipientInfo({
        "version": "v0",
        "rid": cms.RecipientIdentifier(
            name="issuer_and_serial_number",
            value={"issuer": recipient.issuer, "serial_number": recipient.serial_number},
        ),
        "key_encryption_algorithm": {"algorithm": "rsaes_pkcs1v15"},
        "encrypted_key": wrapped,
    })
    return cms.ContentInfo({
        "content_type": "enveloped_data",
        "content": cms.EnvelopedData({
            "version": "v0",
            "recipient_infos": [cms.RecipientInfo(name="ktri", value=recipient_info)],
            "encrypted_content_info": {
                "content_type": "data",
                "content_encryption_algorithm": {"algorithm": kind, "parameters": vector},
                "encrypted_content": encrypted,
            },
        }),
    }).dump()


def open_envelope(der, key, certificate):
    """Decrypts EnvelopedData addressed to `certificate`; gives (plain, cipher name)."""
    info = cms.ContentInfo.load(der)
    if info["content_type"].native != "enveloped_data":
        raise MessageError("the signed content is not EnvelopedData")
    data = info["content"]
    if len(data["recipient_infos"]) != 1:
        raise MessageError("the envelope must have exactly one recipient")
    recipient = data["recipient_infos"][0].chosen
    rid = recipient["rid"].chosen
    if recipient["rid"].name != "issuer_and_serial_number" or (
        rid["serial_number"].native != certificate.serial_number or rid["issuer"] != certificate.issuer
    ):
        raise MessageError("the envelope is not addressed to the certificate that signed the request")
    content_key = key.decrypt(recipient["encrypted_key"].native, padding.PKCS1v15())
    inner = data["encrypted_content_info"]
    algorithm = inner["content_encryption_algorithm"]
    kind = algorithm["algorithm"].native
    names = {spec[0]: short for short, spec in CIPHERS.items()}
    decryptor = _cipher(kind, content_key, algorithm["parameters"].native).decryptor()
    padded = decryptor.update(inner["encrypted_content"].native) + decryptor.finalize()
    pad = padded[-1] if padded else 0
    if not 1 <= pad <= 16 or padded[-pad:] != bytes([pad]) * pad:
        raise MessageError("the envelope's padding is wrong")
    return padded[:-pad], names.get(kind, kind)


# --- SignedData ------------------------------------------------------------------------------------


def _attribute(oid, value):
    values = core.Any(value).dump()
    parts = core.ObjectIdentifier(oid).dump() + _tagged(0x31, values)
    return cms.CMSAttribute.load(_tagged(0x30, parts))


def _tagged(tag, content):
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def signed_attributes(content, digest, extra):
    values = [
        _attribute("1.2.840.113549.1.9.3", core.ObjectIdentifier("1.2.840.113549.1.7.1")),
        _attribute("1.2.840.113549.1.9.4", core.OctetString(hashlib.new(digest, content).digest())),
    ]
    values += [_attribute(oid, value) for oid, value in extra]
    return cms.CMSAttributes(values)


def signed_data(content, certificate, key, digest, extra):
    """Attached SignedData with signed attributes, DER. RFC 5652 §5."""
    attributes = signed_attributes(content, digest, extra)
    # DER wants a SET OF in sorted order, and the signature is over exactly that form.
    attributes = cms.CMSAttributes.load(attributes.dump(force=True))
    signer = cms.SignerInfo({
        "version": "v1",
        "sid": cms.SignerIdentifier(
            name="issuer_and_serial_number",
            value={"issuer": certificate.issuer, "serial_number": certificate.serial_number},
        ),
        "digest_algorithm": {"algorithm": digest},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
        "signature": rsa_sign(key, attributes.untag().dump(), digest),
    })
    return cms.ContentInfo({
        "content_type": "signed_data",
        "content": cms.SignedData({
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": digest})],
            "encap_content_info": {"content_type": "data", "content": content},
            "certificates": [certificate],
            "signer_infos": [signer],
        }),
    }).dump()


class Signed:
    """A verified SignedData: content, the signer's certificate, signed attributes by OID."""

    def __init__(self, content, signer, certificates, attributes, digest):
        self.content = content
        self.signer = signer
        self.certificates = certificates
        self.attributes = attributes
        self.digest = digest


def open_signed(der, allowed_digests=("sha256", "sha384", "sha512")):
    """Parses and verifies SignedData with exactly one signer. The caller checks who the signer is."""
    require_der(der)
    info = cms.ContentInfo.load(der)
    if info["content_type"].native != "signed_data":
        raise MessageError("the answer is not SignedData")
    data = info["content"]
    certificates = [choice.chosen for choice in data["certificates"]]
    if len(data["signer_infos"]) != 1:
        raise MessageError("there must be exactly one signer")
    signer_info = data["signer_infos"][0]
    digest = signer_info["digest_algorithm"]["algorithm"].native
    if digest not in allowed_digests:
        raise MessageError(f"digest {digest} is not one we accept from a server")
    signer = _find_signer(signer_info["sid"], certificates)
    encapsulated = data["encap_content_info"]["content"]
    content = encapsulated.native if encapsulated.native is not None else b""
    if signer_info["signed_attrs"].native is None:
        attributes, signed_bytes = {}, content
    else:
        attributes = {}
        for item in signer_info["signed_attrs"]:
            oid = item["type"].dotted
            if oid in attributes or len(item["values"]) != 1:
                raise MessageError(f"signed attribute {oid} must have exactly one value")
            attributes[oid] = item["values"][0]
        message_digest = attributes.get("1.2.840.113549.1.9.4")
        if message_digest is None or message_digest.native != hashlib.new(digest, content).digest():
            raise MessageError("messageDigest does not match the content")
        if "1.2.840.113549.1.9.3" not in attributes:
            raise MessageError("contentType is not among the signed attributes")
        signed_bytes = signer_info["signed_attrs"].untag().dump()
    algorithm = signer_info["signature_algorithm"].signature_algo
    verify_raw(
        certificate_public_key(signer), algorithm, digest, signer_info["signature"].native, signed_bytes
    )
    return Signed(content, signer, certificates, attributes, digest)


def _find_signer(sid, certificates):
    for certificate in certificates:
        if sid.name == "issuer_and_serial_number":
            chosen = sid.chosen
            if (
                chosen["serial_number"].native == certificate.serial_number
                and chosen["issuer"] == certificate.issuer
            ):
                return certificate
        elif certificate.key_identifier == sid.native:
            return certificate
    raise MessageError("the signer's certificate is not in the message")


def degenerate_certificates(der):
    """Certificates of a certs-only SignedData; RFC 5652 §5.2."""
    require_der(der)
    info = cms.ContentInfo.load(der)
    if info["content_type"].native != "signed_data":
        raise MessageError("not a certs-only SignedData")
    data = info["content"]
    if len(data["signer_infos"]) != 0:
        raise MessageError("a certs-only SignedData has no signers")
    return [choice.chosen for choice in data["certificates"]]


def require_der(data):
    """Every length definite and minimal, and nothing behind the value: what a DER reader accepts."""
    end = _walk(data, 0, len(data), 0)
    if end != len(data):
        raise MessageError("bytes follow the DER value")


def _walk(data, at, end, depth):
    if depth > 32:
        raise MessageError("nesting deeper than 32")
    if at + 2 > end:
        raise MessageError("DER value is cut off")
    tag, length = data[at], data[at + 1]
    at += 2
    if tag & 0x1F == 0x1F:
        raise MessageError("multi-byte tags do not occur here")
    if length == 0x80:
        raise MessageError("indefinite length where DER is demanded")
    if length > 0x80:
        count = length - 0x80
        length = int.from_bytes(data[at:at + count], "big")
        if count > 4 or length < 0x80 or data[at] == 0:
            raise MessageError("length is not in its shortest form")
        at += count
    stop = at + length
    if stop > end:
        raise MessageError("DER value is cut off")
    if tag & 0x20:
        while at < stop:
            at = _walk(data, at, stop, depth + 1)
    return stop


# --- SCEP ------------------------------------------------------------------------------------------


def pkcs_req(request, signer, key, recipient, cipher, digest, transaction, message_type=PKCS_REQ,
             text=core.PrintableString):
    """A PKIMessage around a PKCS#10 request; gives (DER, senderNonce). RFC 8894 §3.2, §3.3.1."""
    nonce = os.urandom(16)
    extra = [
        (MESSAGE_TYPE, text(message_type)),
        (TRANSACTION_ID, text(transaction)),
        (SENDER_NONCE, core.OctetString(nonce)),
    ]
    return signed_data(envelope(request, recipient, cipher), signer, key, digest, extra), nonce


class CertRep:
    """What a server answered: `status`, `fail_info`, `certificates` (leaf first)."""

    def __init__(self, status, fail_info, certificates):
        self.status = status
        self.fail_info = fail_info
        self.certificates = certificates


def open_cert_rep(der, ca_certificates, key, signer, transaction, sender_nonce, cipher):
    """Verifies a CertRep against the request that it answers. RFC 8894 §3.3.2."""
    signed = open_signed(der)
    known = {certificate.sha256 for certificate in ca_certificates}
    if signed.signer.sha256 not in known:
        raise MessageError("CertRep is signed by a certificate that GetCACert did not name")

    def text(oid, what):
        value = signed.attributes.get(oid)
        if value is None:
            raise MessageError(f"CertRep without {what}")
        if value.parse().__class__ is not core.PrintableString:
            raise MessageError(f"{what} must be a PrintableString")
        return value.native

    def octets(oid, what):
        value = signed.attributes.get(oid)
        if value is None:
            raise MessageError(f"CertRep without {what}")
        if value.parse().__class__ is not core.OctetString:
            raise MessageError(f"{what} must be an OCTET STRING")
        return value.native

    if text(MESSAGE_TYPE, "messageType") != CERT_REP:
        raise MessageError("messageType of an answer must be 3")
    if text(TRANSACTION_ID, "transactionID") != transaction:
        raise MessageError("CertRep names another transaction")
    if octets(RECIPIENT_NONCE, "recipientNonce") != sender_nonce:
        raise MessageError("recipientNonce is not the request's senderNonce")
    fresh = octets(SENDER_NONCE, "senderNonce")
    if len(fresh) != 16 or fresh == sender_nonce:
        raise MessageError("senderNonce must be 16 fresh bytes")
    status = text(PKI_STATUS, "pkiStatus")
    if status == FAILURE:
        if signed.content:
            raise MessageError("a FAILURE carries no content")
        fail_info = text(FAIL_INFO, "failInfo")
        if fail_info not in FAIL_NAMES:
            raise MessageError(f"failInfo {fail_info} does not exist")
        return CertRep(status, fail_info, [])
    if status == PENDING:
        return CertRep(status, None, [])
    if status != SUCCESS:
        raise MessageError(f"pkiStatus {status} does not exist")
    plain, used = open_envelope(signed.content, key, signer)
    if used != cipher:
        raise MessageError(f"the answer uses {used}, the request used {cipher}")
    certificates = degenerate_certificates(plain)
    if not certificates:
        raise MessageError("SUCCESS without a certificate")
    return CertRep(status, None, certificates)


def escape_like_macos(message):
    """Base64 in a query as macOS writes it: only `=` is escaped, `+` and `/` are not."""
    import base64

    return base64.b64encode(message).decode().replace("=", "%3D")


# --- Mdm-Signature ---------------------------------------------------------------------------------


def device_signature(body, certificate, key, digest):
    """A detached signature as devices send it: indefinite lengths, no content, no signed attributes."""
    digest_algorithm = algos.DigestAlgorithm({"algorithm": digest, "parameters": core.Null()})
    signer = cms.SignerInfo({
        "version": "v1",
        "sid": cms.SignerIdentifier(
            name="issuer_and_serial_number",
            value={"issuer": certificate.issuer, "serial_number": certificate.serial_number},
        ),
        "digest_algorithm": digest_algorithm,
        "signature_algorithm": {"algorithm": f"{digest}_ecdsa" if is_curve(key) else "rsassa_pkcs1v15"},
        "signature": key.sign(body, ec.ECDSA(HASHES[digest]())) if is_curve(key) else rsa_sign(key, body, digest),
    })

    def indefinite(tag, *parts):
        return bytes([tag, 0x80]) + b"".join(parts) + b"\x00\x00"

    return indefinite(
        0x30,
        core.ObjectIdentifier("1.2.840.113549.1.7.2").dump(),
        indefinite(
            0xA0,
            indefinite(
                0x30,
                core.Integer(1).dump(),
                cms.DigestAlgorithms([digest_algorithm]).dump(),
                indefinite(0x30, core.ObjectIdentifier("1.2.840.113549.1.7.1").dump()),
                indefinite(0xA0, certificate.dump()),
                indefinite(0x31, signer.dump()),
            ),
        ),
    )


def openssl_signature(body, certificate, key, digest):
    """The same by the openssl command, which streams the content into the message."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {part: os.path.join(folder, part) for part in ("cert", "key", "body")}
        contents = {"cert": pem(certificate), "key": key_pem(key), "body": body}
        for part, path in paths.items():
            with open(path, "wb") as file:
                file.write(contents[part])
        signature = subprocess.run(
            ["openssl", "cms", "-sign", "-binary", "-noattr", "-stream", "-md", digest, "-outform", "DER",
             "-in", paths["body"], "-signer", paths["cert"], "-inkey", paths["key"]],
            check=True, capture_output=True,
        ).stdout
    return signature


def pem(certificate):
    import base64

    text = base64.encodebytes(certificate.dump())
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


def from_pem(data):
    from asn1crypto import pem as pem_codec

    return [x509.Certificate.load(der) for _, _, der in pem_codec.unarmor(data, multiple=True)]
