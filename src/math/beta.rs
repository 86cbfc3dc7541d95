//! The beta distribution and its inverse: the incomplete beta function by its continued fraction, inverted by Newton's method on
//! logs, within bounds that close in on the root. Of the two tails the lesser is solved for.

use super::functions::{exp, ln, ln_1p};

/// A beta distribution on (0, 1).
#[derive(Debug, Clone, Copy)]
pub struct Beta {
    a: f64,
    b: f64,
    /// Log of the beta function of the two.
    log_beta: f64,
}

/// Terms of the continued fraction, and steps toward a root, that are taken at most.
const MOST_TERMS: u32 = 20_000;
const MOST_STEPS: u32 = 200;

impl Beta {
    /// That of two shapes; `None` unless both are positive and finite.
    pub fn new(a: f64, b: f64) -> Option<Beta> {
        let proper = a > 0.0 && a < f64::INFINITY && b > 0.0 && b < f64::INFINITY;
        proper.then(|| Beta { a, b, log_beta: libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b) })
    }

    /// That of one minus its numbers.
    fn mirrored(self) -> Beta {
        Beta { a: self.b, b: self.a, ..self }
    }

    /// The probability of a number below `x`.
    pub fn cdf(self, x: f64) -> f64 {
        match x {
            x if x <= 0.0 => 0.0,
            x if x >= 1.0 => 1.0,
            x if x < (self.a + 1.0) / (self.a + self.b + 2.0) => self.below(x),
            x => 1.0 - self.mirrored().below(1.0 - x),
        }
    }

    /// The number that others are below with a probability in (0, 1).
    pub fn quantile(self, probability: f64) -> f64 {
        if probability <= 0.5 {
            self.lower_quantile(probability)
        } else {
            1.0 - self.mirrored().lower_quantile(1.0 - probability)
        }
    }

    /// The same for a probability of no more than a half.
    fn lower_quantile(self, probability: f64) -> f64 {
        let aim = ln(probability);
        let (mut low, mut high) = (0.0, 1.0);
        // The first term of the distribution function's series.
        let mut x = exp((aim + ln(self.a) + self.log_beta) / self.a);
        if x == 0.0 {
            return 0.0;
        }
        if x >= 1.0 {
            x = self.a / (self.a + self.b);
        }
        for _ in 0..MOST_STEPS {
            let below = self.cdf(x);
            if below < probability {
                low = x;
            } else {
                high = x;
            }
            let slope = exp(self.a * ln(x) + (self.b - 1.0) * ln_1p(-x) - self.log_beta) / below;
            let missing = aim - ln(below);
            let step = missing / slope;
            let next = x * exp(step);
            // Each step squares what is missing: after this one nothing is. (By an end where the density is infinite a step is small
            // that has far to go.)
            if step.abs() < 1e-9 && missing.abs() < 1e-8 {
                return next.min(1.0);
            }
            x = match next > low && next < high {
                true => next,
                false if low > 0.0 => (low * high).sqrt(),
                false => 0.25 * high,
            };
            if high - low <= f64::EPSILON * high {
                break;
            }
        }
        x
    }

    /// The distribution function where its continued fraction converges quickly, by the method of Lentz.
    fn below(self, x: f64) -> f64 {
        let Beta { a, b, log_beta } = self;
        let safe = |term: f64| if term.abs() < 1e-300 { 1e-300 } else { term };
        let (mut c, mut d) = (1.0, 1.0 / safe(1.0 - (a + b) * x / (a + 1.0)));
        let mut fraction = d;
        for m in 1..MOST_TERMS {
            let m = f64::from(m);
            let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
            let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
            let mut change = 1.0;
            for term in [even, odd] {
                d = 1.0 / safe(1.0 + term * d);
                c = safe(1.0 + term / c);
                change = c * d;
                fraction *= change;
            }
            if (change - 1.0).abs() <= f64::EPSILON {
                break;
            }
        }
        exp(a * ln(x) + b * ln_1p(-x) - log_beta) * fraction / a
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::ContinuousCDF;

    const SHAPES: [(f64, f64); 9] = [
        (0.5, 0.5),
        (1.0, 1.0),
        (2.0, 6.0),
        (6.0, 2.0),
        (0.2, 3.0),
        (3.0, 0.2),
        (0.05, 0.05),
        (300.0, 700.0),
        (1e6, 1e6),
    ];

    #[test]
    fn quantiles_are_the_inverse_of_the_distribution_function_and_rise() {
        for (a, b) in SHAPES {
            let beta = Beta::new(a, b).unwrap();
            let mut last = 0.0;
            for i in 1..1000 {
                let probability = f64::from(i) / 1000.0;
                let x = beta.quantile(probability);
                // Of a number that lies by 1, the part that is missing is rounded away.
                let close = x > 1.0 - 1e-9 || (beta.cdf(x) - probability).abs() < 1e-9;
                assert!(close, "{a}, {b}: {probability} gives {x}, below which are {}", beta.cdf(x));
                assert!(x >= last, "{a}, {b}: {probability}");
                last = x;
            }
        }
    }

    #[test]
    fn the_distribution_function_is_that_of_closed_forms_and_of_another_hand() {
        for i in 1..100 {
            let x = f64::from(i) / 100.0;
            let arcsine = std::f64::consts::FRAC_2_PI * libm::asin(x.sqrt());
            assert!((Beta::new(0.5, 0.5).unwrap().cdf(x) - arcsine).abs() < 1e-14);
            assert!((Beta::new(2.0, 1.0).unwrap().cdf(x) - x * x).abs() < 1e-14);
            assert!((Beta::new(2.0, 1.0).unwrap().quantile(x) - x.sqrt()).abs() < 1e-14);
            for (a, b) in &SHAPES[..8] {
                let known = statrs::distribution::Beta::new(*a, *b).unwrap().cdf(x);
                assert!((Beta::new(*a, *b).unwrap().cdf(x) - known).abs() < 1e-10, "{a}, {b}: {x}");
            }
        }
    }

    #[test]
    fn the_ends_are_within() {
        for (a, b) in SHAPES {
            let beta = Beta::new(a, b).unwrap();
            for probability in [1e-300, 1e-16, 1.0 - 1e-16] {
                assert!((0.0..=1.0).contains(&beta.quantile(probability)), "{a}, {b}: {probability}");
            }
        }
        assert!(Beta::new(0.0, 1.0).is_none() && Beta::new(1.0, f64::NAN).is_none());
    }
}
