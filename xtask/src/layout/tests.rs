use super::{file, marks, numbering};

#[test]
fn paths_of_one_machine_are_found() {
    for folder in ["root", "home", "work"] {
        assert!(
            marks::home_path(&format!("cd /{folder}/x/y")).is_some(),
            "{folder}"
        );
        assert!(
            marks::home_path(&format!("\"/{folder}/x\"")).is_some(),
            "{folder}"
        );
    }
    assert!(marks::home_path("GET /console/home/x, ../work/y, crates/root/z").is_none());
}

#[test]
fn unfinished_marks_are_whole_words() {
    let mark = ["TO", "DO"].concat();
    assert!(marks::unfinished(&format!("// {mark}: later")).is_some());
    assert!(marks::unfinished(&format!("let {mark}S = 1;")).is_none());
    assert!(marks::unfinished(&format!("    {}!()", "todo")).is_some());
}

#[test]
fn pages_have_no_inline_code() {
    let refused = [
        "<p style=\"color:red\">",
        "<script>run()</script>",
        "<style>p {}</style>",
        "<button onclick=\"go()\">",
        "<a href=\"javascript:go()\">",
    ];
    for line in refused {
        assert!(marks::inline_code(line).is_some(), "{line}");
    }
    let fine = [
        "<script type=\"module\" src=\"{{ assets.script }}\"></script>",
        "<script type=\"application/json\" id=\"data\">",
        "<p class=\"style\">based on=x</p>",
    ];
    for line in fine {
        assert!(marks::inline_code(line).is_none(), "{line}");
    }
}

#[test]
fn a_long_file_explains_itself() {
    let long = "x\n".repeat(801);
    assert_eq!(file("crates/a/src/b.rs", &long).len(), 1);
    assert!(
        file(
            "crates/a/src/b.rs",
            &format!("//! Long because it is a table.\n{long}")
        )
        .is_empty()
    );
}

#[test]
fn sql_stays_out_of_the_web_crate() {
    let text = format!("const A: &str = \"{} x FROM y\";", "SELECT");
    assert_eq!(file("crates/tillsyn-web/src/a.rs", &text).len(), 1);
    assert!(file("crates/tillsyn-core/src/store.rs", &text).is_empty());
}

#[test]
fn migrations_are_numbered_without_gaps() {
    assert!(numbering(&["0001_core.sql".into(), "0002_more.sql".into()]).is_empty());
    assert_eq!(
        numbering(&["0001_core.sql".into(), "0003_more.sql".into()]).len(),
        1
    );
}
