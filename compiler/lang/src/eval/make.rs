//! Sources, trees and archives that expressions make.

use std::rc::Rc;

use super::Evaluator;
use super::fault::{Fault, Outcome};
use super::scope::Scope;
use super::value::{ArchiveValue, MadeArchive, Value};
use crate::diag::{Diagnostic, shown};
use crate::source::Span;
use crate::syntax::ast::{Expr, Field, Name};
use crate::topology::{Build, Source, Tree};

impl<'w> Evaluator<'w> {
    /// `apt { … }`, `local { … }`, `git { … }`, `download { … }`, `build { … }`
    pub(super) fn make(
        &mut self,
        kind: &'w Name,
        fields: &'w [Field],
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Value> {
        if self.identity
            && let Some(symbol) = self.made_symbol(kind, fields, scope)?
        {
            return Ok(symbol);
        }
        let source = match &*kind.text {
            "apt" => return self.make_archive(kind, fields, scope),
            "build" => return self.build(kind, fields, scope),
            "local" => self.local(kind.span, fields, scope)?,
            "git" => Source::Git {
                repository: self.field(fields, "repository", scope)?.unwrap_or_default(),
                revision: self.revision(kind.span, fields, scope)?,
            },
            _ => self.download(kind.span, fields, scope)?,
        };
        Ok(Value::Tree(Rc::new(Tree::Source(source))))
    }

    /// In the identity form: what is made of capacities, by a function that is given them. Nothing can be made of it.
    fn made_symbol(
        &mut self,
        kind: &'w Name,
        fields: &'w [Field],
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Option<Value>> {
        let (mut written, mut open) = (Vec::new(), false);
        for field in fields {
            let value = self.eval(&field.value, scope)?;
            open |= value.is_open();
            written.push(format!("{} = {}", field.key.text, self.written(&value, field.value.span)?));
        }
        Ok(open.then(|| Value::symbol(format!("{} {{ {} }}", kind.text, written.join(", ")))))
    }

    fn make_archive(&mut self, kind: &'w Name, fields: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        let made = MadeArchive {
            suites: self.fields(fields, "suites", scope)?.unwrap_or_default(),
            components: self.fields(fields, "components", scope)?,
            signed_by: self.field(fields, "signed_by", scope)?,
            mirror: self.field(fields, "mirror", scope)?,
            span: kind.span,
        };
        Ok(Value::Archive(ArchiveValue::Made(Rc::new(made))))
    }

    /// A string field, where it is there.
    fn field(&mut self, fields: &'w [Field], name: &str, scope: &Rc<Scope<'w>>) -> Outcome<Option<String>> {
        named(fields, name).map(|expr| self.string(expr, scope)).transpose()
    }

    /// A list of strings, where it is there.
    fn fields(
        &mut self,
        fields: &'w [Field],
        name: &str,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Option<Vec<String>>> {
        named(fields, name).map(|expr| self.texts(expr, scope)).transpose()
    }

    fn local(&mut self, at: Span, fields: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<Source> {
        let path = self.field(fields, "path", scope)?.unwrap_or_default();
        let span = named(fields, "path").map_or(at, |expr| expr.span);
        // What the command line names may be anywhere on this machine.
        let anywhere = self.on_command_line(at);
        let inside = path.split('/').all(|part| part != "..") && !path.starts_with('/');
        if path.is_empty() || (!inside && !anywhere) {
            let message = format!("`{}` is not a path inside the project", shown(&path));
            let help =
                "name a directory or file of the project, as `./src`; `--with PATH=/elsewhere` takes any";
            return Err(Fault::new(Diagnostic::error("E0517", span, message).help(help)));
        }
        let ignore = self.fields(fields, "ignore", scope)?.unwrap_or_default();
        Ok(Source::Local { path, ignore })
    }

    fn revision(&mut self, at: Span, fields: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let revision = self.field(fields, "revision", scope)?.unwrap_or_default();
        let span = named(fields, "revision").map_or(at, |expr| expr.span);
        let letters = |c: char| c.is_ascii_alphanumeric() || "._-/+@".contains(c);
        if revision.is_empty() || revision.starts_with('-') || !revision.chars().all(letters) {
            let message = format!("`{}` is no revision of a Git repository", shown(&revision));
            let help = "write a commit, a tag or a branch, as `v1.2`";
            return Err(Fault::new(Diagnostic::error("E0517", span, message).help(help)));
        }
        Ok(revision)
    }

    fn download(&mut self, at: Span, fields: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<Source> {
        let url = self.field(fields, "url", scope)?.unwrap_or_default();
        let span = |name: &str| named(fields, name).map_or(at, |expr| expr.span);
        if !["http://", "https://", "file://"].iter().any(|scheme| url.starts_with(scheme)) {
            let message = format!("`{}` cannot be downloaded", shown(&url));
            let help = "a download has a URL with `https://`, `http://` or `file://`";
            return Err(Fault::new(Diagnostic::error("E0517", span("url"), message).help(help)));
        }
        let sha256 = self.field(fields, "sha256", scope)?.unwrap_or_default();
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            let message = format!("`{}` is no SHA-256", shown(&sha256));
            // Nobody counts them.
            let here = match sha256.chars().count() {
                64 => String::new(),
                count => format!("; here are {count}"),
            };
            let help = format!("64 hexadecimal digits in lower case, as `sha256sum` prints them{here}");
            return Err(Fault::new(Diagnostic::error("E0517", span("sha256"), message).help(help)));
        }
        let unpack = match named(fields, "unpack").map(|expr| self.eval(expr, scope)).transpose()? {
            Some(Value::Bool(unpack)) => unpack,
            _ => false,
        };
        Ok(Source::Download { url, sha256, unpack })
    }

    fn build(&mut self, kind: &'w Name, fields: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        let from = match named(fields, "from").map(|expr| self.eval(expr, scope)).transpose()? {
            Some(Value::Tree(tree)) => Some((*tree).clone()),
            Some(_) => return Err(Fault::internal(kind.span)),
            None => None,
        };
        let packages = self.fields(fields, "packages", scope)?.unwrap_or_default();
        let at = named(fields, "packages").map_or(kind.span, |expr| expr.span);
        for package in &packages {
            super::validate::package(package, at).map_err(Fault::New)?;
        }
        let run = match named(fields, "run") {
            Some(expr) => self.commands(expr, scope)?,
            None => return Err(Fault::internal(kind.span)),
        };
        let environment = match named(fields, "environment") {
            Some(expr) => self.variables(expr, scope)?,
            None => Vec::new(),
        };
        let output = self.field(fields, "output", scope)?.unwrap_or_default();
        let at = named(fields, "output").map_or(kind.span, |expr| expr.span);
        if output.starts_with('/') || output.split('/').any(|part| matches!(part, ".." | ".")) {
            let message = format!("`{}` is not a directory below the build's own", shown(&output));
            return Err(Fault::new(Diagnostic::error("E0517", at, message).help("write it as `dist`")));
        }
        // The archive is that of the host that takes the tree.
        let archive = String::new();
        let build = Build { from, archive, packages, run, environment, output };
        let tree = Tree::Build(Box::new(build));
        // Trees of trees of trees are written out whole, each time.
        self.spend(kind.span, 1, super::instance::tree_size(&tree))?;
        Ok(Value::Tree(Rc::new(tree)))
    }

    /// Commands for a shell, each of which may have several lines.
    fn commands(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Vec<String>> {
        let Value::List(items) = self.eval(expr, scope)? else { return Err(Fault::internal(expr.span)) };
        let text = |item: &Value| match item {
            Value::Text(text) if !text.contains('\0') => Ok(text.to_string()),
            Value::Text(_) => Err(Fault::new(super::validate::not_one_line(expr.span))),
            _ => Err(Fault::internal(expr.span)),
        };
        items.iter().map(text).collect()
    }

    /// Whether something is written on the command line.
    fn on_command_line(&self, at: Span) -> bool {
        self.world.command_line.is_some_and(|source| source == at.source)
    }
}

/// The archive that a build's packages come from, where it has none yet.
pub(super) fn drawing_from(tree: &Tree, archive: &str) -> Tree {
    match tree {
        Tree::Source(_) => tree.clone(),
        Tree::Build(build) => Tree::Build(Box::new(Build {
            from: build.from.as_ref().map(|from| drawing_from(from, archive)),
            archive: archive.to_owned(),
            ..(**build).clone()
        })),
    }
}

fn named<'w>(fields: &'w [Field], name: &str) -> Option<&'w Expr> {
    fields.iter().find(|f| &*f.key.text == name).map(|f| &f.value)
}
