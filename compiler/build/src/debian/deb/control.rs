//! Control files (deb-control(5)): one stanza of fields, kept word for word, since dpkg's database repeats them.

use plc_store::{Entry, Kind, Store};

use super::DebError;

/// What is wrong with a control file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadControl {
    /// There is none.
    #[error("is missing")]
    Missing,
    /// Not text.
    #[error("is not UTF-8")]
    Encoding,
    /// A line that is neither a field nor the continuation of one.
    #[error("has a line that is not a field: `{0}`")]
    Line(String),
    /// Text after the first stanza.
    #[error("has more than one stanza")]
    Stanzas,
    /// The same field twice.
    #[error("has the field `{0}` twice")]
    Twice(String),
    /// A field that each package must have.
    #[error("has no field `{0}`")]
    NoField(&'static str),
    /// A field whose value cannot be one.
    #[error("has the {field} `{value}`, which cannot be one")]
    Value {
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
    },
}

/// The fields of one stanza, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    fields: Vec<(String, String)>,
}

impl Control {
    /// A package's control file: one stanza with a package's name, version and architecture that can be such.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadControl> {
        let text = std::str::from_utf8(bytes).map_err(|_| BadControl::Encoding)?;
        let control = Self { fields: parse_stanza(text.trim_matches('\n'))? };
        for field in ["Package", "Version", "Architecture"] {
            let value = control.get(field).ok_or(BadControl::NoField(field))?;
            if !is_plain(field, value) {
                return Err(BadControl::Value { field, value: value.to_owned() });
            }
        }
        Ok(control)
    }

    /// A field's value with its continuation lines, without blanks around it, by its name in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The fields with their values as they stand, in their order.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

/// The fields of one stanza of deb822(5). A value keeps its line breaks and all blanks but those at its start.
pub fn parse_stanza(text: &str) -> Result<Vec<(String, String)>, BadControl> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            return Err(BadControl::Stanzas);
        }
        if line.starts_with([' ', '\t']) {
            let (_, value) = fields.last_mut().ok_or_else(|| BadControl::Line(line.to_owned()))?;
            value.push('\n');
            value.push_str(line);
            continue;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| BadControl::Line(line.to_owned()))?;
        if name.is_empty() || name.starts_with('-') || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(BadControl::Line(line.to_owned()));
        }
        if fields.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Err(BadControl::Twice(name.to_owned()));
        }
        fields.push((name.to_owned(), value.trim_start_matches([' ', '\t']).to_owned()));
    }
    Ok(fields)
}

/// A name, a version, an architecture become parts of file names and of commands.
fn is_plain(field: &str, value: &str) -> bool {
    let extra: &[u8] = match field {
        "Package" => b"+-.",
        "Version" => b"+-.:~",
        _ => b"-",
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || extra.contains(&byte);
    value.len() <= 200
        && value.starts_with(|first: char| first.is_ascii_alphanumeric())
        && value.bytes().all(fits)
}

/// Refuses a control part without a good control file.
pub(super) fn validate(entries: &[Entry], store: &Store) -> Result<(), DebError> {
    let entry = entries.iter().find(|entry| entry.path.as_bytes() == b"control/control");
    let Some(Entry { kind: Kind::File { blob, .. }, .. }) = entry else {
        return Err(BadControl::Missing.into());
    };
    Control::parse(&store.read_blob(blob)?)?;
    Ok(())
}
