//! Entities of a world by name, for whoever asks about a trial from outside the model, as tests do: an entity is named by its
//! id, or by the handle that a walk over all of a kind gives. How the tables lie stays the model's own affair.

use super::world::ids::*;
use super::world::{MarketPositionId, World};

/// What a world has several of, each with an id.
pub trait Entity: Copy {
    /// What one is called.
    const KIND: &'static str;

    /// All of a world, in its order.
    fn all(world: &World) -> impl Iterator<Item = Self>;

    /// Its position in the model's tables.
    fn index(self) -> usize;

    /// Its id, in parts, so that nothing is allocated to compare it.
    fn parts(self, world: &World) -> [&str; 5];

    /// Its id.
    fn id(self, world: &World) -> String {
        self.parts(world).concat()
    }

    /// Whether an id is its own.
    fn is(self, world: &World, id: &str) -> bool {
        self.parts(world).iter().try_fold(id, |rest, part| rest.strip_prefix(part)) == Some("")
    }
}

/// A way to name an entity: its id, or a handle.
pub trait Named<E> {
    /// The entity.
    ///
    /// # Panics
    /// If the world has none of this id.
    fn entity(self, world: &World) -> E;
}

impl<E: Entity> Named<E> for E {
    fn entity(self, _world: &World) -> E {
        self
    }
}

impl<E: Entity> Named<E> for &str {
    #[track_caller]
    fn entity(self, world: &World) -> E {
        E::all(world).find(|entity| entity.is(world, self)).unwrap_or_else(|| {
            let ids: Vec<String> = E::all(world).map(|entity| entity.id(world)).collect();
            panic!("no {} `{self}`; there are: {}", E::KIND, ids.join(", "))
        })
    }
}

/// Implements [`Entity`] for an index of a table of the world: what one is called, how many there are, the parts of an id.
macro_rules! entities {
    ($($index:ident, $kind:literal, $count:expr, |$world:ident, $at:ident| $parts:expr;)+) => {$(
        impl Entity for $index {
            const KIND: &'static str = $kind;

            fn all($world: &World) -> impl Iterator<Item = Self> {
                (0..$count).map($index::at)
            }

            fn index(self) -> usize {
                self.ix()
            }

            fn parts(self, $world: &World) -> [&str; 5] {
                let $at = self.ix();
                $parts
            }
        }
    )+};
}

entities! {
    ClassId, "class", world.classes.len(), |world, c| one(&world.classes[c].id);
    SupplierId, "supplier", world.suppliers.len(), |world, s| one(&world.suppliers[s].id);
    OfferId, "offer", world.offers.len(), |world, o| one(&world.offers[o].id);
    MarketId, "market", world.markets.len(), |world, m| one(&world.markets[m].id);
    TargetId, "watched vendor", world.targets.len(), |world, w| one(&world.vendors[world.targets[w].ix()].id);
    VendorLineId, "vendor's line (vendor:line)", world.vendor_lines.len(), |world, p| one(&world.vendor_lines[p].id);
    BomItemId, "item (vendor:line:class)", world.bom_items.len(), |world, c| item(world, c, "", "");
    SourceId, "source (vendor:line:class<-offer)", world.sources.len(), |world, l| {
        item(world, world.sources[l].bom_item.ix(), "<-", &world.offers[world.source_offers[l].ix()].id)
    };
}

fn one(id: &str) -> [&str; 5] {
    [id, "", "", "", ""]
}

fn item<'a>(world: &'a World, bom_item: usize, arrow: &'a str, offer: &'a str) -> [&'a str; 5] {
    let bom_item = &world.bom_items[bom_item];
    [&world.vendor_lines[bom_item.vendor_line.ix()].id, ":", &world.classes[bom_item.class.ix()].id, arrow, offer]
}

/// A vendor's place in a market: market, vendor, line.
impl Entity for MarketPositionId {
    const KIND: &'static str = "place in a market (market:vendor:line)";

    fn all(world: &World) -> impl Iterator<Item = MarketPositionId> {
        let positions = |m: usize| {
            world.markets[m]
                .positions
                .clone()
                .map(move |s| MarketPositionId { market: MarketId::at(m), position: s as u32 })
        };
        (0..world.markets.len()).flat_map(positions)
    }

    fn index(self) -> usize {
        self.position as usize
    }

    fn parts(self, world: &World) -> [&str; 5] {
        let market = &world.markets[self.market.ix()];
        let vendor_line = market.vendors[self.index() - market.positions.start].vendor_line;
        [&market.id, ":", &world.vendor_lines[vendor_line.ix()].id, "", ""]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::world::compile::compile;
    use crate::scenario;

    /// Every entity of a kind is found by its id, and by no other.
    fn found_by_their_ids<E: Entity + PartialEq + std::fmt::Debug>(world: &World) -> Vec<String> {
        let ids: Vec<String> = E::all(world).map(|entity| entity.id(world)).collect();
        for (index, (id, entity)) in ids.iter().zip(E::all(world)).enumerate() {
            let found: E = id.as_str().entity(world);
            assert_eq!((found, found.index()), (entity, index), "{id}");
            assert!(!entity.is(world, &id[1..]) && !entity.is(world, &format!("{id}x")), "{id}");
        }
        ids
    }

    #[test]
    fn entities_are_found_by_their_ids() {
        let scenario = scenario::load("shipped:no-controls", &[]).unwrap();
        let world = compile(&scenario.world, &["huawei".to_owned()]).unwrap();
        let has = |ids: Vec<String>, id: &str| assert!(ids.iter().any(|i| i == id), "{id} of {ids:?}");
        has(found_by_their_ids::<ClassId>(&world), "fpga");
        has(found_by_their_ids::<OfferId>(&world), "adi-power");
        has(found_by_their_ids::<MarketId>(&world), "europe");
        has(found_by_their_ids::<SupplierId>(&world), "ymtc");
        has(found_by_their_ids::<VendorLineId>(&world), "huawei:base-stations");
        has(found_by_their_ids::<BomItemId>(&world), "huawei:base-stations:fpga");
        has(found_by_their_ids::<MarketPositionId>(&world), "europe:huawei:base-stations");
        assert_eq!(found_by_their_ids::<TargetId>(&world), ["huawei"]);
        let sources = found_by_their_ids::<SourceId>(&world);
        assert!(sources.iter().all(|id| id.contains("<-")), "{sources:?}");
    }
}
