//! On what grounds orders may leave, as found for a tick.

/// On what grounds orders may leave in a tick: shares of its days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShippingPermission {
    /// With no need of a license, or under a general one.
    pub(in crate::model) open: f64,
    /// Of these, under a general one.
    pub(in crate::model) waived: f64,
    /// Further days, for orders whose production started before `cut_off`.
    pub(in crate::model) saved: f64,
    /// Under a specific license.
    pub(in crate::model) licensed: f64,
    /// Against the law.
    pub(in crate::model) unlawful: f64,
    /// Days on which the law forbids it, and nobody breaks it.
    pub(in crate::model) blocked: f64,
    /// Day before which production must have started to be saved.
    pub(in crate::model) cut_off: f64,
}

impl ShippingPermission {
    /// Nothing stands in the way.
    pub const FREE: ShippingPermission = ShippingPermission {
        open: 1.0,
        waived: 0.0,
        saved: 0.0,
        licensed: 0.0,
        unlawful: 0.0,
        blocked: 0.0,
        cut_off: f64::NEG_INFINITY,
    };

    /// Whether nothing stands in the way.
    pub(in crate::model) fn is_free(&self) -> bool {
        self.open == 1.0 && self.waived == 0.0
    }
}
