//! A topology without paths of this machine. Only the command line can have named one; what was found there stands in its
//! place, so that two machines with the same files have the same environment.

use std::borrow::Cow;

use plc_lang::topology::{Parameter, Source, Topology, Tree};

use super::{Sources, is_inside, sources_of};

/// How a local source begins where parameters show one: trees are shown as JSON.
const LOCAL: &str = "{\"local\":{";

/// What stands for a place that nothing was read from.
const SOMEWHERE: &str = "elsewhere";

/// The topology as it goes into a hash.
pub(crate) fn portable<'a>(topology: &'a Topology, sources: &Sources) -> Cow<'a, Topology> {
    let of_instances = topology.hosts.iter().flat_map(|host| &host.instances).flat_map(|i| &i.parameters);
    let mut parameters = topology.parameters.iter().chain(of_instances);
    let is_portable = !sources_of(topology).iter().any(|source| leads_out(source))
        && parameters.all(|parameter| matches!(shown(&parameter.value, sources), Cow::Borrowed(_)));
    if is_portable {
        return Cow::Borrowed(topology);
    }
    let mut topology = topology.clone();
    replace_shown(&mut topology.parameters, sources);
    for instance in topology.hosts.iter_mut().flat_map(|host| &mut host.instances) {
        replace_shown(&mut instance.parameters, sources);
        for mount in &mut instance.trees {
            if let Some(source) = source_mut(&mut mount.tree) {
                replace(source, sources);
            }
        }
    }
    Cow::Owned(topology)
}

fn leads_out(source: &Source) -> bool {
    matches!(source, Source::Local { path, .. } if !is_inside(path))
}

fn source_mut(tree: &mut Tree) -> Option<&mut Source> {
    match tree {
        Tree::Source(source) => Some(source),
        Tree::Build(build) => source_mut(build.from.as_mut()?),
    }
}

fn replace(source: &mut Source, sources: &Sources) {
    let digest = sources.tree(source).map(|tree| tree.to_hex());
    if leads_out(source)
        && let Source::Local { path, .. } = source
    {
        *path = digest.unwrap_or_else(|| SOMEWHERE.to_owned());
    }
}

fn replace_shown(parameters: &mut [Parameter], sources: &Sources) {
    for parameter in parameters {
        if let Cow::Owned(portable) = shown(&parameter.value, sources) {
            parameter.value = portable;
        }
    }
}

/// A parameter's value, with the sources that it shows. Text that looks like one has its quotes escaped.
fn shown<'a>(value: &'a str, sources: &Sources) -> Cow<'a, str> {
    if !value.contains(LOCAL) {
        return Cow::Borrowed(value);
    }
    let mut portable = String::new();
    let mut rest = value;
    while let Some(at) = rest.find(LOCAL) {
        let mut parsed = serde_json::Deserializer::from_str(&rest[at..]).into_iter::<Source>();
        let (end, replaced) = match parsed.next() {
            Some(Ok(mut source)) if leads_out(&source) => {
                replace(&mut source, sources);
                (at + parsed.byte_offset(), serde_json::to_string(&source).ok())
            }
            Some(Ok(_)) => (at + parsed.byte_offset(), None),
            _ => (at + LOCAL.len(), None),
        };
        match replaced {
            Some(text) => {
                portable.push_str(&rest[..at]);
                portable.push_str(&text);
            }
            None => portable.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    portable.push_str(rest);
    if portable == value { Cow::Borrowed(value) } else { Cow::Owned(portable) }
}

#[cfg(test)]
mod tests {
    use plc_store::TreeDigest;

    use super::*;

    fn known() -> Sources {
        let mut sources = Sources::default();
        let source = |ignore: &[&str]| Source::Local {
            path: "/home/ann/\"site\"".into(),
            ignore: ignore.iter().map(|pattern| (*pattern).to_owned()).collect(),
        };
        sources.insert(source(&[]), TreeDigest::from_bytes([1; 32]));
        sources.insert(source(&["*.log"]), TreeDigest::from_bytes([2; 32]));
        sources
    }

    #[test]
    fn sources_that_parameters_show_are_told_by_what_they_hold() {
        let (one, two) = ("01".repeat(32), "02".repeat(32));
        for (value, portable) in [
            (
                r#"{"source":{"local":{"path":"/home/ann/\"site\""}}}"#,
                format!(r#"{{"source":{{"local":{{"path":"{one}"}}}}}}"#),
            ),
            (
                r#"[{"source":{"local":{"path":"a"}}}, {"build":{"from":{"source":{"local":{"path":"/home/ann/\"site\"","ignore":["*.log"]}}},"run":[]}}]"#,
                format!(
                    r#"[{{"source":{{"local":{{"path":"a"}}}}}}, {{"build":{{"from":{{"source":{{"local":{{"path":"{two}","ignore":["*.log"]}}}}}},"run":[]}}}}]"#
                ),
            ),
            (
                r#"{"source":{"local":{"path":"/home/bob"}}}"#,
                r#"{"source":{"local":{"path":"elsewhere"}}}"#.to_owned(),
            ),
        ] {
            assert_eq!(shown(value, &known()), portable);
        }
    }

    #[test]
    fn all_other_values_are_left_alone() {
        for value in [
            "",
            "12MiB",
            r#"{"source":{"local":{"path":"./src"}}}"#,
            r#""{\"local\":{\"path\":\"/home/ann\"}}""#,
            r#"{"local":{"path"#,
            r#"{"local":{}}"#,
        ] {
            assert!(matches!(shown(value, &known()), Cow::Borrowed(_)), "{value}");
        }
    }
}
