//! `plc explain-line`

use std::path::PathBuf;

use plc_lang::{
    NoLine, OfTree, Versions,
    topology::{Source, Tree},
};
use plc_plan::lock::LockedVersions;
use serde_json::json;

use super::show::value as explanation;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    locking,
    project::Project,
    render::Terminal,
    selecting::Selecting,
};

/// Tell which declaration, parameter and profile a line of a built file comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The line, as `HOST:/etc/mysql/mariadb.conf.d/90-plc.cnf:5`; or the path of a file below a directory of `plc build
    /// --image dir`, as `/tmp/roots/db/etc/mysql/mariadb.conf.d/90-plc.cnf:5`
    line: String,
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    selecting: Selecting,
    /// Print the origin as JSON
    #[arg(long)]
    json: bool,
}

/// A line of a host's file.
struct Line {
    host: String,
    path: String,
    number: usize,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let project = Project::open(&args.file, &args.selecting.setting, terminal)?;
    let selection = args.selecting.selection(&project.program)?;
    let topology = project.topology(&args.selecting, terminal)?;
    let lock = locking::lock_if_known(&project, &args.selecting, &topology, global)?;
    let versions = lock.as_ref().map(|lock| LockedVersions::new(lock, &topology));
    let topology = match &lock {
        Some(lock) => project.with_versions(&args.selecting, &topology, lock, terminal)?,
        None => topology.clone(),
    };
    let versions = versions.as_ref().map(|versions| versions as &dyn Versions);
    let hosts: Vec<&str> = topology.hosts.iter().map(|host| host.name.as_str()).collect();
    let line = parse(&args.line, &hosts)?;
    let origin = project
        .program
        .line_origin(&topology, &line.host, &line.path, line.number)
        .map_err(|error| no_line(&project, &line, error))?;
    let told = |diagnostics: Vec<_>| project.told(&diagnostics, terminal);
    let mut uses = Vec::new();
    for path in &origin.uses {
        uses.push(project.program.explain(&selection, path, versions).map_err(told)?);
    }
    let place = |span| project.place(span);
    let text = project.text(origin.expression).unwrap_or_default();
    if args.json {
        let uses: Vec<_> = uses.iter().map(|e| explanation::as_json(&project, e)).collect();
        terminal.line(
            serde_json::to_string_pretty(&json!({
                "line": origin.line,
                "instance": origin.instance,
                "component": origin.component,
                "file": place(origin.file),
                "place": place(origin.expression),
                "expression": text,
                "uses": uses,
            }))
            .map_err(CliError::build)?,
        );
        return Ok(Exit::Done);
    }
    terminal.line(terminal.bold(&origin.line));
    terminal.line(format!("{} of {}, a {}", line.path, origin.instance, origin.component));
    terminal.line(format!("  {}  {}", place(origin.expression), first_line(&text)));
    for explained in &uses {
        terminal.line("");
        explanation::print(&project, explained, terminal);
    }
    Ok(Exit::Done)
}

fn first_line(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    if lines.next().is_some() { format!("{first} …") } else { first.to_owned() }
}

/// `HOST:/path:5`, or a path on this machine in which a host's name is followed by the file's path.
fn parse(text: &str, hosts: &[&str]) -> Result<Line, CliError> {
    let wrong = || {
        CliError::user(format!("`{text}` names no line of a host's file"))
            .help("write it as `db:/etc/mysql/mariadb.conf.d/90-plc.cnf:5`: host, path, number of the line")
    };
    let (rest, number) = text.rsplit_once(':').ok_or_else(wrong)?;
    let number: usize = number.parse().map_err(|_| wrong())?;
    if let Some((host, path)) = rest.split_once(":/") {
        return Ok(Line { host: host.to_owned(), path: format!("/{path}"), number });
    }
    let parts: Vec<&str> = rest.split('/').collect();
    let at = parts.iter().rposition(|part| hosts.contains(part)).ok_or_else(wrong)?;
    let path = format!("/{}", parts.get(at + 1..).unwrap_or_default().join("/"));
    Ok(Line { host: parts.get(at).copied().unwrap_or_default().to_owned(), path, number })
}

fn no_line(project: &Project, line: &Line, error: NoLine) -> CliError {
    let listed = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    match error {
        NoLine::Host(hosts) => CliError::user(format!("there is no host `{}`", line.host))
            .help(format!("there are {}", listed(&hosts))),
        NoLine::File(files) if files.is_empty() => {
            CliError::user(format!("the description puts no file on host `{}`", line.host))
        }
        NoLine::File(files) => {
            CliError::user(format!("the description puts no `{}` on host `{}`", line.path, line.host))
                .help(format!("it puts {} there; other files are their packages'", listed(&files)))
        }
        NoLine::Tree(of) => {
            let OfTree { instance, component, inside, mount } = &*of;
            let message = format!(
                "`{}` on host `{}` is of a tree, and of no file that the description writes",
                line.path, line.host
            );
            CliError::user(message).help(format!(
                "`tree \"{}\"` of `{instance}`, a `{component}`, is declared at {}: {}",
                mount.path,
                project.place(mount.span),
                made_of(&mount.tree, inside)
            ))
        }
        NoLine::Line(count) => CliError::user(format!("`{}` has no line {}", line.path, line.number))
            .help(format!("it has {count}")),
    }
}

/// What a tree is made of, and so where one of its files is to be looked for.
fn made_of(tree: &Tree, inside: &str) -> String {
    match tree {
        Tree::Source(Source::Local { path, .. }) if inside.is_empty() => {
            format!("it is `{path}` of the project")
        }
        Tree::Source(Source::Local { path, .. }) => {
            format!("look at `{}/{inside}` of the project", path.trim_end_matches('/'))
        }
        Tree::Source(Source::Git { repository, revision }) => {
            format!("it is revision `{revision}` of `{repository}`")
        }
        Tree::Source(Source::Download { url, .. }) => format!("it is downloaded from {url}"),
        Tree::Build(build) => format!("it is made by `{}`", build.run.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_named_by_host_or_by_path() {
        let of = |text: &str| parse(text, &["db", "web"]).ok().map(|l| (l.host, l.path, l.number));
        let db = |path: &str, n| Some(("db".to_owned(), path.to_owned(), n));
        assert_eq!(of("db:/etc/my.cnf:5"), db("/etc/my.cnf", 5));
        assert_eq!(of("/tmp/out/db/etc/my.cnf:5"), db("/etc/my.cnf", 5));
        assert_eq!(of("db/etc/my.cnf:12"), db("/etc/my.cnf", 12));
        for wrong in ["db:/etc/my.cnf", "/etc/my.cnf:5", "5", "", "db:/x:y"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
