//! A world whose headline would be about a vendor that makes nothing can't be run, and the message names that vendor.

use crate::worlds::rulebook::listing_of;
use crate::worlds::{Vendor, World};
use chokepoint::experiment::Plan;

#[test]
fn a_listed_vendor_with_no_product_line_is_named() {
    let mut world = World::plain();
    world.vendors.push(Vendor { lines: Vec::new(), ..Vendor::new("idle", 1.0) });
    let regime = listing_of("idle", "2019-07-01", "2019-07-01") + "[vendors.idle.lines]\n";
    let error = Plan::new(&[world.scenario("listed", &regime)], 1, 1).expect_err("nothing to tell a headline of");
    let text = error.to_string();
    assert!(text.contains("the headline is about `idle`") && text.contains("vendors.idle.lines"), "{text}");
    // With another one listed it is no matter.
    let regime = listing_of("huawei", "2019-07-01", "2019-07-01") + "[vendors.idle.lines]\n";
    assert!(Plan::new(&[world.scenario("listed", &regime)], 1, 1).is_ok());
}
