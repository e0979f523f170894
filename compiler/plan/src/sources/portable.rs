//! A topology without paths of this machine. Only the command line can have named one; what was found there stands in its
//! place, so that two machines with the same files have the same environment.

use std::borrow::Cow;

use plc_lang::topology::{Parameter, Source, Topology, Tree};

use super::{Sources, is_inside, sources_of};

/// How a local source begins where parameters show one, as the language writes it. In a string the brace would be escaped.
const LOCAL: &str = "local { path = \"";

/// What stands for a place of this machine where nobody asks what was found there.
const SOMEWHERE: &str = "elsewhere";

/// The topology as it goes into a hash.
pub(crate) fn portable<'a>(topology: &'a Topology, sources: &Sources) -> Cow<'a, Topology> {
    let of_instances = topology.hosts.iter().flat_map(|host| &host.instances).flat_map(|i| &i.parameters);
    let mut parameters = topology.parameters.iter().chain(of_instances);
    let is_portable = !sources_of(topology).iter().any(|source| leads_out(source))
        && parameters.all(|parameter| matches!(shown(&parameter.value), Cow::Borrowed(_)));
    if is_portable {
        return Cow::Borrowed(topology);
    }
    let mut topology = topology.clone();
    replace_shown(&mut topology.parameters);
    for instance in topology.hosts.iter_mut().flat_map(|host| &mut host.instances) {
        replace_shown(&mut instance.parameters);
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

fn replace_shown(parameters: &mut [Parameter]) {
    for parameter in parameters {
        if let Cow::Owned(portable) = shown(&parameter.value) {
            parameter.value = portable;
        }
    }
}

/// A parameter's value, with the sources that it shows.
fn shown(value: &str) -> Cow<'_, str> {
    let mut portable = String::new();
    let mut rest = value;
    let mut changed = false;
    while let Some(at) = rest.find(LOCAL) {
        let (before, path) = rest.split_at(at + LOCAL.len());
        let end = end_of_string(path);
        portable.push_str(before);
        // Neither a slash nor a dot is ever escaped.
        let outside = !is_inside(&path[..end]);
        portable.push_str(if outside { SOMEWHERE } else { &path[..end] });
        changed |= outside;
        rest = &path[end..];
    }
    portable.push_str(rest);
    if changed { Cow::Owned(portable) } else { Cow::Borrowed(value) }
}

/// Where a string ends, whose first letter comes first here.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, letter)| {
        let is_end = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        is_end
    });
    end.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_parameters_show_do_not_say_where_they_are() {
        for (value, portable) in [
            (r#"local { path = "/home/ann/\"site\"" }"#, r#"local { path = "elsewhere" }"#),
            (
                r#"[local { path = "a" }, build { from = local { path = "../b", ignore = ["*.log"] }, run = ["x"] }]"#,
                r#"[local { path = "a" }, build { from = local { path = "elsewhere", ignore = ["*.log"] }, run = ["x"] }]"#,
            ),
            (
                r#"local { path = "/a\\" }, local { path = "/b" }"#,
                r#"local { path = "elsewhere" }, local { path = "elsewhere" }"#,
            ),
        ] {
            assert_eq!(shown(value), portable);
        }
    }

    #[test]
    fn all_other_values_are_left_alone() {
        for value in [
            "",
            "12MiB",
            r#"local { path = "./src" }"#,
            r#""local \{ path = \"/home/ann\" \}""#,
            r#"local { path = "./never ended"#,
            r#"git { repository = "/srv" }"#,
        ] {
            assert!(matches!(shown(value), Cow::Borrowed(_)), "{value}");
        }
    }
}
