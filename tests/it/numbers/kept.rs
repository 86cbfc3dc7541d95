//! `docs/studies/quoted.csv`: the numbers of runs that pages quote, by the query that asks for each.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Numbers by query.
#[derive(Default)]
pub struct Kept(BTreeMap<String, String>);

fn path() -> PathBuf {
    super::root().join("docs/studies/quoted.csv")
}

impl Kept {
    pub fn read() -> Kept {
        let mut reader = csv::Reader::from_path(path()).unwrap();
        Kept(reader.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[1].to_owned())).collect())
    }

    pub fn of(pairs: &[(&str, &str)]) -> Kept {
        Kept(pairs.iter().map(|(query, value)| ((*query).to_owned(), (*value).to_owned())).collect())
    }

    pub fn put(&mut self, query: String, value: String) {
        self.0.insert(query, value);
    }

    pub fn write(&self) {
        let mut writer = csv::Writer::from_path(path()).unwrap();
        writer.write_record(["query", "value"]).unwrap();
        self.0.iter().for_each(|(query, value)| writer.write_record([query, value]).unwrap());
        writer.flush().unwrap();
    }

    pub fn get(&self, query: &str) -> Result<String, String> {
        self.0
            .get(query)
            .cloned()
            .ok_or_else(|| "not in docs/studies/quoted.csv: run the ignored test of tests/it/numbers.rs".to_owned())
    }

    pub fn has(&self, query: &str) -> bool {
        self.0.contains_key(query)
    }

    pub fn queries(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// Where the numbers of now are others, beyond the last digits that a processor decides.
    pub fn differences(&self, now: &Kept) -> Vec<String> {
        let same = |a: &str, b: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => (a - b).abs() <= 1e-6 * a.abs().max(b.abs()),
            _ => a == b,
        };
        let differs = |(query, now): (&String, &String)| {
            let kept = self.0.get(query).map_or("nothing", String::as_str);
            (!same(kept, now)).then(|| format!("{query}: {now}, kept {kept}"))
        };
        now.0.iter().filter_map(differs).collect()
    }
}
