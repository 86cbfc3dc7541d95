//! What can be observed, in which units, and what the model must still learn before it can say anything of it.

use super::unit::Dimension;
use crate::units::named;

named! {
    /// What can be observed and predicted; `docs/outputs.md` defines each.
    ObservedQuantity, "quantity" {
        /// Base stations of a firm put into service in the region over the period.
        StationsSupplied = "stations-supplied",
        /// The firm's share of revenue from base stations in the region over the period.
        RanRevenueShare = "ran-revenue-share",
        /// Revenue of the firm's carrier business over the period.
        EquipmentRevenue = "equipment-revenue",
        /// Revenue of the firm's handsets in the region over the period.
        HandsetRevenue = "handset-revenue",
        /// Handsets of the firm that reached buyers in the region over the period.
        HandsetsShipped = "handsets-shipped",
        /// Value of the parts that were shipped to the firm over the period.
        Purchases = "purchases",
        /// The firm's inventory at the end of the period in months of its cost of goods.
        InventoryCover = "inventory-cover",
        /// Part of the cost of the base stations that the firm built over the period that went to sellers at home in the
        /// United States.
        UsContentShare = "us-content-share",
        /// The firm's share of the base stations that operators in the region awarded over the period.
        AwardShare = "award-share",
        /// The firm's stock of parts at the end of the period in months of its planned use over the next twelve.
        StockCover = "stock-cover",
        /// Cost of the firm's stock of parts and finished products at the end of the period.
        Inventory = "inventory",
        /// Cost of the firm's stock of parts at the end of the period.
        RawMaterials = "raw-materials",
        /// Parts that were shipped to the firm over the period.
        PartsReceived = "parts-received",
        /// Base stations without parts of US firms that the firm built over the period; not recorded yet.
        UsFreeStations = "us-free-stations",
        /// Their share of all base stations that the firm built over the period; not recorded yet.
        UsFreeShare = "us-free-share",
        /// Months of the period in which the firm's deliveries of base stations were held back by its redesigns; not recorded
        /// yet.
        SlowMonths = "slow-months",
        /// The firm's share of a supplier's sales over the period; not recorded yet.
        SupplierShare = "supplier-share",
        /// All sales of a supplier over the period, of whatever it makes; not recorded yet.
        SupplierSales = "supplier-sales",
        /// Sales to the firm that a supplier missed over the period because of a rule; not recorded yet.
        SalesMissed = "sales-missed",
        /// Revenue of the whole firm over the period; not recorded yet.
        GroupRevenue = "group-revenue",
        /// The firm's share of revenue from all telecom equipment in the region over the period; not recorded.
        EquipmentShare = "equipment-share",
        /// Value of stock that the firm wrote off over the period; not recorded.
        WriteDown = "write-down",
        /// Cash that the firm's operations brought in over the period; not recorded.
        CashFlow = "cash-flow",
    }
}

impl ObservedQuantity {
    /// In which units it can be observed.
    pub fn dimension(self) -> Dimension {
        use ObservedQuantity::*;
        match self {
            StationsSupplied | UsFreeStations => Dimension::Stations,
            HandsetsShipped => Dimension::Handsets,
            PartsReceived => Dimension::Parts,
            EquipmentRevenue | HandsetRevenue | Purchases | Inventory | RawMaterials | SupplierSales | SalesMissed
            | GroupRevenue | WriteDown | CashFlow => Dimension::Money,
            InventoryCover | StockCover | SlowMonths => Dimension::Months,
            RanRevenueShare | UsContentShare | AwardShare | UsFreeShare | SupplierShare | EquipmentShare => {
                Dimension::Share
            }
        }
    }

    /// Whether the model records what it is predicted from. What it does not can be observed all the same, with a word on
    /// what it needs.
    pub fn is_recorded(self) -> bool {
        use ObservedQuantity::*;
        !matches!(
            self,
            UsFreeStations
                | UsFreeShare
                | SlowMonths
                | SupplierShare
                | SupplierSales
                | SalesMissed
                | GroupRevenue
                | EquipmentShare
                | WriteDown
                | CashFlow
        )
    }

    /// Whether it stands at a moment, the end of its period, rather than being counted over it.
    pub fn is_level(self) -> bool {
        use ObservedQuantity::*;
        matches!(self, InventoryCover | StockCover | Inventory | RawMaterials)
    }
}

named! {
    /// What an observation needs before it can be scored: a mechanism that the model lacks so far, or something that none of
    /// these brings. `docs/observations.md` tells of each.
    Need, "need" {
        /// What a firm fears before a rule comes: threats, reports and belief.
        M1 = "M1",
        /// Stock by the time that it takes to replace a source, that of the first day included.
        M2 = "M2",
        /// Work on other sources that begins before a class falls short.
        M3 = "M3",
        /// Own and weaker sources from the start, and designs without US parts.
        M4 = "M4",
        /// Plants that a rule does not reach.
        M5 = "M5",
        /// Foundries whose wafers are shared by all that they make.
        M6 = "M6",
        /// Several products of a line, each with its radios.
        M7 = "M7",
        /// Designs redrawn for older nodes.
        M8 = "M8",
        /// Supply at home that grows.
        M9 = "M9",
        /// Rationing by the firm of what it can deliver.
        M10 = "M10",
        /// All generations of radio, all that a firm buys, further suppliers and currencies.
        M11 = "M11",
        /// Detail where the question is.
        M12 = "M12",
        /// A simulation that starts before it does.
        EarlierStart = "earlier-start",
        /// A firm, a business or an account that the model leaves out for good.
        Scope = "scope",
        /// A number: only words were reported.
        Number = "number",
    }
}
