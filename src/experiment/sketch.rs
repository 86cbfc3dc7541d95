//! Sketches of distributions: values counted in fixed bins, so that quantiles of any number of trials take little memory
//! and counts of parts add up to the counts of the whole, in any order. A bin is what values share that agree in their sign,
//! exponent and first eight bits of the fraction; zero has its own. A quantile is thus off by at most
//! [`RELATIVE_ERROR`] of itself, whatever the distribution; minimum and maximum are exact.

use super::bytes::{Corrupt, read_number, take, write_number};

/// A value that comes back from its bin differs from what it was by at most this share of it: half the width of a bin. (But
/// magnitudes below 2^−1022, which hardly arise, are off by up to 2^−1031.)
pub const RELATIVE_ERROR: f64 = 1.0 / 512.0;

/// A quantile as it is shown: four significant digits, and within [`SHOWN_ERROR`] of what it was. The digits that follow would be
/// those of the bin.
pub fn known_digits(quantile: f64) -> f64 {
    format!("{quantile:.3e}").parse().unwrap_or(quantile)
}

/// The most by which a shown quantile differs, as a share of it: [`RELATIVE_ERROR`], and half of the last digit.
pub const SHOWN_ERROR: f64 = 0.0025;

/// Bits of a value below those that name its bin.
const DROPPED: u32 = 52 - 8;

/// Bins in a page.
const PAGE: usize = 64;

/// Values counted in bins. Equal if they count the same values, in whatever order these came.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// Pages with a count, by number.
    pages: Vec<Page>,
    zeros: u64,
    /// Values that are no number: not among the others.
    undefined: u64,
    /// All numbers, zeros included.
    count: u64,
    minimum: f64,
    maximum: f64,
}

/// Counts of neighboring bins.
#[derive(Debug, Clone, PartialEq)]
struct Page {
    number: u32,
    counts: Counts,
}

/// Counts in the narrowest type that holds the largest. They only grow, so equal counts are of equal type.
#[derive(Debug, Clone, PartialEq)]
enum Counts {
    Bytes(Box<[u8; PAGE]>),
    Shorts(Box<[u16; PAGE]>),
    Words(Box<[u32; PAGE]>),
    Longs(Box<[u64; PAGE]>),
}

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch {
            pages: Vec::new(),
            zeros: 0,
            undefined: 0,
            count: 0,
            minimum: f64::INFINITY,
            maximum: f64::NEG_INFINITY,
        }
    }
}

impl Extend<f64> for Sketch {
    fn extend<T: IntoIterator<Item = f64>>(&mut self, values: T) {
        values.into_iter().for_each(|value| self.add(value));
    }
}

impl Sketch {
    /// A sketch of no values.
    pub fn new() -> Sketch {
        Sketch::default()
    }

    /// Counts a value; NaN apart.
    #[inline]
    pub fn add(&mut self, value: f64) {
        if value.is_nan() {
            self.undefined += 1;
            return;
        }
        // Zero of either sign is written as one.
        let value = value + 0.0;
        self.count += 1;
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
        if value == 0.0 {
            self.zeros += 1;
        } else {
            self.add_to_bin(bin_of(value), 1);
        }
    }

    /// Adds the counts of another sketch.
    pub fn merge(&mut self, other: &Sketch) {
        self.zeros += other.zeros;
        self.undefined += other.undefined;
        self.count += other.count;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        for (bin, count) in other.bins() {
            self.add_to_bin(bin, count);
        }
    }

    /// Numbers counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Values that were NaN, which [`Sketch::count`] leaves out.
    pub fn undefined(&self) -> u64 {
        self.undefined
    }

    /// The least number, exactly; none without numbers.
    pub fn minimum(&self) -> Option<f64> {
        (self.count > 0).then_some(self.minimum)
    }

    /// The greatest number, exactly; none without numbers.
    pub fn maximum(&self) -> Option<f64> {
        (self.count > 0).then_some(self.maximum)
    }

    /// The number of rank `rank` from 0, to [`RELATIVE_ERROR`]; the first and the last exactly. NaN beyond them.
    pub fn order(&self, rank: u64) -> f64 {
        self.orders([rank, rank])[0]
    }

    /// The quantile of type 7 of Hyndman & Fan (1996): at `h = (n − 1)·p` from 0, linear between neighboring ranks. Each
    /// is off by at most [`RELATIVE_ERROR`] of itself, hence so is a quantile between numbers of one sign. NaN without
    /// numbers, or with `p` outside 0 to 1.
    pub fn quantile(&self, p: f64) -> f64 {
        if self.count == 0 || !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        let last = self.count - 1;
        let place = last as f64 * p;
        let rank = (place.floor() as u64).min(last);
        let share = (place - rank as f64).clamp(0.0, 1.0);
        let [low, high] = self.orders([rank, (rank + 1).min(last)]);
        // Equal ends stay as they are, infinite ones too.
        if low == high || share == 0.0 { low } else { low + (high - low) * share }
    }

    /// The numbers of two ranks, of which the second is not below the first.
    fn orders(&self, ranks: [u64; 2]) -> [f64; 2] {
        let mut found = ranks.map(|rank| match rank {
            rank if rank >= self.count => Some(f64::NAN),
            0 => Some(self.minimum),
            rank if rank == self.count - 1 => Some(self.maximum),
            _ => None,
        });
        let mut below = 0;
        for (value, count) in self.values() {
            below += count;
            for (found, rank) in found.iter_mut().zip(ranks) {
                if found.is_none() && rank < below {
                    *found = Some(value.clamp(self.minimum, self.maximum));
                }
            }
            if found.iter().all(Option::is_some) {
                break;
            }
        }
        found.map(|found| found.unwrap_or(f64::NAN))
    }

    /// What stands for the values of each bin, ascending, and their number.
    fn values(&self) -> impl Iterator<Item = (f64, u64)> {
        let negative = self.bins().take_while(|(bin, _)| *bin < FIRST_POSITIVE);
        let positive = self.bins().skip_while(|(bin, _)| *bin < FIRST_POSITIVE);
        let middle = |(bin, count)| (middle_of(bin), count);
        negative.map(middle).chain((self.zeros > 0).then_some((0.0, self.zeros))).chain(positive.map(middle))
    }

    /// The bins with a count, ascending.
    fn bins(&self) -> impl Iterator<Item = (u32, u64)> {
        let page = |page: &Page| page.number * PAGE as u32;
        self.pages.iter().flat_map(move |p| {
            (0..PAGE).map(move |i| (page(p) + i as u32, p.counts.at(i))).filter(|(_, count)| *count > 0)
        })
    }

    #[inline]
    fn add_to_bin(&mut self, bin: u32, count: u64) {
        let number = bin / PAGE as u32;
        let place = self.pages.partition_point(|page| page.number < number);
        if self.pages.get(place).is_none_or(|page| page.number != number) {
            self.pages.insert(place, Page { number, counts: Counts::Bytes(Box::new([0; PAGE])) });
        }
        self.pages[place].counts.add(bin as usize % PAGE, count);
    }
}

impl Counts {
    fn at(&self, i: usize) -> u64 {
        match self {
            Counts::Bytes(counts) => counts[i].into(),
            Counts::Shorts(counts) => counts[i].into(),
            Counts::Words(counts) => counts[i].into(),
            Counts::Longs(counts) => counts[i],
        }
    }

    #[inline]
    fn add(&mut self, i: usize, count: u64) {
        /// Whether the sum fits; it is put if so.
        fn put<T: Copy + Into<u64> + TryFrom<u64>>(slot: &mut T, count: u64) -> bool {
            let sum = T::try_from((*slot).into().saturating_add(count));
            sum.map(|sum| *slot = sum).is_ok()
        }
        let fits = match self {
            Counts::Bytes(counts) => put(&mut counts[i], count),
            Counts::Shorts(counts) => put(&mut counts[i], count),
            Counts::Words(counts) => put(&mut counts[i], count),
            Counts::Longs(counts) => put(&mut counts[i], count),
        };
        if !fits {
            self.widen();
            self.add(i, count);
        }
    }

    #[cold]
    fn widen(&mut self) {
        *self = match self {
            Counts::Bytes(counts) => Counts::Shorts(Box::new(counts.map(u16::from))),
            Counts::Shorts(counts) => Counts::Words(Box::new(counts.map(u32::from))),
            Counts::Words(counts) => Counts::Longs(Box::new(counts.map(u64::from))),
            Counts::Longs(counts) => Counts::Longs(counts.clone()),
        };
    }
}

/// The first bin of positive values. Bins are numbered in the order of their values.
const FIRST_POSITIVE: u32 = 1 << (63 - DROPPED);

#[inline]
fn bin_of(value: f64) -> u32 {
    let magnitude = (value.abs().to_bits() >> DROPPED) as u32;
    if value < 0.0 { FIRST_POSITIVE - 1 - magnitude } else { FIRST_POSITIVE + magnitude }
}

/// The middle of a bin; infinity has a bin to itself.
fn middle_of(bin: u32) -> f64 {
    let negative = bin < FIRST_POSITIVE;
    let magnitude = if negative { FIRST_POSITIVE - 1 - bin } else { bin - FIRST_POSITIVE };
    let least = u64::from(magnitude) << DROPPED;
    let middle = f64::from_bits(least | 1 << (DROPPED - 1));
    let middle = if middle.is_nan() { f64::INFINITY } else { middle };
    if negative { -middle } else { middle }
}

const WHAT: &str = "sketch of a distribution";

/// Values that a sketch may claim: far more than any run has, and so few that sketches of them add up.
const MOST: u64 = 1 << 53;

impl Sketch {
    /// Writes the sketch; equal sketches give equal bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        write_number(out, self.undefined);
        write_number(out, self.count);
        if self.count == 0 {
            return;
        }
        out.extend_from_slice(&self.minimum.to_bits().to_le_bytes());
        out.extend_from_slice(&self.maximum.to_bits().to_le_bytes());
        write_number(out, self.zeros);
        write_number(out, self.bins().count() as u64);
        let mut next = 0;
        for (bin, count) in self.bins() {
            write_number(out, u64::from(bin - next));
            write_number(out, count);
            next = bin + 1;
        }
    }

    /// Reads what [`Sketch::write`] wrote, and takes it from the front of `input`.
    ///
    /// # Errors
    /// If the bytes are not what is written.
    pub fn read(input: &mut &[u8]) -> Result<Sketch, Corrupt> {
        let mut sketch = Sketch { undefined: read_number(input, WHAT)?, ..Sketch::default() };
        let count = read_number(input, WHAT)?;
        if sketch.undefined.max(count) > MOST {
            return Err(Corrupt::new(WHAT, "too many values"));
        }
        if count == 0 {
            return Ok(sketch);
        }
        let minimum = f64::from_bits(u64::from_le_bytes(take(input, WHAT)?));
        let maximum = f64::from_bits(u64::from_le_bytes(take(input, WHAT)?));
        sketch.zeros = read_number(input, WHAT)?;
        sketch.count = sketch.zeros;
        let mut next = 0;
        for _ in 0..read_number(input, WHAT)? {
            let bin = read_number(input, WHAT)?.checked_add(next).filter(|bin| *bin < u64::from(2 * FIRST_POSITIVE));
            let bin = bin.ok_or(Corrupt::new(WHAT, "a bin is beyond the last"))?;
            let within = read_number(input, WHAT)?;
            if within == 0 {
                return Err(Corrupt::new(WHAT, "an empty bin is not written"));
            }
            sketch.count = sketch.count.checked_add(within).ok_or(Corrupt::new(WHAT, "too many values"))?;
            sketch.add_to_bin(bin as u32, within);
            next = bin + 1;
        }
        (sketch.minimum, sketch.maximum) = (minimum, maximum);
        if sketch.count != count || !sketch.holds_its_ends() {
            return Err(Corrupt::new(WHAT, "its counts do not agree"));
        }
        Ok(sketch)
    }

    /// Whether minimum and maximum are in the first and last bin with a count.
    fn holds_its_ends(&self) -> bool {
        // Zero is not written with a sign.
        let place = |value: f64| match value {
            value if value == 0.0 => value.is_sign_positive().then_some(value),
            value => (!value.is_nan()).then(|| middle_of(bin_of(value))),
        };
        let mut values = self.values();
        let first = values.next().map(|(value, _)| value);
        let last = values.last().map(|(value, _)| value).or(first);
        first.is_some() && place(self.minimum) == first && place(self.maximum) == last && self.minimum <= self.maximum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = Vec<f64>> {
        use prop::num::f64::{INFINITE, NEGATIVE, NORMAL, POSITIVE, ZERO};
        let any = prop_oneof![
            3 => -1e3..1e3,
            2 => (-5_i32..6).prop_map(f64::from),
            1 => POSITIVE | NEGATIVE | NORMAL | ZERO | INFINITE,
        ];
        prop::collection::vec(any, 1..300)
    }

    fn sketch_of(values: &[f64]) -> Sketch {
        let mut sketch = Sketch::new();
        sketch.extend(values.iter().copied());
        sketch
    }

    fn bytes(sketch: &Sketch) -> Vec<u8> {
        let mut bytes = Vec::new();
        sketch.write(&mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn quantiles_are_within_the_stated_error(values in numbers(), p in 0.0..=1.0) {
            let sketch = sketch_of(&values);
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            for (rank, exact) in sorted.iter().enumerate() {
                let found = sketch.order(rank as u64);
                prop_assert!(found == *exact || (found - exact).abs() <= RELATIVE_ERROR * exact.abs());
            }
            prop_assert!(sketch.order(values.len() as u64).is_nan());
            let place: f64 = (values.len() - 1) as f64 * p;
            let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            let exact = if low == high || place.fract() == 0.0 { low } else { low + (high - low) * place.fract() };
            let found = sketch.quantile(p);
            // Of numbers of different signs, the error is a share of the larger; of rounding, a few units are allowed.
            let allowed = RELATIVE_ERROR * (1.0 + 1e-12) * low.abs().max(high.abs());
            prop_assert!(
                found == exact || (found.is_nan() && exact.is_nan()) || (found - exact).abs() <= allowed,
                "{found} is not {exact}"
            );
        }

        #[test]
        fn the_middle_of_a_bin_is_within_the_error_and_bins_ascend(a in prop::num::f64::NORMAL, b in prop::num::f64::NORMAL) {
            prop_assert!((middle_of(bin_of(a)) - a).abs() <= RELATIVE_ERROR * a.abs());
            prop_assert_eq!(bin_of(middle_of(bin_of(a))), bin_of(a));
            prop_assert!(a >= b || bin_of(a) <= bin_of(b));
        }

        #[test]
        fn order_and_grouping_change_nothing(values in numbers(), cut in any::<prop::sample::Index>(), nans in 0..3_usize) {
            let values = [values, vec![f64::NAN; nans], vec![-0.0]].concat();
            let whole = sketch_of(&values);
            let (a, b) = values.split_at(cut.index(values.len()));
            let mut merged = sketch_of(b);
            merged.merge(&sketch_of(a));
            prop_assert_eq!(&merged, &whole);
            prop_assert_eq!(bytes(&merged), bytes(&whole));
            prop_assert_eq!(whole.count() + whole.undefined(), values.len() as u64);
            prop_assert_eq!(whole.undefined(), nans as u64);
        }

        #[test]
        fn bytes_come_back_as_the_same_sketch(values in numbers(), broken in any::<prop::sample::Index>(), bit in 0..8_u32) {
            let sketch = sketch_of(&values);
            let bytes = bytes(&sketch);
            let mut input = bytes.as_slice();
            prop_assert_eq!(&Sketch::read(&mut input).unwrap(), &sketch);
            prop_assert!(input.is_empty());
            let place = broken.index(bytes.len());
            prop_assert!(Sketch::read(&mut &bytes[..place]).is_err());
            let mut damaged = bytes.clone();
            damaged[place] ^= 1_u8 << bit;
            if let Ok(other) = Sketch::read(&mut damaged.as_slice()) {
                prop_assert!(other != sketch);
            }
        }
    }

    #[test]
    fn counts_grow_beyond_each_width() {
        let mut sketch = sketch_of(&[1.0, 1.5, -2.0]);
        for _ in 0..40 {
            let same = sketch.clone();
            sketch.merge(&same);
            assert_eq!(Sketch::read(&mut bytes(&sketch).as_slice()).as_ref(), Ok(&sketch));
        }
        assert_eq!(sketch.count(), 3 << 40);
        assert_eq!((sketch.minimum(), sketch.maximum()), (Some(-2.0), Some(1.5)));
        assert!((sketch.quantile(0.5) - 1.0).abs() <= RELATIVE_ERROR);
    }

    #[test]
    fn a_shown_quantile_has_the_digits_that_are_known() {
        assert_eq!([1234.567, -0.00123456, 0.0, 9999.9].map(known_digits), [1235.0, -0.001235, 0.0, 10_000.0]);
        assert!(known_digits(f64::NAN).is_nan());
        // Half of the last digit is most where the first is one.
        const { assert!(RELATIVE_ERROR + 0.0005 <= SHOWN_ERROR) };
    }

    #[test]
    fn nothing_has_no_quantiles() {
        let mut sketch = Sketch::new();
        sketch.add(f64::NAN);
        assert_eq!((sketch.count(), sketch.undefined(), sketch.minimum(), sketch.maximum()), (0, 1, None, None));
        assert!(sketch.quantile(0.5).is_nan() && sketch.order(0).is_nan());
        assert_eq!(Sketch::read(&mut bytes(&sketch).as_slice()).as_ref(), Ok(&sketch));
        assert!(sketch_of(&[1.0]).quantile(1.5).is_nan());
    }
}
