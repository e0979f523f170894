//! Faults that a test does on purpose, as `plc fault` does them.

use std::{sync::mpsc, thread, time::Duration};

use plc_lang::topology::{FaultKind, FaultStep};
use plc_run::control::{Event, Fault, Request, Worse};

use super::{instance::Instance, steps::Miss};
use crate::running;

/// Has something go wrong.
pub(super) fn inflict(instance: &Instance<'_>, step: &FaultStep, left: Duration) -> Result<(), Miss> {
    let faults = faults(instance, step, left.as_secs().max(1));
    if faults.is_empty() {
        // Two names of one host, or a host with one replica under this profile: the test would show nothing.
        let expected = "two hosts that there are".into();
        return Err(Miss { expected, seen: "one, which has no way to itself".into(), output: String::new() });
    }
    faults.into_iter().try_for_each(|fault| ask(instance, fault, left))
}

/// Ends all that lasts.
pub(super) fn heal(instance: &Instance<'_>, left: Duration) -> Result<(), Miss> {
    ask(instance, Fault::Heal { patience: left.as_secs().max(1) }, left)
}

/// As people name it.
pub(super) fn what(step: &FaultStep) -> String {
    let kind = match step.kind {
        FaultKind::Cut => "cut",
        FaultKind::Delay { .. } => "delay",
        FaultKind::Loss { .. } => "loss",
        FaultKind::Rate { .. } => "rate",
        FaultKind::Kill => "kill",
        FaultKind::Freeze => "freeze",
        FaultKind::FullDisk { .. } => "full_disk",
    };
    format!("fault {kind} {}", step.hosts.join(" "))
}

fn faults(instance: &Instance<'_>, step: &FaultStep, patience: u64) -> Vec<Fault> {
    let hosts: Vec<Vec<String>> = step.hosts.iter().map(|host| instance.hosts(host)).collect();
    let first = hosts.iter().flatten().next().cloned();
    let ways = || match &*hosts {
        [ones, others] => running::ways(ones, others),
        _ => Vec::new(),
    };
    let worse = |worse: Worse| match ways() {
        ways if ways.is_empty() => Vec::new(),
        ways => vec![Fault::Worsen { ways, worse }],
    };
    match step.kind {
        FaultKind::Cut => ways().into_iter().map(|(one, other)| Fault::Cut(one, other)).collect(),
        FaultKind::Delay { delay, jitter } => worse(Worse::Delay { delay, jitter }),
        FaultKind::Loss { loss } => worse(Worse::Loss(loss)),
        FaultKind::Rate { rate } => worse(Worse::Rate(rate)),
        FaultKind::Kill => {
            let units = instance.units().into_iter();
            vec![Fault::Kill(units.filter(|unit| Some(&unit.host) == first.as_ref()).collect())]
        }
        FaultKind::Freeze => first.map(|host| Fault::Freeze { host, frozen: true }).into_iter().collect(),
        FaultKind::FullDisk { free } => {
            first.map(|host| Fault::FillDisk { host, free, patience }).into_iter().collect()
        }
    }
}

/// Asks the keeper, for so long.
fn ask(instance: &Instance<'_>, fault: Fault, left: Duration) -> Result<(), Miss> {
    let miss = |seen: String, output: String| Miss { expected: "that it can be done".into(), seen, output };
    let client = instance.connect();
    let client = client
        .map_err(|error| miss(error.message().unwrap_or("the instance is gone").into(), String::new()))?;
    let (sender, answer) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            // Nobody waits any more where it took too long.
            let _ = sender.send(client.ask(&Request::Fault(fault), &[], |_| {}));
        });
        let answered = answer.recv_timeout(left);
        client.hang_up();
        match answered {
            Ok(Ok(Event::Failed(failure))) => Err(miss(failure.reason, failure.said.join("\n"))),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(miss(error.to_string(), String::new())),
            Err(_) => Err(miss(format!("it is not done after {} s", left.as_secs()), String::new())),
        }
    })
}
