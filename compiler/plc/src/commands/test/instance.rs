//! The instance of an environment that tests run against: a name of its own, ports of its own, and an end with this process.

use std::{collections::BTreeSet, fs, path::Path, path::PathBuf};

use plc_build::sandbox::Sandbox;
use plc_lang::topology::{StepKind, Test, TestEndpoint, Topology, Variable};
use plc_run::{
    client::{Client, listening},
    control::{Event, Failure, Published, Request},
    deployment::{Deployment, Exposed, UnitName},
    place::Place,
};

use crate::{
    commands::{
        down,
        up::{Ports, Prepared, Sources, cannot_use},
    },
    exit::CliError,
    machine::Machine,
    render::Terminal,
    running::{self, Origin},
};

/// How many endpoints go with one message to a keeper.
const ENDPOINTS: usize = 250;

pub(super) struct Instance<'a> {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) deployment: &'a Deployment,
    prepared: &'a Prepared,
    /// While it is open, the instance stays. Nothing else is asked on it, so that the keeper sees its end at once.
    bond: Client,
    client: Client,
}

impl<'a> Instance<'a> {
    /// Begins a keeper that ends with this process.
    pub(super) fn begin(machine: &Machine, prepared: &'a Prepared) -> Result<Self, CliError> {
        let environments = machine.store.environments();
        let name = format!("{}-test-{}", prepared.deployment.title, std::process::id());
        let place = Place::new(&environments, &name).map_err(CliError::user)?;
        let failed = |error| running::client_error(&error);
        if Client::connect(&place).map_err(failed)?.is_some() {
            return Err(CliError::build(format!("`{name}` is up already"))
                .help(format!("end it with `plc down --state -e {name}`")));
        }
        let bond = Client::begin(&running::program()?, &environments, &name, &place).map_err(failed)?;
        bind(&bond, true)?;
        let client = Client::connect(&place).map_err(failed)?;
        let client = client.ok_or_else(|| CliError::build(format!("the keeper of `{name}` has ended")))?;
        Ok(Self { name, place, prepared, deployment: &prepared.deployment, bond, client })
    }

    /// Starts everything, with a port for each endpoint that the tests use. Gives why it does not come up, where it does not.
    pub(super) fn up(
        &self,
        tests: &[&Test],
        secrets: &[String],
        patience: u64,
        terminal: &Terminal,
    ) -> Result<Option<Failure>, CliError> {
        let topology = &self.prepared.topology;
        let sources = Sources::of(secrets, topology, None)?;
        let secrets = sources.values(&self.place)?;
        let origin = Origin {
            description: self.prepared.description.clone().unwrap_or_default(),
            secrets: sources.told(),
        };
        self.place.write(Origin::FILE, &origin).map_err(|error| cannot_use(&self.place, &error))?;
        let ends: BTreeSet<&TestEndpoint> = tests.iter().flat_map(|test| endpoints(test)).collect();
        if ends.len() > ENDPOINTS {
            return Err(CliError::user(format!("the tests use more than {ENDPOINTS} endpoints"))
                .help("run some of them at a time, with `--only TEXT`"));
        }
        let exposed: Option<Vec<Exposed>> = ends.iter().map(|end| self.exposed(topology, end)).collect();
        let exposed = exposed.ok_or_else(|| CliError::build("a test uses an endpoint that is not there"))?;
        let ports = Ports::anywhere(exposed)?;
        let request = Request::Apply {
            deployment: Box::new(self.deployment.clone()),
            published: ports.published.clone(),
            secrets,
            patience,
            min_ready: 0,
        };
        let listeners = listening(&ports.listeners);
        let answer = self.client.ask(&request, &listeners, |event| running::tell(event, terminal));
        match answer.map_err(|error| running::client_error(&error))? {
            Event::Failed(failure) => Ok(Some(failure)),
            _ => Ok(None),
        }
    }

    fn exposed(&self, topology: &Topology, end: &TestEndpoint) -> Option<Exposed> {
        let declared = topology.hosts.iter().find(|host| host.name == end.endpoint.host)?;
        let instance = declared.instances.iter().find(|instance| instance.name == end.endpoint.instance)?;
        let provides = instance.provides.iter().find(|provides| provides.name == end.endpoint.endpoint)?;
        Some(Exposed {
            endpoint: end.endpoint.clone(),
            host: self.host(&end.host)?.to_owned(),
            port: provides.port,
            protocol: provides.protocol.clone(),
        })
    }

    /// The host that has a name in the environment's network.
    pub(super) fn host(&self, address: &str) -> Option<&str> {
        let found = self.deployment.hosts.iter().find(|host| host.address == address);
        found.map(|host| host.name.as_str())
    }

    /// The names of a host as declared: one, or those of its replicas.
    pub(super) fn hosts(&self, declared: &str) -> Vec<String> {
        let found = self.deployment.hosts.iter().filter(|host| host.of == declared);
        found.map(|host| host.name.clone()).collect()
    }

    pub(super) fn published(&self) -> Result<Vec<Published>, CliError> {
        Ok(running::report(&self.client)?.published)
    }

    /// All that has a log.
    pub(super) fn units(&self) -> Vec<UnitName> {
        let units = self.deployment.hosts.iter().flat_map(|host| &host.units);
        units.map(|unit| unit.name.clone()).collect()
    }

    /// A connection of its own, for what may have to be broken off.
    pub(super) fn connect(&self) -> Result<Client, CliError> {
        let client = Client::connect(&self.place).map_err(|error| running::client_error(&error))?;
        client.ok_or_else(|| CliError::build(format!("the keeper of `{}` has ended", self.name)))
    }

    /// Copies all logs to a directory of its own. Gives where.
    pub(super) fn copy_logs(&self, to: &Path) -> Result<PathBuf, CliError> {
        let to = to.join(&self.name);
        let copy = || {
            for unit in self.units() {
                let log = self.place.log(&unit);
                let directory = to.join(&unit.host);
                fs::create_dir_all(&directory)?;
                match fs::copy(&log, directory.join(format!("{}.log", unit.short()))) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            Ok(())
        };
        let copied: std::io::Result<()> = copy();
        copied.map(|()| to.clone()).map_err(|error| {
            CliError::build(format!("cannot copy the logs to {}", to.display())).because_of(&error)
        })
    }

    /// Why it does not come up.
    pub(super) fn refused(&self, failure: &Failure, logs: &Path) -> CliError {
        let mut error = CliError::build(&failure.reason);
        if !failure.said.is_empty() {
            error = error.cause(format!("it said last:\n{}", failure.said.join("\n")));
        }
        error.help(format!("the logs are in {}", logs.display()))
    }

    /// Lets it outlive this process. Gives its name.
    pub(super) fn keep(self) -> Result<Option<String>, CliError> {
        bind(&self.bond, false)?;
        Ok(Some(self.name))
    }

    /// Takes it down, with all that it has kept.
    pub(super) fn down(self, sandbox: &Sandbox, terminal: &Terminal) -> Result<(), CliError> {
        down::end(Some(&self.client), (&self.name, &self.place), true, sandbox, terminal)
    }
}

/// Whether an instance is to end with a connection.
fn bind(bond: &Client, binds: bool) -> Result<(), CliError> {
    let answer = bond.ask(&Request::Bind(binds), &[], |_| {});
    answer.map(|_| ()).map_err(|error| running::client_error(&error))
}

/// The endpoints that a test uses.
fn endpoints(test: &Test) -> Vec<&TestEndpoint> {
    let mut found = Vec::new();
    for step in &test.steps {
        match &step.kind {
            StepKind::Http(http) => found.push(&http.endpoint),
            StepKind::Script(script) => {
                found.extend(script.variables.iter().filter_map(|(_, value)| match value {
                    Variable::Endpoint(end) => Some(end),
                    Variable::Text(_) => None,
                }))
            }
            StepKind::Exec(_) | StepKind::Fault(_) | StepKind::Heal => {}
        }
    }
    found
}
