//! What is going on, for somebody who watches: one line that moves, and one that stays for each step that took a while.

use std::{
    fmt,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use plc_build::progress::{How, Observer};
use plc_plan::{
    derivation::Builder,
    graph::{Graph, NodeId},
};

use crate::render::{self, Terminal};

/// Steps shorter than this leave no line.
const WORTH_A_LINE: Duration = Duration::from_millis(1000);

/// Shows a build on standard error.
pub(crate) struct Progress<'a> {
    terminal: &'a Terminal,
    bar: ProgressBar,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What goes on besides a build.
    said: Option<(&'static str, String)>,
    fetch: Stage,
    unpack: Stage,
    rest: Stage,
    bytes: u64,
    bytes_total: u64,
    running: Vec<(NodeId, String, Instant)>,
    /// Lines that wait while something else has the terminal.
    waiting: Option<Vec<String>>,
}

/// How far the nodes of a kind are.
#[derive(Default)]
struct Stage {
    total: usize,
    done: usize,
    started: Option<Instant>,
}

impl<'a> Progress<'a> {
    /// Ready to show; shows nothing when nobody watches.
    pub(crate) fn new(terminal: &'a Terminal) -> Self {
        let target = if terminal.interactive() {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let state: Arc<Mutex<State>> = Arc::default();
        let (shown, on) = (Arc::clone(&state), *terminal);
        // Drawn anew ten times a second, so that whoever watches sees time pass.
        let line = move |_: &ProgressState, to: &mut dyn fmt::Write| {
            let state = shown.lock().unwrap_or_else(PoisonError::into_inner);
            let (verb, text) = state.moving_line();
            let _ = to.write_str(&on.status_line(verb, &text));
        };
        let style = ProgressStyle::with_template("{line}").unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.with_key("line", line));
        if terminal.interactive() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { terminal, bar, state }
    }

    /// Shows that something else is going on, such as making a lock.
    pub(crate) fn say(&self, verb: &'static str, text: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.said = Some((verb, text.to_owned()));
    }

    /// Takes the moving line away for as long as something else has the terminal.
    ///
    /// Whoever has something to tell meanwhile does not wait for it: it is told afterwards.
    pub(crate) fn aside<T>(&self, what: impl FnOnce() -> T) -> T {
        let set = |waiting| {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut state.waiting, waiting)
        };
        set(Some(Vec::new()));
        // Not `suspend`, which would have all others wait.
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
        let _ = write!(std::io::stderr(), "\r\x1b[K");
        let made = what();
        for line in set(None).unwrap_or_default() {
            self.tell(&line);
        }
        self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        made
    }

    /// Takes the moving line away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn with_state(&self, change: impl FnOnce(&mut State) -> Option<String>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stays = change(&mut state);
        state.said = None;
        if let Some(waiting) = &mut state.waiting {
            waiting.extend(stays.take());
        }
        drop(state);
        if let Some(line) = stays
            && self.terminal.interactive()
        {
            self.bar.suspend(|| self.tell(&line));
        }
    }

    fn tell(&self, line: &str) {
        let (verb, text) = line.split_once(' ').unwrap_or((line, ""));
        self.terminal.status(verb, text);
    }
}

impl State {
    fn stage(&mut self, builder: &Builder) -> &mut Stage {
        match builder {
            Builder::Fetch(_) => &mut self.fetch,
            Builder::Unpack(_) => &mut self.unpack,
            _ => &mut self.rest,
        }
    }

    fn moving_line(&self) -> (&'static str, String) {
        if let Some((verb, text)) = &self.said {
            return (verb, text.clone());
        }
        let mut parts = Vec::new();
        if self.fetch.done < self.fetch.total {
            let (have, all) = (render::bytes(self.bytes), render::bytes(self.bytes_total));
            parts.push(format!("{}/{} fetched, {have} of {all}", self.fetch.done, self.fetch.total));
        }
        if self.unpack.done < self.unpack.total {
            parts.push(format!("{}/{} unpacked", self.unpack.done, self.unpack.total));
        }
        let slow = self.running.iter().map(|(_, name, since)| match since.elapsed().as_secs() {
            0 => name.clone(),
            seconds => format!("{name} ({seconds} s)"),
        });
        parts.extend(slow);
        if self.fetch.total + self.unpack.total + self.rest.total == 0 {
            return ("Looking", "at what is there".to_owned());
        }
        if parts.is_empty() {
            return ("Keeping", "what was built".to_owned());
        }
        ("Building", parts.join(" · "))
    }
}

fn verb(builder: &Builder) -> &'static str {
    match builder {
        Builder::Fetch(_) => "Fetched",
        Builder::Unpack(_) => "Unpacked",
        Builder::Tree(_) => "Wrote",
        Builder::Rootfs(_) => "Configured",
        Builder::Check(_) => "Checked",
        Builder::Layer => "Layered",
        Builder::Kernel => "Gathered",
        Builder::Image(_) => "Imaged",
        Builder::Environment(_) => "Gathered",
        Builder::Source(_) => "Took",
        Builder::Download(_) => "Downloaded",
        Builder::Extract(_) => "Extracted",
        Builder::Run(_) => "Made",
    }
}

impl Observer for Progress<'_> {
    fn begins(&self, graph: &Graph, wanted: &[NodeId]) {
        self.with_state(|state| {
            for id in wanted {
                let builder = &graph.node(*id).derivation.builder;
                if let Builder::Fetch(fetch) = builder {
                    state.bytes_total += fetch.size;
                }
                state.stage(builder).total += 1;
            }
            None
        });
    }

    fn starts(&self, graph: &Graph, node: NodeId) {
        let derivation = &graph.node(node).derivation;
        self.with_state(|state| {
            state.stage(&derivation.builder).started.get_or_insert_with(Instant::now);
            if !matches!(derivation.builder, Builder::Fetch(_) | Builder::Unpack(_)) {
                state.running.push((node, derivation.name.clone(), Instant::now()));
            }
            None
        });
    }

    fn received(&self, bytes: u64) {
        self.with_state(|state| {
            state.bytes += bytes;
            None
        });
    }

    fn done(&self, graph: &Graph, node: NodeId, _: How) {
        let derivation = &graph.node(node).derivation;
        self.with_state(|state| {
            let since = state.running.iter().position(|(id, ..)| *id == node);
            let took = since.map(|index| state.running.remove(index).2.elapsed());
            let bytes = state.bytes;
            let stage = state.stage(&derivation.builder);
            stage.done += 1;
            let all = stage.done == stage.total;
            let so_far = stage.started.map(|started| started.elapsed()).unwrap_or_default();
            let verb = verb(&derivation.builder);
            match &derivation.builder {
                Builder::Fetch(_) | Builder::Unpack(_) if all && so_far > Duration::from_millis(200) => {
                    let packages = render::count(stage.total, "package", "packages");
                    let size =
                        if verb == "Fetched" { format!(", {}", render::bytes(bytes)) } else { String::new() };
                    Some(format!("{verb} {packages}{size} in {:.1} s", so_far.as_secs_f64()))
                }
                Builder::Rootfs(_)
                | Builder::Check(_)
                | Builder::Image(_)
                | Builder::Layer
                | Builder::Kernel
                | Builder::Download(_)
                | Builder::Extract(_)
                | Builder::Run(_) => took
                    .filter(|took| *took >= WORTH_A_LINE)
                    .map(|took| format!("{verb} {} in {:.1} s", derivation.name, took.as_secs_f64())),
                _ => None,
            }
        });
    }

    fn failed(&self, graph: &Graph, node: NodeId) {
        let name = graph.node(node).derivation.name.clone();
        self.with_state(|state| {
            state.running.retain(|(id, ..)| *id != node);
            Some(format!("Failed {name}"))
        });
    }
}
