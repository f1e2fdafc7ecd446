#![expect(clippy::expect_used, reason = "tests")]

use super::*;

#[test]
fn every_file_has_a_url_with_its_hash() {
    for name in Files::iter() {
        let url = url(&name);
        let hash = short_hash(&Files::get(&name).expect("listed"));
        assert!(url.starts_with("/assets/"), "{name}: {url}");
        assert!(url.contains(&hash), "{name}: {url}");
    }
}

#[test]
fn script_stays_under_15_kb() {
    // A page loads the script of all pages and at most one of its own.
    const OF_ALL: &str = "tillsyn.js";
    let size = |name: &str| bytes(name).expect("listed").len();
    let scripts = Files::iter().filter(|name| name.ends_with(".js"));
    for own in scripts.filter(|name| name != OF_ALL) {
        let size = size(OF_ALL) + size(&own);
        assert!(size < 15_000, "with {own}: {size}");
    }
}

#[test]
fn a_line_of_script_ends_where_a_statement_may() {
    let text = "// Why.\nconst a = [\n  1,\n  2,\n];\nconst b = () => {\n  go();\n}\non(b)\n";
    assert_eq!(script(text), "const a=[1,2,];const b=()=>{go();}\non(b)");
}

#[test]
fn a_squeezed_script_keeps_what_is_quoted() {
    let line = "if (a === 'x = 1, y') { say(`${b} = ${ c }`, \"it's\"); }";
    assert_eq!(
        squeezed(line),
        "if(a==='x = 1, y'){say(`${b} = ${ c }`,\"it's\");}"
    );
    assert_eq!(
        squeezed("const a = 'it\\'s = so', b;"),
        "const a='it\\'s = so',b;"
    );
    assert_eq!(
        squeezed("for (const x of y) return x in z;"),
        "for(const x of y)return x in z;"
    );
}

#[test]
fn styles_and_script_name_no_other_host() {
    for name in Files::iter().filter(|name| !name.ends_with(".png")) {
        let text =
            String::from_utf8(Files::get(&name).expect("listed").data.into_owned()).expect("text");
        let text = text.replace("http://www.w3.org/2000/svg", "");
        assert!(
            !text.contains("http://") && !text.contains("https://"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn asset_is_served_with_type_and_kept_for_ever() {
    let url = url("tokens.css");
    let name = url.rsplit('/').next().expect("name");
    let answer = asset(Path(name.to_owned())).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let headers = answer.headers();
    assert_eq!(headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(
        headers[header::CACHE_CONTROL]
            .to_str()
            .expect("text")
            .contains("immutable")
    );
    let old = asset(Path("tokens.0000000000000000.css".to_owned())).await;
    assert_eq!(old.status(), StatusCode::NOT_FOUND);
}
