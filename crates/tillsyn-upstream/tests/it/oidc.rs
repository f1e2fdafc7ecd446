use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use reqwest::header::LOCATION;
use reqwest::{Certificate, Client, Url, redirect};
use tillsyn_standins::oidc::{Fault, OidcClientOf, OidcPerson, OidcStandin};
use tillsyn_upstream::oidc::{Discovery, Exchange, OidcClient, OidcConfig, OidcError, Tokens};

const BACK: &str = "https://mdm.example/console/sign-in/provider/back";
const CLIENT: &str = "tillsyn console";
const SECRET: &str = "a client's secret: +/ %41";
// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const NONCE: &str = "a-nonce-of-at-least-128-bits";

#[expect(
    clippy::disallowed_methods,
    reason = "TLS checks certificates by the real clock"
)]
fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

struct World {
    standin: OidcStandin,
    client: OidcClient,
    browser: Client,
}

impl World {
    async fn new() -> Self {
        let standin = OidcStandin::start(Arc::new(now_ms)).await.unwrap();
        standin.register(OidcClientOf {
            client_id: CLIENT.to_owned(),
            client_secret: SECRET.to_owned(),
            redirect_uri: BACK.to_owned(),
        });
        standin.sign_in_as(OidcPerson::new("s-1", "elsa@example.org", &["it-desk"]));
        let client = OidcClient::new(OidcConfig {
            extra_root_pem: Some(standin.root_pem().as_bytes().to_vec()),
            proxy_url: None,
        })
        .unwrap();
        let root = Certificate::from_pem(standin.root_pem().as_bytes()).unwrap();
        let browser = Client::builder()
            .no_proxy()
            .tls_certs_only([root])
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            standin,
            client,
            browser,
        }
    }

    async fn discover(&self) -> Result<Discovery, OidcError> {
        self.client.discover(self.standin.issuer(), &[]).await
    }

    /// A code, as the browser brings it back.
    async fn code(&self, discovery: &Discovery) -> String {
        let url = discovery.authorization_url(&[
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", BACK),
            ("scope", "openid email"),
            ("state", "a-state-of-at-least-128-bits"),
            ("nonce", NONCE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let answer = self.browser.get(url).send().await.unwrap();
        let back = Url::parse(answer.headers()[LOCATION].to_str().unwrap()).unwrap();
        let mut pairs = back.query_pairs();
        pairs
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned()
    }

    async fn exchange(&self, code: &str, verifier: &str) -> Result<Tokens, OidcError> {
        let discovery = self.discover().await?;
        let exchange = Exchange {
            client_id: CLIENT,
            client_secret: Some(SECRET),
            code,
            verifier,
            redirect_uri: BACK,
        };
        self.client.exchange(&discovery, &exchange).await
    }
}

fn refused(error: &OidcError) -> bool {
    matches!(error, OidcError::Refused(code) if code == "invalid_grant")
}

#[tokio::test]
async fn a_code_gives_tokens_once_and_with_its_verifier() {
    let world = World::new().await;
    let discovery = world.discover().await.unwrap();
    assert!(discovery.names_issuer && discovery.has_user_info());
    let code = world.code(&discovery).await;
    let tokens = world.exchange(&code, VERIFIER).await.unwrap();
    assert_eq!(tokens.id_token.matches('.').count(), 2);
    let access = tokens.access_token.unwrap();
    let info = world.client.user_info(&discovery, &access).await.unwrap();
    let info = String::from_utf8(info.unwrap()).unwrap();
    assert!(info.contains("elsa@example.org"), "{info}");
    let keys = world.client.keys(&discovery).await.unwrap();
    assert!(String::from_utf8(keys).unwrap().contains("\"kty\""));
    assert_eq!(world.standin.broken_rules(), Vec::<&str>::new());

    let twice = world.exchange(&code, VERIFIER).await.unwrap_err();
    assert!(refused(&twice), "{twice}");
    let code = world.code(&discovery).await;
    let other = "another-verifier-that-is-long-enough-0123456789";
    assert!(refused(&world.exchange(&code, other).await.unwrap_err()));
    let broken = ["code used twice", "code_verifier wrong"];
    assert_eq!(world.standin.broken_rules(), broken);
}

#[tokio::test]
async fn endpoints_are_the_issuers_own_or_on_a_named_host() {
    let world = World::new().await;
    world.standin.set_fault(Some(Fault::DiscoveryOfOtherIssuer));
    assert!(matches!(
        world.discover().await,
        Err(OidcError::OtherIssuer)
    ));
    world.standin.set_fault(Some(Fault::KeysElsewhere));
    let error = world.discover().await.unwrap_err();
    assert!(
        matches!(error, OidcError::ForeignHost("jwks_uri")),
        "{error}"
    );
    let hosts = ["keys.example".to_owned()];
    let named = world.client.discover(world.standin.issuer(), &hosts);
    assert!(named.await.is_ok());
    for issuer in [
        "http://id.example",
        "https://id.example/?a=b",
        "https://me@id.example/",
        "id.example",
    ] {
        let asked = world.client.discover(issuer, &[]).await;
        assert!(matches!(asked, Err(OidcError::Address(_))), "{issuer}");
    }
}

#[tokio::test]
async fn answers_that_are_none_are_told_apart_and_none_takes_long() {
    let world = World::new().await;
    let discovery = world.discover().await.unwrap();
    for (fault, away) in [
        (Fault::TokenError, false),
        (Fault::TokenNoJson, false),
        (Fault::TokenHuge, false),
        (Fault::NoIdToken, false),
        (Fault::TokenUnavailable, true),
        (Fault::TokenSlow, true),
    ] {
        world.standin.set_fault(None);
        let code = world.code(&discovery).await;
        world.standin.set_fault(Some(fault));
        let began = Instant::now();
        let error = world.exchange(&code, VERIFIER).await.unwrap_err();
        assert_eq!(error.is_away(), away, "{fault:?}: {error}");
        assert!(began.elapsed().as_secs() < 9, "{fault:?}");
        match fault {
            Fault::TokenError => assert!(refused(&error)),
            Fault::TokenHuge => assert!(matches!(error, OidcError::TooLarge(_))),
            Fault::TokenNoJson | Fault::NoIdToken => {
                assert!(matches!(error, OidcError::NotJson(_)));
            }
            _ => {}
        }
    }
}
