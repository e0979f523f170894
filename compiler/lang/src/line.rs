//! Where a line of a built file comes from: the expression that gave it, and the names that this uses.

use std::collections::BTreeSet;

use crate::resolve::World;
use crate::source::Span;
use crate::syntax::ast::{Component, Expr, ExprKind, File};
use crate::topology::{self, Host, Topology, TreeMount};

/// The origin of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOrigin {
    /// The line as it was written.
    pub line: String,
    /// The instance whose file it is: `db.mariadb`.
    pub instance: String,
    /// Its component, with its module: `std.data.MariaDB`.
    pub component: String,
    /// Where the component declares the file.
    pub file: Span,
    /// The expression that gives the line.
    pub expression: Span,
    /// What of the instance the expression uses, through the component's `let`s too: `db.mariadb.buffer_pool`. In the
    /// order in which it is met, each once.
    pub uses: Vec<String>,
}

/// Why a line has no origin.
#[derive(Clone, Debug, PartialEq)]
pub enum NoLine {
    /// There is no such host; these there are.
    Host(Vec<String>),
    /// The description puts no such file there; these it does.
    File(Vec<String>),
    /// The file is one of a tree's, whose files are not the description's.
    Tree(Box<OfTree>),
    /// The file has only so many lines.
    Line(usize),
}

/// The tree that a file belongs to, if it is there at all: what is in it is known once it is made.
#[derive(Clone, Debug, PartialEq)]
pub struct OfTree {
    /// The instance that has the tree: `web.site`.
    pub instance: String,
    /// Its component, with its module.
    pub component: String,
    /// The path of the file inside the tree, without a `/` before it; empty for the tree itself.
    pub inside: String,
    /// The tree, with the place of its declaration.
    pub mount: TreeMount,
}

/// The origin of a line, counted from 1, of a file of a host.
pub(crate) fn origin(
    world: &World,
    topology: &Topology,
    host: &str,
    path: &str,
    line: usize,
) -> Result<LineOrigin, NoLine> {
    let hosts = || topology.hosts.iter().map(|h| h.name.clone()).collect();
    let host = topology.hosts.iter().find(|h| h.name == host).ok_or_else(|| NoLine::Host(hosts()))?;
    let all = || host.instances.iter().flat_map(|i| i.files.iter().map(move |file| (i, file)));
    let paths = || all().map(|(_, file)| file.path.clone()).collect();
    let missing = || match tree(host, path) {
        Some(tree) => NoLine::Tree(Box::new(tree)),
        None => NoLine::File(paths()),
    };
    let (instance, file) = all().find(|(_, file)| file.path == path).ok_or_else(missing)?;
    let lines: Vec<&str> = file.content.lines().collect();
    let index = line.checked_sub(1);
    let (text, expression) = index
        .and_then(|index| Some((*lines.get(index)?, *file.line_spans.get(index)?)))
        .ok_or(NoLine::Line(lines.len()))?;
    let at = format!("{}.{}", host.name, instance.name);
    Ok(LineOrigin {
        line: text.to_owned(),
        component: instance.component.clone(),
        file: file.span,
        expression,
        uses: uses(world, instance, file, expression, &at),
        instance: at,
    })
}

/// The innermost tree that a path leads into.
fn tree(host: &Host, path: &str) -> Option<OfTree> {
    let all = host.instances.iter().flat_map(|i| i.trees.iter().map(move |mount| (i, mount)));
    let inside = |mount: &TreeMount| {
        let rest = path.strip_prefix(&*mount.path)?;
        if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
    };
    let found = all.filter_map(|(instance, mount)| Some((instance, mount, inside(mount)?)));
    let (instance, mount, inside) = found.max_by_key(|(_, mount, _)| mount.path.len())?;
    Some(OfTree {
        instance: format!("{}.{}", host.name, instance.name),
        component: instance.component.clone(),
        inside: inside.to_owned(),
        mount: mount.clone(),
    })
}

fn uses(
    world: &World,
    instance: &topology::Instance,
    file: &topology::File,
    expression: Span,
    at: &str,
) -> Vec<String> {
    let Some(component) = component(world, &instance.component) else { return Vec::new() };
    let declared = component.files.iter().find(|f: &&File| f.path.span == file.span);
    let Some(expr) = declared.and_then(|file| find(&file.content, expression)) else { return Vec::new() };
    let mut names = Names { component, seen: BTreeSet::new(), found: Vec::new() };
    names.of(expr);
    names.found.into_iter().map(|name| format!("{at}.{name}")).collect()
}

/// The component of a topology's name for it: `std.data.MariaDB`.
fn component<'w>(world: &'w World, name: &str) -> Option<&'w Component> {
    let (path, name) = name.rsplit_once('.')?;
    let module = world.modules.iter().find(|module| module.path == path)?;
    module.ast.components.iter().find(|c| *c.name.text == *name)
}

/// The part of an expression that stands at a place.
fn find(expr: &Expr, span: Span) -> Option<&Expr> {
    if expr.span == span {
        return Some(expr);
    }
    expr.children().into_iter().find_map(|child| find(child, span))
}

/// The names of a component that expressions use.
struct Names<'w> {
    component: &'w Component,
    seen: BTreeSet<&'w str>,
    found: Vec<String>,
}

impl<'w> Names<'w> {
    fn of(&mut self, expr: &'w Expr) {
        if let ExprKind::Name(name) = &expr.kind {
            self.name(name);
        }
        for child in expr.children() {
            self.of(child);
        }
    }

    fn name(&mut self, name: &'w str) {
        if !self.seen.insert(name) {
            return;
        }
        let c = self.component;
        if let Some(item) = c.lets.iter().find(|l| *l.name.text == *name) {
            self.of(&item.value);
        } else if c.params.iter().any(|p| *p.name.text == *name)
            || c.requires.iter().any(|r| *r.name.text == *name)
            || c.provides.iter().any(|p| *p.name.text == *name)
        {
            self.found.push(name.to_owned());
        }
    }
}
