//! Reading the parameters that hold for all agents: one line each, with its quantity and its meaning.

use super::super::param::Quantity;
use super::super::reader::Reader;
use super::super::world::Behaviour;

/// Asks for every field before any is found missing, so that all that is wrong is reported at once.
macro_rules! fields {
    ($reader:ident; $($field:ident: $quantity:ident, $meaning:literal;)+) => {{
        $(let $field = $reader.param(stringify!($field), Quantity::$quantity, $meaning);)+
        // Optional: without it the mechanism is off.
        let design_out_time = $reader.param_opt("design_out_time", Quantity::Months, "time to design US content out");
        $reader.finish();
        Some(Behaviour { $($field: $field?,)+ design_out_time: design_out_time? })
    }};
}

pub(super) fn behaviour(r: &Reader<'_>) -> Option<Behaviour> {
    fields! { r;
        capacity_noise: Ratio, "standard deviation of monthly supplier capacity about its level";
        production_point: Share, "share of the lead time after which production starts";
        cancel_after: Months, "time after which carried orders are cancelled";
        announcement_weight: Share, "weight in perceived risk of an announcement";
        force_weight: Share, "weight in perceived risk of entry into force";
        denial_weight: Share, "weight in perceived risk of a denied license";
        risk_memory: Months, "time in which perceived risk fades";
        forecast_noise: Ratio, "standard deviation of the log of the forecast error";
        stock_common_sd: Ratio, "standard deviation of the log of the common factor of initial stocks";
        stock_class_sd: Ratio, "standard deviation of the log of the class factor of initial stocks";
        order_cap: Ratio, "most that is ordered, as a multiple of the planned flow";
        risk_premium: Ratio, "premium on the price of an offer at full risk when sources are ranked";
        first_source_share: Share, "most that the first source gets where a second is qualified";
        inventory_limit: Months, "most inventory, in months of cost of goods";
        price_weight: Utility, "weight of price in the utility of an award";
        delivery_weight: Utility, "weight of the delivery record in the utility of an award";
        loyalty_weight: Utility, "weight of the last share in the utility of an award";
        fill_half_life: Months, "half-life of the delivery record";
        award_concentration: Ratio, "concentration of awards about their expectation";
        departure_rate: PerMonth, "share of undelivered orders that leave a month";
        review_lag: Months, "time of a supplier's legal review after a rule";
        over_compliance: Share, "chance that a supplier stays out of lawful trade at first";
        caution_half_life: Months, "half-life of the caution of a supplier that stays out";
        qualification_success: Share, "chance that a qualification succeeds";
        qualification_ramp: Months, "time in which a newly qualified source ramps up";
        license_time: Months, "mean time of a license decision";
        license_time_shape: Ratio, "shape of the gamma distribution of the time of a license decision";
        license_use: Share, "share of a license's value that is used";
        license_life: Months, "life of a license";
    }
}
