//! From the bytes of a file to its text: spreadsheets save CSV in several encodings, and people name workbooks that are no
//! CSV at all.

use std::borrow::Cow;

/// What to do about a text in an older encoding.
pub(super) const NOT_UTF_8: &str =
    "the text is not UTF-8: save the file as CSV in UTF-8 (in Excel the file type is \"CSV UTF-8\")";

/// The text in UTF-8 without a byte-order mark; UTF-16, which Excel calls Unicode text, is converted. Bytes that are not
/// UTF-8 stay in it, so that they can be reported with their line.
///
/// # Errors
/// What the file is instead, and what to do.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, [u8]>, &'static str> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Ok(Cow::Borrowed(rest));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err("the file is a workbook, not CSV: open it in the spreadsheet and save the sheet as CSV in UTF-8");
    }
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        // Without a mark: every other byte of a header in plain letters is 0.
        [first, 0, ..] if first.is_ascii_graphic() => utf_16(bytes, u16::from_le_bytes),
        [0, first, ..] if first.is_ascii_graphic() => utf_16(bytes, u16::from_be_bytes),
        _ => Ok(Cow::Borrowed(bytes)),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, [u8]>, &'static str> {
    let broken = "the text is broken UTF-16: save the file as CSV in UTF-8";
    if !bytes.len().is_multiple_of(2) {
        return Err(broken);
    }
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.map(|text| Cow::Owned(text.into_bytes())).map_err(|_| broken)
}
