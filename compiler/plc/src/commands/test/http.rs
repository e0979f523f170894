//! One request of a test, and whether its answer is the expected one.

use std::time::Duration;

use plc_lang::topology::HttpStep;
use ureq::{
    Agent, RequestExt,
    http::{Request, Response},
};

use super::steps::Miss;

/// How much of a body is looked at, in bytes.
const LONGEST: u64 = 8 << 20;

/// How much of a body a failure shows, in letters.
const SHOWN: usize = 2000;

/// Asks what is published at a port of this machine.
pub(super) fn ask(port: u16, step: &HttpStep, left: Duration) -> Result<(), Miss> {
    let miss = |seen: String, output: &str| Miss {
        expected: expected(step),
        seen,
        output: output.chars().take(SHOWN).collect(),
    };
    let (status, body) = answer(port, step, left).map_err(|error| miss(format!("no answer: {error}"), ""))?;
    if status != step.status {
        return Err(miss(format!("status {status}"), &body));
    }
    match &step.contains {
        Some(text) if !body.contains(text.as_str()) => {
            Err(miss(format!("status {status}, and a body without it"), &body))
        }
        _ => Ok(()),
    }
}

fn expected(step: &HttpStep) -> String {
    match &step.contains {
        Some(text) => format!("status {}, and `{text}` in the body", step.status),
        None => format!("status {}", step.status),
    }
}

fn answer(port: u16, step: &HttpStep, left: Duration) -> Result<(u16, String), ureq::Error> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // It is on this machine, whatever the environment says of others.
        .proxy(None)
        .timeout_global(Some(left))
        .build()
        .into();
    let mut request =
        Request::builder().method(step.method.as_str()).uri(format!("http://127.0.0.1:{port}{}", step.path));
    if !step.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request = request.header("Host", format!("localhost:{port}"));
    }
    for (name, value) in &step.headers {
        request = request.header(name.as_str(), value.as_str());
    }
    let response = match &step.body {
        Some(body) => run(&agent, request.body(body.clone())?)?,
        None => run(&agent, request.body(())?)?,
    };
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let bytes = body.with_config().limit(LONGEST).read_to_vec()?;
    Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
}

fn run<S: ureq::AsSendBody>(agent: &Agent, request: Request<S>) -> Result<Response<ureq::Body>, ureq::Error> {
    request.with_agent(agent).run()
}
