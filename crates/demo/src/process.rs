//! What the machine says of this process; nothing where the machine does not say it.

/// Most memory held so far, and memory held now, bytes.
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

/// Files, connections and other handles open.
pub fn open_files() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}
