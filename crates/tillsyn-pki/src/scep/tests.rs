#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use super::client::{self, Answer, CaCertificates, SentRequest};
use super::*;
use crate::cert::Certificate;
use crate::csr::{self, Csr};
use crate::envelope::ContentCipher;
use crate::error::Error;
use crate::issue::{self, CaIdentity, DeviceSubject};
use crate::key::{Digest, KeyPair};
use crate::oid;
use crate::testing::{
    CA, DEVICE, NOW, OTHER_DEVICE, Openssl, RA, RSA_A, RSA_B, fixture, mutate, self_signed,
};

struct Client {
    key: KeyPair,
    signer: Certificate,
    ca: CaCertificates,
}

impl Client {
    fn new() -> Self {
        let (content_type, body) = get_ca_cert(&RA.certificate, &CA.certificate);
        assert_eq!(content_type, "application/x-x509-ca-ra-cert");
        let ca = client::parse_ca_cert(&body).unwrap();
        assert_eq!(ca.recipient, RA.certificate);
        Self {
            key: RSA_A.clone(),
            signer: self_signed(&RSA_A, "client"),
            ca,
        }
    }

    fn csr(&self) -> Vec<u8> {
        let subject = [(oid::COMMON_NAME, "wish".to_owned())];
        csr::build(&self.key, &subject, Some("challenge")).unwrap()
    }

    fn send(&self, digest: Digest, cipher: ContentCipher) -> SentRequest {
        self.send_csr(&self.csr(), digest, cipher)
    }

    fn send_csr(&self, csr: &[u8], digest: Digest, cipher: ContentCipher) -> SentRequest {
        let to = &self.ca.recipient;
        client::build_pkcs_req(csr, &self.key, &self.signer, to, digest, cipher).unwrap()
    }

    fn read(&self, answer: &[u8], sent: &SentRequest) -> Result<Answer, Error> {
        client::parse_cert_rep(answer, sent, &self.key, &self.signer, &self.ca)
    }
}

fn open(bytes: &[u8]) -> Result<CsrRequest, Refusal> {
    PkiRequest::parse(bytes)
        .unwrap()
        .verify(true)
        .and_then(|verified| verified.open(&RA))
}

fn issue_for(request: &CsrRequest) -> Certificate {
    let subject = DeviceSubject {
        cn: "issued".to_owned(),
        org: "Test".to_owned(),
    };
    let key = request.csr().public_key();
    issue::issue_device_certificate(&CA, key, &subject, &[], NOW, 365).unwrap()
}

#[test]
fn certificate_is_issued_for_every_digest_and_cipher() {
    let client = Client::new();
    for digest in [Digest::Sha1, Digest::Sha256, Digest::Sha512] {
        for cipher in [
            ContentCipher::Aes128Cbc,
            ContentCipher::Aes256Cbc,
            ContentCipher::DesEde3Cbc,
        ] {
            let sent = client.send(digest, cipher);
            let request = open(&sent.der).unwrap();
            assert_eq!(request.message_type(), MessageType::PkcsReq);
            assert_eq!(*request.transaction(), sent.transaction);
            assert_eq!(*request.signer(), client.signer);
            assert_eq!(request.cipher(), cipher);
            let challenge = request.csr().challenge_password().map(|p| p.as_str());
            assert_eq!(challenge, Some("challenge"));
            let issued = issue_for(&request);
            let chain = [issued.clone(), CA.certificate.clone()];
            let answer = CertRep::success(&request, &chain, &RA).unwrap();
            let answer = client.read(&answer, &sent).unwrap();
            assert_eq!(answer.certificate_for(&client.key), Some(&issued));
        }
    }
}

#[test]
fn openssl_verifies_and_opens_the_answer() {
    let client = Client::new();
    let request = open(&client.send(Digest::Sha256, ContentCipher::Aes128Cbc).der).unwrap();
    let answer = CertRep::success(&request, &[issue_for(&request)], &RA).unwrap();
    let signer = CaIdentity {
        certificate: client.signer.clone(),
        key: client.key.clone(),
    };
    let openssl = Openssl::with(&[("ca", &CA), ("client", &signer)], b"");
    openssl.write("answer", &answer);
    openssl.run(&format!(
        "cms -verify -binary -inform DER -in answer -CAfile ca.pem -purpose any -attime {} -out envelope",
        NOW / 1000
    ));
    openssl.run(
        "cms -decrypt -binary -inform DER -in envelope -recip client.pem -inkey client.key -out certs",
    );
    let listed = openssl.run("pkcs7 -inform DER -in certs -print_certs");
    assert!(listed.contains("subject=O = Test, CN = issued"), "{listed}");
    let printed = openssl.run("cms -cmsout -print -noout -inform DER -in answer");
    for attribute in ["2.16.840.1.113733.1.9.7", "2.16.840.1.113733.1.9.6"] {
        assert!(printed.contains(attribute), "{printed}");
    }
}

#[test]
fn request_enveloped_and_signed_by_openssl_in_ber_opens() {
    // Without the SCEP attributes it is no SCEP message, and says so.
    let openssl = Openssl::with(&[("ra", &RA), ("a", &DEVICE)], &Client::new().csr());
    openssl.run("cms -encrypt -binary -des3 -stream -indef -in body -outform DER -out env ra.pem");
    openssl.run(
        "cms -sign -binary -nodetach -stream -indef -in env -signer a.pem -inkey a.key -outform DER -out req",
    );
    let error = PkiRequest::parse(&openssl.read("req")).unwrap_err();
    assert_eq!(
        error,
        Error::Malformed {
            what: "SCEP messageType"
        }
    );
    let (plain, _) =
        crate::envelope::decrypt(&openssl.read("env"), &RA.key, &RA.certificate).unwrap();
    Csr::from_der(&plain).unwrap().verify().unwrap();
}

#[test]
fn refusals_name_the_stage() {
    let client = Client::new();
    let aes = ContentCipher::Aes128Cbc;
    let info = |result: Result<CsrRequest, Refusal>| result.unwrap_err().info;

    let sha1 = PkiRequest::parse(&client.send(Digest::Sha1, aes).der).unwrap();
    assert_eq!(sha1.verify(false).unwrap_err().info, FailInfo::BadAlg);

    let mut broken = client.send(Digest::Sha256, aes).der;
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(info(open(&broken)), FailInfo::BadMessageCheck);

    assert_eq!(
        info(open(&client.send_csr(b"no csr", Digest::Sha256, aes).der)),
        FailInfo::BadRequest
    );

    let mut csr = client.csr();
    *csr.last_mut().unwrap() ^= 1;
    let sent = client.send_csr(&csr, Digest::Sha256, aes);
    assert_eq!(info(open(&sent.der)), FailInfo::BadMessageCheck);

    let mut stranger = Client::new();
    stranger.ca.recipient = OTHER_DEVICE.certificate.clone();
    let sent = stranger.send(Digest::Sha256, aes);
    assert_eq!(info(open(&sent.der)), FailInfo::BadRequest);

    let mut elliptic = Client::new();
    elliptic.key = KeyPair::generate_p256().unwrap();
    elliptic.signer = self_signed(&elliptic.key, "ec");
    let sent = elliptic.send(Digest::Sha256, aes);
    assert_eq!(info(open(&sent.der)), FailInfo::BadAlg);

    let poll = client::build_request(
        MessageType::CertPoll,
        &client.csr(),
        &client.key,
        &client.signer,
        &client.ca.recipient,
        Digest::Sha256,
        aes,
    );
    assert_eq!(info(open(&poll.unwrap().der)), FailInfo::BadRequest);

    let openssl = Openssl::new();
    openssl.write("key", fixture("rsa_1024.pem").as_bytes());
    openssl.run("req -new -key key -subj /CN=x -outform DER -out csr");
    let sent = client.send_csr(&openssl.read("csr"), Digest::Sha256, aes);
    assert_eq!(info(open(&sent.der)), FailInfo::BadAlg);
}

#[test]
fn digest_of_old_clients_is_bad_alg_and_still_answered() {
    let client = Client::new();
    let mut der = client.send(Digest::Sha256, ContentCipher::Aes128Cbc).der;
    // The digest algorithm of the signer: SHA-256 becomes an algorithm that we do not know.
    let sha256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    let at = der.windows(9).rposition(|w| w == sha256).unwrap();
    der[at + 8] = 9;
    let request = PkiRequest::parse(&der).unwrap();
    assert_eq!(request.verify(true).unwrap_err().info, FailInfo::BadAlg);
    assert_eq!(request.message_type(), MessageType::PkcsReq);
}

#[test]
fn failure_reaches_the_client_with_its_reason() {
    let client = Client::new();
    let sent = client.send(Digest::Sha256, ContentCipher::Aes128Cbc);
    let request = PkiRequest::parse(&sent.der).unwrap();
    for info in [FailInfo::BadAlg, FailInfo::BadRequest, FailInfo::BadCertId] {
        let answer =
            CertRep::failure(request.transaction(), info, Some("invitation expired"), &RA).unwrap();
        match client.read(&answer, &sent).unwrap() {
            Answer::Refused { info: got, text } => {
                assert_eq!(got, Some(info));
                assert_eq!(text.as_deref(), Some("invitation expired"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn client_refuses_answers_that_are_not_for_it() {
    let client = Client::new();
    let sent = client.send(Digest::Sha256, ContentCipher::Aes128Cbc);
    let again = client.send(Digest::Sha256, ContentCipher::Aes128Cbc);
    let request = open(&sent.der).unwrap();
    let answer = CertRep::success(&request, &[issue_for(&request)], &RA).unwrap();
    // Same transaction, other nonce.
    assert!(matches!(
        client.read(&answer, &again),
        Err(Error::Malformed { .. })
    ));
    let stranger = CaIdentity {
        certificate: OTHER_DEVICE.certificate.clone(),
        key: RSA_B.clone(),
    };
    let answer = CertRep::success(&request, &[issue_for(&request)], &stranger).unwrap();
    assert!(matches!(
        client.read(&answer, &sent),
        Err(Error::Untrusted { .. })
    ));
}

#[test]
fn first_request_may_sign_with_a_certificate_of_the_csrs_subject() {
    let client = Client::new();
    let csr = Csr::from_der(&client.csr()).unwrap();
    let own = client::self_signed_for(&csr, &client.key, NOW).unwrap();
    assert_eq!(own.subject_text(), csr.subject_text());
    assert_eq!(own.public_key(), csr.public_key());
    own.verify_signature(csr.public_key()).unwrap();
}

#[test]
fn ca_answers_have_the_forms_that_clients_know() {
    assert_eq!(
        ca_caps(true),
        "AES\nPOSTPKIOperation\nRenewal\nSCEPStandard\nSHA-256\nSHA-512\nSHA-1\nDES3\n"
    );
    assert!(!ca_caps(false).contains("DES3") && !ca_caps(false).contains("SHA-1\n"));
    let (content_type, body) = get_ca_cert(&RA.certificate, &RA.certificate);
    assert_eq!(content_type, "application/x-x509-ca-cert");
    assert_eq!(
        client::parse_ca_cert(&body).unwrap().all,
        std::slice::from_ref(&RA.certificate)
    );
    let (_, body) = get_ca_cert(&RA.certificate, &CA.certificate);
    let all = client::parse_ca_cert(&body).unwrap().all;
    assert_eq!(all, [RA.certificate.clone(), CA.certificate.clone()]);
}

#[test]
fn get_messages_are_decoded_however_they_are_escaped() {
    let message: Vec<u8> = (0..=255).chain(0..250).collect();
    let base64 = BASE64_STANDARD.encode(&message);
    assert!(base64.contains('+') && base64.contains('/') && base64.ends_with('='));
    let escaped = base64
        .replace('+', "%2B")
        .replace('/', "%2f")
        .replace('=', "%3D");
    for form in [
        base64.clone(),
        escaped.clone(),
        // macOS.
        base64.replace('=', "%3D"),
        base64.replace('+', "%20"),
        base64.trim_end_matches('=').to_owned(),
        // Lower-case escapes, a form parser's spaces, lines of 64 characters, base64url.
        escaped.replace("%2B", "%2b").replace("%3D", "%3d"),
        base64.replace('+', " "),
        base64.replace('/', "%0D%0A/"),
        base64.replace('+', "-").replace('/', "_"),
    ] {
        for query in [
            format!("operation=PKIOperation&message={form}"),
            format!("message={form}&operation=PKIOperation"),
            format!("Operation=pkioperation&Message={form}"),
        ] {
            assert_eq!(decode_get_message(&query).unwrap(), message, "{query}");
        }
    }
    for bad in [
        "",
        "operation=PKIOperation",
        "message=%",
        "message=%zz",
        "message=A",
    ] {
        assert!(decode_get_message(bad).is_err(), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn mutated_messages_never_panic(at in any::<usize>(), value in any::<u8>(), kind in any::<u8>()) {
        static SENT: std::sync::LazyLock<(Client, SentRequest, Vec<u8>)> =
            std::sync::LazyLock::new(|| {
                let client = Client::new();
                let sent = client.send(Digest::Sha256, ContentCipher::Aes128Cbc);
                let request = open(&sent.der).unwrap();
                let answer = CertRep::success(&request, &[issue_for(&request)], &RA).unwrap();
                (client, sent, answer)
            });
        let (client, sent, answer) = &*SENT;
        if let Ok(request) = PkiRequest::parse(&mutate(&sent.der, at, value, kind)) {
            let _ = request.verify(true).map(|verified| verified.open(&RA).map(|_| ()));
            let _ = CertRep::failure(request.transaction(), FailInfo::BadRequest, None, &RA).unwrap();
        }
        let _ = client.read(&mutate(answer, at, value, kind), sent);
        let _ = client::parse_ca_cert(&mutate(answer, at, value, kind));
    }

    #[test]
    fn arbitrary_queries_never_panic(query in ".{0,200}") {
        let _ = decode_get_message(&query);
    }
}
