//! Owen-scrambled Sobol points. A world has more uncertain parameters than a Sobol sequence has good dimensions, and adding
//! one must leave the others' draws as they were. So the parameters of one record (the behaviour of all agents, an offer, a
//! vendor's line, a market) share a sequence, in which each field has a dimension of its own, and the sequences of different
//! records are shuffled and scrambled independently ("padding"; Burley 2020, "Practical Hash-based Owen Scrambling", JCGT
//! 9(4)). Within a record parameters are stratified together; between records as in a Latin hypercube.

use rand_xoshiro::rand_core::Rng;
use sobol_burley::parts::sobol_rev;

use super::latin_hypercube::{scrambled_rev, shuffled_rev};
use super::open_unit;
use crate::model::world::params::{Params, Uncertain};
use crate::model::world::random::{EntityKey, RandomStreams, StreamId};

/// Points of a sequence: the crate's direction numbers have 16 binary digits.
pub const MOST_POINTS: u32 = 1 << 16;

/// The fields of a record that share a sequence, by table of the scenario file: the position of a field is its dimension.
/// A field that stands in no list (an element of a dated list, say) has a sequence of its own, so that a list only gains by
/// being complete. A new field comes at the end, or the draws of those after it change.
#[rustfmt::skip]
const FIELDS: &[(&str, &[&str])] = &[
    ("behaviour", &[
        "production_point", "loyalty_weight", "delivery_weight", "price_weight", "departure_rate", "fill_half_life",
        "award_concentration", "over_compliance", "caution_half_life", "qualification_success", "qualification_ramp",
        "risk_memory", "announcement_weight", "force_weight", "denial_weight", "risk_premium", "first_source_share",
        "order_cap", "inventory_limit", "cancel_after", "license_use", "license_life", "license_time",
        "license_time_shape", "forecast_noise", "capacity_noise", "stock_common_sd", "stock_class_sd",
    ]),
    ("offers", &[
        "capacity_ratio", "lead_time", "price", "us_controlled", "us_other", "performance", "capacity",
        "us_controlled_floor", "us_other_floor",
    ]),
    ("markets", &["demand_factor", "installation", "demand_noise", "patience"]),
    ("vendors", &[
        "base_stock", "risk_stock", "plant_ratio", "price", "installed_base", "expansion_time", "engineering",
        "risk_at_rest",
    ]),
    ("suppliers", &["license_readiness", "design_out_readiness", "compliance"]),
    ("classes", &["boards", "performance_without", "cost_without"]),
    ("redesigns", &["time", "boards", "replaces", "performance", "cost", "units"]),
];

/// The coordinate of each parameter, by its id.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sobol(Vec<Coordinate>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Coordinate {
    /// Key of the record, hence of the order of the points.
    record: EntityKey,
    dimension: u32,
}

impl Sobol {
    pub(super) fn of(params: &Params) -> Sobol {
        Sobol(params.paths().iter().map(|path| Coordinate::of(path)).collect())
    }

    /// The place in (0, 1) of a parameter in a point below [`MOST_POINTS`].
    #[inline]
    pub(super) fn unit(&self, seed: u64, point: u32, uncertain: &Uncertain) -> f64 {
        let alone = Coordinate { record: uncertain.key, dimension: 0 };
        let Coordinate { record, dimension } = self.0.get(uncertain.id.ix()).copied().unwrap_or(alone);
        let streams = RandomStreams::new(seed, 0);
        let order = streams.stream(StreamId::Design, record, 1).next_u64();
        let digits = streams.stream(StreamId::Design, uncertain.key, 2).next_u64();
        open_unit(scrambled_rev(sobol_rev(shuffled_rev(point, order), dimension), digits).reverse_bits())
    }
}

impl Coordinate {
    fn of(path: &str) -> Coordinate {
        let alone = Coordinate { record: EntityKey::of(path), dimension: 0 };
        let (Some((record, field)), Some(table)) = (path.rsplit_once('.'), path.split('.').next()) else {
            return alone;
        };
        let fields = FIELDS.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, fields)| fields);
        match fields.iter().position(|name| *name == field) {
            Some(dimension) => Coordinate { record: EntityKey::of(record), dimension: dimension as u32 },
            None => alone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_parameters_share_a_coordinate() {
        let scenario = crate::scenario::load("shipped:amended-rules", &[]).unwrap();
        let paths: BTreeSet<&str> = scenario.params.iter().map(|param| param.path.as_str()).collect();
        let coordinates: BTreeSet<(EntityKey, u32)> =
            paths.iter().map(|path| Coordinate::of(path)).map(|c| (c.record, c.dimension)).collect();
        assert_eq!(coordinates.len(), paths.len());
    }

    #[test]
    fn what_concerns_all_agents_is_stratified_together() {
        let scenario = crate::scenario::load("shipped:amended-rules", &[]).unwrap();
        let behaviour = scenario.params.iter().filter(|param| param.path.starts_with("behaviour."));
        // These two are drawn at each event, not once a trial.
        let of_events = ["behaviour.review_lag", "behaviour.design_out_time"];
        for param in behaviour.filter(|param| !of_events.contains(&param.path.as_str())) {
            assert_eq!(Coordinate::of(&param.path).record, EntityKey::of("behaviour"), "add {} to FIELDS", param.path);
        }
    }

    #[test]
    fn a_list_names_each_field_once() {
        for (table, fields) in FIELDS {
            assert_eq!(fields.iter().collect::<BTreeSet<_>>().len(), fields.len(), "{table}");
            assert!(fields.len() <= sobol_burley::NUM_DIMENSIONS as usize);
        }
    }
}
