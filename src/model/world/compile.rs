//! From a scenario's world to the compiled one: ids become indices, entities flat tables. References were checked when
//! the scenario was read; one that dangles all the same is an error here, not a panic.

use indexmap::{IndexMap, IndexSet};

use super::calendar::Calendar;
use super::ids::*;
use super::params::{Params, Quantile};
use super::random::EntityKey;
use super::*;
use crate::scenario::param::Param;
use crate::scenario::world as written;

/// Why a world can't be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// A reference to something that is not there.
    #[error("`{from}` names {what} `{id}`, which does not exist")]
    Dangling {
        /// Path of what names it.
        from: String,
        /// What kind of thing.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// Nothing to be the subject of a headline.
    #[error("the world has no vendor with a product line: add one, or a market for it")]
    NoSubject,
    /// The vendor that the headline is about makes nothing.
    #[error(
        "the headline is about `{vendor}` (the first vendor that is listed, else in a country of concern, else of all), which has \
         no product line: give it one under `vendors.{vendor}.lines`, or list another vendor"
    )]
    SubjectMakesNothing {
        /// Its id.
        vendor: String,
    },
}

/// Compiles a world. `targets` are the vendors that some scenario lists; the headline is about the first of them (else
/// the first vendor in a country of concern, else the first), and of it about the line of first priority.
///
/// # Errors
/// A dangling reference, or a world without a vendor.
pub fn compile(world: &written::World, targets: &[String]) -> Result<World, CompileError> {
    let mut compiler = Compiler { world, params: Params::default(), calendar: Calendar::new(&world.time) };
    let subject = compiler.subject(targets)?;
    let mut ids: IndexSet<&str> = IndexSet::from([subject.as_str()]);
    ids.extend(targets.iter().map(String::as_str).filter(|id| world.vendors.contains_key(*id)));

    let mut jurisdictions = compiler.jurisdictions();
    let origins: IndexSet<_> = world.offers.values().map(|o| o.legal.made_in).collect();
    let classes = compiler.classes();
    let lines = compiler.lines();
    let suppliers = compiler.suppliers(&jurisdictions)?;
    let mut offers = compiler.offers(&suppliers, &origins)?;
    let (mut vendors, mut vendor_lines) = compiler.vendors(&ids)?;
    let (bom_items, mut sources) = compiler.bom_items(&mut vendor_lines)?;
    let markets = compiler.markets(&mut vendor_lines)?;
    let behaviour = compiler.behaviour();
    let shortage = compiler.shortage();
    let redesigns = compiler.redesigns(&vendor_lines, &bom_items)?;
    let projects = list_projects(&mut vendors, &vendor_lines, &sources, &redesigns);
    let exchange_rates = world.exchange_rates.iter().map(|(code, path)| (code.clone(), compiler.dated(path))).collect();

    for (o, offer) in offers.iter().enumerate() {
        jurisdictions[offer.home.ix()].offers.push(OfferId::at(o));
    }
    let of_origin = |i: usize| (0..offers.len()).filter(|&o| offers[o].origin.ix() == i).map(OfferId::at).collect();
    let origins = origins.into_iter().enumerate();
    let origins = origins.map(|(i, country)| Origin { country, offers: of_origin(i) }).collect();
    let supply_relations = group_by_offer(&mut sources, &mut offers, &vendor_lines);
    let subject_vendor = world.vendors.get_index_of(&subject).ok_or(CompileError::NoSubject)?;
    let first_vendor_line = &vendors[subject_vendor].vendor_lines;
    if first_vendor_line.is_empty() {
        return Err(CompileError::SubjectMakesNothing { vendor: subject });
    }
    let ticks_of = |months: f64| (months / compiler.calendar.mean_months).ceil() as usize;
    // What can be drawn, not what would be admissible: the pipeline is what a tick looks through.
    let longest_lead = world.offers.values().map(|o| o.lead_time.ends().1).fold(0.0, f64::max) * longest(world);
    let max_carry = ticks_of(world.behaviour.cancel_after.bounds.1) + 1;
    Ok(World {
        subject: VendorLineId::at(first_vendor_line.start),
        targets: ids.iter().filter_map(|id| world.vendors.get_index_of(*id)).map(VendorId::at).collect(),
        pipeline_slots: (ticks_of(longest_lead) + max_carry + 3).next_power_of_two(),
        max_carry,
        origins,
        params: compiler.params,
        calendar: compiler.calendar,
        jurisdictions,
        classes,
        lines,
        suppliers,
        offers,
        vendors,
        vendor_lines,
        bom_items,
        source_offers: sources.iter().map(|source| source.offer).collect(),
        sources,
        supply_relations,
        markets,
        behaviour,
        shortage,
        redesigns,
        projects,
        programmes: (0..world.offers.len()).filter(|&o| world.offers[o].programme.is_some()).map(OfferId::at).collect(),
        rungs: 0,
        exchange_rates,
    })
}

/// The most that a shortage can multiply a lead time by.
fn longest(world: &written::World) -> f64 {
    let Some(shortage) = &world.shortage else { return 1.0 };
    let strength = shortage.strength.as_ref().map_or(1.0, |s| s.ends().1);
    let most = shortage.lead_times.iter().map(|level| level.param.ends().1).fold(1.0, f64::max);
    1.0 + strength * (most - 1.0)
}

struct Compiler<'a> {
    world: &'a written::World,
    params: Params,
    calendar: Calendar,
}

fn find<V>(
    map: &IndexMap<String, V>,
    id: &str,
    what: &'static str,
    from: impl Into<String>,
) -> Result<usize, CompileError> {
    map.get_index_of(id).ok_or_else(|| CompileError::Dangling { from: from.into(), what, id: id.to_owned() })
}

impl Compiler<'_> {
    fn subject(&self, targets: &[String]) -> Result<String, CompileError> {
        let vendors = &self.world.vendors;
        let listed = targets.iter().find(|id| vendors.contains_key(*id)).cloned();
        let of_concern = || vendors.iter().find(|(_, v)| v.country_of_concern).map(|(id, _)| id.clone());
        listed.or_else(of_concern).or_else(|| vendors.keys().next().cloned()).ok_or(CompileError::NoSubject)
    }

    fn add(&mut self, param: &Param) -> ParamId {
        self.params.add(param)
    }

    fn jurisdictions(&mut self) -> Vec<Jurisdiction> {
        let world = self.world;
        let entries = world.jurisdictions.iter();
        entries
            .map(|(country, j)| Jurisdiction {
                country: *country,
                name: j.name.clone(),
                key: EntityKey::of(&format!("jurisdictions.{country}")),
                compliance: self.add(&j.compliance),
                offers: Vec::new(),
            })
            .collect()
    }

    fn classes(&mut self) -> Vec<Class> {
        let world = self.world;
        let entries = world.classes.iter();
        entries
            .map(|(id, c)| Class {
                id: id.clone(),
                name: c.name.clone(),
                essential: c.role == written::Role::Essential,
                fungible: c.fungible,
                without: match (&c.performance_without, &c.cost_without) {
                    (Some(performance), Some(cost)) => Some((self.add(performance), self.add(cost))),
                    _ => None,
                },
                qualification_time: Quantile::new(&c.qualification_time.dist, c.qualification_time.bounds),
                scarce: c.shortage,
                boards: c.boards.as_ref().map(|boards| self.add(boards)),
            })
            .collect()
    }

    fn lines(&mut self) -> Vec<Line> {
        let world = self.world;
        let entries = world.lines.iter();
        entries
            .map(|(id, l)| Line {
                id: id.clone(),
                name: l.name.clone(),
                product: l.product.clone(),
                category: l.category,
                spares_use: l.spares_use,
                spares_rate: self.add(&l.spares_rate),
            })
            .collect()
    }

    fn suppliers(&mut self, jurisdictions: &[Jurisdiction]) -> Result<Vec<Supplier>, CompileError> {
        let world = self.world;
        let entries = world.suppliers.iter();
        entries
            .map(|(id, s)| {
                let home = world.jurisdictions.get_index_of(&s.home).ok_or_else(|| CompileError::Dangling {
                    from: format!("suppliers.{id}.home"),
                    what: "jurisdiction",
                    id: s.home.to_string(),
                })?;
                Ok(Supplier {
                    id: id.clone(),
                    key: EntityKey::of(&format!("suppliers.{id}")),
                    home: JurisdictionId::at(home),
                    license_readiness: self.add(&s.license_readiness),
                    design_out_readiness: s.design_out_readiness.as_ref().map(|p| self.add(p)),
                    compliance: s.compliance.as_ref().map_or(jurisdictions[home].compliance, |c| self.add(c)),
                })
            })
            .collect()
    }

    fn offers(
        &mut self,
        suppliers: &[Supplier],
        origins: &IndexSet<crate::units::Country>,
    ) -> Result<Vec<Offer>, CompileError> {
        let world = self.world;
        let entries = world.offers.iter();
        entries
            .map(|(id, o)| {
                let from = || format!("offers.{id}");
                let supplier = find(&world.suppliers, &o.supplier, "supplier", from())?;
                let class = find(&world.classes, &o.class, "class", from())?;
                let home = suppliers[supplier].home;
                let legal = &o.legal;
                Ok(Offer {
                    id: id.clone(),
                    key: EntityKey::of(&from()),
                    supplier: SupplierId::at(supplier),
                    home,
                    origin: OriginId::at(origins.get_index_of(&legal.made_in).unwrap_or(0)),
                    us_seller: world.suppliers[supplier].home.is_united_states(),
                    class: ClassId::at(class),
                    facts: Facts {
                        made_in: legal.made_in,
                        shipped_from: legal.shipped_from,
                        item: legal.item,
                        us_controlled: self.add(&legal.us_controlled),
                        us_other: self.add(&legal.us_other),
                        us_technology: (legal.us_technology.level, self.add(&legal.us_technology.probability)),
                        us_plant: (legal.us_plant.level, self.add(&legal.us_plant.probability)),
                        own_design: legal.own_design,
                        below_5g: legal.below_5g,
                        floors: [&legal.us_controlled_floor, &legal.us_other_floor]
                            .map(|floor| floor.as_ref().map(|p| self.add(p))),
                    },
                    price: self.add(&o.price),
                    lead: self.add(&o.lead_time),
                    performance: self.add(&o.performance),
                    capacity: match &o.capacity {
                        written::Capacity::Fixed(param) => Capacity::Fixed(self.add(param)),
                        written::Capacity::OfPlannedUse(param) => Capacity::OfPlannedUse(self.add(param)),
                    },
                    sources: Vec::new(),
                    targets: Vec::new(),
                    programme: o.programme.as_ref().map(|p| self.programme(p)),
                })
            })
            .collect()
    }

    fn programme(&mut self, p: &written::Programme) -> Programme {
        Programme {
            start: f64::from(self.calendar.day(p.start)),
            hazard: self.add(&p.hazard),
            effort: self.add(&p.effort),
            earliest: p.earliest.map_or(f64::NEG_INFINITY, |day| f64::from(self.calendar.day(day))),
            yield_start: self.add(&p.yield_start),
            yield_time: self.add(&p.yield_time),
        }
    }

    fn vendors(&mut self, ids: &IndexSet<&str>) -> Result<(Vec<Vendor>, Vec<VendorLine>), CompileError> {
        let world = self.world;
        let mut vendors = Vec::new();
        let mut vendor_lines = Vec::new();
        for (v, (id, vendor)) in world.vendors.iter().enumerate() {
            let target = ids.get_index_of(id.as_str()).map(TargetId::at);
            let first = vendor_lines.len();
            let mut lines: Vec<_> = vendor.lines.iter().collect();
            lines.sort_by_key(|(_, line)| line.priority);
            for (line_id, line) in lines {
                let name = format!("{id}:{line_id}");
                vendor_lines.push(VendorLine {
                    vendor: VendorId::at(v),
                    line: LineId::at(find(&world.lines, line_id, "line", format!("vendors.{id}.lines"))?),
                    key: EntityKey::of(&name),
                    id: name,
                    bom_items: 0..0,
                    sources: 0..0,
                    plant: match &line.plant {
                        written::PlantCapacity::Path(levels) => Plant::Path(self.dated(levels)),
                        written::PlantCapacity::OfPlannedAwards(param) => Plant::OfPlannedAwards(self.add(param)),
                    },
                    price: self.add(&line.price),
                    base_stock: self.add(&line.base_stock),
                    risk_stock: line.risk_stock.as_ref().map(|param| self.add(param)),
                    installed_base: self.add(&line.installed_base),
                    target,
                    positions: Vec::new(),
                    expansion_time: line.expansion_time.as_ref().map(|param| self.add(param)),
                });
            }
            vendors.push(Vendor {
                id: id.clone(),
                name: vendor.name.clone(),
                key: EntityKey::of(&format!("vendors.{id}")),
                risk_at_rest: vendor.risk_at_rest.as_ref().map(|param| self.add(param)),
                home: vendor.home,
                country_of_concern: world.of_concern(vendor),
                vendor_lines: first..vendor_lines.len(),
                target,
                engineering: vendor.engineering.as_ref().map(|e| self.add(e)),
                projects: 0..0,
                other_revenue: vendor.other_revenue.as_deref().map(|path| self.dated(path)),
            });
        }
        Ok((vendors, vendor_lines))
    }

    fn dated(&mut self, levels: &[written::DatedParam]) -> Vec<(i32, ParamId)> {
        levels.iter().map(|level| (self.calendar.day(level.date), self.add(&level.param))).collect()
    }

    fn bom_items(&mut self, vendor_lines: &mut [VendorLine]) -> Result<(Vec<BomItem>, Vec<Source>), CompileError> {
        let world = self.world;
        let mut bom_items: Vec<BomItem> = Vec::new();
        let mut sources = Vec::new();
        for (p, vendor_line) in vendor_lines.iter_mut().enumerate() {
            let (vendor_id, vendor) =
                world.vendors.get_index(vendor_line.vendor.ix()).ok_or(CompileError::NoSubject)?;
            let line_id = world.lines.get_index(vendor_line.line.ix()).map_or("", |(id, _)| id);
            let line = &vendor.lines[line_id];
            let bom = &world.boms[find(&world.boms, &line.bom, "bill of materials", format!("vendors.{vendor_id}"))?];
            let (first, first_of_vendor_line) = (bom_items.len(), sources.len());
            for (class_id, item) in &bom.items {
                let class = find(&world.classes, class_id, "class", format!("boms.{}", line.bom))?;
                let stock_path = format!("vendors.{vendor_id}.lines.{line_id}.initial_stock");
                let months = line.initial_stock.get(class_id).or_else(|| line.initial_stock.get("all")).ok_or(
                    CompileError::Dangling { from: stock_path, what: "no stock for class", id: class_id.clone() },
                )?;
                let key = EntityKey::of(&format!("{}:{class_id}", vendor_line.id));
                let redesign = item.redesign.as_ref().filter(|r| r.vendors.contains(vendor_id));
                let first_source = sources.len();
                for (o, (offer_id, offer)) in world.offers.iter().enumerate() {
                    if offer.class != *class_id || !offer.lines.iter().any(|l| l == line_id) {
                        continue;
                    }
                    let status = if offer.buyers.contains(vendor_id) {
                        SourceStatus::Qualified
                    } else if let Some(start) = offer.candidates.get(vendor_id) {
                        start.map_or(SourceStatus::WhenShort, |date| SourceStatus::Programme(self.calendar.day(date)))
                    } else {
                        continue;
                    };
                    sources.push(Source {
                        bom_item: BomItemId::at(bom_items.len()),
                        offer: OfferId::at(o),
                        vendor_line: VendorLineId::at(p),
                        status,
                        key: EntityKey::of(&format!("offers.{offer_id}")).with(EntityKey::of(vendor_id)),
                        target: vendor_line.target,
                        own: Vec::new(),
                    });
                }
                bom_items.push(BomItem {
                    vendor_line: VendorLineId::at(p),
                    class: ClassId::at(class),
                    key,
                    units: self.add(&item.units),
                    redesign: redesign.map(|r| (self.calendar.day(r.by), self.add(&r.factor))),
                    initial_stock: self.add(months),
                    sources: first_source..sources.len(),
                    essential: world.classes[class].role == written::Role::Essential,
                    pool: Vec::new(),
                });
            }
            vendor_line.bom_items = first..bom_items.len();
            vendor_line.sources = first_of_vendor_line..sources.len();
        }
        for c in 0..bom_items.len() {
            bom_items[c].pool = pool_of(c, &bom_items, vendor_lines, &world.classes);
        }
        Ok((bom_items, sources))
    }

    fn markets(&mut self, vendor_lines: &mut [VendorLine]) -> Result<Vec<Market>, CompileError> {
        let world = self.world;
        let mut markets = Vec::new();
        let mut next_position = 0;
        for (m, (id, market)) in world.markets.iter().enumerate() {
            let line = find(&world.lines, &market.line, "line", format!("markets.{id}"))?;
            let key = EntityKey::of(&format!("markets.{id}"));
            let mut positions = Vec::new();
            for (vendor_id, share) in &market.shares {
                let vendor = find(&world.vendors, vendor_id, "vendor", format!("markets.{id}.shares"))?;
                let vendor_line = vendor_lines
                    .iter()
                    .position(|p| p.vendor.ix() == vendor && p.line.ix() == line)
                    .ok_or_else(|| CompileError::Dangling {
                        from: format!("markets.{id}.shares.{vendor_id}"),
                        what: "a line of that vendor:",
                        id: market.line.clone(),
                    })?;
                vendor_lines[vendor_line].positions.push(MarketPositionId {
                    market: MarketId::at(m),
                    position: (next_position + positions.len()) as u32,
                });
                positions.push(MarketPosition {
                    vendor_line: VendorLineId::at(vendor_line),
                    share: self.add(share),
                    policy: market.policy.get(vendor_id).map(|p| self.add(p)),
                    key: key.with(EntityKey::of(vendor_id)),
                });
            }
            let range = next_position..next_position + positions.len();
            next_position = range.end;
            markets.push(Market {
                id: id.clone(),
                key,
                // A day's level is reached at its end: demand to 31 December is that of the whole year.
                demand: self.dated(&market.demand).into_iter().map(|(day, level)| (day + 1, level)).collect(),
                factor: self.add(&market.demand_factor),
                noise: self.add(&market.demand_noise),
                installation: self.add(&market.installation),
                positions: range,
                vendors: positions,
                patience: market.patience.as_ref().map(|param| self.add(param)),
                region: market.region.clone(),
            });
        }
        Ok(markets)
    }

    fn redesigns(&mut self, vendor_lines: &[VendorLine], bom_items: &[BomItem]) -> Result<Vec<Redesign>, CompileError> {
        let world = self.world;
        let entries = world.redesigns.iter();
        entries
            .map(|(id, r)| {
                let from = || format!("redesigns.{id}");
                let vendor = find(&world.vendors, &r.vendor, "vendor", from())?;
                let line = find(&world.lines, &r.line, "line", from())?;
                let dangling = |what, id: &str| CompileError::Dangling { from: from(), what, id: id.to_owned() };
                let vendor_line = vendor_lines.iter().position(|p| p.vendor.ix() == vendor && p.line.ix() == line);
                let vendor_line = vendor_line.ok_or_else(|| dangling("a line of that vendor:", &r.line))?;
                let bom_item = |class: &str| {
                    let of_class = |c: &usize| {
                        world.classes.get_index(bom_items[*c].class.ix()).is_some_and(|(id, _)| id == class)
                    };
                    let found = vendor_lines[vendor_line].bom_items.clone().find(of_class).map(BomItemId::at);
                    found.ok_or_else(|| dangling("a class of that line:", class))
                };
                let to = r.to.as_ref().map(|class| bom_item(class)).transpose()?;
                Ok(Redesign {
                    id: id.clone(),
                    vendor_line: VendorLineId::at(vendor_line),
                    from: bom_item(&r.from)?,
                    to: to.zip(r.units.as_ref().map(|units| self.add(units))),
                    replaces: self.add(&r.replaces),
                    cost: self.add(&r.cost),
                    performance: self.add(&r.performance),
                    boards: self.add(&r.boards),
                    time: self.add(&r.time),
                    start: r.start.map(|day| f64::from(self.calendar.day(day))),
                })
            })
            .collect()
    }

    fn behaviour(&mut self) -> Behaviour {
        let b = &self.world.behaviour;
        let lag = &b.review_lag;
        Behaviour {
            capacity_noise: self.add(&b.capacity_noise),
            production_point: self.add(&b.production_point),
            cancel_after: self.add(&b.cancel_after),
            announcement_weight: self.add(&b.announcement_weight),
            force_weight: self.add(&b.force_weight),
            denial_weight: self.add(&b.denial_weight),
            risk_memory: self.add(&b.risk_memory),
            forecast_noise: self.add(&b.forecast_noise),
            stock_common_sd: self.add(&b.stock_common_sd),
            stock_class_sd: self.add(&b.stock_class_sd),
            order_cap: self.add(&b.order_cap),
            risk_premium: self.add(&b.risk_premium),
            first_source_share: self.add(&b.first_source_share),
            inventory_limit: self.add(&b.inventory_limit),
            price_weight: self.add(&b.price_weight),
            delivery_weight: self.add(&b.delivery_weight),
            loyalty_weight: self.add(&b.loyalty_weight),
            fill_half_life: self.add(&b.fill_half_life),
            award_concentration: self.add(&b.award_concentration),
            departure_rate: self.add(&b.departure_rate),
            review_lag: Quantile::new(&lag.dist, lag.bounds),
            over_compliance: self.add(&b.over_compliance),
            caution_half_life: self.add(&b.caution_half_life),
            qualification_success: self.add(&b.qualification_success),
            qualification_ramp: self.add(&b.qualification_ramp),
            license_time: self.add(&b.license_time),
            license_time_shape: self.add(&b.license_time_shape),
            license_use: self.add(&b.license_use),
            license_life: self.add(&b.license_life),
            design_out_time: b.design_out_time.as_ref().map(|p| Quantile::new(&p.dist, p.bounds)),
        }
    }

    fn shortage(&mut self) -> Option<Shortage> {
        let shortage = self.world.shortage.as_ref()?;
        let levels = self.dated(&shortage.lead_times);
        Some(Shortage { levels, strength: shortage.strength.as_ref().map(|p| self.add(p)) })
    }
}

/// Everything that engineers may work on, by vendor and then by line's priority; each vendor is told its part.
fn list_projects(
    vendors: &mut [Vendor],
    vendor_lines: &[VendorLine],
    sources: &[Source],
    redesigns: &[Redesign],
) -> Vec<Project> {
    let mut projects = Vec::new();
    for vendor in vendors {
        let first = projects.len();
        for p in vendor.vendor_lines.clone() {
            let vendor_line = VendorLineId::at(p);
            let open = vendor_lines[p].sources.clone().filter(|&l| sources[l].status != SourceStatus::Qualified);
            projects.extend(open.map(|l| Project {
                vendor_line,
                bom_item: sources[l].bom_item,
                task: Task::Qualify(SourceId::at(l)),
            }));
            let own = redesigns.iter().enumerate().filter(|(_, r)| r.vendor_line == vendor_line);
            projects.extend(own.map(|(r, d)| Project {
                vendor_line,
                bom_item: d.from,
                task: Task::Redesign(RedesignId::at(r)),
            }));
        }
        vendor.projects = first..projects.len();
    }
    projects
}

/// Tells each offer its sources, and each source those of the same offer and vendor; returns the sources of target vendors.
/// Sources stand by vendor, then priority.
fn group_by_offer(sources: &mut [Source], offers: &mut [Offer], vendor_lines: &[VendorLine]) -> Vec<SupplyRelation> {
    for (l, source) in sources.iter().enumerate() {
        offers[source.offer.ix()].sources.push(SourceId::at(l));
    }
    let mut supply_relations = Vec::new();
    for (o, offer) in offers.iter_mut().enumerate() {
        let vendor = |l: &SourceId| vendor_lines[sources[l.ix()].vendor_line.ix()].vendor;
        let groups: Vec<Vec<SourceId>> =
            offer.sources.chunk_by(|a, b| vendor(a) == vendor(b)).map(<[SourceId]>::to_vec).collect();
        for group in groups {
            for (i, source) in group.iter().enumerate() {
                sources[source.ix()].own = group[i..].to_vec();
            }
            if let Some(target) = sources[group[0].ix()].target {
                offer.targets.push(target);
                supply_relations.push(SupplyRelation {
                    target,
                    offer: OfferId::at(o),
                    supplier: offer.supplier,
                    sources: group,
                });
            }
        }
    }
    supply_relations
}

/// Items of the same vendor and fungible class on lines of lower priority, lowest first.
fn pool_of(
    c: usize,
    bom_items: &[BomItem],
    vendor_lines: &[VendorLine],
    classes: &IndexMap<String, written::Class>,
) -> Vec<BomItemId> {
    let bom_item = &bom_items[c];
    if !classes[bom_item.class.ix()].fungible {
        return Vec::new();
    }
    let vendor = vendor_lines[bom_item.vendor_line.ix()].vendor;
    let lower = (c + 1..bom_items.len()).rev();
    lower
        .filter(|&d| {
            bom_items[d].class == bom_item.class && vendor_lines[bom_items[d].vendor_line.ix()].vendor == vendor
        })
        .map(BomItemId::at)
        .collect()
}
