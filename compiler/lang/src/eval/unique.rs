//! What a host has once: one service for a port, one file or directory for a path, one answer to a question.

use std::collections::{BTreeMap, BTreeSet};

use super::Evaluator;
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;
use crate::topology::{Answer, Instance};

/// Something at a path of a host.
struct Place {
    /// Where the path is written; of a state only its instance is known.
    span: Span,
    instance: Span,
    directory: bool,
}

/// Pairs of instances that have been told to collide: two of one component do so in everything.
type Told = BTreeSet<(Span, Span)>;

impl Evaluator<'_> {
    /// Reports what two instances of a host, or one, claim both.
    pub(super) fn unique(&mut self, host: &ast::Host, instances: &[Instance]) {
        let mut told = Told::new();
        self.unique_ports(host, instances, &mut told);
        self.unique_paths(instances, &mut told);
        self.unique_answers(host, instances);
    }

    fn unique_ports(&mut self, host: &ast::Host, instances: &[Instance], told: &mut Told) {
        let mut taken: BTreeMap<u16, (Span, String)> = BTreeMap::new();
        for instance in instances {
            for endpoint in &instance.provides {
                let who = format!("{}.{}", instance.name, endpoint.name);
                let Some((span, first)) = taken.get(&endpoint.port) else {
                    taken.insert(endpoint.port, (instance.span, who));
                    continue;
                };
                told.insert((*span, instance.span));
                let message = format!(
                    "`{who}` and `{first}` both listen on port {} of host `{}`",
                    endpoint.port, host.name.text
                );
                let diagnostic = Diagnostic::error("E0507", instance.span, message)
                    .and(*span, format!("`{first}`"))
                    .help("give one of them another port, or another host");
                self.report(diagnostic);
            }
        }
    }

    fn unique_paths(&mut self, instances: &[Instance], told: &mut Told) {
        let mut taken: BTreeMap<&str, Place> = BTreeMap::new();
        for instance in instances {
            let files = instance.files.iter().map(|file| (&*file.path, file.span, false));
            let states = instance.states.iter().map(|state| (&*state.path, state.span, true));
            let trees = instance.trees.iter().map(|tree| (&*tree.path, tree.span, true));
            let secrets = instance.secrets.iter().map(|secret| (&*secret.path, secret.span, false));
            for (path, span, directory) in files.chain(states).chain(trees).chain(secrets) {
                let place = Place { span, instance: instance.span, directory };
                if let Some(first) = taken.get(path) {
                    self.twice(path, first, &place, told);
                } else {
                    taken.insert(path, place);
                }
            }
        }
        for (path, place) in &taken {
            let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
            let file = above.filter_map(|above| taken.get(above)).find(|place| !place.directory);
            if let Some(file) = file {
                let message = format!("`{path}` is below something that is a file");
                let diagnostic = Diagnostic::error("E0506", place.span, message)
                    .and(file.span, "this file")
                    .help("a path is a file or a directory: give one of them another path");
                self.report(diagnostic);
            }
        }
    }

    fn unique_answers(&mut self, host: &ast::Host, instances: &[Instance]) {
        let mut given: BTreeMap<&str, &Answer> = BTreeMap::new();
        for answer in instances.iter().flat_map(|instance| &instance.answers) {
            match given.get(&*answer.question) {
                Some(first) if first.value != answer.value => {
                    let message = format!(
                        "`{}` is answered with `{}` and with `{}` on host `{}`",
                        answer.question, first.value, answer.value, host.name.text
                    );
                    let diagnostic = Diagnostic::error("E0518", answer.span, message)
                        .and(first.span, "the other answer")
                        .help("a host has each package once, which is told one thing: leave one of them out");
                    self.report(diagnostic);
                }
                _ => {
                    given.insert(&answer.question, answer);
                }
            }
        }
    }

    fn twice(&mut self, path: &str, first: &Place, second: &Place, told: &mut Told) {
        if first.instance != second.instance && !told.insert((first.instance, second.instance)) {
            return;
        }
        let message = format!("`{path}` is written twice on one host");
        let mut diagnostic = Diagnostic::error("E0506", second.span, message);
        if first.span != second.span {
            diagnostic = diagnostic.and(first.span, "also written here");
        }
        diagnostic = diagnostic.and(second.instance, "by this instance");
        if first.instance != second.instance {
            diagnostic = diagnostic.and(first.instance, "and by this one");
        }
        let diagnostic =
            diagnostic.help("a host has each path once: give one of them another path, or another host");
        self.report(diagnostic);
    }
}
