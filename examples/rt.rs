use chokepoint::scenario;
fn main() {
    for s in scenario::shipped() {
        if s.kind != scenario::Kind::Scenario {
            continue;
        }
        let a = scenario::load(&s.id, &[]).unwrap();
        let d = std::path::Path::new("/tmp/rtd");
        std::fs::create_dir_all(d).unwrap();
        for (n, t) in scenario::whole::files(&a) {
            std::fs::write(d.join(n), t).unwrap();
        }
        match scenario::load(d.join(format!("{}.toml", a.id)).to_str().unwrap(), &[]) {
            Ok(b) => {
                println!("{} {} {}", a.id, a.hash == b.hash, a.world_hash == b.world_hash);
                if a.hash != b.hash {
                    std::fs::write("/tmp/x.json", a.resolved.to_string()).unwrap();
                    std::fs::write("/tmp/y.json", b.resolved.to_string()).unwrap();
                }
            }
            Err(e) => println!("{:?}", miette::Report::new(e)),
        }
    }
}
