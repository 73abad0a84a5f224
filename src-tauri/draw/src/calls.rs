//! Which calls of the system may be made: those that decoding and reading fonts take.
//! By seccomp.
//!
//! All else fails with “operation not permitted”: sockets, other programs, tracing,
//! opening a file to write it, memory that can be both written and run.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

/// Allowed whatever they are given. Each works on what is open, on memory, on threads
/// or on time.
const CALLS: &[c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_getdents64,
    libc::SYS_readlinkat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getcwd,
    libc::SYS_fadvise64,
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_membarrier,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Answered below: it is not there, and so `clone` is called, whose flags are seen.
    libc::SYS_clone3,
];

/// The same by their old names.
#[cfg(target_arch = "x86_64")]
const OLD: &[c_long] = &[
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[c_long] = &[];

/// Bounds this process and all threads that it starts. False where the system, or this
/// kind of processor, has no such thing.
pub fn hold() -> bool {
    apply().is_some()
}

fn apply() -> Option<()> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
    for filter in [clone3(arch), allowed(arch)] {
        let program: BpfProgram = filter.and_then(BpfProgram::try_from).ok()?;
        // Of two filters the stricter answer counts.
        seccompiler::apply_filter(&program).ok()?;
    }
    Some(())
}

/// No `clone3`: its flags lie in memory, where they cannot be looked at.
fn clone3(arch: TargetArch) -> Result<SeccompFilter, BackendError> {
    let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    SeccompFilter::new(rules, SeccompAction::Allow, missing, arch)
}

fn allowed(arch: TargetArch) -> Result<SeccompFilter, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for call in CALLS.iter().chain(OLD) {
        rules.insert(*call, Vec::new());
    }
    // To be read: `O_RDONLY` is 0, and nothing is made.
    let write = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND;
    rules.insert(libc::SYS_openat, vec![none_of(2, write)?]);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, vec![none_of(1, write)?]);
    rules.insert(libc::SYS_mmap, vec![none_of(2, libc::PROT_EXEC)?]);
    rules.insert(libc::SYS_mprotect, vec![none_of(2, libc::PROT_EXEC)?]);
    // Threads of this process, no other process.
    let thread = libc::CLONE_THREAD | libc::CLONE_VM;
    rules.insert(libc::SYS_clone, vec![all_of(0, thread)?]);
    // To end itself.
    let own = std::process::id();
    rules.insert(libc::SYS_tgkill, vec![equals(0, own)?]);
    // Its own limits, which only become less.
    rules.insert(libc::SYS_prlimit64, vec![equals(0, 0)?, equals(0, own)?]);
    // Names of threads and of memory.
    let named = [libc::PR_SET_NAME.unsigned_abs(), 0x5356_4d41];
    let named = named.into_iter().map(|name| equals(0, name));
    rules.insert(libc::SYS_prctl, named.collect::<Result<_, _>>()?);
    let about = [libc::F_GETFD, libc::F_GETFL, libc::F_SETFD];
    let about = about.iter().map(|what| equals(1, what.unsigned_abs()));
    rules.insert(libc::SYS_fcntl, about.collect::<Result<_, _>>()?);
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, refused, SeccompAction::Allow, arch)
}

fn equals(argument: u8, value: u32) -> Result<SeccompRule, BackendError> {
    rule(argument, SeccompCmpOp::Eq, value.into())
}

/// None of these bits is set.
fn none_of(argument: u8, bits: i32) -> Result<SeccompRule, BackendError> {
    let bits = u64::from(bits.unsigned_abs());
    rule(argument, SeccompCmpOp::MaskedEq(bits), 0)
}

/// All of these bits are set.
fn all_of(argument: u8, bits: i32) -> Result<SeccompRule, BackendError> {
    let bits = u64::from(bits.unsigned_abs());
    rule(argument, SeccompCmpOp::MaskedEq(bits), bits)
}

fn rule(argument: u8, op: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, op, value)?;
    SeccompRule::new(vec![condition])
}
