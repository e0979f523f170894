//! Descriptions that nobody would write: most of what the grammar has, in any order, with anything between.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

/// What may stand between tokens.
fn gap() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", " ", " ", " ", "  ", "\n", "\n\n", "\n    ", " // c\n", "\n// d\n"])
}

/// Texts one after the other, with gaps between.
fn spaced(parts: Vec<BoxedStrategy<String>>) -> BoxedStrategy<String> {
    let gapped: Vec<_> = parts.into_iter().map(|part| (gap(), part)).collect();
    gapped.prop_map(|parts| parts.into_iter().map(|(gap, part)| format!("{gap}{part}")).collect()).boxed()
}

fn word(text: &'static str) -> BoxedStrategy<String> {
    Just(text.to_owned()).boxed()
}

fn of(words: &[&'static str]) -> BoxedStrategy<String> {
    select(words.to_vec()).prop_map(str::to_owned).boxed()
}

/// Some of them, with a separator between any two.
fn some(
    part: BoxedStrategy<String>,
    separators: &[&'static str],
    most: usize,
) -> impl Strategy<Value = String> + use<> {
    let separated = (gap(), part, gap(), select(separators.to_vec()));
    prop::collection::vec(separated, 0..most).prop_map(|parts| {
        parts
            .into_iter()
            .map(|(before, part, after, separator)| format!("{before}{part}{after}{separator}"))
            .collect()
    })
}

const NAMES: [&str; 14] = [
    "a",
    "b",
    "x",
    "some_longer_name",
    "the_longest_of_all_the_names_here",
    "text",
    "lines",
    "on",
    "type",
    "secret",
    "file",
    "with",
    "because",
    "apt",
];

const LITERALS: [&str; 16] = [
    "1",
    "0755",
    "10MiB/s",
    "70%",
    "true",
    "none",
    "1.5",
    "30s",
    "\"a\"",
    "\"a text that fills the line a bit\"",
    "r\"raw {\"",
    "\"x {a+b} y\"",
    "\"{f(\"in\")}\"",
    "\"\"\"\n  block\n    more\n  \"\"\"",
    "\"\"\"\n\ttab\n\"\"\"",
    "a.b.c",
];

/// An expression that can stand beside an operator.
fn operand() -> BoxedStrategy<String> {
    Union::new([of(&NAMES), of(&LITERALS)])
        .prop_recursive(4, 48, 4, |inner| {
            let value = value(inner.clone());
            let list = spaced(vec![word("["), some(value.clone(), &[","], 5).boxed(), word("]")]);
            let key = (of(&NAMES), spaced(vec![word(""), value.clone(), word("]")]));
            let call =
                (of(&NAMES), some(value.clone(), &[","], 4)).prop_map(|(name, of)| format!("{name}({of})"));
            let going = spaced(vec![
                word("["),
                value.clone(),
                of(&[" for x in ", " for x, y in "]),
                inner.clone(),
                word("]"),
            ]);
            let map = spaced(vec![
                word("{"),
                word("\"{k}\""),
                word("="),
                value.clone(),
                word(" for k in "),
                inner.clone(),
                word("}"),
            ]);
            prop_oneof![
                list,
                key.prop_map(|(name, key)| format!("{name}[{key}")),
                call,
                going,
                map,
                record(value.clone()),
                spaced(vec![word("("), value, word(")")]),
            ]
            .boxed()
        })
        .boxed()
}

/// Any expression.
fn value(operand: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let operators = [" + ", " - ", "*", "/", " == ", "<", ">", " and ", " or ", "??"];
    let binary = spaced(vec![operand.clone(), of(&operators), operand.clone()]);
    let longer =
        spaced(vec![operand.clone(), of(&operators), operand.clone(), of(&operators), operand.clone()]);
    let sign = spaced(vec![of(&["-", "not ", "- -"]), operand.clone()]);
    let choice = spaced(vec![
        word("if "),
        operand.clone(),
        word(" then "),
        operand.clone(),
        word(" else "),
        operand.clone(),
    ]);
    let pattern = of(&["\"a\" | \"b\" =>", "1=>", "-1 =>", "none =>", "_=>", "other => "]);
    let arm = spaced(vec![pattern, operand.clone()]);
    let arms = some(arm, &[",", ", ", "\n", "\n\n", " // e\n"], 4);
    let matching = (of(&NAMES), arms).prop_map(|(name, arms)| format!("match {name} {{{arms}}}"));
    prop_oneof![4 => operand, 2 => binary, 1 => longer, 1 => sign, 1 => choice, 1 => matching].boxed()
}

fn record(value: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let keys = of(&["a", "b-c", "\"k e y\"", "d.e-f", "if", "long_key_name"]);
    let field = spaced(vec![keys, word("="), value]);
    some(field, &[",", ";", "\n", "\n\n", " // f\n", ",\n/// g\n"], 5)
        .prop_map(|of| format!("{{{of}\n}}"))
        .boxed()
}

fn ty() -> BoxedStrategy<String> {
    of(&["Int", "String", "Int(1..=5)", "Int ( ..-1 )", "\"a\"|\"b\"", "Size?"])
        .prop_recursive(3, 12, 2, |inner| {
            prop_oneof![
                spaced(vec![word("List"), word("<"), inner.clone(), word(">")]),
                (inner.clone(), inner).prop_map(|(a, b)| format!("{{a:{a},b : {b}}}")),
            ]
            .boxed()
        })
        .boxed()
}

fn member() -> BoxedStrategy<String> {
    let value = value(operand());
    let record = record(value.clone());
    let formats = ["ini ", "lines ", "text ", "json ", "secret "];
    prop_oneof![
        spaced(vec![word("package "), value.clone()]),
        spaced(vec![word("file \"/x\" ="), of(&formats), operand(), record.clone()]),
        spaced(vec![word("param p:"), ty(), word("="), value.clone()]),
        spaced(vec![word("check [\"/a\"]"), record.clone()]),
        spaced(vec![word("assert "), value.clone(), word(" \"m\"")]),
        spaced(vec![word("provides h: Http on "), value]),
        spaced(vec![word("service s "), record.clone()]),
        spaced(vec![word("tree \"/a\" = git "), record.clone(), record]),
        of(&[
            "/// doc\n  secret s",
            "requires r: List < Http >",
            "requires r:Http ?",
            "link \"/a\" = f(\"b\")"
        ]),
    ]
    .boxed()
}

fn setting() -> BoxedStrategy<String> {
    let value = value(operand());
    prop_oneof![
        spaced(vec![of(&["a.b", "c", "long . path . of_it"]), word("="), value.clone()]),
        spaced(vec![word("every host "), record(value.clone())]),
        spaced(vec![word("deviate a.b ="), operand(), word(" because \"x\"")]),
        spaced(vec![word("double a.b with C "), record(value), word(" because \"x\" until 2027-06-30")]),
    ]
    .boxed()
}

fn item() -> BoxedStrategy<String> {
    let value = value(operand());
    let separators = ["\n", "\n\n", ", ", ";", " // h\n"];
    let block = |head: &'static str, members: BoxedStrategy<String>| {
        some(members, &separators, 5).prop_map(move |members| format!("{head} {{{members}\n}}"))
    };
    let parameter = ty().prop_map(|ty| format!("p:{ty}")).boxed();
    let parameters = some(parameter, &[","], 4);
    let function =
        (parameters, ty(), value.clone()).prop_map(|(of, ty, e)| format!("fn f ({of}) -> {ty} = {e}"));
    prop_oneof![
        4 => spaced(vec![word("let"), of(&[" a", " b:Int"]), word("="), value.clone()]),
        1 => function,
        1 => spaced(vec![word("type T ="), ty()]),
        1 => spaced(vec![word("assert "), value, word(" \"m\"")]),
        1 => block("use a.b", of(&["A", "B", "type", "use", "archive"])),
        2 => block("component C", member()),
        1 => block("profile p of e", setting()),
    ]
    .boxed()
}

/// A file, which need not be accepted.
pub(super) fn file() -> impl Strategy<Value = String> {
    let between = select(vec!["\n", "\n\n", "\n// between\n", " // trail\n", "\n\n\n\n/// doc\n"]);
    let items = prop::collection::vec((item(), between), 1..4);
    (select(vec!["", "//! doc\n", "//! doc\n// c\n"]), items).prop_map(|(doc, items)| {
        let items: String = items.into_iter().map(|(item, between)| item + between).collect();
        format!("{doc}{items}let last = 1\n")
    })
}
