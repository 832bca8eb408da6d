//! What the operating system reports about this process; `None` where it reports nothing.

/// Peak and current memory, in bytes.
pub fn memory() -> Option<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let of = |name: &str| {
        let line = status.lines().find_map(|it| it.strip_prefix(name))?;
        line.split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
            .map(|it| it * 1024)
    };
    Some((of("VmHWM:")?, of("VmRSS:")?))
}

/// Number of open files, connections and other handles.
pub fn open_files() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}
