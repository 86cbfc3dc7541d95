#!/usr/bin/env bash
# Makes the seed corpus of the target `scenario` from the shipped files and the fixtures of the tests: a text in memory can
# name shipped files only, so `extends` and `bibliography` are made to. The dictionary is every word of these files.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p corpus/scenario corpus/determine
shipped='s/^(extends|bibliography)( *= *)"([a-z-]+)(\.toml)?"/\1\2"shipped:\3"/'
for file in ../scenarios/*.toml ../README-example.toml; do
  sed -E -e 's#"scenarios/#"#' -e "$shipped" "$file" >"corpus/scenario/$(basename "$file")"
done
# The tiny world: its sources become those of a shipped file.
tiny='s/"(rule|prices)"/"fr-84-22961"/g; s/"tiny-sources.toml"/"shipped:bibliography-law"/'
sed -E -e "$tiny" ../tests/fixtures/tiny.toml >corpus/scenario/tiny.toml
# The same with a regime in one file, and overrides.
{
  printf '#set vendors.huawei.risk_at_rest=0.5\n#set time.end=2019-06-30\n#set time.tick=week\n'
  sed -E -e "$tiny" ../tests/fixtures/tiny.toml
  printf '[provisions]\nsource = "fr-84-22961"\n'
  sed -n '/^\[/,$p' ../tests/fixtures/tiny-listing.toml
} >corpus/scenario/tiny-listing.toml
cat corpus/scenario/*.toml | grep -oE '[A-Za-z][A-Za-z0-9_-]{2,24}' | sort | uniq -c | awk '$1 > 2 { print "\"" $2 "\"" }' >scenario.dict
cp ../src/law/tests/*.csv corpus/determine/
