//! `plc explain`: the pages about codes, and the way to them.

use std::fs;

use crate::support::{Place, project};

#[test]
fn a_page_is_printed_for_people_and_for_programs() {
    let place = Place::new();
    let told = place.run(["explain", "E0401"], 0).out;
    assert!(told.starts_with("E0401: capacity reaches the identity\n"), "{told}");
    assert!(told.contains("\nWhy\n") && told.contains("\n    archive debian = apt {"), "{told}");
    assert!(!told.contains("```") && !told.contains("##"), "{told}");
    assert_eq!(told, place.run(["explain", "e0401"], 0).out);
    let bold = place.run(["explain", "E0401", "--color", "always"], 0).out;
    assert!(bold.contains("\u{1b}[1mWhy\u{1b}[0m"), "{bold:?}");
    let page = place.run(["explain", "e0401", "--json"], 0).json();
    let text = fs::read_to_string(project().join("spec/errors/E0401.md")).unwrap();
    let wanted =
        serde_json::json!({ "code": "E0401", "title": "capacity reaches the identity", "page": text });
    assert_eq!(page, wanted);
}

#[test]
fn all_codes_are_listed() {
    let place = Place::new();
    let pages = fs::read_dir(project().join("spec/errors")).unwrap().count();
    let list = place.run(["explain", "--json"], 0).json();
    assert_eq!(list.as_array().unwrap().len(), pages);
    let told = place.run(["explain"], 0).out;
    assert_eq!(told.lines().count(), pages + 1, "a line each, and the heading: {told}");
    assert!(told.contains("\nE0502  division by zero\n"), "{told}");
}

#[test]
fn an_unknown_code_is_told_the_nearest() {
    let place = Place::new();
    let told = place.run(["explain", "E0412"], 2);
    assert!(told.err.contains("there is no code `E0412`") && told.err.contains("`E0402`"), "{}", told.err);
    assert_eq!(told.out, "");
    let told = place.run(["explain", "what is wrong"], 2).err;
    assert!(told.contains("`plc explain` lists all codes") && !told.contains("did you mean"), "{told}");
}

#[test]
fn messages_say_once_where_there_is_more() {
    let place = Place::new();
    place.write("env.pl", "let a = b\nlet c = d\nlet e = 1 / \"x\"\n");
    let told = place.run(["check", "env.pl"], 2).err;
    assert!(told.ends_with("\nfor more, run `plc explain E0201`; likewise E0302\n"), "{told}");
    assert_eq!(told.matches("plc explain").count(), 1, "{told}");
    place.write("env.pl", "let a = b\nlet c = d\n");
    let told = place.run(["check", "env.pl"], 2).err;
    assert!(told.ends_with("\nfor more, run `plc explain E0201`\n"), "{told}");
    let json = place.run(["check", "env.pl", "--json"], 2);
    assert!(!json.out.contains("explain") && json.err.is_empty(), "{json:?}");
    place.write("env.pl", "let a = 1\n");
    assert_eq!(place.run(["check", "env.pl"], 0).err, "");
}
