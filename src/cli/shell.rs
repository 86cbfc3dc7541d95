//! Words of the commands that messages tell a reader to type: as a shell takes them, whatever a file is called.

/// A word as a shell takes it, and not as an option.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:+,@%".contains(c);
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    match !text.is_empty() && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_file_of_any_name_can_be_typed() {
        let typed = |name: &str| word(name);
        assert_eq!((typed("a.toml"), typed("my rules.toml")), ("a.toml".to_owned(), "'my rules.toml'".to_owned()));
        assert_eq!((typed("-g.toml"), typed("it's")), ("./-g.toml".to_owned(), "'it'\\''s'".to_owned()));
        assert_eq!(typed(""), "''");
    }
}
