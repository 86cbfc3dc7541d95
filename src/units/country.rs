//! Countries by their ISO 3166-1 codes, which the regulations and the scenarios share. A code that is none is refused with
//! those that may have been meant: a slip of one key in a country would otherwise turn an answer of the law unnoticed.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// Codes and English names, in the order of the codes: the table of the time zone database (public domain, after
/// ISO/TC 46 N1108 of 2023-04-05).
static TABLE: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| include_str!("countries.tsv").lines().filter_map(|line| line.split_once('\t')).collect());

/// What people write for a country whose code is another.
const ALSO_WRITTEN: [(&str, &str); 17] = [
    ("UK", "GB"),
    ("GBR", "GB"),
    ("UNITED KINGDOM", "GB"),
    ("EL", "GR"),
    ("USA", "US"),
    ("UNITED STATES OF AMERICA", "US"),
    ("CHN", "CN"),
    ("PRC", "CN"),
    ("TWN", "TW"),
    ("HKG", "HK"),
    ("JPN", "JP"),
    ("KOR", "KR"),
    ("KOREA", "KR"),
    ("SOUTH KOREA", "KR"),
    ("DEU", "DE"),
    ("SWE", "SE"),
    ("FIN", "FI"),
];

/// Puerto Rico, Guam, the US Virgin Islands, American Samoa, the Northern Mariana Islands and the minor outlying islands:
/// the territories, dependencies and possessions of the United States that have a code of their own.
const US_TERRITORIES: [&str; 6] = ["AS", "GU", "MP", "PR", "UM", "VI"];

/// A country or territory: a two-letter code of ISO 3166-1, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The United States.
    pub const US: Country = Country(*b"US");
    /// China.
    pub const CN: Country = Country(*b"CN");
    /// Hong Kong.
    pub const HK: Country = Country(*b"HK");

    /// The code as text.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// Whether it is a territory, dependency or possession of the United States.
    pub fn is_us_territory(&self) -> bool {
        US_TERRITORIES.contains(&self.code())
    }

    /// Whether the regulations count it as the United States: that is the states, Puerto Rico, and all territories,
    /// dependencies and possessions (15 CFR 772.1).
    pub fn is_united_states(&self) -> bool {
        *self == Country::US || self.is_us_territory()
    }

    /// All codes with their English names.
    pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
        TABLE.iter().copied()
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
#[error(
    "`{text}` is not a country: write its two-letter ISO 3166 code in capitals, such as US or TW{}",
    self.hint().map(|hint| format!(" ({hint})")).unwrap_or_default()
)]
pub struct NotACountry {
    /// What was written, short enough for a message.
    pub text: String,
}

impl NotACountry {
    /// The countries that may have been meant, as a question; `None` where nothing is near.
    pub fn hint(&self) -> Option<String> {
        let near = nearest(&self.text);
        let named: Vec<String> = near.iter().map(|(code, name)| format!("{code} ({name})")).collect();
        let (last, others) = named.split_last()?;
        let list = if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) };
        Some(format!("did you mean {list}?"))
    }
}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text.as_bytes(), entry(text)) {
            ([a, b], Some(_)) => Ok(Country([*a, *b])),
            _ => Err(NotACountry { text: text.to_owned() }),
        }
    }
}

/// The country with this code.
fn entry(code: &str) -> Option<(&'static str, &'static str)> {
    TABLE.binary_search_by_key(&code, |(code, _)| code).ok().map(|at| TABLE[at])
}

/// The countries that a text may stand for, the likeliest first: another way to write one, a name, or a code with its
/// letters swapped or one of them mistyped.
fn nearest(text: &str) -> Vec<(&'static str, &'static str)> {
    /// More would be no help.
    const MOST: usize = 6;
    /// How like a name must be.
    const NEAR: f64 = 0.75;
    let upper = text.trim().to_uppercase();
    let also = ALSO_WRITTEN.iter().find(|(written, _)| *written == upper).map(|(_, code)| *code);
    if let Some(found) = entry(also.unwrap_or(&upper)) {
        return vec![found];
    }
    if let &[a, b] = upper.as_bytes() {
        let mut near: Vec<_> =
            (TABLE.iter()).filter_map(|found| Some((slip(a, b, found.0.as_bytes())?, *found))).collect();
        near.sort_by_key(|(slip, _)| *slip);
        return near.into_iter().map(|(_, found)| found).take(MOST).collect();
    }
    let like = |name: &str| strsim::normalized_damerau_levenshtein(&name.to_uppercase(), &upper);
    let best = TABLE.iter().map(|found| (like(found.1), *found)).filter(|(like, _)| *like >= NEAR);
    best.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, found)| found).into_iter().collect()
}

/// By which slip of the fingers a code becomes `a` and `b`, the likeliest first: swapped letters, a key next to the right
/// one, any other key; a second letter before a first. `None`: by more than one.
fn slip(a: u8, b: u8, code: &[u8]) -> Option<u8> {
    let &[c, d] = code else { return None };
    match (a == c, b == d) {
        _ if (a, b) == (d, c) => Some(0),
        (true, false) if keys_touch(b, d) => Some(1),
        (false, true) if keys_touch(a, c) => Some(2),
        (true, false) => Some(3),
        (false, true) => Some(4),
        _ => None,
    }
}

/// Whether two letters lie next to each other on the usual keyboard.
fn keys_touch(a: u8, b: u8) -> bool {
    let place = |letter: u8| {
        let rows = ["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"];
        rows.iter().enumerate().find_map(|(row, keys)| Some((row, keys.bytes().position(|key| key == letter)?)))
    };
    let (Some(a), Some(b)) = (place(a), place(b)) else { return false };
    a.0.abs_diff(b.0) <= 1 && a.1.abs_diff(b.1) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(text: &str) -> String {
        text.parse::<Country>().unwrap_err().hint().unwrap_or_default()
    }

    #[test]
    fn the_codes_of_the_standard_are_countries_and_no_others() {
        assert_eq!(Country::all().count(), 249);
        assert!(Country::all().is_sorted(), "a code is found by halving");
        for (code, name) in Country::all() {
            let country: Country = code.parse().unwrap();
            assert_eq!(country.to_string(), code);
            assert!(!name.is_empty(), "{code}");
        }
        let letters = || b'A'..=b'Z';
        let pairs = letters().flat_map(|a| letters().map(move |b| String::from_utf8(vec![a, b]).unwrap()));
        assert_eq!(pairs.filter(|pair| pair.parse::<Country>().is_ok()).count(), 249);
        for none in ["UX", "EU", "UK", "XK", "ZZ", "us", "USA", "", "U", "U\u{e9}", " US"] {
            assert!(none.parse::<Country>().is_err(), "{none}");
        }
    }

    #[test]
    fn what_may_have_been_meant() {
        assert!(hint("UX").contains("US (United States)"), "{}", hint("UX"));
        assert_eq!(hint("us"), "did you mean US (United States)?");
        assert_eq!(hint("UK"), "did you mean GB (Britain (UK))?");
        assert_eq!(hint("WT").split(' ').nth(3), Some("TW"), "swapped letters first");
        assert_eq!(hint("Tawian"), "did you mean TW (Taiwan)?");
        assert_eq!(hint("south korea"), "did you mean KR (Korea (South))?");
        assert_eq!(hint("0.25"), "");
        assert!(hint("QQ").matches(" (").count() <= 6, "{}", hint("QQ"));
    }

    #[test]
    fn the_territories_of_the_united_states() {
        let of_the_states: Vec<&str> =
            Country::all().map(|(code, _)| code).filter(|c| c.parse::<Country>().unwrap().is_united_states()).collect();
        assert_eq!(of_the_states, ["AS", "GU", "MP", "PR", "UM", "US", "VI"]);
        assert!(!Country::US.is_us_territory());
    }
}
