//! The commands that can be typed, and the manual that `--help` shows. What each takes stands in [`super::options`].

use std::sync::LazyLock;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use super::options::{
    BacktestArgs, CalibrateArgs, CheckArgs, CiteArgs, CompareArgs, CompletionsArgs, DetermineArgs, DiffArgs,
    ExplainArgs, InitArgs, ListArgs, ManArgs, MergeArgs, ReproduceArgs, RunArgs, SchemaArgs, SourcesArgs, TraceArgs,
};
use super::values;
use crate::report::build;

/// Simulates what export-control regimes do to a targeted firm's 5G deployment.
#[derive(Debug, Parser)]
#[command(name = "chokepoint", version = VERSION.as_str(), propagate_version = true, max_term_width = 100)]
#[command(args_override_self = true)]
#[command(
    long_about = "Simulates how much 5G equipment a targeted firm can deploy, month by month, under alternative \
export-control regimes, what each regime costs everyone else, and how sure a reader can be of either.

A scenario is a file: a world (firms, parts, markets) and a regime (dated provisions of law). A comparison runs several \
scenarios on the same random draws, so that the differences between them are the rules' doing. The shipped scenarios are \
part of the program; `chokepoint list` shows them."
)]
#[command(after_long_help = "EXAMPLES:
  Compare the current rules, the waivers and the amended rules with no controls, into output/shipped/:
      chokepoint compare

  Ask whether one part may be shipped on a day, and why:
      chokepoint explain amended-rules --offer xilinx-ultrascale --date 2020-03-02

  Start a scenario of your own, and see what it changes:
      chokepoint init my-rules.toml
      chokepoint check my-rules.toml

  Run a result again and compare it, and cite it:
      chokepoint reproduce output/shipped
      chokepoint cite output/shipped

EXIT STATUS:
  0    done
  1    the output could not be written, or another failure
  2    wrong usage, a file that can't be read or is not sound, or an output folder that is taken
  130  interrupted (Ctrl-C); the message says what was written, if anything

ENVIRONMENT:
  NO_COLOR           no colors, if it is set
  CLICOLOR           no colors, if it is 0
  SOURCE_DATE_EPOCH  the date that a manifest shows, in seconds since 1970, unless --date is given")]
pub struct Typed {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

impl Typed {
    /// The grammar of what can be typed. A negative number is taken as the value of the option before it, so that what the option
    /// takes is said, and not that there is no option of that name.
    pub fn grammar() -> clap::Command {
        let valued = |arg: &clap::Arg| !arg.is_positional() && arg.get_action().takes_values();
        Typed::command().mut_subcommands(|command| {
            command.mut_args(|arg| if valued(&arg) { arg.allow_negative_numbers(true) } else { arg })
        })
    }

    /// What was typed.
    ///
    /// # Errors
    /// It is no command, or asks for help.
    pub fn of_command_line() -> Result<Typed, clap::Error> {
        let mut grammar = Typed::grammar();
        let found = grammar.try_get_matches_from_mut(std::env::args_os())?;
        Typed::from_arg_matches(&found).map_err(|error| error.format(&mut grammar))
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one scenario and write its outcomes
    #[command(long_about = "Runs one scenario many times and writes figures, tables and a manifest into a folder.

Shortfalls are measured against the same world with no provisions, which is simulated on the same draws. The result goes to \
output/<id>/, where <id> is the scenario's.")]
    #[command(after_long_help = "EXAMPLES:
  Run a shipped scenario:
      chokepoint run adopted-rules

  Run your own with fewer trials, to the end of 2021, into a folder of your choice:
      chokepoint run my-rules.toml --trials 500 --horizon 2021-12 --out results/my-rules

  Ask what a parameter does, without a file:
      chokepoint run amended-rules --set provisions.huawei-de-minimis.threshold=0 --out results/zero

EXIT STATUS:
  0 done; 1 not writable or another failure; 2 bad usage, bad input or an output folder that is taken; 130 interrupted")]
    Run(RunArgs),

    /// Compare scenarios on the same draws and write figures and tables
    #[command(
        long_about = "Compares scenarios on the same random draws and writes figures, tables and a manifest into a folder.

Without FILE, the shipped comparison is run (no controls, the current rules, waivers, the amended rules) and written to \
output/shipped/; it replaces its own earlier result there, unless a file of it \
was changed or added. With one FILE, that is a comparison file; with several, they are \
scenarios, of which the first is the reference of all differences. All must share one world, so that a difference is the \
rules' doing. If none of them is without controls, such a scenario is added, since shortfalls are measured against it.

A FILE is a path, or the id of a shipped file. Paths within a file are meant from that file's own folder."
    )]
    #[command(after_long_help = "EXAMPLES:
  Run the shipped comparison:
      chokepoint compare

  Compare your own rules with the current ones, into output/current-rules-vs-my-rules/:
      chokepoint compare current-rules my-rules.toml

  The same with another reference and four times the trials, replacing an earlier result:
      chokepoint compare current-rules my-rules.toml --reference my-rules --trials 16000 --force

  As many trials as it takes to know every shortfall to 1% of deployment:
      chokepoint compare --until shortfall:paired:+-1%

EXIT STATUS:
  0 done; 1 not writable or another failure; 2 bad usage, bad input or an output folder that is taken; 130 interrupted")]
    Compare(CompareArgs),

    /// Join the shards of an experiment into one result
    #[command(
        long_about = "Joins shards, which `run` or `compare` left with --shard, into the result that one run would have given, byte \
for byte (the manifest apart). All shards must be there, each once, and of the same experiment: the same command but for --shard \
and --out."
    )]
    #[command(after_long_help = "EXAMPLES:
  Run a comparison in two parts, perhaps on two machines, and join them:
      chokepoint compare --shard 1/2 --out parts/1
      chokepoint compare --shard 2/2 --out parts/2
      chokepoint merge parts/1 parts/2 --out output/joined

EXIT STATUS:
  0 done; 1 not writable or another failure; 2 bad usage, a shard that is missing, doubled, damaged or of another experiment, or an
  output folder that is taken; 130 interrupted")]
    Merge(MergeArgs),

    /// Find which values of the uncertain parameters agree with what was observed
    #[command(
        long_about = "Calibrates a scenario: finds which values of its uncertain parameters agree with observations up to a day, and \
which of the parameters the observations say anything of.

Trials with parameters drawn from the scenario are compared with the observations; for each parameter, those that come \
nearest are kept (approximate Bayesian computation). The result goes to output/calibration-<id>/: posterior.toml, a layer that \
a scenario can extend or that --overlay lays over any scenario of the same world; calibration.csv, a row for each parameter; \
observations.csv, how well each observation is met before and after; posterior.csv, the trials that come nearest to all \
observations together; a figure and summary.md.

Observations after --until are not used, so that they can test what was calibrated (`chokepoint backtest`)."
    )]
    #[command(after_long_help = "EXAMPLES:
  Calibrate the shipped rules on what was observed to the end of 2019:
      chokepoint calibrate

  Run the shipped comparison with what was found:
      chokepoint compare --overlay output/calibration-adopted-rules/posterior.toml --out output/calibrated

  Calibrate a scenario of yours on observations of yours:
      chokepoint calibrate my-rules.toml --observations seen.toml --until 2020-06-30

EXIT STATUS:
  0 done; 1 not writable or another failure; 2 bad usage, bad input or an output folder that is taken; 130 interrupted")]
    #[command(mut_arg("trials", |arg| arg.default_value("20000").value_parser(values::kept_trials).help("Trials, 1 to 1,000,000")))]
    Calibrate(CalibrateArgs),

    /// Compare what a scenario predicts with what was observed
    #[command(
        long_about = "Runs a scenario, by default the rules as adopted, to the last of a file of observations, and compares what it \
predicts with them: a table (backtest.csv), a figure and a summary go to output/backtest/.

For each observation it gives the median and the central 50% and 90% of trials, whether the observation lies in these bands, \
and the continuous ranked probability score (0 is perfect).

The observations are a TOML file of `[[observation]]` tables with id, quantity, entity (a firm), region (world, cn, ex-cn), \
period (2020-12-31, 2020-06, 2020-Q4, 2020-H2, 2020), value or low and high, unit, bound (exact, at-least, at-most) and source. One \
with `needs` waits for what the model lacks: it is listed, and not scored. The \
shipped ones go to the end of 2020; later ones are scored the same way, and the run is made as long as they need."
    )]
    #[command(after_long_help = "EXAMPLES:
  Compare the rules as adopted with the shipped observations:
      chokepoint backtest

  With your own, which may be later:
      chokepoint backtest --observations later.toml --out results/later

EXIT STATUS:
  0 done, whatever the scores; 1 not writable or another failure; 2 bad usage, bad input or an output folder that is taken;
  130 interrupted")]
    #[command(mut_arg("trials", |arg| arg.value_parser(values::kept_trials).help("Trials, 1 to 1,000,000")))]
    Backtest(BacktestArgs),

    /// Find out what holds the targeted vendor's output down, month by month
    #[command(
        long_about = "Looks into the trials of a scenario, month by month (or week by week, where the scenario has it so): what held down \
the output of each line of the targeted vendors, how long the stock of each component class would last, what each source delivered \
and could have given, and what the law said of it.

Without --trial it gives medians over --trials, each number by itself, and what held the line down in most trials. The text tells \
of the headline's line: a line a month, then class by class the sources, and the months in which the law changed for them. CSV and \
JSON have all lines, a row a month, line, class and source. Its columns:

- scenario: id of the scenario
- trial: number of the trial, or `median`
- date: first day of the month or week
- class: id of the component class
- line: the vendor's line, as vendor:line
- binding: what held the line's output down: id of a class, `capacity` (the plant) or `orders` (nothing: all were met)
- stock_months: stock of the class in months of forecast use, at the end of the month
- inflow: units that the source delivered into stock, a month
- feared_supply: blank: the model does not have it yet
- source: id of the offer; blank for a class without a source
- permitted: share of the month's days on which the law lets the source ship for new products, licenses included
- belief: blank: the model does not have it yet
- capacity: units a month that the source could give the vendor, whatever the law says; 0 before it is qualified

Nothing is written but to standard output, unless --out names a folder: then trace.csv goes there, with summary.md, a figure that \
shows it at a glance, and a manifest."
    )]
    #[command(after_long_help = "EXAMPLES:
  What holds output down under the amended rules, and since when?
      chokepoint trace amended-rules

  One trial, one class, one year:
      chokepoint trace adopted-rules --trial 3 --class fpga --from 2020-01-01 --to 2020-12-31

  The table for a spreadsheet:
      chokepoint trace amended-rules --format csv > trace.csv

  A folder with the table and a figure:
      chokepoint trace amended-rules --out output/trace-amended-rules

EXIT STATUS:
  0 done; 1 not writable or another failure; 2 bad usage, bad input, a class, trial or day that is not there, or an output folder
  that is taken; 130 interrupted")]
    #[command(mut_arg("trials", |arg| arg.help("Trials that medians are over, 1 to 2,000 [default: 200]; with --trial, how many there are")))]
    #[command(mut_arg("out", |arg| arg.help("Folder for the result [default: none; what was found is printed]")))]
    #[command(mut_arg("format", |arg| arg.help("Form of what is printed, and of errors: text, csv or json; with --out, of the closing message")))]
    #[command(mut_arg("quiet", |arg| arg.help("Show no progress and give no advice; what was found is printed all the same")))]
    #[command(mut_args(|arg| if OF_A_FOLDER.contains(&arg.get_id().as_str()) { arg.requires("out") } else { arg }))]
    Trace(TraceArgs),

    /// Answer a file of cases: may each be shipped
    #[command(
        long_about = "Answers a file of cases by the law of a scenario: is the item subject to the regulations, is a license \
required, does something authorize the shipment, and what follows. The answers go to standard output, and only if \
the whole file is sound; otherwise every fault is reported with its line and column.

The cases are CSV with a header, as spreadsheets save it. Columns, in any order: id, date, buyer, made_in (these must be there); use, shipped_from, \
item, us_controlled, us_other, us_technology, us_plant, own_design, production_start, below_5g.

The answers are for the listing alone: licenses and exceptions that turn on the destination country are taken as met. Days \
are whole days; the first and last day of a provision are inclusive."
    )]
    #[command(after_long_help = "EXAMPLES:
  Answer a file of cases as CSV:
      chokepoint determine --scenario adopted-rules --cases cases.csv

  The same from a pipe, with each step and its citation:
      cat cases.csv | chokepoint determine --scenario adopted-rules --cases - --format text

EXIT STATUS:
  0 done; 1 standard output not writable; 2 bad usage or bad input (nothing on standard output)")]
    Determine(DetermineArgs),

    /// Explain in plain words whether an offer may be shipped on a day
    #[command(
        long_about = "Explains in plain words whether one supplier's offer may be shipped to a buyer on a day: each step with the \
facts that it compares and its citation.

Where a legal fact of the offer is uncertain (a plant that may or may not be built with US technology, a content share with \
a range), the explanation says what it assumes, and whether the answer would be another otherwise."
    )]
    #[command(after_long_help = "EXAMPLES:
  May the large FPGA go to the listed firm under the amended rules?
      chokepoint explain amended-rules --offer xilinx-ultrascale --date 2020-03-02

  As spare parts for an existing network, under the waivers:
      chokepoint explain waivers --offer xilinx-ultrascale --date 2019-12-02 --use existing-network

EXIT STATUS:
  0 done; 1 standard output not writable; 2 bad usage or bad input")]
    Explain(ExplainArgs),

    /// Check files and say what they change and rest on
    #[command(
        long_about = "Checks scenario, comparison and bibliography files, whether or not they can be run alone. Of a scenario it \
says what each of its layers changes in what it extends, and which share of its parameters are assumptions; of a comparison, \
whether its scenarios can be compared.

It warns of what can have no effect in a run, and why: a rule that never applies or changes no answer, a review for which the \
practice of licensing has no rate, a ladder that can't be climbed; of a period that leaves the data of the world; and \
of what a layer changes without saying on what the change rests. `run` and `compare` warn of the same, and their result says what \
can have no effect. A warning leaves the exit status as it is."
    )]
    #[command(after_long_help = "EXAMPLES:
  Check your own scenario:
      chokepoint check my-rules.toml

  Check all shipped files of a clone:
      chokepoint check scenarios/*.toml

EXIT STATUS:
  0 all are sound; 1 standard output not writable; 2 at least one is not (all are checked)")]
    Check(CheckArgs),

    /// Run a result again from its manifest and compare every file
    #[command(
        long_about = "Runs a result again from its manifest alone, and compares every file but the manifest, byte for byte. Neither \
the scenario files nor the folder from which it was run are needed: the manifest holds the scenarios whole, with seed, trials, design \
and all options that a result depends on. The number of threads is not among them.

For each file that is not identical it says whether the file was edited after it was written (its hash is not the one in the \
manifest), is missing, or comes out differently, and of a table the first line that differs. The run happens in a temporary \
folder, which is deleted, unless --out names another. Works on results of run, compare, merge, backtest, calibrate and trace."
    )]
    #[command(after_long_help = "EXAMPLES:
  Does the shipped comparison still come out as it stands?
      chokepoint reproduce output/shipped

  A result that somebody sent, keeping what comes out here:
      chokepoint reproduce received/briefing-paper --out output/again

  For a program to read:
      chokepoint reproduce output/shipped --format json --quiet

EXIT STATUS:
  0    every file is identical
  1    a file differs, was edited or is missing; or the run could not be written
  2    wrong usage, or no sound manifest in the folder
  130  interrupted")]
    Reproduce(ReproduceArgs),

    /// Print how the program, or a result, is cited
    #[command(
        long_about = "Prints BibTeX of the program and, of the result in DIR, an entry of its own (comparison, version, seed, trials, \
hashes) and one line for below a figure. Nothing in it comes from the clock: the same result is cited in the same words on any day.

Who ran the result the program does not know: add yourself as its author."
    )]
    #[command(after_long_help = "EXAMPLES:
  Cite the program:
      chokepoint cite

  Add a result to a bibliography:
      chokepoint cite output/shipped --format bibtex >> references.bib

EXIT STATUS:
  0 done; 1 standard output not writable; 2 bad usage, or no sound manifest in the folder")]
    Cite(CiteArgs),

    /// Write a scenario to start from
    #[command(
        long_about = "Writes a scenario to start from: a small file that extends another, changes one thing in it, and passes `chokepoint \
check` and runs as it is. Its comments say what an analyst would next want to change, and how: a provision, a day, a parameter with \
what it rests on, an overlay. The JSON Schema of such files is written beside it, so that editors complete and check what you type.

The id of the scenario is made of the file's name."
    )]
    #[command(after_long_help = "EXAMPLES:
  Start from the amended rules:
      chokepoint init my-rules.toml
      chokepoint compare amended-rules my-rules.toml

  From the rules as they were adopted, with a comparison of the two:
      chokepoint init my-rules.toml --extends adopted-rules --comparison

EXIT STATUS:
  0 done; 1 not writable; 2 bad usage, or a file that exists already")]
    Init(InitArgs),

    /// Say in words what differs between two scenarios
    #[command(
        long_about = "Says what differs between two scenarios: in the law (provisions and licensing, with the citation of each), in the \
world, and in the parameters, whose value may be the same and rest on another source. What is added is only in the second, what is \
removed only in the first."
    )]
    #[command(after_long_help = "EXAMPLES:
  What did the amendments add?
      chokepoint diff current-rules amended-rules

  What does a scenario of mine change?
      chokepoint diff amended-rules my-rules.toml

EXIT STATUS:
  0 done, whether they differ or not; 1 standard output not writable; 2 bad usage or bad input")]
    Diff(DiffArgs),

    /// Show what a scenario rests on: its sources and its assumptions
    #[command(
        long_about = "Shows the bibliography of a scenario as it is used: each source with the number of parameters, provisions and texts \
that rest on it or name it, most used first; how many parameters of each kind rest on assumption; and sources that are listed and \
not used. The JSON form has the paths of all of them."
    )]
    #[command(after_long_help = "EXAMPLES:
  What do the adopted rules rest on?
      chokepoint sources adopted-rules

  Which parameters are assumptions, and for what reasons?
      chokepoint sources adopted-rules --assumptions

EXIT STATUS:
  0 done; 1 standard output not writable; 2 bad usage or bad input")]
    Sources(SourcesArgs),

    /// Print a script by which a shell completes what you type
    #[command(
        long_about = "Prints a script by which a shell completes commands and options. Load it from the shell's startup file, or save it \
where the shell looks for such scripts."
    )]
    #[command(after_long_help = "EXAMPLES:
  For bash, now and in every new shell:
      chokepoint completions bash > ~/.local/share/bash-completion/completions/chokepoint

  For zsh, in a folder of $fpath:
      chokepoint completions zsh > ~/.zfunc/_chokepoint

EXIT STATUS:
  0 done; 1 standard output not writable; 2 bad usage")]
    Completions(CompletionsArgs),

    /// Print manual pages
    #[command(
        long_about = "Prints the manual page of the program or of a command, in the form that `man` reads, or writes all pages into a folder."
    )]
    #[command(after_long_help = "EXAMPLES:
  Read the page of a command:
      chokepoint man compare | man -l -

  Write all pages where `man` finds them:
      chokepoint man --out ~/.local/share/man/man1

EXIT STATUS:
  0 done; 1 not writable; 2 bad usage")]
    Man(ManArgs),

    /// Print a JSON Schema of scenario files, for editors
    #[command(
        long_about = "Prints the JSON Schema of a kind of file. With it, editors complete keys and values, show what each key means, and \
mark what is misspelt while you write: in VS Code by the extension Even Better TOML, in others by Taplo.

Save it beside your file, and name it in the file's first line: #:schema ./scenario.schema.json (`chokepoint init` does both). What \
only a run can find, `chokepoint check` reports."
    )]
    #[command(after_long_help = "EXAMPLES:
  Of scenario files:
      chokepoint schema > scenario.schema.json

  Of files of observations:
      chokepoint schema observations > observations.schema.json

EXIT STATUS:
  0 done; 1 standard output not writable; 2 bad usage")]
    Schema(SchemaArgs),

    /// List the shipped files, or what a scenario holds: offers, firms, markets, classes
    #[command(
        long_about = "Lists the files that the program carries: id, kind and title. With an option, lists what a scenario holds \
instead: the offers, firms, markets or component classes, with their facts and the ids that other options ask for. With a SCENARIO \
alone, says how many of each it holds.

An id can stand wherever a scenario is asked for, on the command line and in a file: `extends = \"amended-rules\"`. What holds a \
slash or ends in .toml is a path; shipped:ID is always the shipped file. A folder never hides a shipped file; where a file of that \
very name is there, write ./ID for it or shipped:ID."
    )]
    #[command(after_long_help = "EXAMPLES:
  What is there to run?
      chokepoint list

  Which parts can be bought, and what does the law ask of them?
      chokepoint list --offers

  The same of one scenario, with every fact, for a spreadsheet:
      chokepoint list waivers --offers --format csv

EXIT STATUS:
  0 done; 1 standard output not writable; 2 bad usage or bad input")]
    List(ListArgs),
}

/// Options of [`super::options::OutputArgs`] that say something of the files alone.
const OF_A_FOLDER: [&str; 4] = ["force", "no_figures", "font", "date"];

/// Version and, where known, commit.
static VERSION: LazyLock<String> = LazyLock::new(|| match (build::COMMIT, build::dirty()) {
    (Some(commit), Some(true)) => format!("{} (commit {commit}, changed)", build::VERSION),
    (Some(commit), _) => format!("{} (commit {commit})", build::VERSION),
    (None, _) => build::VERSION.to_owned(),
});
