#![expect(clippy::unwrap_used, reason = "tests")]

use zeroize::Zeroizing;

use super::{hash_secret, password, verify_secret};

#[tokio::test]
async fn a_password_verifies_against_its_own_hash_only() {
    let hash = hash_secret(Zeroizing::new("correct horse battery".to_owned()))
        .await
        .unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    let right = verify_secret(
        Zeroizing::new("correct horse battery".to_owned()),
        Some(hash.clone()),
    );
    assert!(right.await.unwrap());
    let wrong = verify_secret(
        Zeroizing::new("correct horse batterz".to_owned()),
        Some(hash),
    );
    assert!(!wrong.await.unwrap());
    assert!(
        !verify_secret(Zeroizing::new("anything".to_owned()), None)
            .await
            .unwrap()
    );
}

#[test]
fn length_is_the_only_rule_for_a_new_password() {
    assert!(password::check_length("elva tecken").is_err());
    assert!(password::check_length("tolv tecken!").is_ok());
    assert!(password::check_length("パスワードは十二文字以上です").is_ok());
    assert!(password::check_length(&"x".repeat(2_000)).is_err());
}
