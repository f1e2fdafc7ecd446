#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn ids_refuse_empty_long_and_control_characters() {
    assert!(Udid::new("00008110-000A2D8E0C11801E").is_ok());
    assert!(Udid::new("").is_err());
    assert!(Udid::new("a\0b").is_err());
    assert!(CommandUuid::new("x".repeat(256)).is_err());
    assert!(PushMagic::new("").is_err());
    assert!(PushToken::new(Vec::new()).is_err());
    assert!(PushToken::new(vec![0; 513]).is_err());
}

#[test]
fn secrets_do_not_show_in_debug() {
    let magic = PushMagic::new("canary-magic").unwrap();
    let token = PushToken::new(b"canary".to_vec()).unwrap();
    assert!(!format!("{magic:?} {token:?}").contains("canary"));
    assert_eq!(token.to_hex(), "63616e617279");
}

#[test]
fn channel_names_round_trip() {
    for name in ["device", "user:A-B", "user:ada@example.com"] {
        let channel: ChannelName = name.parse().unwrap();
        assert_eq!(channel.to_string(), name);
        let json = serde_json::to_string(&channel).unwrap();
        assert_eq!(serde_json::from_str::<ChannelName>(&json).unwrap(), channel);
    }
    for name in ["", "user:", "Device", "other"] {
        assert!(name.parse::<ChannelName>().is_err(), "{name}");
    }
}

#[test]
fn topic_of_a_push_certificate() {
    assert!(
        Topic::new("com.apple.mgmt.External.1f0c")
            .unwrap()
            .is_management()
    );
    assert!(!Topic::new("com.apple.mgmt.").unwrap().is_management());
    assert!(!Topic::new("com.example.app").unwrap().is_management());
}
