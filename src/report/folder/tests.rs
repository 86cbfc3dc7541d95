//! Folders that are written whole or not at all: full disks, interruptions, what is in the way, what is replaced.

use std::cell::Cell;
use std::rc::Rc;

use super::*;

/// A disk that is full after some bytes.
struct Filling {
    file: File,
    room: Rc<Cell<usize>>,
}

impl Write for Filling {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let fits = bytes.len().min(self.room.get());
        if fits == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.room.set(self.room.get() - fits);
        self.file.write(&bytes[..fits])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn page(path: &str, text: &str) -> Page {
    Page::new(path, text.into())
}

/// A result with a manifest as ours is, as far as it is read again.
fn result(text: &str) -> Vec<Page> {
    let hash = blake3::hash(text.as_bytes()).to_hex();
    let entry = |path: &str| format!("{{\"path\":\"{path}\",\"bytes\":{},\"blake3\":\"{hash}\"}}", text.len());
    let files = [entry("a.csv"), entry("figures/b.svg")].join(",");
    let manifest = format!("{{\"tool\":\"chokepoint\",\"comparison\":\"one\",\"files\":[{files}]}}");
    vec![page("a.csv", text), page("figures/b.svg", text), page(manifest::NAME, &manifest)]
}

/// The folder's parent, the folder, and the names that stand in the parent.
fn somewhere() -> (TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("out");
    (parent, folder)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn write(folder: &Path, replace: Replace, pages: &[Page]) -> Result<Option<PathBuf>, FolderError> {
    Target::new(folder, replace)?.write(pages, None, &|| false)
}

fn write_to_full_disk(folder: &Path, replace: Replace, room: usize) -> Result<Option<PathBuf>, FolderError> {
    let room = Rc::new(Cell::new(room));
    Target::new(folder, replace)?.write_through(&result("new"), None, &|| false, &|path| {
        Ok(Box::new(Filling { file: File::create(path)?, room: room.clone() }))
    })
}

#[test]
fn a_full_disk_leaves_nothing_new_wherever_it_fills() {
    let whole: usize = result("new").iter().map(|p| p.bytes().len()).sum();
    for room in 0..whole {
        let (parent, folder) = somewhere();
        let error = write_to_full_disk(&folder, Replace::Nothing, room).unwrap_err();
        assert!(matches!(&error, FolderError::Unwritable { path, .. } if path.starts_with(&folder)), "{error}");
        assert!(names(parent.path()).is_empty(), "{:?}", names(parent.path()));
    }
    let (_parent, folder) = somewhere();
    write_to_full_disk(&folder, Replace::Nothing, whole).unwrap();
    assert_eq!(names(&folder), ["a.csv", "figures", "manifest.json"]);
}

#[test]
fn a_full_disk_keeps_the_earlier_result() {
    let (parent, folder) = somewhere();
    write(&folder, Replace::Nothing, &result("old")).unwrap();
    let error = write_to_full_disk(&folder, Replace::Result, 4).unwrap_err();
    assert!(error.to_string().contains("b.svg"), "the file is named: {error}");
    assert_eq!(fs::read_to_string(folder.join("a.csv")).unwrap(), "old");
    assert_eq!(names(parent.path()), ["out"]);
}

#[test]
fn a_stop_between_files_leaves_the_earlier_result() {
    let (parent, folder) = somewhere();
    write(&folder, Replace::Nothing, &result("old")).unwrap();
    for files in 0..4 {
        let asked = Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) == files;
        let error = Target::new(&folder, Replace::Result).unwrap().write(&result("new"), None, &stop).unwrap_err();
        assert!(matches!(error, FolderError::Stopped), "{error}");
        assert_eq!(fs::read_to_string(folder.join("a.csv")).unwrap(), "old");
        assert_eq!(names(parent.path()), ["out"]);
    }
}

#[test]
fn a_result_is_replaced_whole() {
    let (parent, folder) = somewhere();
    write(&folder, Replace::Nothing, &result("old")).unwrap();
    fs::write(folder.join("figures/mine.svg"), "x").unwrap();
    assert!(write(&folder, Replace::Nothing, &result("new")).is_err());
    assert_eq!(write(&folder, Replace::Result, &result("new")).unwrap(), None);
    assert_eq!(fs::read_to_string(folder.join("figures/b.svg")).unwrap(), "new");
    assert_eq!(names(&folder.join("figures")), ["b.svg"]);
    assert_eq!(names(parent.path()), ["out"]);
}

#[test]
fn only_an_untouched_result_of_the_same_comparison_is_replaced_unasked() {
    let earlier = || Replace::Earlier("one".to_owned());
    let (_parent, folder) = somewhere();
    write(&folder, earlier(), &result("old")).unwrap();
    write(&folder, earlier(), &result("new")).unwrap();
    assert!(write(&folder, Replace::Earlier("two".to_owned()), &result("new")).is_err());
    fs::write(folder.join(".DS_Store"), "x").unwrap();
    Target::new(&folder, earlier()).unwrap();
    for (path, text) in [("figures/notes.md", "x"), ("a.csv", "nex"), ("a.csv", "longer")] {
        let (_parent, folder) = somewhere();
        write(&folder, earlier(), &result("new")).unwrap();
        fs::write(folder.join(path), text).unwrap();
        let error = Target::new(&folder, earlier()).unwrap_err();
        assert!(error.to_string().contains(path), "{error}");
    }
}

#[test]
fn what_is_not_ours_is_never_replaced() {
    for manifest in ["", "{}", "{\"tool\":\"another\",\"comparison\":\"one\",\"files\":[]}"] {
        let (_parent, folder) = somewhere();
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(manifest::NAME), manifest).unwrap();
        let error = Target::new(&folder, Replace::Result).unwrap_err();
        assert!(matches!(error, FolderError::InTheWay { .. }), "{error}");
    }
    let (_parent, file) = somewhere();
    fs::write(&file, "x").unwrap();
    assert!(Target::new(&file, Replace::Result).unwrap_err().to_string().contains("it is a file"));
    let below = Target::new(&file.join("a/b"), Replace::Result).unwrap_err().to_string();
    assert!(below.contains("above it is a file"), "{below}");
}

#[test]
fn an_empty_folder_is_used_and_folders_above_are_made() {
    let (_parent, folder) = somewhere();
    fs::create_dir(&folder).unwrap();
    write(&folder, Replace::Nothing, &result("new")).unwrap();
    let deep = folder.join("x/y/z");
    let target = Target::new(&deep, Replace::Nothing).unwrap();
    assert!(!folder.join("x").exists(), "looking leaves nothing");
    target.write(&result("new"), None, &|| false).unwrap();
    assert_eq!(names(&deep), ["a.csv", "figures", "manifest.json"]);
}

#[test]
fn what_appears_meanwhile_is_not_replaced() {
    let (parent, folder) = somewhere();
    let target = Target::new(&folder, Replace::Nothing).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("mine"), "x").unwrap();
    assert!(matches!(target.write(&result("new"), None, &|| false), Err(FolderError::InTheWay { .. })));
    assert_eq!(fs::read_to_string(folder.join("mine")).unwrap(), "x");
    assert_eq!(names(parent.path()), ["out"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_result_stays_a_link() {
    let (parent, folder) = somewhere();
    write(&folder, Replace::Nothing, &result("old")).unwrap();
    let link = parent.path().join("link");
    std::os::unix::fs::symlink(&folder, &link).unwrap();
    write(&link, Replace::Result, &result("new")).unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_to_string(folder.join("a.csv")).unwrap(), "new");
    std::os::unix::fs::symlink("nowhere", parent.path().join("broken")).unwrap();
    let error = Target::new(&parent.path().join("broken"), Replace::Result).unwrap_err();
    assert!(error.to_string().contains("link to something that does not exist"), "{error}");
}
