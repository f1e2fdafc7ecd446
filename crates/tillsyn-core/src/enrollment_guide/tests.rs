#![expect(clippy::expect_used, reason = "tests")]

use super::{Advice, Answers, Fit, Holder, Method, Platform, Reason, SetUpBy, State, advise};

fn of(advice: &[Advice], method: Method) -> &Advice {
    let found = advice.iter().find(|advice| advice.method == method);
    found.expect("every method is named")
}

/// Platform, owner, state, who, how many, and the method that fits best; `None` when none is there.
type Case = (Platform, Holder, State, SetUpBy, u32, Option<Method>);

const CASES: &[Case] = &[
    (
        Platform::Iphone,
        Holder::Organisation,
        State::InUse,
        SetUpBy::People,
        1,
        Some(Method::Invitation),
    ),
    (
        Platform::Iphone,
        Holder::Organisation,
        State::New,
        SetUpBy::People,
        1,
        Some(Method::Invitation),
    ),
    (
        Platform::Ipad,
        Holder::Organisation,
        State::New,
        SetUpBy::Staff,
        1,
        Some(Method::Invitation),
    ),
    (
        Platform::Ipad,
        Holder::Organisation,
        State::InUse,
        SetUpBy::Staff,
        40,
        Some(Method::Invitation),
    ),
    (
        Platform::Iphone,
        Holder::Organisation,
        State::InUse,
        SetUpBy::People,
        40,
        Some(Method::Batch),
    ),
    (
        Platform::Mac,
        Holder::Person,
        State::InUse,
        SetUpBy::People,
        2,
        Some(Method::Batch),
    ),
    (
        Platform::Mac,
        Holder::Person,
        State::InUse,
        SetUpBy::People,
        1,
        Some(Method::Invitation),
    ),
    (
        Platform::Iphone,
        Holder::Organisation,
        State::Managed,
        SetUpBy::People,
        1,
        Some(Method::Moving),
    ),
    (
        Platform::Mac,
        Holder::Organisation,
        State::Managed,
        SetUpBy::Staff,
        4_000,
        Some(Method::Moving),
    ),
    (
        Platform::Ipad,
        Holder::Person,
        State::Managed,
        SetUpBy::People,
        7,
        Some(Method::Moving),
    ),
    (
        Platform::Android,
        Holder::Person,
        State::InUse,
        SetUpBy::People,
        1,
        None,
    ),
    (
        Platform::Windows,
        Holder::Organisation,
        State::New,
        SetUpBy::Staff,
        300,
        None,
    ),
];

#[test]
fn the_best_method_comes_first_and_there_is_only_one() {
    for &(platform, holder, state, set_up_by, count, best) in CASES {
        let answers = Answers {
            platform,
            holder,
            state,
            set_up_by,
            count,
        };
        let advice = advise(answers);
        let found: Vec<Method> = advice
            .iter()
            .filter(|advice| advice.fit == Fit::Best)
            .map(|advice| advice.method)
            .collect();
        assert_eq!(found, Vec::from_iter(best), "{answers:?}");
        if let Some(best) = best {
            assert_eq!(advice[0].method, best, "{answers:?}");
        }
    }
}

#[test]
fn whatever_is_answered_every_method_is_named_once_and_says_why() {
    for &platform in Platform::ALL {
        for &holder in Holder::ALL {
            for &state in State::ALL {
                for &set_up_by in SetUpBy::ALL {
                    for count in [1, 2, 5_000] {
                        let answers = Answers {
                            platform,
                            holder,
                            state,
                            set_up_by,
                            count,
                        };
                        check(answers);
                    }
                }
            }
        }
    }
}

fn check(answers: Answers) {
    let advice = advise(answers);
    let foreign = matches!(answers.platform, Platform::Android | Platform::Windows);
    assert_eq!(advice.len(), if foreign { 6 } else { 5 }, "{answers:?}");
    let best = advice.iter().filter(|advice| advice.fit == Fit::Best);
    assert_eq!(best.count(), usize::from(!foreign), "{answers:?}");
    for one in &advice {
        assert!(!one.reasons.is_empty(), "{answers:?}: {one:?}");
        let named = advice.iter().filter(|other| other.method == one.method);
        assert_eq!(named.count(), 1, "{answers:?}: {one:?}");
        // What is not there is never offered.
        let there = !matches!(
            one.method,
            Method::Automated | Method::Android | Method::Windows
        );
        assert!(there || one.fit <= Fit::RuledOut, "{answers:?}: {one:?}");
    }
}

#[test]
fn an_answer_that_rules_out_is_named() {
    let staff = Answers {
        set_up_by: SetUpBy::Staff,
        count: 20,
        ..Answers::default()
    };
    let advice = advise(staff);
    assert_eq!(of(&advice, Method::Batch).reasons, [Reason::StaffHasThem]);
    assert_eq!(of(&advice, Method::Moving).reasons, [Reason::NotManaged]);
    assert_eq!(
        of(&advice, Method::Automated).reasons,
        [Reason::MustNotErase]
    );
    let personal = Answers {
        holder: Holder::Person,
        state: State::New,
        ..Answers::default()
    };
    assert_eq!(
        of(&advise(personal), Method::Automated).reasons,
        [Reason::Personal]
    );
    let new = Answers {
        state: State::New,
        ..Answers::default()
    };
    assert_eq!(of(&advise(new), Method::Automated).fit, Fit::NotThere);
}

#[test]
fn a_number_as_typed_is_brought_into_bounds() {
    let cases = [
        ("", 1),
        ("0", 1),
        ("40", 40),
        ("about 40", 40),
        ("4 812", 4_812),
        ("99999999999", 100_000),
        ("many", 1),
    ];
    for (text, count) in cases {
        assert_eq!(Answers::count_of(text), count, "{text}");
    }
}
