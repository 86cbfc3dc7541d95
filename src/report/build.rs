//! The build, as `build.rs` learnt it: results, citations and `--version` tell it.

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Target triple of the machine that it was built for.
pub const TARGET: &str = env!("CHOKEPOINT_TARGET");
/// Commit, where the source is a git repository.
pub const COMMIT: Option<&str> = option_env!("CHOKEPOINT_COMMIT");

/// Whether the source differed from the commit; `None` without one.
pub fn dirty() -> Option<bool> {
    option_env!("CHOKEPOINT_DIRTY").map(|dirty| dirty == "true")
}
