//! The small vocabulary that every room shares: dates, exact shares, control levels, uses and countries. It is kept
//! apart so that the law can be read and used without the rest.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

pub use jiff::civil::Date;

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

/// An ISO 3166 two-letter country code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The United States.
    pub const US: Country = Country(*b"US");

    /// The code as text.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a text is not a country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a country: write its two-letter ISO 3166 code in capitals, such as US or TW")]
pub struct NotACountry(pub String);

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Country([*a, *b])),
            _ => Err(NotACountry(text.to_owned())),
        }
    }
}
