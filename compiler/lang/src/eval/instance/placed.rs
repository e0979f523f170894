//! What an instance puts on its host: files, trees, links, states, services, jobs and checks.

use std::rc::Rc;

use super::super::fault::{Fault, Outcome};
use super::super::scope::Scope;
use super::super::value::Value;
use super::super::{Evaluator, render, validate};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Expr, Field};
use crate::topology::{
    Answer, Check, Endpoint, File, Health, Job, SecretFile, Service, StateDirectory, Tree, TreeMount,
};
use crate::types::Kind;

impl<'w> Evaluator<'w> {
    pub(super) fn file(&mut self, file: &'w ast::File, scope: &Rc<Scope<'w>>) -> Outcome<File> {
        let path = self.path(&file.path, scope)?;
        let owner = self.owner(&file.options, 0o644, scope)?;
        let value = self.eval(&file.content, scope)?;
        self.weigh(&value, file.content.span)?;
        let value = if self.identity { value.marked() } else { value };
        let rendered = render::render(file.format, &value, &file.content)?;
        self.spend(file.content.span, 0, rendered.text.len())?;
        Ok(File {
            path,
            content: rendered.text,
            mode: owner.mode,
            user: owner.user,
            group: owner.group,
            link: None,
            span: file.path.span,
            line_spans: rendered.lines,
        })
    }

    /// Charges for every part of a value before it is written out: shared parts are written each time.
    pub(in crate::eval) fn weigh(&mut self, value: &Value, span: Span) -> Outcome<()> {
        match value {
            Value::List(items) => {
                self.spend(span, 1, 0)?;
                items.iter().try_for_each(|item| self.weigh(item, span))
            }
            Value::Record(fields) => {
                self.spend(span, 1, 0)?;
                fields.iter().try_for_each(|(name, value)| {
                    self.spend(span, 0, name.len())?;
                    self.weigh(value, span)
                })
            }
            Value::Text(text) | Value::Symbol(text) => self.spend(span, 1, text.len()),
            Value::Tree(tree) => self.spend(span, 1, tree_size(tree)),
            Value::Several(often, value) => {
                self.spend(span, 0, often.len())?;
                self.weigh(value, span)
            }
            _ => self.spend(span, 1, 0),
        }
    }

    pub(super) fn tree(&mut self, tree: &'w ast::TreeMember, scope: &Rc<Scope<'w>>) -> Outcome<TreeMount> {
        let path = self.path(&tree.path, scope)?;
        let owner = self.owner(&tree.options, 0o755, scope)?;
        let Value::Tree(value) = self.eval(&tree.value, scope)? else {
            return Err(Fault::internal(tree.value.span));
        };
        self.spend(tree.value.span, 1, tree_size(&value))?;
        let tree_value = (*value).clone();
        Ok(TreeMount { path, tree: tree_value, user: owner.user, group: owner.group, span: tree.path.span })
    }

    /// None where there is no such secret.
    pub(super) fn secret_file(
        &mut self,
        file: &'w ast::File,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Option<SecretFile>> {
        let path = self.path(&file.path, scope)?;
        if !path.starts_with("/run/") {
            let diagnostic = Diagnostic::error("E0509", file.path.span, format!("a secret is not kept in `{path}`"))
                .help("a secret's file is below `/run`, which is in memory: `file \"/run/secrets/name\" = secret name`");
            return Err(Fault::new(diagnostic));
        }
        let owner = self.owner(&file.options, 0o400, scope)?;
        let secret = match self.eval(&file.content, scope)? {
            Value::Secret(secret) => secret,
            Value::None => return Ok(None),
            _ => return Err(Fault::internal(file.content.span)),
        };
        let secret = secret.to_string();
        let span = file.path.span;
        Ok(Some(SecretFile { path, secret, user: owner.user, group: owner.group, mode: owner.mode, span }))
    }

    pub(super) fn link(&mut self, link: &'w ast::Link, scope: &Rc<Scope<'w>>) -> Outcome<File> {
        let path = self.path(&link.path, scope)?;
        let target = self.string(&link.target, scope)?;
        if target.is_empty() {
            return Err(Fault::new(Diagnostic::error("E0509", link.target.span, "a link needs a target")));
        }
        let root = || "root".to_owned();
        let (span, line_spans) = (link.path.span, Vec::new());
        Ok(File {
            path,
            content: String::new(),
            mode: 0o777,
            user: root(),
            group: root(),
            link: Some(target),
            span,
            line_spans,
        })
    }

    pub(super) fn state(&mut self, state: &'w ast::State, scope: &Rc<Scope<'w>>) -> Outcome<StateDirectory> {
        let path = self.path(&state.path, scope)?;
        let owner = self.owner(&state.options, 0o755, scope)?;
        Ok(StateDirectory {
            path,
            user: owner.user,
            group: owner.group,
            mode: owner.mode,
            span: state.path.span,
        })
    }

    pub(super) fn service(
        &mut self,
        service: &'w ast::Service,
        provides: &[Endpoint],
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Service> {
        let process = self.process(&service.name, &service.fields, scope)?;
        let ready = option(&service.fields, "ready").map(|expr| self.command(expr, scope)).transpose()?;
        let health = option(&service.fields, "health").map(|expr| self.health(expr, provides, scope));
        let health = health.transpose()?.flatten();
        let stop_signal = option(&service.fields, "stop_signal").map(|expr| self.string(expr, scope));
        let stop_signal = stop_signal.transpose()?;
        let Process { name, exec, user, environment } = process;
        Ok(Service { name, exec, user, environment, ready, health, stop_signal })
    }

    fn health(
        &mut self,
        expr: &'w Expr,
        provides: &[Endpoint],
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Option<Health>> {
        let value = self.eval(expr, scope)?;
        if matches!(value, Value::None) {
            return Ok(None);
        }
        let url = self.plain(&value, expr.span)?;
        validate::health(&url, provides, expr.span).map(Some).map_err(Fault::New)
    }

    pub(super) fn job(&mut self, job: &'w ast::Job, scope: &Rc<Scope<'w>>) -> Outcome<Job> {
        let Process { name, exec, user, environment } = self.process(&job.name, &job.fields, scope)?;
        let shared = option(&job.fields, "shared").map(|expr| self.eval(expr, scope)).transpose()?;
        let shared = matches!(shared, Some(Value::Bool(true)));
        let once_for = option(&job.fields, "once_for").map(|expr| self.string(expr, scope)).transpose()?;
        Ok(Job { name, exec, user, environment, shared, once_for })
    }

    /// What services and jobs have in common.
    fn process(&mut self, name: &ast::Name, fields: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<Process> {
        let exec = match option(fields, "exec") {
            Some(expr) => self.command(expr, scope)?,
            None => return Err(Fault::internal(name.span)),
        };
        let environment = match option(fields, "environment") {
            Some(expr) => self.variables(expr, scope)?,
            None => Vec::new(),
        };
        let user = self.user(fields, "user", scope)?;
        Ok(Process { name: (*name.text).to_owned(), exec, user, environment })
    }

    pub(super) fn check(&mut self, check: &'w ast::Check, scope: &Rc<Scope<'w>>) -> Outcome<Check> {
        let exec = self.command(&check.exec, scope)?;
        Ok(Check { exec, user: self.user(&check.options, "user", scope)?, span: check.exec.span })
    }

    pub(in crate::eval) fn command(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Vec<String>> {
        let exec = self.texts(expr, scope)?;
        validate::command(&exec, expr.span).map_err(Fault::New)?;
        Ok(exec)
    }

    pub(in crate::eval) fn variables(
        &mut self,
        expr: &'w Expr,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Vec<(String, String)>> {
        let fields = match self.eval(expr, scope)? {
            Value::Record(fields) => fields,
            // In the identity form: which variables there are is capacity.
            Value::Symbol(all) => return Ok(vec![("*".to_owned(), all.to_string())]),
            _ => return Err(Fault::internal(expr.span)),
        };
        let mut variables = Vec::new();
        for (name, value) in fields.iter().filter(|(_, value)| !matches!(value, Value::None)) {
            self.weigh(value, expr.span)?;
            validate::variable(name, expr.span).map_err(Fault::New)?;
            let value = if self.identity { value.marked() } else { value.clone() };
            let value = value.show().ok_or_else(|| Fault::internal(expr.span))?;
            if !validate::one_line(&value) {
                return Err(Fault::new(validate::not_one_line(expr.span)));
            }
            variables.push((name.to_string(), value));
        }
        variables.sort();
        Ok(variables)
    }

    pub(in crate::eval) fn answers_of(
        &mut self,
        expr: &'w Expr,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Vec<Answer>> {
        let Value::Record(fields) = self.eval(expr, scope)? else { return Err(Fault::internal(expr.span)) };
        let mut answers = Vec::new();
        for (question, value) in fields.iter().filter(|(_, value)| !matches!(value, Value::None)) {
            self.weigh(value, expr.span)?;
            validate::question(question, expr.span).map_err(Fault::New)?;
            let value = match value {
                Value::List(choices) => {
                    let choices: Outcome<Vec<_>> = choices.iter().map(|c| self.plain(c, expr.span)).collect();
                    // As debconf keeps what was chosen.
                    choices?.iter().map(|choice| choice.replace(',', "\\,")).collect::<Vec<_>>().join(", ")
                }
                value => value.show().ok_or_else(|| Fault::internal(expr.span))?,
            };
            if !validate::one_line(&value) {
                return Err(Fault::new(validate::not_one_line(expr.span)));
            }
            answers.push(Answer { question: question.to_string(), value, span: expr.span });
        }
        Ok(answers)
    }

    fn path(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let path = self.string(expr, scope)?;
        validate::path(&path, expr.span).map_err(Fault::New)?;
        Ok(path)
    }

    pub(in crate::eval) fn user(
        &mut self,
        fields: &'w [Field],
        key: &str,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<String> {
        let Some(expr) = option(fields, key) else { return Ok("root".to_owned()) };
        let user = self.string(expr, scope)?;
        validate::user(&user, expr.span).map_err(Fault::New)?;
        Ok(user)
    }

    fn owner(&mut self, fields: &'w [Field], mode: u32, scope: &Rc<Scope<'w>>) -> Outcome<Owner> {
        let user = self.user(fields, "user", scope)?;
        let group = self.user(fields, "group", scope)?;
        let mode = match option(fields, "mode") {
            Some(expr) => self.mode(expr, scope)?,
            None => mode,
        };
        Ok(Owner { user, group, mode })
    }

    fn mode(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<u32> {
        let range = crate::types::Range { low: Some(0), high: Some(0o7777) };
        match self.eval(expr, scope)? {
            Value::Number(Kind::Int, n) if range.holds(n) => {
                u32::try_from(n).map_err(|_| Fault::internal(expr.span))
            }
            Value::Number(kind, n) => {
                let declared: Option<Span> = None;
                Err(Fault::new(crate::check::range_error(expr.span, kind, range, n, "`mode`", declared)))
            }
            _ => Err(Fault::internal(expr.span)),
        }
    }
}

/// How much a tree is once it is written out.
pub(in crate::eval) fn tree_size(tree: &Tree) -> usize {
    serde_json::to_string(tree).map_or(0, |text| text.len())
}

struct Process {
    name: String,
    exec: Vec<String>,
    user: String,
    environment: Vec<(String, String)>,
}

struct Owner {
    user: String,
    group: String,
    mode: u32,
}

fn option<'w>(fields: &'w [Field], name: &str) -> Option<&'w Expr> {
    fields.iter().find(|f| &*f.key.text == name).map(|f| &f.value)
}
