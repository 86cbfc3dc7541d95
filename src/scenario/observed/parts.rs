//! Of which parts an observation of purchases, deliveries or stock speaks: who sold them, of which class, for which line. Whether
//! the world knows these is asked when predictions are made.

use super::super::reader::Reader;
use super::ObservedQuantity;
use crate::units::Country;

/// Which parts; all of them where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// From sellers at home in this country alone.
    pub seller: Option<Country>,
    /// From this supplier alone: its id.
    pub supplier: Option<String>,
    /// Of this class alone: its id.
    pub class: Option<String>,
    /// For this line alone: its id.
    pub line: Option<String>,
}

impl Parts {
    /// Whether an offer must be looked at by itself to tell whether it counts: the seller's home alone does not need it.
    pub fn by_offer(&self) -> bool {
        self.supplier.is_some() || self.class.is_some() || self.line.is_some()
    }
}

/// Reads them; outer `None`: reported.
pub(super) fn read(r: &Reader<'_>, quantity: Option<ObservedQuantity>) -> Option<Parts> {
    use ObservedQuantity::*;
    let seller = r.country_opt("seller", "of purchases and parts received: from sellers at home in this country alone");
    let supplier = r.text_opt("supplier", "of what a supplier sells: the id of the supplier, of which alone it speaks");
    let class = r.text_opt("class", "of parts: the id of the class, of which alone it speaks");
    let line = r.text_opt("line", "of parts: the id of the line for which they are, of which alone it speaks");
    let fit = |key, of: &[ObservedQuantity]| fits(r, key, quantity, of);
    let fitting = [
        fit("seller", &[Purchases, PartsReceived]),
        fit("supplier", &[Purchases, PartsReceived, SupplierShare, SupplierSales, SalesMissed]),
        fit("class", &[Purchases, PartsReceived, StockCover]),
        fit("line", &[Purchases, PartsReceived, StockCover]),
    ];
    let parts = Parts { seller: seller?, supplier: supplier?, class: class?, line: line? };
    fitting.iter().all(|fits| *fits).then_some(parts)
}

/// Whether a key says anything of the quantity.
fn fits(r: &Reader<'_>, key: &'static str, quantity: Option<ObservedQuantity>, of: &[ObservedQuantity]) -> bool {
    let fits = quantity.is_none_or(|quantity| of.contains(&quantity));
    if let (false, Some(entry)) = (fits, r.table.entries.get(key)) {
        let of: Vec<String> = of.iter().map(|quantity| format!("`{quantity}`")).collect();
        let message = format!("`{}` is for {} alone", r.path_of(key), of.join(", "));
        r.problem(&entry.key, message, "says nothing of this quantity", Some("delete it".into()));
        return false;
    }
    true
}
