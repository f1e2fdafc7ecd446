#![expect(clippy::expect_used, reason = "tests")]

use std::collections::{HashMap, HashSet};

use super::columns::Column;
use super::parse::{Table, decode, parse};
use super::report::harmless;
use super::row::{Outcome, RowView};
use super::tree::{Node, Tree, names};
use super::{ImportKind, groups, people, units};
use crate::groups::{Member, MemberKind};

fn tree() -> Tree {
    let node = |id: &str, name: &str, path: &str| Node {
        id: id.to_owned(),
        name: name.to_owned(),
        path: path.to_owned(),
    };
    let below = vec![
        ("top".to_owned(), node("sci", "Science", "top/sci/")),
        ("sci".to_owned(), node("phy", "Physics", "top/sci/phy/")),
        ("top".to_owned(), node("lib", "R/D", "top/lib/")),
    ];
    Tree::new(node("top", "Norrvik", "top/"), below, 4)
}

fn table(kind: ImportKind, text: &str) -> Table {
    parse(kind, text).expect("a file")
}

fn known(id: &str, name: &str, email: Option<&str>, reached: bool) -> people::Known {
    people::Known {
        id: id.to_owned(),
        unit: "phy".to_owned(),
        reached,
        name: name.to_owned(),
        email: email.map(str::to_owned),
        language: Some("sv".to_owned()),
        status: "active".to_owned(),
    }
}

fn people_rows(text: &str, there: Vec<people::Known>) -> Vec<RowView> {
    let table = table(ImportKind::People, text);
    let facts = people::Facts::new(tree(), there);
    let all = 0..table.rows.len();
    let judged = people::judge(&table, all, &people::twice(&table), &facts);
    judged.into_iter().map(|row| row.view).collect()
}

fn codes(rows: &[RowView]) -> Vec<(u64, Vec<(&str, &str)>)> {
    let of = |row: &RowView| row.line;
    rows.iter()
        .map(|row| {
            let errors = row.errors.iter();
            let codes = errors.map(|e| (e.code.as_str(), e.field.as_str()));
            (of(row), codes.collect())
        })
        .collect()
}

#[test]
fn every_way_in_which_office_programs_save_is_read() {
    let plain = "Namn;E-postadress;Enhet\r\n\"Hedström; Elin\";elin@example.org;\r\n";
    let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        let units = plain.encode_utf16().flat_map(bytes);
        mark.into_iter().chain(units).collect::<Vec<u8>>()
    };
    let files = [
        plain.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", plain.as_bytes()].concat(),
        utf16([0xff, 0xfe], u16::to_le_bytes),
        utf16([0xfe, 0xff], u16::to_be_bytes),
        format!("sep=;\r\n{plain}").into_bytes(),
        b"name,email\n\"Hedstr\xc3\xb6m; Elin\",elin@example.org\n".to_vec(),
        "名前\tメールアドレス\r\nHedström; Elin\telin@example.org"
            .as_bytes()
            .to_vec(),
    ];
    for file in files {
        let text = decode(&file).expect("text");
        let table = table(ImportKind::People, &text);
        let row = table.rows.first().expect("one row");
        assert_eq!(table.get(row, Column::Name), "Hedström; Elin");
        assert_eq!(table.get(row, Column::Email), "elin@example.org");
        assert_eq!(table.rows.len(), 1, "{text}");
    }
    let latin = decode(b"name\nHedstr\xf6m").expect_err("no Unicode");
    assert_eq!(latin.code, "import_encoding");
    let half = decode(b"\xff\xfea").expect_err("half a unit");
    assert_eq!(half.code, "import_encoding");
}

#[test]
fn a_file_that_cannot_be_used_as_a_whole_says_why() {
    let refused = |text: &str| parse(ImportKind::People, text).expect_err("refused").code;
    assert_eq!(refused("name;phone\nElin;1"), "import_header");
    assert_eq!(refused("name;namn\nElin;1"), "import_header", "twice");
    assert_eq!(
        refused("email\nelin@example.org"),
        "import_header",
        "no name"
    );
    assert_eq!(refused("name;email\n;;\n\n"), "import_empty");
    let many = format!("name\n{}", "a\n".repeat(50_001));
    assert_eq!(refused(&many), "import_rows");
    let big = vec![b'a'; (10 << 20) + 1];
    assert_eq!(decode(&big).expect_err("big").code, "import_large");
}

#[test]
fn each_error_of_a_row_names_line_column_and_what_could_stand_there() {
    let text = "name;email;unit;language;status\n\
        Elin;elin@example.org;Science/Physics;sv;active\n\
        ;no address;Nowhere;klingon;gone\n\
        Omar;ELIN@example.org;;;\n\
        \"two\nlines\";x@example.org;;;\n\
        Ada;;Norrvik/Science;;;one too many\n";
    let rows = people_rows(text, Vec::new());
    assert_eq!(
        codes(&rows),
        [
            (2, vec![]),
            (
                3,
                vec![
                    ("email", "email"),
                    ("unit", "unit"),
                    ("language", "language"),
                    ("status", "status"),
                    ("missing", "name"),
                ]
            ),
            (4, vec![("twice", "email")]),
            (5, vec![("length", "name")]),
            (7, vec![("width", "")]),
        ]
    );
    let bad = &rows[1].errors;
    assert_eq!(
        (bad[1].found.as_str(), bad[1].allowed.as_str()),
        ("Nowhere", "R/D, Science")
    );
    assert_eq!(rows[2].errors[0].allowed, "2", "the line that was first");
}

#[test]
fn people_are_found_by_address_else_by_name_and_unit() {
    use Outcome::{Create, Error, Same};
    let there = vec![
        known("1", "Elin", Some("elin@example.org"), true),
        known("2", "Omar", None, true),
        known("3", "Far", Some("far@example.org"), false),
        known("4", "Kim", None, true),
        known("5", "Kim", None, true),
    ];
    let text = "name,email,unit,language,status\n\
        Elin,elin@example.org,,,\n\
        Elin H,Elin@Example.org,Science,en,inactive\n\
        Omar,,Science/Physics,sv,\n\
        Omar,,,,\n\
        Mine,far@example.org,,,\n\
        Kim,,Science/Physics,,\n\
        ,new@example.org,,,\n";
    let rows = people_rows(text, there.clone());
    let outcomes: Vec<Outcome> = rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Same, Error, Same, Create, Error, Error, Error]);
    assert_eq!(codes(&rows)[4].1, [("taken", "email")]);
    assert_eq!(codes(&rows)[5].1, [("ambiguous", "name")]);
    assert_eq!(codes(&rows)[6].1, [("missing", "name")]);
    let one = "name,email,unit,language,status\nElin H,Elin@Example.org,Science,en,inactive\n";
    let rows = people_rows(one, there);
    assert_eq!(rows[0].outcome, Outcome::Change);
    assert_eq!(rows[0].fields, ["name", "unit", "language", "status"]);
}

#[test]
fn lines_are_those_that_an_editor_shows_however_they_end() {
    let text = "name,email\n\nElin,\n\"Two\nlines\",\nOmar,";
    for end in ["\n", "\r\n", "\r"] {
        let table = table(ImportKind::People, &text.replace('\n', end));
        let lines: Vec<u64> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 4, 6], "{end:?}");
    }
}

#[test]
fn no_file_that_is_given_back_is_run_as_a_formula() {
    for text in [
        "=1+1",
        "+1",
        "-1",
        "@sum",
        " =1",
        "\u{3000}＝1",
        "＋1",
        "－1",
        "＠1",
    ] {
        assert_eq!(harmless(text), format!("'{text}"));
    }
    assert_eq!(harmless("x;=cmd;y"), "x;'=cmd;y");
    for text in ["Elin", "1=1", "elin@example.org", ""] {
        assert_eq!(harmless(text), text);
    }
}

#[test]
fn a_unit_is_made_with_all_that_lies_above_it() {
    let text = "path\nScience\nArts/Music\nArts\nArts/Music\nR\\/D/Lab\nA/B/C/D/E/F/G/H/I/J/K/L\n";
    let table = table(ImportKind::Units, text);
    let judged = units::judge(&table, &tree());
    let made: Vec<_> = judged
        .iter()
        .map(|row| (row.view.outcome, row.act.as_ref().map_or(0, Vec::len)))
        .collect();
    assert_eq!(
        made,
        [
            (Outcome::Same, 0),
            (Outcome::Create, 2),
            (Outcome::Create, 0),
            (Outcome::Error, 0),
            (Outcome::Create, 1),
            (Outcome::Error, 0),
        ]
    );
    assert_eq!(judged[3].view.errors[0].code, "twice");
    assert_eq!(judged[5].view.errors[0].code, "deep");
    assert_eq!(names(" A / B\\/C /"), ["A", "B/C"]);
    let (near, far) = (tree(), tree());
    assert_eq!(
        near.find("Norrvik/Science").map(|n| n.id.as_str()),
        Some("sci")
    );
    assert_eq!(far.find("").map(|n| n.id.as_str()), Some("top"));
}

#[test]
fn members_are_found_within_the_groups_unit_and_only_added() {
    use Outcome::{Change, Create, Error, Same};
    let device = |id: &str, path: &str| vec![(id.to_owned(), path.to_owned())];
    let member = |kind, id: &str| Member {
        kind,
        id: id.to_owned(),
    };
    let group = ("g".to_owned(), None);
    let facts = groups::Facts {
        tree: tree(),
        groups: HashMap::from([(("sci".to_owned(), "Lab".to_owned()), group)]),
        devices: HashMap::from([
            ("C1".to_owned(), device("d1", "top/sci/phy/")),
            ("C2".to_owned(), device("d2", "top/lib/")),
            (
                "C3".to_owned(),
                [device("d3", "top/"), device("d4", "top/")].concat(),
            ),
        ]),
        people: HashMap::from([(
            "elin@example.org".to_owned(),
            ("p1".to_owned(), "top/sci/".to_owned()),
        )]),
        members: HashSet::from([("g".to_owned(), member(MemberKind::Device, "d1"))]),
    };
    let text = "group,unit,serial number,email\n\
        Lab,Science,c1,\n\
        Lab,Science,,Elin@example.org\n\
        Lab,Science,C2,\n\
        Lab,Science,C3,\n\
        Lab,Science,C9,nobody@example.org\n\
        New,Science,C1,\n\
        New,Science,,elin@example.org\n\
        New,Science,c1,\n";
    let table = table(ImportKind::Groups, text);
    let judged = groups::judge(&table, &facts);
    let views: Vec<RowView> = judged.iter().map(|row| row.view.clone()).collect();
    let outcomes: Vec<Outcome> = views.iter().map(|row| row.outcome).collect();
    assert_eq!(
        outcomes,
        [Same, Change, Error, Error, Error, Create, Change, Error]
    );
    let errors: Vec<_> = codes(&views).into_iter().map(|(_, codes)| codes).collect();
    assert_eq!(errors[2], [("outside", "serial_number")]);
    assert_eq!(errors[3], [("ambiguous", "serial_number")]);
    assert_eq!(
        errors[4],
        [("unknown", "serial_number"), ("unknown", "email")]
    );
    assert_eq!(errors[7], [("twice", "")]);
    let wanted = groups::wanted(&table, &facts);
    let of: Vec<_> = wanted
        .iter()
        .map(|w| (w.group.as_str(), w.members.len()))
        .collect();
    assert_eq!(of, [("Lab", 2), ("New", 2)], "who is in already stays");
}
