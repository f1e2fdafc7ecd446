#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Known, Place, Wish, place};
use crate::error::Kind;
use crate::ids::PushTopicId;

fn known(topic: &str, enrollments: i64) -> Known {
    Known {
        id: PushTopicId::new(1),
        topic: topic.to_owned(),
        enrollments,
    }
}

fn renews(of: &Known) -> Wish {
    Wish {
        renews: Some(of.id.clone()),
        ..Wish::default()
    }
}

#[test]
fn the_same_topic_renews_and_the_first_one_is_new() {
    let a = known("a", 5);
    assert_eq!(place("a", &[], &Wish::default()).unwrap(), Place::New);
    let renewed = Place::Renew(a.id.clone());
    assert_eq!(
        place("a", std::slice::from_ref(&a), &Wish::default()).unwrap(),
        renewed
    );
    assert_eq!(
        place("a", std::slice::from_ref(&a), &renews(&a)).unwrap(),
        renewed
    );
}

/// Core sheet §13, test 10.
#[test]
fn another_topic_is_refused_while_anything_is_enrolled_on_the_old_one() {
    let a = known("a", 3);
    for wish in [
        Wish::default(),
        renews(&a),
        Wish {
            change_topic: true,
            ..renews(&a)
        },
        Wish {
            further: true,
            change_topic: true,
            ..renews(&a)
        },
    ] {
        let refused = place("b", std::slice::from_ref(&a), &wish).unwrap_err();
        assert_eq!(refused.code, "topic_change", "{wish:?}");
        assert_eq!(refused.data.unwrap()["devices"], 3);
    }
}

#[test]
fn an_unused_topic_is_exchanged_only_when_that_is_said() {
    let a = known("a", 0);
    let refused = place("b", std::slice::from_ref(&a), &Wish::default()).unwrap_err();
    assert_eq!(refused.code, "topic_change_unconfirmed");
    let wish = Wish {
        change_topic: true,
        ..Wish::default()
    };
    assert_eq!(
        place("b", std::slice::from_ref(&a), &wish).unwrap(),
        Place::Retopic(a.id.clone())
    );
}

#[test]
fn a_further_topic_stands_beside_the_others() {
    let wish = Wish {
        further: true,
        ..Wish::default()
    };
    let both = [known("a", 3), known("b", 0)];
    assert_eq!(place("c", &both, &wish).unwrap(), Place::New);
    let unclear = place("c", &both, &Wish::default()).unwrap_err();
    assert_eq!(
        (unclear.kind, unclear.code),
        (Kind::Conflict, "topic_choice")
    );
}

#[test]
fn a_certificate_of_another_record_does_not_renew_this_one() {
    let both = [known("a", 3), known("b", 4)];
    let refused = place("b", &both, &renews(&both[0])).unwrap_err();
    assert_eq!(refused.code, "topic_change");
    assert_eq!(refused.data.unwrap()["topic_on_record"], "a");
    let gone = Wish {
        renews: Some(PushTopicId::new(9)),
        ..Wish::default()
    };
    assert_eq!(place("a", &both, &gone).unwrap_err().kind, Kind::NotFound);
}
