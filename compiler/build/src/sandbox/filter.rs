//! Which system calls the steps may not make.
//!
//! Namespaces and missing capabilities contain the steps already; the filter takes away the kernel's more intricate
//! parts, which had most of the holes. In builders, calls that only make data durable do nothing: the result is copied into
//! the store, and is made durable there, once.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition as Condition,
    SeccompFilter, SeccompRule as Rule, TargetArch, apply_filter,
};

use super::error::{Inside, InsideError};

/// Refused with EPERM.
const DENIED: &[i64] = &[
    // What the root file system consists of is settled.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_quotactl,
    libc::SYS_acct,
    // The way back to the namespaces and files of others.
    libc::SYS_setns,
    libc::SYS_open_by_handle_at,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // Keyrings are the user's, not the namespace's.
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    // The kernel itself, and its clock.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_fanotify_init,
    libc::SYS_syslog,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_vhangup,
    // It would do by itself what the filter refuses.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
];

/// Succeed without doing anything, in builders.
const IDLE: &[i64] = &[
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_sync,
    libc::SYS_syncfs,
    libc::SYS_msync,
    #[cfg(not(target_arch = "powerpc64"))]
    libc::SYS_sync_file_range,
];

/// As if the kernel did not know them. `clone3` has its flags in memory, where no filter can look; libraries then use `clone`.
const UNKNOWN: &[i64] = &[libc::SYS_clone3];

/// Bit 30 marks the calls of x86-64's x32 interface, which have the same meaning.
const X32: i64 = 0x4000_0000;

/// What becomes of calls that make data durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: what is written is copied elsewhere, or thrown away.
    Pretended,
    /// They do what they are for.
    Real,
}

/// The filters are compiled while errors still can be told; [`Filter::apply`] comes last.
pub struct Filter(Vec<BpfProgram>);

impl Filter {
    /// The filters for this machine's architecture.
    ///
    /// # Errors
    /// There is none for it.
    pub fn compile(durability: Durability) -> Inside<Self> {
        let mut denied = whole(DENIED);
        denied.extend(conditional().map_err(failed)?);
        let idle = match durability {
            Durability::Pretended => IDLE,
            Durability::Real => &[],
        };
        let programs = [
            (denied, SeccompAction::Errno(libc::EPERM as u32)),
            (whole(idle), SeccompAction::Errno(0)),
            (whole(UNKNOWN), SeccompAction::Errno(libc::ENOSYS as u32)),
        ];
        let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(failed)?;
        let compiled = programs.into_iter().map(|(mut rules, action)| {
            if cfg!(target_arch = "x86_64") {
                let x32: Vec<_> = rules.iter().map(|(call, rules)| (call | X32, rules.clone())).collect();
                rules.extend(x32);
            }
            SeccompFilter::new(rules, SeccompAction::Allow, action, arch)?.try_into()
        });
        compiled.collect::<Result<_, seccompiler::BackendError>>().map(Self).map_err(failed)
    }

    /// Puts this process and all that it will start under the filters, for ever.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn apply(&self) -> Inside<()> {
        self.0.iter().try_for_each(|program| apply_filter(program)).map_err(failed)
    }
}

fn failed(error: impl ToString) -> InsideError {
    InsideError::Protocol(format!("the system call filter: {}", error.to_string()))
}

fn whole(calls: &[i64]) -> BTreeMap<i64, Vec<Rule>> {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

/// Calls that are refused for some of their arguments only.
fn conditional() -> Result<BTreeMap<i64, Vec<Rule>>, seccompiler::BackendError> {
    let new_user = || {
        let flag = libc::CLONE_NEWUSER as u64;
        Rule::new(vec![Condition::new(0, Len::Dword, Op::MaskedEq(flag), flag)?])
    };
    let ioctl = |request: u64| Rule::new(vec![Condition::new(1, Len::Dword, Op::Eq, request)?]);
    let families = |above: u64, below: u64| {
        Rule::new(vec![
            Condition::new(0, Len::Dword, Op::Gt, above)?,
            Condition::new(0, Len::Dword, Op::Lt, below)?,
        ])
    };
    let (unix, inet, inet6, netlink) =
        (libc::AF_UNIX as u64, libc::AF_INET as u64, libc::AF_INET6 as u64, libc::AF_NETLINK as u64);
    // Four families work without a network or need a network namespace to work; others lead to the hypervisor (vsock), or to
    // seldom used parts of the kernel.
    let sockets = vec![
        families(inet.max(unix), inet6)?,
        families(inet6, netlink)?,
        Rule::new(vec![Condition::new(0, Len::Dword, Op::Gt, netlink)?])?,
    ];
    Ok(BTreeMap::from([
        (libc::SYS_clone, vec![new_user()?]),
        (libc::SYS_unshare, vec![new_user()?]),
        // They would type into the terminal of whoever runs `plc`.
        (libc::SYS_ioctl, vec![ioctl(libc::TIOCSTI)?, ioctl(libc::TIOCLINUX)?]),
        (libc::SYS_socket, sockets),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_compile() {
        for durability in [Durability::Pretended, Durability::Real] {
            assert_eq!(Filter::compile(durability).map(|filter| filter.0.len()), Ok(3));
        }
    }
}
