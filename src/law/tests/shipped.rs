//! The shipped regimes, as the loader reads them.

use std::path::Path;

use crate::law::{Buyer, Code};
use crate::scenario::{self, Scenario};

/// The shipped scenarios with a regime of their own, in the order of the documentation.
pub const IDS: [&str; 9] = [
    "no-controls",
    "current-rules",
    "waivers",
    "amended-rules",
    "amended-with-waivers",
    "amended-with-grace",
    "de-minimis-only",
    "direct-product-only",
    "adopted-rules",
];

/// A shipped scenario, read from its file.
pub fn scenario(id: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(format!("{id}.toml"));
    match scenario::load(&path.to_string_lossy(), &[]) {
        Ok(scenario) => scenario,
        Err(problems) => panic!("{id}: {:?}", miette::Report::new(problems)),
    }
}

/// Its law.
pub fn code(scenario: &Scenario) -> Code {
    Code::new(&scenario.regime).unwrap_or_else(|error| panic!("{}: {error}", scenario.id))
}

/// Its vendors, as the law sees them.
pub fn buyers(scenario: &Scenario) -> Vec<Buyer> {
    let vendors = scenario.world.vendors.iter();
    vendors
        .map(|(id, v)| Buyer { id: id.clone(), home: v.home, country_of_concern: scenario.world.of_concern(v) })
        .collect()
}
