use super::*;

const NOW: i64 = 1_780_272_000_000;

#[test]
fn renewal_begins_sixty_days_before_the_end_of_a_year() {
    let end = NOW + 398 * DAY_MS;
    assert_eq!(lead_ms(NOW, end), 60 * DAY_MS);
    assert_eq!(lead_ms(NOW, NOW + 120 * DAY_MS), 30 * DAY_MS);
    assert_eq!(lead_ms(NOW, NOW + 30 * DAY_MS), 10 * DAY_MS);
}

#[test]
fn the_start_is_spread_over_half_the_window() {
    let end = NOW + 398 * DAY_MS;
    let at = |first: u8| renew_at(NOW, end, &[first; 32]);
    assert_eq!(at(0), end - 60 * DAY_MS);
    assert!(at(255) < end - 30 * DAY_MS && at(255) > end - 31 * DAY_MS);
    let mut days: Vec<i64> = (0..=255).map(|n| (end - at(n)) / DAY_MS).collect();
    days.dedup();
    assert!(days.len() >= 30, "every day of the window has its share");
}

#[test]
fn warnings_come_at_thirty_fourteen_seven_and_one_days_and_at_the_end() {
    let end = NOW + 398 * DAY_MS;
    let mut rungs = Vec::new();
    let mut now = NOW;
    while let Some(at) = next_warning(NOW, end, now) {
        rungs.push(days_left(end, at));
        now = at;
    }
    assert_eq!(rungs, [30, 14, 7, 1, 0]);
    // A month's certificate is not warned about before its renewal can have begun.
    let short = NOW + 30 * DAY_MS;
    assert_eq!(next_warning(NOW, short, NOW), Some(short - DAY_MS));
}

#[test]
fn the_status_says_what_needs_somebody() {
    let fresh = Facts {
        not_after: NOW + 100 * DAY_MS,
        revoked: false,
        renewing: false,
        late: false,
    };
    let of = |facts| status(facts, NOW).as_str();
    assert_eq!(of(fresh), "valid");
    assert_eq!(
        of(Facts {
            renewing: true,
            ..fresh
        }),
        "renewing"
    );
    assert_eq!(
        of(Facts {
            renewing: true,
            late: true,
            ..fresh
        }),
        "expiring"
    );
    assert_eq!(
        of(Facts {
            not_after: NOW + DAY_MS,
            ..fresh
        }),
        "expiring"
    );
    assert_eq!(
        of(Facts {
            not_after: NOW,
            ..fresh
        }),
        "expired"
    );
    assert_eq!(
        of(Facts {
            not_after: NOW,
            revoked: true,
            ..fresh
        }),
        "revoked"
    );
}
