//! Options that are given more than once. The last of them counts, as it does in most programs, so that a command can be
//! amended at its end; but who gives two values may have forgotten the first, so it is named.

use clap::{ArgAction, Command, CommandFactory};
use indexmap::IndexMap;

use super::args::Typed;

/// A sentence for each option that takes one value and is given several that differ.
pub(super) fn sentences(words: &[String]) -> Vec<String> {
    let program = Typed::command();
    let named = words.iter().position(|word| program.find_subcommand(word).is_some());
    let Some((command, rest)) = named.and_then(|at| Some((program.find_subcommand(&words[at])?, &words[at + 1..])))
    else {
        return Vec::new();
    };
    let mut given: IndexMap<String, Vec<String>> = IndexMap::new();
    let mut words = rest.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        let Some(option) = word.strip_prefix("--") else { continue };
        let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        let Some(action) = action(command, name) else { continue };
        let value = value.or_else(|| words.next().map(String::as_str)).unwrap_or_default();
        if matches!(action, ArgAction::Set) {
            given.entry(name.to_owned()).or_default().push(value.to_owned());
        }
    }
    let differ = given.into_iter().filter(|(_, values)| values.iter().any(|value| *value != values[0]));
    let sentence = |(name, values): (String, Vec<String>)| {
        let last = values.last().cloned().unwrap_or_default();
        format!("--{name} is given {} times ({}): the last counts, {last}", values.len(), values.join(", "))
    };
    differ.map(sentence).collect()
}

/// How an option that takes a value is taken.
fn action<'c>(command: &'c Command, name: &str) -> Option<&'c ArgAction> {
    let mut options = command.get_arguments().filter(|option| option.get_long() == Some(name));
    options.next().map(|option| option.get_action()).filter(|action| action.takes_values())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_with_two_values_is_named_and_one_that_adds_up_is_not() {
        let said = |words: &str| sentences(&words.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let said_of = said("chokepoint compare --trials 5 --set a=1 --set b=2 --trials=10 --seed 1 --seed 1");
        assert_eq!(said_of, ["--trials is given 2 times (5, 10): the last counts, 10"]);
        assert_eq!(said("chokepoint run x --overlay a --overlay b --quiet --quiet"), [""; 0]);
        assert_eq!(said("chokepoint run --out --seed --seed 2").len(), 0, "a value is no option");
        assert_eq!(said("chokepoint"), [""; 0]);
    }
}
