//! The small vocabulary that every room shares: dates, exact shares, control levels, uses and countries. It is kept
//! apart so that the law can be read and used without the rest.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

mod country;
pub mod day;

pub use country::{Country, NotACountry};
pub use jiff::civil::Date;

/// A text from a file as a message may show it: short, and with its control characters made visible.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let short: String = text.chars().take(MOST).collect();
    let rest = if text.chars().nth(MOST).is_some() { "..." } else { "" };
    format!("{}{rest}", short.escape_debug().to_string().replace("\\'", "'"))
}

/// A number of things in words: "1 trial", "3 trials".
pub fn counted(number: impl Into<u64>, thing: &str) -> String {
    match number.into() {
        1 => format!("1 {thing}"),
        n => format!("{n} {thing}s"),
    }
}

/// An exact decimal share of a value, 0 to 1. Exact, because a legal threshold is compared with it ("more than 25
/// percent"), and binary floating point can't hold 0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(Decimal);

impl Share {
    /// No share at all.
    pub const ZERO: Share = Share(Decimal::ZERO);
    /// The whole.
    pub const ONE: Share = Share(Decimal::ONE);

    /// A share from a decimal; `None` unless it lies in 0..=1.
    pub fn new(value: Decimal) -> Option<Share> {
        (value >= Decimal::ZERO && value <= Decimal::ONE).then_some(Share(value.normalize()))
    }

    /// A share from a sampled float, clamped to 0..=1 and rounded to 12 decimals.
    pub fn from_sample(value: f64) -> Share {
        let clamped = value.clamp(0.0, 1.0);
        Share(Decimal::from_f64_retain(clamped).unwrap_or(Decimal::ZERO).round_dp(12).normalize())
    }

    /// The sum of two shares; `None` if it is more than the whole.
    pub fn checked_add(self, other: Share) -> Option<Share> {
        Share::new(self.0 + other.0)
    }

    /// What to write where a percentage was written: `25` or `25%` for 0.25; `None` where it can't be one.
    pub fn from_percent(text: &str) -> Option<Share> {
        let marked = text.trim_end().strip_suffix('%');
        let percent: Decimal = marked.unwrap_or(text).trim().replace(',', ".").parse().ok()?;
        let plausible = marked.is_some() || percent > Decimal::ONE;
        Share::new(percent.checked_div(Decimal::ONE_HUNDRED)?).filter(|_| plausible)
    }

    /// The exact decimal.
    pub fn decimal(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Why a text is not a share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a share: write a decimal between 0 and 1, such as 0.25")]
pub struct NotAShare(pub String);

impl FromStr for Share {
    type Err = NotAShare;

    /// Reads a plain decimal (`0.25`) or one in scientific notation (`2.5e-1`), exactly, up to 28 digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let parsed =
            if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
        parsed.ok().and_then(Share::new).ok_or_else(|| NotAShare(text.to_owned()))
    }
}

/// What has a fixed list of values, each with one written name.
pub trait Named: Copy + Sized + 'static {
    /// What a value is called in messages.
    const WHAT: &'static str;

    /// The value with this name, if there is one.
    fn parse(text: &str) -> Option<Self>;

    /// The names of all values, in order.
    fn names() -> impl Iterator<Item = &'static str>;

    /// What each value means, in the same order.
    fn meanings() -> impl Iterator<Item = String>;
}

/// Declares an enum whose variants have one written name each, used in scenario files, cases and answers alike.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[doc = $doc:literal])+ $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $doc])+ $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// What the value is called in messages.
            pub const WHAT: &'static str = $what;

            /// The name in files and answers.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The value with this name, if there is one.
            pub fn parse(text: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|v| v.name() == text)
            }

            /// The names of all values.
            pub fn names() -> impl Iterator<Item = &'static str> {
                $name::ALL.iter().map(|v| v.name())
            }
        }

        impl $crate::units::Named for $name {
            const WHAT: &'static str = $name::WHAT;

            fn parse(text: &str) -> Option<$name> {
                $name::parse(text)
            }

            fn names() -> impl Iterator<Item = &'static str> {
                $name::names()
            }

            fn meanings() -> impl Iterator<Item = String> {
                [$(concat!($($doc),+).trim().to_owned()),+].into_iter()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use named;

named! {
    /// How strictly an item, technology or plant is controlled, in rising order.
    Level, "control level" {
        /// Not of US origin (technology, plant); not used for items.
        None = "none",
        /// Subject to the regulations, on no control list.
        Ear99 = "ear99",
        /// Controlled for anti-terrorism reasons only.
        At = "at",
        /// Controlled for national security.
        Ns = "ns",
    }
}

named! {
    /// What a shipment is for.
    Use, "use" {
        /// Parts for new products.
        NewEquipment = "new-equipment",
        /// Keeping networks in service running.
        ExistingNetwork = "existing-network",
        /// Support of handsets already sold.
        HandsetSupport = "handset-support",
        /// Security research and disclosure of vulnerabilities.
        SecurityResearch = "security-research",
        /// Release of technology in a standards body.
        Standards = "standards",
    }
}
