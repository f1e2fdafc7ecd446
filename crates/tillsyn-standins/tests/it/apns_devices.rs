//! The devices' side: which pushes a device hears, and when.

use crate::apns::{TOKEN, TOPIC, Wire, h2_client, now_ms, standin};

async fn push(standin: &tillsyn_standins::apns::ApnsStandin, wires: &[Wire]) {
    let client = h2_client(standin, TOPIC);
    for wire in wires {
        assert_eq!(wire.send(&client, &standin.base_url()).await.0, 200);
    }
}

fn wire(token: &[u8], magic: &str) -> Wire {
    let mut wire = Wire::good(token);
    wire.body = format!(r#"{{"mdm":"{magic}"}}"#);
    wire
}

#[tokio::test]
async fn an_offline_device_gets_the_last_push_only() {
    let standin = standin().await;
    standin.register_token(&TOKEN);
    push(&standin, &[wire(&TOKEN, "first"), wire(&TOKEN, "last")]).await;

    let device = standin.subscribe();
    device.add(&TOKEN);
    assert_eq!(device.next().await.push_magic, "last");
    assert_eq!(device.take(10), []);
    assert_eq!(standin.received().len(), 2);
}

#[tokio::test]
async fn a_push_that_must_not_be_kept_is_lost_on_an_offline_device() {
    let standin = standin().await;
    standin.register_token(&TOKEN);
    let mut fleeting = wire(&TOKEN, "fleeting");
    fleeting.expire(0);
    push(&standin, &[fleeting.clone()]).await;

    let device = standin.subscribe();
    device.add(&TOKEN);
    assert_eq!(device.take(10), []);

    push(&standin, &[fleeting]).await;
    assert_eq!(device.next().await.push_magic, "fleeting");
}

#[tokio::test]
async fn what_a_device_has_not_read_waits_for_its_next_connection() {
    let standin = standin().await;
    let device = standin.subscribe();
    device.add(&TOKEN);
    push(&standin, &[wire(&TOKEN, "unread")]).await;
    drop(device);

    let device = standin.subscribe();
    device.add(&TOKEN);
    let push = device.next().await;
    assert_eq!(push.push_magic, "unread");
    assert!(push.at_ms <= now_ms());
}

#[tokio::test]
async fn a_fleet_hears_its_devices_in_order_and_no_others() {
    let standin = standin().await;
    let (one, two, foreign) = ([1; 32], [2; 32], [3; 32]);
    let fleet = standin.subscribe();
    fleet.add(&one);
    fleet.add(&two);
    standin.register_token(&foreign);
    push(
        &standin,
        &[wire(&two, "2"), wire(&foreign, "3"), wire(&one, "1")],
    )
    .await;

    let magics: Vec<String> = fleet
        .take(10)
        .into_iter()
        .map(|push| push.push_magic)
        .collect();
    assert_eq!(magics, ["2", "1"]);
}
