//! Which of a description's topologies is meant, and what the command line sets of it: the options that commands share.

use plc_lang::{CheckOptions, Date, Program, Selection};

use crate::exit::CliError;

/// Options of commands that work on one profile.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Selecting {
    /// The profile; may be left out where there is only one
    #[arg(short, long)]
    pub profile: Option<String>,
    /// A variant to take besides; may be repeated, and what a later one sets counts more
    #[arg(long, value_name = "VARIANT")]
    pub variant: Vec<String>,
    #[command(flatten)]
    pub setting: Setting,
}

/// Options of all commands that read a description.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Setting {
    /// Set a parameter for this once, as `app.fpm.workers=8`, `db.mariadb.from=trixie` or `package:libc6=2.41-12`; may be
    /// repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub with: Vec<String>,
    /// The day as of which `until` is judged, as `2027-06-30` [default: today]
    #[arg(long, env = "PLC_TODAY", value_name = "DATE", value_parser = day, hide_env_values = true)]
    pub today: Option<Date>,
    /// Whether to warn of names that nothing uses.
    #[arg(skip)]
    pub unused: bool,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a day is written as 2027-06-30".to_owned())
}

impl Setting {
    /// What the language is asked besides the description.
    pub(crate) fn options(&self) -> CheckOptions {
        CheckOptions { today: self.today.or_else(today), with: self.with.clone(), unused: self.unused }
    }
}

/// The machine's day; none where its clock stands before 1970.
fn today() -> Option<Date> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Date::of_unix_time(now.as_secs()))
}

impl Selecting {
    /// The selection: the only profile where none is named.
    ///
    /// # Errors
    /// There is no such profile or variant, or no telling which is meant.
    pub(crate) fn selection(&self, program: &Program) -> Result<Selection, CliError> {
        let profiles = program.profiles();
        let names = || list(profiles.iter().map(|p| &p.name));
        let profile = match (&self.profile, profiles.as_slice()) {
            (Some(name), _) => profiles.iter().find(|p| p.name == *name),
            (None, [only]) => Some(only),
            (None, []) => {
                return Err(CliError::user("the description has no profile")
                    .help("add one: `profile local of ENVIRONMENT { }`"));
            }
            (None, _) => {
                return Err(CliError::user("which profile?")
                    .help(format!("add `--profile NAME`, one of {}", names())));
            }
        };
        let Some(profile) = profile else {
            let name = self.profile.as_deref().unwrap_or_default();
            return Err(CliError::user(format!("there is no profile `{name}`"))
                .help(format!("there are {}", names())));
        };
        let variants = program.variants();
        let of_it: Vec<&String> =
            variants.iter().filter(|v| v.environment == profile.environment).map(|v| &v.name).collect();
        for (index, name) in self.variant.iter().enumerate() {
            if !of_it.contains(&name) {
                let message = format!("environment `{}` has no variant `{name}`", profile.environment);
                let help = if of_it.is_empty() {
                    format!("declare it: `variant {name} of {} {{ … }}`", profile.environment)
                } else {
                    format!("there are {}", list(of_it.iter().copied()))
                };
                return Err(CliError::user(message).help(help));
            }
            if self.variant.iter().take(index).any(|other| other == name) {
                return Err(CliError::user(format!("variant `{name}` is named twice")));
            }
        }
        Ok(Selection { profile: profile.name.clone(), variants: self.variant.clone() })
    }

    /// The name of what is selected, for links and roots: `local`, `local+next_mariadb`, `local+with`.
    pub(crate) fn name(&self, profile: &str) -> String {
        let with = (!self.setting.with.is_empty()).then_some("with");
        let mut name = profile.to_owned();
        for part in self.variant.iter().map(String::as_str).chain(with) {
            name = format!("{name}+{part}");
        }
        name
    }
}

fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
