//! What is known of the trials of one scenario, in a form that merges exactly: sums as exact numbers, counts, and quantiles
//! as counts in fixed bins. No grouping of trials over threads, shards or ranks can change a bit of it, so that one and
//! the same thing serves a thread's work in progress, a checkpoint, a shard and the end of a run.

use super::bytes::{self, Corrupt};
use super::exact::Sums;
use super::interval::{Moments, difference, skewness};
use super::schema::ResultSchema;
use super::sketch::Sketch;
use crate::model::record::Record;

/// What is known of the trials of one scenario. Which cell holds what, [`ResultSchema`] says.
#[derive(Debug, Clone, PartialEq)]
pub struct Accumulator {
    /// Exact sums.
    pub sums: Sums,
    /// Counts of trials.
    pub counts: Vec<u64>,
    /// Quantiles of kept columns by tick, then of what a trial comes to; none where the trials themselves are kept.
    pub sketches: Vec<Sketch>,
}

/// What one trial of one scenario found.
#[derive(Debug, Clone, Copy)]
pub struct TrialOutcomes<'a> {
    /// The record.
    pub record: &'a Record,
    /// What the trial comes to; NaN where an outcome has no value.
    pub totals: &'a [f64],
}

impl Accumulator {
    /// Of no trial.
    pub fn empty(schema: &ResultSchema) -> Accumulator {
        Accumulator {
            sums: Sums::new(schema.sums()),
            counts: vec![0; schema.counts()],
            sketches: vec![Sketch::default(); if schema.sketched { schema.sketches() } else { 0 }],
        }
    }

    /// Forgets all trials.
    pub fn clear(&mut self) {
        self.sums.clear();
        self.counts.fill(0);
        self.sketches.iter_mut().for_each(|sketch| *sketch = Sketch::default());
    }

    /// Trials.
    pub fn trials(&self) -> u64 {
        self.counts[ResultSchema::TRIALS]
    }

    /// Adds a trial; beside it stand the same trial in the reference and without controls.
    pub fn add(
        &mut self,
        schema: &ResultSchema,
        here: TrialOutcomes<'_>,
        reference: TrialOutcomes<'_>,
        without: TrialOutcomes<'_>,
    ) {
        self.counts[ResultSchema::TRIALS] += 1;
        self.sums.add_row(schema.series(0, 0), &here.record.values);
        self.add_paths(schema, here, without);
        self.add_totals(schema, here, reference);
        self.add_ratios(schema, here, without);
        for tick in 0..schema.ticks {
            self.counts[schema.binding(tick, usize::from(here.record.binding[tick]))] += 1;
            self.counts[schema.scarcest(tick, usize::from(here.record.scarcest[tick]))] += 1;
        }
    }

    fn add_paths(&mut self, schema: &ResultSchema, here: TrialOutcomes<'_>, without: TrialOutcomes<'_>) {
        for (path, column) in schema.kept.iter().enumerate() {
            for tick in 0..schema.ticks {
                let value = here.record.at(tick, *column);
                self.sums.add_product(schema.path_square(path, tick), value, value);
                if let Some(sketch) = self.sketches.get_mut(schema.path_sketch(path, tick)) {
                    sketch.add(value);
                }
            }
        }
        let Some(path) = schema.cumulative else { return };
        for tick in 0..schema.ticks {
            let base = without.record.at(tick, schema.kept[path]);
            let lost = base - here.record.at(tick, schema.kept[path]);
            let here = here.record.at(tick, schema.kept[path]);
            self.add_powers(schema.lost(tick), lost);
            self.add_products(schema.lost_products(tick), lost, base);
            self.sums.add_product(schema.cumulative_cube(tick), here * here, here);
        }
    }

    fn add_totals(&mut self, schema: &ResultSchema, here: TrialOutcomes<'_>, reference: TrialOutcomes<'_>) {
        for (column, (value, other)) in here.totals.iter().zip(reference.totals).enumerate() {
            if let Some(sketch) = self.sketches.get_mut(schema.total_sketch(column)) {
                sketch.add(*value);
            }
            if !value.is_finite() {
                continue;
            }
            self.counts[schema.with_value(column)] += 1;
            self.add_powers(schema.total(column), *value);
            if other.is_finite() {
                self.counts[schema.paired(column)] += 1;
                self.add_powers(schema.difference(column), difference(*value, *other));
            }
        }
        let shortfall = schema.shortfall.map_or(f64::NAN, |column| here.totals[column]);
        self.counts[ResultSchema::WORSE] += u64::from(shortfall > 0.0);
        self.counts[ResultSchema::TIED] += u64::from(shortfall == 0.0);
    }

    /// Adds a value, its square and its cube. (The cube is of a rounded square: what is summed depends on the trial alone, so
    /// that sums stay the same in any order, and skewness, which is all that it is for, needs few digits.)
    fn add_powers(&mut self, [sum, square, cube]: [usize; 3], value: f64) {
        self.sums.add(sum, value);
        self.sums.add_product(square, value, value);
        self.sums.add_product(cube, value * value, value);
    }

    /// Adds the products xy, xxy and xyy of a numerator and a denominator.
    fn add_products(&mut self, [xy, xxy, xyy]: [usize; 3], x: f64, y: f64) {
        self.sums.add_product(xy, x, y);
        self.sums.add_product(xxy, x * x, y);
        self.sums.add_product(xyy, y * y, x);
    }

    /// Moments of the `count` values whose powers stand in these cells; zero where they are no numbers.
    pub fn moments(&self, count: u64, [sum, square, cube]: [usize; 3]) -> Moments {
        let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
        let variance = finite(self.sums.variance(count, sum, square));
        let third = self.sums.third(count, sum, square, cube);
        Moments {
            count,
            mean: finite(self.sums.mean(count, sum)),
            variance,
            skewness: skewness(count, variance, third),
        }
    }

    /// Products of the numerator and the denominator of each headline ratio.
    fn add_ratios(&mut self, schema: &ResultSchema, here: TrialOutcomes<'_>, without: TrialOutcomes<'_>) {
        if let Some((shortfall, deployment)) = schema.shortfall.zip(schema.deployment) {
            self.add_products(ResultSchema::SHORTFALL_RATIO, here.totals[shortfall], without.totals[deployment]);
        }
        if let Some((denied, lost)) = schema.bite {
            self.add_products(ResultSchema::BITE, here.totals[denied], here.totals[lost]);
        }
    }

    /// Adds the trials of another accumulator of the same schema.
    ///
    /// # Errors
    /// Another schema.
    pub fn merge(&mut self, other: &Accumulator) -> Result<(), Corrupt> {
        if self.counts.len() != other.counts.len() || self.sketches.len() != other.sketches.len() {
            return Err(another());
        }
        self.sums.merge(&other.sums).map_err(|_| another())?;
        self.counts.iter_mut().zip(&other.counts).for_each(|(mine, its)| *mine += its);
        for (mine, its) in self.sketches.iter_mut().zip(&other.sketches) {
            mine.merge(its);
        }
        Ok(())
    }

    /// Writes it: equal accumulators give equal bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.sums.write(out);
        self.counts.iter().for_each(|count| out.extend_from_slice(&count.to_le_bytes()));
        self.sketches.iter().for_each(|sketch| sketch.write(out));
    }

    /// Reads what [`Accumulator::write`] wrote.
    ///
    /// # Errors
    /// Bytes that are no accumulator of this schema.
    pub fn read(schema: &ResultSchema, input: &mut &[u8]) -> Result<Accumulator, Corrupt> {
        let sums = Sums::read(input)?;
        if sums.len() != schema.sums() {
            return Err(another());
        }
        let mut counts = Vec::with_capacity(schema.counts());
        for _ in 0..schema.counts() {
            counts.push(u64::from_le_bytes(bytes::take(input, "tally")?));
        }
        let sketches = if schema.sketched { schema.sketches() } else { 0 };
        let sketches = (0..sketches).map(|_| Sketch::read(input)).collect::<Result<Vec<_>, _>>()?;
        Ok(Accumulator { sums, counts, sketches })
    }
}

fn another() -> Corrupt {
    Corrupt::new("tally", "it is of another shape")
}
