//! What packages are told when they ask, by way of debconf(7): held against their templates before anything is run, and
//! given to debconf before their scripts are.

use std::fmt::Write;

use plc_store::{Kind, Store, Tree, TreePath};

use super::{RootfsError, draft::fixed, live, package::Package};
use crate::sandbox::ScaffoldFile;

/// The program that takes answers beforehand.
const PROGRAM: &str = "usr/bin/debconf-set-selections";

/// How many questions a message names.
const NAMED: usize = 8;

/// A question and what it is answered with.
pub type Answer = (String, String);

/// A question of a package (debconf-devel(7)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Template {
    name: String,
    kind: String,
    /// Of a select or multiselect; none where scripts compute them.
    choices: Option<Vec<String>>,
}

/// The file with which debconf is told, and the command that does it.
pub(super) struct Told {
    pub(super) file: ScaffoldFile,
    pub(super) command: [String; 2],
}

/// Holds answers against the questions of the packages that are to be installed upon `below`. None without answers.
pub(super) fn told(
    store: &Store,
    below: Option<&Tree>,
    packages: &[Package],
    answers: &[Answer],
) -> Result<Option<Told>, RootfsError> {
    if answers.is_empty() {
        return Ok(None);
    }
    if below.and_then(|below| below.get(&fixed(PROGRAM))).is_none() {
        return Err(RootfsError::NoDebconf);
    }
    let mut asked = Vec::new();
    for package in packages {
        let templates = templates(&package.member_text(store, "templates")?);
        asked.extend(templates.into_iter().map(|template| (&*package.name, template)));
    }
    let mut text = String::new();
    for (question, value) in answers {
        let Some((package, template)) = asked.iter().find(|(_, template)| template.name == *question) else {
            return Err(not_asked(store, below, &asked, question)?);
        };
        fits(package, template, value)?;
        // Writing to a string never fails.
        let _ = writeln!(text, "{package} {question} {} {value}", template.kind);
    }
    // No package is called like that: those with a preinst have directories beside it.
    let path = format!("{}/.answers", live::DIRECTORY);
    let command = [format!("/{PROGRAM}"), format!("/{path}")];
    Ok(Some(Told {
        file: ScaffoldFile { path: fixed(&path), mode: 0o600, content: text.into_bytes() },
        command,
    }))
}

/// Why nobody asks: another package, or one of the base, does; or the name is not right.
fn not_asked(
    store: &Store,
    below: Option<&Tree>,
    asked: &[(&str, Template)],
    question: &str,
) -> Result<RootfsError, RootfsError> {
    for entry in below.into_iter().flat_map(Tree::entries) {
        let Kind::File { blob, .. } = &entry.kind else { continue };
        let Some(package) = of_templates(&entry.path) else { continue };
        let text = store.read_blob(blob)?;
        if templates(&String::from_utf8_lossy(&text)).iter().any(|template| template.name == question) {
            return Ok(RootfsError::AskedBelow { question: question.to_owned(), package });
        }
    }
    let prefix = question.split('/').next().unwrap_or_default();
    let near = |(package, template): &&(&str, Template)| {
        can_be_answered(template) && (*package == prefix || template.name.split('/').next() == Some(prefix))
    };
    let near = asked.iter().filter(near).take(NAMED).map(|(_, template)| template.name.clone()).collect();
    Ok(RootfsError::NotAsked { question: question.to_owned(), near })
}

/// The package whose templates dpkg keeps at a path.
fn of_templates(path: &TreePath) -> Option<String> {
    let name = path.as_bytes().strip_prefix(b"var/lib/dpkg/info/")?.strip_suffix(b".templates")?;
    Some(String::from_utf8_lossy(name).into_owned())
}

fn can_be_answered(template: &Template) -> bool {
    matches!(&*template.kind, "string" | "boolean" | "select" | "multiselect")
}

fn fits(package: &str, template: &Template, value: &str) -> Result<(), RootfsError> {
    let one_of = |choices: &[String]| format!("one of {}", quoted(choices));
    let wants = match (&*template.kind, &template.choices) {
        ("password", _) => {
            let question = template.name.clone();
            return Err(RootfsError::AsksForPassword { question, package: package.to_owned() });
        }
        ("string", _) | ("select" | "multiselect", None) => None,
        ("boolean", _) => (!matches!(value, "true" | "false")).then(|| "`true` or `false`".to_owned()),
        ("select", Some(choices)) => (!choices.iter().any(|c| c == value)).then(|| one_of(choices)),
        ("multiselect", Some(choices)) => {
            let all = split(value).iter().all(|value| choices.contains(value));
            (!all).then(|| format!("a list of any of {}", quoted(choices)))
        }
        _ => Some("no answer: it is a text to be read".to_owned()),
    };
    // debconf would take the next line for more of the same.
    let wants =
        wants.or_else(|| value.ends_with('\\').then(|| "a text that does not end in `\\`".to_owned()));
    match wants {
        None => Ok(()),
        Some(wants) => Err(RootfsError::NoAnswer {
            question: template.name.clone(),
            package: package.to_owned(),
            value: value.to_owned(),
            wants,
        }),
    }
}

fn quoted(choices: &[String]) -> String {
    choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ")
}

/// The questions in a package's `templates`: stanzas of fields, of which some go on over several lines.
fn templates(text: &str) -> Vec<Template> {
    let mut templates = Vec::new();
    let mut next = Template::default();
    for line in text.lines().chain([""]) {
        if line.trim().is_empty() {
            let whole = std::mem::take(&mut next);
            templates.extend((!whole.name.is_empty()).then_some(whole));
            continue;
        }
        let Some((field, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match &*field.to_ascii_lowercase() {
            "template" => next.name = value.to_owned(),
            "type" => next.kind = value.to_owned(),
            // Where there are both, the first are what is shown and these are what is kept.
            "choices-c" => next.choices = known(value),
            "choices" if next.choices.is_none() => next.choices = known(value),
            _ => {}
        }
    }
    templates
}

fn known(choices: &str) -> Option<Vec<String>> {
    (!choices.contains("${")).then(|| split(choices))
}

/// The parts between commas, but for those after a backslash (debconf-devel(7)).
fn split(list: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = list.chars();
    while let Some(letter) = letters.next() {
        match (letter, parts.last_mut()) {
            (',', _) => parts.push(String::new()),
            ('\\', Some(part)) if letters.clone().next().is_some_and(|next| matches!(next, ',' | ' ')) => {
                part.extend(letters.next());
            }
            (_, Some(part)) if letter != ' ' || !part.is_empty() => part.push(letter),
            _ => {}
        }
    }
    for part in &mut parts {
        part.truncate(part.trim_end().len());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Template: tea/kind\nType: select\nChoices: black, green\\, raw\nChoices-de.UTF-8: x\n\
        Description: What?\n A long: story.\n\nTemplate: tea/with\nType: multiselect\nChoices: milk, sugar\n\n\n\
        Template: tea/both\nType: multiselect\nChoices: black, green\\, raw\n\n\
        Template: tea/where\nType: select\nChoices: ${places}\n\nTemplate: tea/word\nType: password\n\n\
        Template: tea/hot\nType: boolean\nDefault: true\n\nTemplate: tea/note\nType: note\n";

    fn wants(question: &str, value: &str) -> String {
        let templates = templates(TEXT);
        let template = templates.iter().find(|template| template.name == question).unwrap();
        fits("tea", template, value).map_or_else(|error| error.to_string(), |()| "fits".into())
    }

    #[test]
    fn answers_are_what_the_question_takes() {
        for (question, value) in [
            ("tea/kind", "black"),
            ("tea/kind", "green, raw"),
            ("tea/with", "sugar, milk"),
            ("tea/with", ""),
            ("tea/both", "green\\, raw, black"),
            ("tea/where", "anywhere"),
            ("tea/hot", "false"),
        ] {
            assert_eq!(wants(question, value), "fits", "{question} {value}");
        }
        for (question, value, says) in [
            (
                "tea/kind",
                "white",
                "`white` is no answer to `tea/kind` of package `tea`, which takes one of `black`, `green, raw`",
            ),
            ("tea/with", "milk, salt", "takes a list of any of `milk`, `sugar`"),
            ("tea/hot", "yes", "takes `true` or `false`"),
            ("tea/note", "x", "takes no answer"),
            ("tea/where", "c:\\", "does not end in"),
            ("tea/word", "x", "asks for a password"),
        ] {
            let said = wants(question, value);
            assert!(said.contains(says), "{question} {value}: {said}");
        }
    }
}
