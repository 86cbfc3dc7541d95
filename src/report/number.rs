//! How numbers are written: in files with ten significant digits, in prose as a reader would say them.

use crate::math;

/// A number for a file: ten significant digits at most, no exponent; blank if it is not finite.
pub fn plain(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let rounded: f64 = format!("{value:.9e}").parse().unwrap_or(value);
    // Minus zero is zero to a reader.
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// A number for prose: three significant digits with thousands separators.
pub fn prose(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    if size >= 1000.0 {
        let unit = math::powi(10.0, math::log10(size).floor() as i32 - 2);
        return thousands((value / unit).round() * unit);
    }
    let decimals = if size >= 100.0 || size == 0.0 { 0 } else { 2 - math::log10(size).floor().clamp(-4.0, 2.0) as i32 };
    format!("{value:.*}", decimals.max(0) as usize)
}

/// A share as a percentage with one decimal.
pub fn percent(value: f64) -> String {
    if value.is_finite() { format!("{:.1}%", 100.0 * value) } else { "–".to_owned() }
}

/// A whole number with commas between thousands.
pub fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if value < 0.0 && out != "0" { format!("-{out}") } else { out }
}

/// A number of trials in words: "1 trial", "4,000 trials".
pub fn trials(number: u32) -> String {
    format!("{} {}", thousands(f64::from(number)), if number == 1 { "trial" } else { "trials" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_person_would_say_them() {
        assert_eq!(prose(1_234_567.0), "1,230,000");
        assert_eq!(prose(-1_234.0), "-1,230");
        assert_eq!(prose(12.345), "12.3");
        assert_eq!(prose(0.012345), "0.0123");
        assert_eq!(prose(0.0), "0");
        assert_eq!(percent(0.9149), "91.5%");
        assert_eq!([trials(1), trials(4000)], ["1 trial", "4,000 trials"]);
    }

    #[test]
    fn files_hold_ten_digits_and_blanks() {
        assert_eq!(plain(1.0 / 3.0), "0.3333333333");
        assert_eq!(plain(f64::NAN), "");
        assert_eq!(plain(-0.0), "0");
        assert_eq!(plain(123456789012.4), "123456789000");
    }
}
