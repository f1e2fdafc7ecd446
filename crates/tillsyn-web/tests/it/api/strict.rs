//! What is refused before a handler looks, and what stands on every answer.

use serde_json::{Value, json};
use tillsyn_testkit::{TestApp, both_engines};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends bytes as they are: no client cleans them up.
async fn raw(app: &TestApp, request: &str) -> String {
    let address = app.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(std::time::Duration::from_secs(10), read)
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

both_engines!(
    odd_paths_framing_and_methods_are_refused,
    |app| async move {
        for target in [
            "//api/v1/me",
            "/api//v1/me",
            "/api/../healthz",
            "/api/%2e%2e/healthz",
            "/api%2fv1/me",
            "/api/v1/me;x=1",
            "/healthz%00",
            "/api/v1/%ff",
            "/api/./v1/me",
        ] {
            let answer = raw(&app, &get(target)).await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{target}: {answer}");
            assert!(answer.contains("\"code\":\"path\""), "{target}: {answer}");
        }
        for request in [
            "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        ] {
            let answer = raw(&app, request).await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{request}: {answer}");
            assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{request}: {answer}");
        }
        // The length is not believed beside chunks; what stands behind is never served as a request.
        let both = "POST /api/v1/invitations HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\
         Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        let answer = raw(&app, both).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
        let trace = raw(
            &app,
            "TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        )
        .await;
        assert!(trace.starts_with("HTTP/1.1 405"), "{trace}");
    }
);

both_engines!(
    a_request_for_an_identity_that_breaks_off_is_not_called_too_large,
    |app| async move {
        for (path, kind) in [
            ("/apple/scep/device?operation=PKIOperation", None),
            ("/apple/acme/new-account", Some("acme:error:malformed")),
        ] {
            let broken = format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                 Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nno length\r\n"
            );
            let answer = raw(&app, &broken).await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{path}: {answer}");
            if let Some(kind) = kind {
                assert!(answer.contains(kind), "{answer}");
                assert!(answer.contains("replay-nonce"), "{answer}");
            }
        }
    }
);

both_engines!(
    bodies_have_one_type_no_encoding_and_a_limit,
    |app| async move {
        let api = app.owner_api().await;
        let token = bearer(&app).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/api/v1/invitations", app.url());
        let post = || client.post(&url).bearer_auth(&token);
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonx",
        ] {
            let answer = post()
                .header("content-type", kind)
                .body("{}")
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 415, "{kind}");
        }
        assert_eq!(
            post()
                .body("{\"label\":\"x\"}")
                .send()
                .await
                .unwrap()
                .status(),
            415
        );
        let encoded = post()
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .body(vec![0x1f, 0x8b])
            .send()
            .await
            .unwrap();
        assert_eq!(encoded.status(), 415);
        let twice = post()
            .header("content-type", "application/json")
            .header("content-encoding", "identity")
            .header("content-encoding", "gzip")
            .body("{\"label\":\"x\"}")
            .send()
            .await
            .unwrap();
        assert_eq!(twice.status(), 415);
        // A body that says it is as it is: a device gets no further than its missing signature.
        let plain = client
            .put(format!("{}/apple/mdm", app.url()))
            .header("content-encoding", "Identity")
            .send()
            .await
            .unwrap();
        assert_eq!(plain.status(), 403);
        let big = json!({"label": "x".repeat(1024 * 1024)});
        let answer = api.post("/api/v1/invitations", &big).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (413, &json!("too_large"))
        );
        let typed = post()
            .header("content-type", "application/json; charset=utf-8")
            .body("{\"label\":\"x\"}")
            .send()
            .await
            .unwrap();
        assert_eq!(typed.status(), 201);
        // What was sent does not come back: it may be a secret.
        let odd = api
            .post("/api/v1/invitations", &json!({"days": "hunter2"}))
            .await;
        assert_eq!(odd.status, 422);
        assert!(!odd.body.to_string().contains("hunter2"), "{}", odd.body);
    }
);

both_engines!(every_answer_has_its_headers, |app| async move {
    let api = app.owner_api().await;
    for path in ["/api/v1/me", "/api/v1/nothing", "/healthz", "/nothing"] {
        let answer = api.get(path).await;
        let header = |name: &str| {
            answer
                .headers
                .get(name)
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert!(
            header("content-security-policy").contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(header("x-request-id").len(), 36, "{path}");
        assert_eq!(header("server"), "", "{path}");
        if path.starts_with("/api/") {
            assert_eq!(header("cache-control"), "no-store", "{path}");
        }
    }
    let missing = api.get("/nothing").await;
    assert_eq!(
        (missing.status, &missing.body["code"]),
        (404, &json!("no_route"))
    );
    assert_eq!(
        missing.body["request_id"],
        Value::from(missing.headers["x-request-id"].to_str().unwrap())
    );
});

async fn bearer(app: &TestApp) -> String {
    let new = tillsyn_core::tokens::NewToken {
        name: "raw".to_owned(),
        permissions: vec![tillsyn_core::Permission::InvitationsWrite],
        days: 1,
        ..Default::default()
    };
    let (_, token) = tillsyn_core::tokens::create_token(&app.core, &app.owner, new)
        .await
        .unwrap();
    token.to_string()
}
