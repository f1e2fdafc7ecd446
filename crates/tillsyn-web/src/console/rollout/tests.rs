use super::assignments::versions;
use crate::i18n::Texts;

#[test]
fn a_fixed_version_stays_one_of_the_choices_however_old_it_is() {
    let listed: Vec<i64> = (2..=101).rev().collect();
    let choices = versions(Texts::default(), &listed, Some(1));
    let chosen: Vec<&str> = choices
        .iter()
        .filter(|choice| choice.chosen)
        .map(|choice| choice.value.as_str())
        .collect();
    assert_eq!(chosen, ["1"]);
    assert_eq!(choices.len(), 102);
}
