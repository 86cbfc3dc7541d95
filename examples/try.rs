use chokepoint::{experiment::*, model::record, scenario};
use std::sync::atomic::AtomicBool;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let n: u32 = a[1].parse().unwrap();
    let sc: Vec<_> = a[2..].iter().map(|p| match scenario::load(p, &[]) { Ok(s) => s, Err(e) => { eprintln!("{:?}", miette::Report::new(e)); std::process::exit(2) } }).collect();
    let plan = Plan::new(&sc, 1, n).unwrap();
    let t = std::time::Instant::now();
    let e = run(&plan, &AtomicBool::new(false), |_| {}).unwrap();
    let dt = t.elapsed().as_secs_f64();
    eprintln!("{} scenario-trials/s on {} threads; cells {} links {} offers {} pairs {} cols {} uncertain {}", (n as f64 * plan.scenarios.len() as f64 / dt) as u64, rayon::current_num_threads(), plan.world.cells.len(), plan.world.links.len(), plan.world.offers.len(), plan.world.pairs.len(), e.series.columns.len(), plan.world.params.uncertain().len());
    let w = e.series.columns.len();
    let want = std::env::var("COLS").unwrap_or("sustained-capacity,deployed,capacity-now".into());
    let ents = std::env::var("ENT").unwrap_or("huawei".into());
    for (i, (o, ent)) in e.series.columns.iter().enumerate() {
        if !want.split(',').any(|x| x == o.id) || !ent.contains(&ents) { continue }
        println!("{} {}", o.id, ent);
        for (s, k) in plan.scenarios.iter().zip(&e.scenarios) {
            print!("  {:>16}", s.id);
            for t in (0..e.months.len()).step_by(std::env::var("STEP").ok().and_then(|s| s.parse().ok()).unwrap_or(3)) { print!(" {:8.4}", k.sums[t * w + i] / n as f64 / if o.unit.starts_with("products") {1000.0} else {1.0}); }
            println!();
        }
    }
    let _ = record::SUSTAINED;
    let subj = &plan.world.pairs[plan.world.subject.ix()];
    let cells = subj.cells.len() + 2;
    for (s, k) in plan.scenarios.iter().zip(&e.scenarios) {
        println!("binding {}", s.id);
        for c in 0..cells {
            let name = if c < subj.cells.len() { plan.world.classes[plan.world.cells[subj.cells.start + c].class.ix()].id.clone() } else if c == subj.cells.len() { "plant".into() } else { "orders".into() };
            print!("  {name:>16}");
            for t in (0..e.months.len()).step_by(3) { print!(" {:4.2}", k.binding[t * cells + c] as f64 / n as f64); }
            println!();
        }
    }
    let tw = e.totals.columns.len();
    for (i, (o, ent)) in e.totals.columns.iter().enumerate() {
        print!("{:>28} {:<28}", o.id, ent);
        for k in &e.scenarios {
            let v: Vec<f64> = k.totals.chunks(tw).map(|r| r[i]).filter(|x| !x.is_nan()).collect();
            print!(" {:14.2}({:4.0}%)", v.iter().sum::<f64>() / v.len() as f64, 100.0 * v.len() as f64 / n as f64);
        }
        println!();
    }
}
