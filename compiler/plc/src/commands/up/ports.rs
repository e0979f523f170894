//! Which ports of this machine lead to what the description exposes.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
};

use plc_run::{control::Published, deployment::Exposed, place::Place};

use crate::{exit::CliError, render::Table};

/// The file that remembers them.
const FILE: &str = "published.json";

/// What is added to a port that only root may have, and would be in the way of others.
const ABOVE: u16 = 8000;

/// How many endpoints can be published: so many sockets go with one message.
const MOST: usize = 250;

/// How many ports after the wished one are tried.
const TRIES: u16 = 100;

/// What the command line asks for.
pub(super) struct Asked(Vec<(String, u16)>);

impl Asked {
    pub(super) fn parse(words: &[String]) -> Result<Self, CliError> {
        let parse = |word: &String| {
            let (endpoint, port) = word.rsplit_once('=')?;
            Some((endpoint.to_owned(), port.parse().ok().filter(|port| *port > 0)?))
        };
        let parsed = words.iter().map(|word| {
            parse(word).ok_or_else(|| {
                CliError::user(format!("`{word}` is no endpoint with a port"))
                    .help("write it as `--publish edge.haproxy.http=8080`")
            })
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }
}

/// What is to be published, and the sockets for what is not yet.
pub(in crate::commands) struct Ports {
    pub(in crate::commands) published: Vec<Published>,
    pub(in crate::commands) listeners: Vec<TcpListener>,
}

impl Ports {
    /// Opens a port for each endpoint, the same as before where that is to be had.
    pub(super) fn open(
        exposed: &[Exposed],
        asked: &Asked,
        there: &[Published],
        place: &Place,
    ) -> Result<Self, CliError> {
        for (endpoint, _) in &asked.0 {
            if !exposed.iter().any(|exposed| names(exposed).contains(endpoint)) {
                return Err(CliError::user(format!("the description exposes no `{endpoint}`")).help(
                    match exposed {
                        [] => "add `expose INSTANCE.ENDPOINT` to a host".to_owned(),
                        some => format!("it exposes {}", list(some)),
                    },
                ));
            }
        }
        if exposed.len() > MOST {
            return Err(CliError::user(format!(
                "{} endpoints are exposed, and {MOST} can be",
                exposed.len()
            ))
            .help("expose fewer, or fewer replicas"));
        }
        // Without it, ports are chosen anew.
        let before: Vec<Published> = place.read(FILE).ok().flatten().unwrap_or_default();
        let mut ports = Self { published: Vec::new(), listeners: Vec::new() };
        let mut given: Vec<&String> = Vec::new();
        for exposed in exposed {
            // Of a host with replicas, what is asked for by its declared name is the first one's.
            let found =
                asked.0.iter().find(|(name, _)| names(exposed).contains(name) && !given.contains(&name));
            given.extend(found.map(|(name, _)| name));
            let wished = found.map(|(_, port)| *port);
            let kept = there.iter().find(|published| published.exposed == *exposed);
            if let Some(kept) = kept.filter(|kept| wished.is_none_or(|wished| wished == kept.port)) {
                ports.published.push(kept.clone());
                continue;
            }
            let listener = match wished {
                Some(port) => listen(port).map_err(|error| {
                    CliError::user(format!("cannot listen at port {port}")).because_of(&error)
                })?,
                None => {
                    let last = before.iter().find(|published| published.exposed == *exposed);
                    free(last.map_or_else(|| usual(exposed.port), |last| last.port))
                        .map_err(|error| CliError::build("cannot listen at any port").because_of(&error))?
                }
            };
            let port = listener.local_addr().map_or(0, |address| address.port());
            ports.published.push(Published { exposed: exposed.clone(), port });
            ports.listeners.push(listener);
        }
        Ok(ports)
    }

    /// Opens any free port for each endpoint.
    pub(in crate::commands) fn anywhere(exposed: Vec<Exposed>) -> Result<Self, CliError> {
        let mut ports = Self { published: Vec::new(), listeners: Vec::new() };
        for exposed in exposed {
            let opened = listen(0).and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
            let (port, listener) =
                opened.map_err(|error| CliError::build("cannot listen at any port").because_of(&error))?;
            ports.published.push(Published { exposed, port });
            ports.listeners.push(listener);
        }
        Ok(ports)
    }

    /// Remembers them for the next time.
    pub(super) fn remember(&self, place: &Place) -> io::Result<()> {
        place.write(FILE, &self.published)
    }
}

/// How an endpoint may be named: by its declared host, or by the replica.
fn names(exposed: &Exposed) -> [String; 2] {
    let rest = format!("{}.{}", exposed.endpoint.instance, exposed.endpoint.endpoint);
    [format!("{}.{rest}", exposed.host), format!("{}.{rest}", exposed.endpoint.host)]
}

fn list(exposed: &[Exposed]) -> String {
    exposed.iter().map(|exposed| format!("`{}`", names(exposed)[0])).collect::<Vec<_>>().join(", ")
}

fn usual(port: u16) -> u16 {
    if port < 1024 { port + ABOVE } else { port }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// The first free port from the wished one on, or any.
fn free(wished: u16) -> io::Result<TcpListener> {
    let tried = (wished..=wished.saturating_add(TRIES)).find_map(|port| listen(port).ok());
    tried.map_or_else(|| listen(0), Ok)
}

/// Where to click.
pub(in crate::commands) fn lines(published: &[Published]) -> Vec<String> {
    let mut table = Table::new(&["", ""]);
    for Published { exposed, port } in published {
        let at = match exposed.protocol.as_str() {
            "Http" => format!("http://localhost:{port}"),
            "Https" => format!("https://localhost:{port}"),
            _ => format!("localhost:{port}"),
        };
        table.row([at, names(exposed)[0].clone()]);
    }
    table.lines().into_iter().skip(1).collect()
}
