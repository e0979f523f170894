//! Exit codes, and the errors that lead to them.

use std::{fmt::Display, process::ExitCode};

/// What the caller learns from the exit code; the worse is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// 0: done; nothing differs.
    Done,
    /// 1: something differs, or a test failed.
    Difference,
    /// 2: the user's error: the description, the command line, the lock.
    User,
    /// 3: the build's error: a builder, the network, the disk.
    Build,
    /// That of a program which was run for the caller.
    Program(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Difference => 1,
            Exit::User => 2,
            Exit::Build => 3,
            Exit::Program(code) => code,
        })
    }
}

/// An error as a person is told it.
#[derive(Debug)]
pub(crate) struct CliError {
    exit: Exit,
    message: Option<String>,
    causes: Vec<String>,
    help: Option<String>,
}

impl CliError {
    /// The user's error.
    pub(crate) fn user(message: impl Display) -> Self {
        Self { exit: Exit::User, message: Some(message.to_string()), causes: Vec::new(), help: None }
    }

    /// The build's error.
    pub(crate) fn build(message: impl Display) -> Self {
        Self { exit: Exit::Build, ..Self::user(message) }
    }

    /// The user's error, of which everything has been said already.
    pub(crate) fn said() -> Self {
        Self { exit: Exit::User, message: None, causes: Vec::new(), help: None }
    }

    /// Adds what is behind it: the causes of an error, outermost first.
    #[must_use]
    pub(crate) fn because_of(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            let text = error.to_string();
            // A transparent error says the same as its source, and many name it in their own words' end.
            let said = self.causes.last().or(self.message.as_ref());
            if !said.is_some_and(|said| said.ends_with(&text)) {
                self.causes.push(text);
            }
            next = error.source();
        }
        self
    }

    /// Adds a line of what is behind it.
    #[must_use]
    pub(crate) fn cause(mut self, text: impl Display) -> Self {
        self.causes.push(text.to_string());
        self
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, text: impl Display) -> Self {
        self.help = Some(text.to_string());
        self
    }

    /// Says what to do, where that is known.
    #[must_use]
    pub(crate) fn help_if(self, text: Option<impl Display>) -> Self {
        match text {
            Some(text) => self.help(text),
            None => self,
        }
    }

    /// The exit code that it leads to.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// What is wrong; none when that has been said.
    pub(crate) fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What is behind it.
    pub(crate) fn causes(&self) -> &[String] {
        &self.causes
    }

    /// What to do.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }
}
