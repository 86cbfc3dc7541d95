//! Typed indices into the compiled world: an index of an offer is not an index of a supplier.

macro_rules! index {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into a flat table.
            #[inline]
            pub fn ix(self) -> usize {
                self.0 as usize
            }

            /// From a position in a table. Tables of a world are far smaller than 2^32.
            #[inline]
            pub fn at(position: usize) -> $name {
                $name(position as u32)
            }
        }
    )+};
}

index! {
    /// A parameter of the compiled world.
    ParamId,
    /// A component class.
    ClassId,
    /// A supplier.
    SupplierId,
    /// A seller's home jurisdiction.
    JurisdictionId,
    /// A country in which offers are made.
    OriginId,
    /// An offer.
    OfferId,
    /// A vendor.
    VendorId,
    /// A product line.
    LineId,
    /// A vendor's part in a line.
    VendorLineId,
    /// A component class in a vendor line's bill of materials.
    BomItemId,
    /// An offer as a source for an item.
    SourceId,
    /// A market.
    MarketId,
    /// A vendor that some scenario of the comparison lists (or the subject of the headline).
    TargetId,
    /// A redesign.
    RedesignId,
}
