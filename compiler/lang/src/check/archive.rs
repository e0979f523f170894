//! Archives of the top level.

use super::scope::Scope;
use super::{ARCHIVE, Checker};
use crate::diag::Diagnostic;
use crate::syntax::ast::Archive;

impl<'w> Checker<'w> {
    pub(super) fn archive(&mut self, archive: &'w Archive, scope: &Scope<'_, 'w>) {
        if &*archive.kind.text != "apt" {
            let message = format!("unknown kind of archive `{}`", archive.kind.text);
            return self
                .report(Diagnostic::error("E0201", archive.kind.span, message).help("there is `apt`"));
        }
        self.options(&archive.fields, ARCHIVE, "an archive", archive.name.span, scope);
    }
}
