//! What the process gives up before the first file.

use drawing::job::{Bound, Job};

/// Gives up whatever decoding does not take, and says what holds; a system that knows
/// no such thing is one where less does.
pub fn hold() -> Vec<Bound> {
    let resources = resources();
    resources.into_iter().chain(of_the_system()).collect()
}

/// What only Linux bounds.
#[cfg(target_os = "linux")]
fn of_the_system() -> impl Iterator<Item = Bound> {
    let files = crate::files::hold().then_some(Bound::Files);
    // Last, as it forbids what the others take.
    let calls = crate::calls::hold().then_some(Bound::Calls);
    files.into_iter().chain(calls)
}

#[cfg(not(target_os = "linux"))]
fn of_the_system() -> impl Iterator<Item = Bound> {
    std::iter::empty()
}

/// Most memory of the process, whatever it reads: 100 megapixels at 24 bytes, which is
/// twice what any decoder takes as two run side by side, and half a gigabyte.
#[cfg(unix)]
const MEMORY: u64 = 3 << 30;
/// Most memory where a page of a PDF is drawn, which may ask for any amount: a dozen
/// times what a page of text and photos takes.
#[cfg(unix)]
const PAGE: u64 = 800 << 20;
/// Most seconds of a processor, should nobody be there to end it.
#[cfg(unix)]
const LIFE: u64 = 3600;
/// Seconds after which it takes no other job, so that none ends for those before it.
#[cfg(unix)]
const WORN: u64 = LIFE / 2;

#[cfg(unix)]
fn resources() -> Vec<Bound> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let most = |value| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    // Nobody wants what is left of it, and it writes no file.
    let _ = setrlimit(Resource::Core, most(0));
    let _ = setrlimit(Resource::Fsize, most(0));
    // An allocation beyond it fails, which ends the process.
    let memory = setrlimit(Resource::Data, most(MEMORY));
    let processor = setrlimit(Resource::Cpu, most(LIFE));
    let held = [(memory, Bound::Memory), (processor, Bound::Processor)];
    let held = held.into_iter().filter(|(done, _)| done.is_ok());
    held.map(|(_, bound)| bound).collect()
}

/// Bounds the process for one job, below what bounds it for good.
///
/// Whoever gave the job ends it when it has waited long enough. The processor's time is
/// for when nobody is there to do so: on two threads, twice as much.
#[cfg(unix)]
pub fn allow(job: &Job, is_pdf: bool) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let soft = |current: u64, maximum| Rlimit {
        current: Some(current.min(maximum)),
        maximum: Some(maximum),
    };
    let memory = if is_pdf { PAGE } else { MEMORY };
    let _ = setrlimit(Resource::Data, soft(memory, MEMORY));
    let seconds = job.patience.as_secs().saturating_mul(2).saturating_add(1);
    let until = spent().saturating_add(seconds);
    let _ = setrlimit(Resource::Cpu, soft(until, LIFE));
}

/// Has it worked so long that another is to take its place?
#[cfg(unix)]
pub fn is_worn() -> bool {
    spent() >= WORN
}

/// Seconds of a processor that the process took.
#[cfg(unix)]
fn spent() -> u64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    u64::try_from(spent.tv_sec).unwrap_or(0)
}

#[cfg(not(unix))]
fn resources() -> Vec<Bound> {
    Vec::new()
}

#[cfg(not(unix))]
pub fn allow(_: &Job, _: bool) {}

#[cfg(not(unix))]
pub fn is_worn() -> bool {
    false
}
