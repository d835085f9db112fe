//! What other programs can take from this process's memory.

/// Other programs of the same person cannot read this process's memory, and no core file of it is written; an administrator still can. For the
/// start of `main`, before there is a secret.
///
/// Linux keeps both promises, other Unixes the second. On Windows crash reports are the system's: they hold no memory unless somebody turned that on.
pub fn keep_memory_private() {
    // What a system does not grant it does not grant; the program would go on all the same.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    #[cfg(all(unix, not(target_os = "linux")))]
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, rustix::process::Rlimit { current: Some(0), maximum: Some(0) });
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    #[test]
    fn nobody_else_reads_the_memory_of_a_process_that_keeps_it_private() {
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::Dumpable), "control: an ordinary process may be read");
        super::keep_memory_private();
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}
