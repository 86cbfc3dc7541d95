//! The law: may this item be shipped to this buyer, for this use, on this day, and why. A regime is a list of dated
//! provisions; a determination asks them in the order of the regulations and keeps a trace of what it asked. This room
//! knows nothing of agents, stock, money or chance, and can be read beside the regulations and used alone.
//!
//! The questions, in order:
//! 1. Is the item *subject* to the regulations? It is if made in or shipped from the United States (their own scope, 15
//!    CFR 734.3(a)(1) and (2), not a provision of a regime); if its US content exceeds the threshold of a de minimis
//!    test in force; or if it meets a direct-product test in force.
//! 2. Is a license *required*? It is if a listing in force names the buyer and the item is subject.
//! 3. Does something *authorize* the shipment? A general license for that use lifts what the listing requires, whatever
//!    made the item subject. A savings clause lifts only the tests that it names, for what was already in production.
//! 4. Otherwise it is prohibited, until a specific license is granted under the policy of review. Each listing in force is a
//!    requirement of its own, with the review that it says or that a later policy gives it; the strictest counts.
//!
//! The order of provisions in a file decides nothing. Where several could be named, it is the one that starts first, and
//! of those that start on one day the first by id.
//!
//! What is left out: licenses and exceptions that turn on the destination country alone (treated as met), the
//! penalties, who bears them, and what a supplier in fact does.
//!
//! [`Code`] is a compiled regime. [`Code::determine`] answers one shipment with its trace. The simulator, which asks
//! millions of times, calls [`Code::criteria`] once for an item and buyer and [`Code::outcome`] for each day; both rest
//! on the same reasoning, so they can't disagree.

pub mod answers;
pub mod cases;
mod cells;
pub mod code;
pub mod criteria;
pub mod determine;
mod encoding;
pub mod explain;
pub mod facts;
pub mod outcome;
pub mod set;
mod table;
pub mod territories;
#[cfg(test)]
mod tests;
pub mod trace;

pub use code::{Code, LawError, ProvisionIndex};
pub use criteria::{Criteria, Standing};
pub use determine::Determination;
pub use facts::{Buyer, Facts, Shipment};
pub use outcome::{Authorization, Occasion, Outcome, Ruling, Subject};
