use super::{Catalogue, read};

#[test]
fn messages_attributes_and_variables_are_read() {
    let mut catalogue = Catalogue::new();
    let text = "# words = none\ndevices = { $count ->\n    [one] One device\n   *[other] { $count } of { $all }\n}\n\
                name = Name\n    .title = Of { $who }\n";
    read(text, &mut catalogue);
    let names: Vec<_> = catalogue.keys().map(String::as_str).collect();
    assert_eq!(names, ["devices", "name", "name.title"]);
    assert_eq!(
        catalogue["devices"].iter().collect::<Vec<_>>(),
        ["all", "count"]
    );
    assert_eq!(catalogue["name.title"].iter().collect::<Vec<_>>(), ["who"]);
}
