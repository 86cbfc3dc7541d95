//! Reading a shortage that lengthens lead times from outside the model, with its switch.

use super::super::param::Quantity;
use super::super::reader::Reader;
use super::super::world::Shortage;

/// Longest multiple of a lead time: what is beyond it is a stop, not a delay, and would make the table of orders huge.
const LONGEST: f64 = 10.0;

const LEAD_TIMES: &str = "multiple of lead times for orders placed on that day: 1 before the first day, linear between two days, \
                          the last one's value after it";

/// The shortage, if it is on. All keys are read and checked whether it is or not, so that switching it on finds no new
/// mistakes. Outer `None`: reported.
pub(super) fn shortage(r: &Reader<'_>) -> Option<Option<Shortage>> {
    let on = r.flag("on", "whether there is a shortage");
    let lead_times = r.dated_params("lead_times", Quantity::Ratio, LEAD_TIMES);
    let strength = r.param_opt("strength", Quantity::Ratio, "part of the lengthening that these buyers meet");
    r.finish();
    let (lead_times, strength) = (lead_times?, strength?);
    let most = strength.as_ref().map_or(1.0, |s| s.ends().1);
    for level in lead_times.iter().map(|dated| &dated.param) {
        let longest = 1.0 + most * (level.ends().1 - 1.0);
        if longest > LONGEST {
            let message = format!("`{}` would make lead times up to {longest:.1} times as long", level.path);
            let help = format!("keep it to {LONGEST} (`strength` included); a ratio of 2 doubles the lead time");
            r.problem(&level.place, message, "too long", Some(help));
        }
    }
    let no_class = r.cx.root.table("classes").is_some_and(|classes| {
        classes.keys().filter_map(|id| classes.table(id)).all(|class| class.get("shortage").is_none())
    });
    if no_class && on == Some(true) {
        let message = "the shortage reaches no class".to_owned();
        let help = "write `shortage = true` in the classes that it reaches, such as `[classes.fpga]`, or `on = false`";
        r.problem(&r.place, message, "this table", Some(help.into()));
    }
    Some(on?.then_some(Shortage { lead_times, strength }))
}
