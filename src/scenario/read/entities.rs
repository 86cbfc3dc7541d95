//! Tables of tables: the entities that stand below a key, by id.

use indexmap::IndexMap;

use crate::scenario::reader::Reader;

/// The entities of a top-level table, by id; all are read, even where some fail.
pub(super) fn entities<T>(
    root: &Reader<'_>,
    key: &'static str,
    meaning: &str,
    read: impl Fn(&Reader<'_>) -> Option<T>,
) -> Option<IndexMap<String, T>> {
    let table = root.child(key, &format!("{meaning}, by id: a table with at least one entry"))?;
    if table.table.entries.is_empty() {
        table.problem(&table.place, format!("`{key}` is empty: at least one is needed"), "nothing here", None);
    }
    by_id(&table, read)
}

/// The tables in a table, by id.
pub(super) fn by_id<T>(
    table: &Reader<'_>,
    mut read: impl FnMut(&Reader<'_>) -> Option<T>,
) -> Option<IndexMap<String, T>> {
    let tables = table.entities();
    let all = tables.len() == table.table.entries.len();
    let read: Vec<Option<(String, T)>> =
        tables.into_iter().map(|(id, r)| read(&r).map(|entity| (id.to_owned(), entity))).collect();
    let read: Option<IndexMap<String, T>> = read.into_iter().collect();
    read.filter(|_| all)
}
