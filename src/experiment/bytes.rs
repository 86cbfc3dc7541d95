//! Bytes of what experiments keep: numbers of variable length, and the error of bytes that can't be what they claim to be.
//! What is kept writes itself canonically (equal things, equal bytes), so that results can be compared as files.

/// Bytes that are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("damaged {what}: {why}")]
pub struct Corrupt {
    /// What was read.
    pub what: &'static str,
    /// Why it can't be right.
    pub why: &'static str,
}

impl Corrupt {
    /// The error of a thing that can't be right for a reason.
    pub fn new(what: &'static str, why: &'static str) -> Corrupt {
        Corrupt { what, why }
    }
}

/// Writes a number in groups of seven bits, the lowest first.
pub fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads what [`write_number`] wrote; a longer spelling of the same number is refused.
///
/// # Errors
/// If the input ends or the number is not spelled as it is written.
pub fn read_number(input: &mut &[u8], what: &'static str) -> Result<u64, Corrupt> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let [byte] = take(input, what)?;
        let digit = u64::from(byte & 0x7f);
        if digit << shift >> shift != digit || (byte == 0 && shift > 0) {
            break;
        }
        number |= digit << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Corrupt::new(what, "a number is not spelled as it is written"))
}

/// Takes so many bytes from the front.
///
/// # Errors
/// If the input ends before.
pub fn take<const N: usize>(input: &mut &[u8], what: &'static str) -> Result<[u8; N], Corrupt> {
    let (head, rest) = input.split_first_chunk().ok_or(Corrupt::new(what, "it ends early"))?;
    *input = rest;
    Ok(*head)
}

/// Takes so many bytes from the front, where their number is read too.
///
/// # Errors
/// If the input ends before.
pub fn take_slice<'a>(input: &mut &'a [u8], count: usize, what: &'static str) -> Result<&'a [u8], Corrupt> {
    let (head, rest) = input.split_at_checked(count).ok_or(Corrupt::new(what, "it ends early"))?;
    *input = rest;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_have_one_spelling() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX >> 1, u64::MAX] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            let mut input = bytes.as_slice();
            assert_eq!(read_number(&mut input, "test"), Ok(number));
            assert!(input.is_empty());
            assert!(read_number(&mut &bytes[..bytes.len() - 1], "test").is_err());
        }
        assert!(read_number(&mut [0x80, 0x00].as_slice(), "test").is_err());
        assert!(read_number(&mut [0xff; 10].as_slice(), "test").is_err());
    }
}
