//! `plc explain`

use serde_json::json;

use crate::{
    Outcome,
    exit::{CliError, Exit},
    pages::{self, Page},
    render::{Table, Terminal},
};

/// Explain the code of a message: what it means, why the rule exists, an example and its mend.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A code, for example `E0401`; without one, all are listed
    code: Option<String>,
    /// Print the page, or the list, as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Outcome {
    let Some(code) = &args.code else {
        list(args, terminal);
        return Ok(Exit::Done);
    };
    let page = pages::of(code).ok_or_else(|| unknown(code))?;
    if args.json {
        terminal.line(json!({ "code": page.code, "title": page.title(), "page": page.text }));
    } else {
        print(page, terminal);
    }
    Ok(Exit::Done)
}

fn list(args: &Args, terminal: &Terminal) {
    if args.json {
        let all: Vec<_> =
            pages::all().map(|page| json!({ "code": page.code, "title": page.title() })).collect();
        terminal.line(json!(all));
        return;
    }
    let mut table = Table::new(&["CODE", "SAYS"]);
    for page in pages::all() {
        table.row([page.code.to_owned(), page.title().to_owned()]);
    }
    for line in table.lines() {
        terminal.line(line);
    }
}

/// A page for a terminal: headings stand out, code is indented.
fn print(page: Page, terminal: &Terminal) {
    let mut code = false;
    for line in page.text.lines() {
        let heading = line.trim_start_matches('#').trim_start();
        if line.starts_with("```") {
            code = !code;
        } else if code {
            terminal.line(format!("    {line}").trim_end());
        } else if heading.len() < line.len() && line.starts_with('#') {
            terminal.line(terminal.bold(heading));
        } else {
            terminal.line(line);
        }
    }
}

fn unknown(code: &str) -> CliError {
    let error = CliError::user(format!("there is no code `{code}`"));
    let near: Vec<String> = pages::nearest(code).iter().map(|page| format!("`{}`", page.code)).collect();
    if near.is_empty() {
        error.help("`plc explain` lists all codes")
    } else {
        error.help(format!("did you mean {}? `plc explain` lists all codes", near.join(" or ")))
    }
}
