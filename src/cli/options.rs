//! What each command takes, as `clap` reads it: values are parsed as far as they make sense alone; what depends on a scenario is
//! settled by the study. The commands and their manual stand in [`super::args`].

use std::path::PathBuf;

use clap::Args;

use super::design::DesignArgs;
use super::format::{CiteFormat, Format as Form, ListFormat};
use super::holdings::Holding;
use super::values::{self, Seed};
use crate::experiment::header::Shard;
use crate::experiment::stopping::Goal;
use crate::law::answers::Format;
use crate::scenario::Kind;
use crate::study::{Horizon, Keep, USUAL_SEED};
use crate::units::{Date, Named, Use, day};

/// `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Scenario: a path, or the id of a shipped one
    pub file: String,
    /// How trials are laid over what is not known.
    #[command(flatten)]
    pub design: DesignArgs,
    /// How it is run and where the result goes.
    #[command(flatten)]
    pub write: WriteArgs,
    /// How far it is run.
    #[command(flatten)]
    pub simulate: SimulateArgs,
}

/// `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// One comparison, or two or more scenarios: paths, or ids of shipped files [default: the shipped comparison]
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// Scenario against which differences are measured [default: what the comparison says, else the first]
    #[arg(long, value_name = "ID")]
    pub reference: Option<String>,
    /// How trials are laid over what is not known.
    #[command(flatten)]
    pub design: DesignArgs,
    /// How it is run and where the result goes.
    #[command(flatten)]
    pub write: WriteArgs,
    /// How far it is run.
    #[command(flatten)]
    pub simulate: SimulateArgs,
}

/// `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Folders of the shards, in any order
    #[arg(value_name = "DIR", required = true)]
    pub shards: Vec<PathBuf>,
    /// Folder for the result
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub out: PathBuf,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Threads, 1 to 1024; the result does not depend on them [default: one per core]
    #[arg(long, value_name = "N", help_heading = "Output")]
    #[arg(value_parser = values::threads)]
    pub threads: Option<usize>,
}

/// What commands take that may be stopped and gone on with, or run in parts.
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// Continue an earlier run of the same command that was stopped
    ///
    /// Unfinished work is kept in DIR.partial/ beside the result. If there is none, the run starts from the beginning; if the result is
    /// finished, nothing is done. Without --resume, unfinished work of an earlier run is discarded.
    #[arg(long, help_heading = "Scale")]
    pub resume: bool,
    /// Run only this part of the trials, such as 3/8; `chokepoint merge` joins the parts
    #[arg(long, value_name = "K/N", value_parser = Shard::parse, help_heading = "Scale")]
    pub shard: Option<Shard>,
    /// When it has enough trials.
    #[command(flatten)]
    pub until: UntilArgs,
}

/// `calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Scenario: a path, or the id of a shipped one
    #[arg(default_value = "shipped:adopted-rules")]
    pub file: String,
    /// File of observations: a path, or the id of a shipped one
    #[arg(long, value_name = "FILE", default_value = "shipped:observed", help_heading = "Calibration")]
    pub observations: String,
    /// Last day of observations that are used
    #[arg(long, value_name = "YYYY-MM-DD", default_value = "2019-12-31", help_heading = "Calibration")]
    #[arg(value_parser = day::day)]
    pub until: Date,
    /// Trials that are kept for each parameter: a share of them below 1, or a number of them
    #[arg(long, value_name = "N", default_value = "0.05", help_heading = "Calibration")]
    #[arg(value_parser = values::keep)]
    pub keep: Keep,
    /// Standard deviation of the relative error between the model and the world, of every observation; 0 to 1
    #[arg(long, value_name = "SHARE", default_value = "0.05", help_heading = "Calibration")]
    #[arg(value_parser = values::tolerance)]
    pub tolerance: f64,
    /// How it is run and where the result goes.
    #[command(flatten)]
    pub write: WriteArgs,
}

/// `backtest`.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// Scenario: a path, or the id of a shipped one [default: adopted-rules]
    pub file: Option<String>,
    /// File of observations: a path, or the id of a shipped one [default: observed]
    #[arg(long, value_name = "FILE")]
    pub observations: Option<String>,
    /// How it is run and where the result goes.
    #[command(flatten)]
    pub write: WriteArgs,
}

/// `trace`.
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// Scenario: a path, or the id of a shipped one
    #[arg(value_name = "SCENARIO")]
    pub file: String,
    /// Trace the trial of this number, from 0 as in trials.csv
    #[arg(long, value_name = "N", conflicts_with = "median", value_parser = values::trial, help_heading = "Trace")]
    pub trial: Option<u32>,
    /// Trace medians over --trials (this is what is done without --trial)
    #[arg(long, help_heading = "Trace")]
    pub median: bool,
    /// Tell of this class alone, by its id
    #[arg(long, value_name = "ID", help_heading = "Trace")]
    pub class: Option<String>,
    /// First day that is told of; the simulation starts as ever
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day, help_heading = "Trace")]
    pub from: Option<Date>,
    /// Last day that is told of; months and weeks are told of whole
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day, help_heading = "Trace")]
    pub to: Option<Date>,
    /// How it is run and where the result goes.
    #[command(flatten)]
    pub write: WriteArgs<ListFormat>,
}

/// How a result is written, whatever made it. `F` are the forms of what is printed.
#[derive(Debug, Clone, Args)]
pub struct OutputArgs<F = Form>
where
    F: Named + Clone + Send + Sync + 'static,
{
    /// Replace an earlier result with all that is in its folder (never a folder that holds none)
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// Draw no figures
    #[arg(long, help_heading = "Output")]
    pub no_figures: bool,
    /// Font file for characters that the font of the figures lacks, such as Chinese ones
    ///
    /// A TrueType or OpenType font (.ttf, .otf), or a collection (.ttc), of which FILE#N is face N, from 0. All else is drawn in
    /// the figures' own font, DejaVu Sans. The manifest keeps name and hash of the font, not the font: `reproduce` asks for it.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub font: Option<String>,
    /// Print nothing unless something is wrong
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,
    /// Form of the closing message, and of errors: text or json
    #[arg(long, default_value = "text", value_parser = values::named::<F>, help_heading = "Output")]
    pub format: F,
    /// Date shown in the manifest [default: SOURCE_DATE_EPOCH, else today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day, help_heading = "Output")]
    pub date: Option<Date>,
}

/// What every command that writes takes.
#[derive(Debug, Clone, Args)]
pub struct WriteArgs<F = Form>
where
    F: Named + Clone + Send + Sync + 'static,
{
    /// Folder for the result [default: output/NAME]
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub out: Option<PathBuf>,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs<F>,
    /// Seed of all random draws, or `random` to have one picked (the manifest keeps it); the same seed gives the same result
    #[arg(long, value_name = "N", help_heading = "Simulation")]
    #[arg(default_value_t = Seed::Given(USUAL_SEED), value_parser = values::seed)]
    pub seed: Seed,
    /// Trials of each scenario, 1 to 1,000,000,000 [default: 4000, unless a design says otherwise]
    #[arg(long, value_name = "N", help_heading = "Simulation")]
    #[arg(value_parser = values::trials)]
    pub trials: Option<u32>,
    /// Threads, 1 to 1024; the result does not depend on them [default: one per core]
    #[arg(long, value_name = "N", help_heading = "Simulation")]
    #[arg(value_parser = values::threads)]
    pub threads: Option<usize>,
    /// Last day (2022-12-31), last month (2022-12) or number of months to simulate (not beside --set time.end)
    #[arg(long, value_name = "WHEN", help_heading = "Simulation")]
    #[arg(value_parser = values::horizon)]
    pub horizon: Option<Horizon>,
    /// Set a parameter or key of the scenario; may be given several times
    ///
    /// PATH is dotted, as in the scenario file; VALUE is a number, a text, a date or a whole record. A path within
    /// `provisions` or `licensing` is set in the scenarios of a comparison that have that provision, one within
    /// `escalation` in the adaptive ones; any other in all. What was set is kept in the manifest. Of two values for one PATH the
    /// last counts, with a warning.
    #[arg(long, value_name = "PATH=VALUE", value_parser = values::setting, help_heading = "Simulation")]
    pub set: Vec<(String, String)>,
    /// Lay a scenario file over every scenario that is run, such as the posterior of a calibration; may be given several times
    ///
    /// Of that file only what it says itself counts, not what it extends, nor its id. Several are laid in the order in which
    /// they are given, each over those before it. What --set says comes on top.
    #[arg(long = "overlay", value_name = "FILE", help_heading = "Simulation")]
    pub overlays: Vec<String>,
}

/// When an ensemble has enough trials, where it is not told how many.
#[derive(Debug, Clone, Args)]
pub struct UntilArgs {
    /// Add trials until an outcome is this precise in every scenario, instead of --trials; may be given several times
    ///
    /// GOAL is `OUTCOME[@ENTITY]:MEASURE:±X` or `±X%` (`+-` will do for `±`): half of the 95% interval must be no more than X.
    /// MEASURE is `paired` (mean difference to the same trials of the reference; the shortfall is one itself), `mean`, or a
    /// quantile `q01` to `q99`; X is in the outcome's unit. X% is of the reference's mean for `paired` (of deployment
    /// without controls for the shortfall), of the estimate otherwise. All goals must be met, and stay so for two further looks.
    /// Examples: shortfall:paired:±1%, cumulative-deployment:mean:±0.5%, shortfall:q90:±20000.
    #[arg(long, value_name = "GOAL", value_parser = values::goal, conflicts_with = "trials")]
    #[arg(help_heading = "Simulation")]
    pub until: Vec<Goal>,
    /// With --until: trials before the first look, rounded up to a multiple of 256
    #[arg(long, value_name = "N", requires = "until", conflicts_with = "trials", default_value_t = 1000)]
    #[arg(value_parser = values::trials, help_heading = "Simulation")]
    pub at_least: u32,
    /// With --until: trials after which it ends in any case, with a warning if it is not precise enough
    #[arg(long, value_name = "N", requires = "until", conflicts_with = "trials", default_value_t = 100_000)]
    #[arg(value_parser = values::trials, help_heading = "Simulation")]
    pub at_most: u32,
}

/// `determine`.
#[derive(Debug, Args)]
pub struct DetermineArgs {
    /// Scenario whose law is asked: a path, or the id of a shipped one
    #[arg(long, value_name = "FILE")]
    pub scenario: String,
    /// File of cases (CSV); `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub cases: PathBuf,
    /// Form of the answers: csv, json or text (the last two with every step)
    #[arg(long, default_value = "csv", value_parser = values::named::<Format>)]
    pub format: Format,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Scenario whose law is asked: a path, or the id of a shipped one
    pub file: String,
    /// Offer that is shipped
    #[arg(long, value_name = "ID")]
    pub offer: String,
    /// Day of shipment
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day)]
    pub date: Date,
    /// Vendor that buys [default: the first that the scenario lists, else its first]
    #[arg(long, value_name = "ID")]
    pub buyer: Option<String>,
    /// What it is for: new-equipment, existing-network, handset-support, security-research, standards
    #[arg(long = "use", value_name = "USE", default_value = "new-equipment", value_parser = values::named::<Use>)]
    pub use_: Use,
    /// Day on which its production started, for savings clauses [default: not known, so that none covers it]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day)]
    pub production_start: Option<Date>,
    /// Form of the output, and of errors: text or json (with each step as `determine` gives it)
    #[arg(long, default_value = "text", value_parser = values::named::<Form>)]
    pub format: Form,
}

/// `reproduce`.
#[derive(Debug, Args)]
pub struct ReproduceArgs {
    /// Folder of a result, which holds its manifest.json
    #[arg(value_name = "DIR", value_parser = values::folder)]
    pub folder: PathBuf,
    /// Keep the new result in this folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub out: Option<PathBuf>,
    /// Font file that the figures were drawn with, where they were drawn with another than their own
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub font: Option<String>,
    /// Threads, 1 to 1024; the result does not depend on them [default: one per core]
    #[arg(long, value_name = "N", help_heading = "Output")]
    #[arg(value_parser = values::threads)]
    pub threads: Option<usize>,
    /// Print nothing unless something is wrong
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,
    /// Form of the output, and of errors: text or json
    #[arg(long, default_value = "text", value_parser = values::named::<Form>, help_heading = "Output")]
    pub format: Form,
}

/// `cite`.
#[derive(Debug, Args)]
pub struct CiteArgs {
    /// Folder of a result, which holds its manifest.json [default: the program alone]
    #[arg(value_name = "DIR", value_parser = values::folder)]
    pub folder: Option<PathBuf>,
    /// Form: text, json or bibtex
    #[arg(long, default_value = "text", value_parser = values::named::<CiteFormat>)]
    pub format: CiteFormat,
}

/// `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// File to write
    #[arg(value_name = "FILE", default_value = "my-scenario.toml")]
    pub file: PathBuf,
    /// Scenario that it extends: the id of a shipped one, or a path
    #[arg(long, value_name = "ID", default_value = "amended-rules")]
    pub extends: String,
    /// Write a comparison of the two beside it
    #[arg(long)]
    pub comparison: bool,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
    /// Print nothing unless something is wrong
    #[arg(long, short)]
    pub quiet: bool,
}

/// `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The one scenario: a path, or the id of a shipped one
    #[arg(value_name = "A")]
    pub from: String,
    /// The other
    #[arg(value_name = "B")]
    pub to: String,
    /// Form of the output, and of errors: text or json
    #[arg(long, default_value = "text", value_parser = values::named::<Form>)]
    pub format: Form,
}

/// `sources`.
#[derive(Debug, Args)]
pub struct SourcesArgs {
    /// Scenario: a path, or the id of a shipped one
    #[arg(value_name = "FILE")]
    pub file: String,
    /// List only what rests on an assumption, each with its reason
    #[arg(long)]
    pub assumptions: bool,
    /// Form of the output, and of errors: text or json
    #[arg(long, default_value = "text", value_parser = values::named::<Form>)]
    pub format: Form,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Shell: bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Command [default: the program]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
    /// Write all pages into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub out: Option<PathBuf>,
}

/// `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Kind of file: scenario, comparison, bibliography or observations
    #[arg(value_name = "KIND", default_value = "scenario", value_parser = values::named::<Kind>)]
    pub kind: Kind,
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files: paths, or ids of shipped files
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,
    /// Font file that you will give for the figures: report which characters it and their own font lack
    #[arg(long, value_name = "FILE")]
    pub font: Option<String>,
    /// Print nothing unless something is wrong
    #[arg(long, short)]
    pub quiet: bool,
    /// Form of the output, and of errors: text or json (one object per file)
    #[arg(long, default_value = "text", value_parser = values::named::<Form>)]
    pub format: Form,
}

/// `list`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("holding"))]
pub struct ListArgs {
    /// Scenario whose contents are listed: a path, or the id of a shipped one [default with an option below: adopted-rules]
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<String>,
    /// What suppliers sell: class, origin, control level, US content, price, capacity, lead time
    #[arg(long, group = "holding", help_heading = "Contents")]
    pub offers: bool,
    /// Vendors and suppliers, with their home and what they sell
    #[arg(long, group = "holding", help_heading = "Contents")]
    pub firms: bool,
    /// Who buys products, with the vendors' shares
    #[arg(long, group = "holding", help_heading = "Contents")]
    pub markets: bool,
    /// Component classes
    #[arg(long, group = "holding", help_heading = "Contents")]
    pub classes: bool,
    /// Product lines
    #[arg(long, group = "holding", help_heading = "Contents")]
    pub lines: bool,
    /// Home countries of sellers and vendors
    #[arg(long, group = "holding", help_heading = "Contents")]
    pub jurisdictions: bool,
    /// Provisions of law, with their days
    #[arg(long, group = "holding", help_heading = "Contents")]
    pub provisions: bool,
    /// Form of the list, and of errors: text, json or csv (the last two with every fact)
    #[arg(long, default_value = "text", value_parser = values::named::<ListFormat>)]
    pub format: ListFormat,
}

impl ListArgs {
    /// What of a scenario is listed, if anything.
    pub(super) fn holding(&self) -> Option<Holding> {
        let asked = [
            (self.offers, Holding::Offers),
            (self.firms, Holding::Firms),
            (self.markets, Holding::Markets),
            (self.classes, Holding::Classes),
            (self.lines, Holding::Lines),
            (self.jurisdictions, Holding::Jurisdictions),
            (self.provisions, Holding::Provisions),
        ];
        asked.into_iter().find(|(asked, _)| *asked).map(|(_, holding)| holding)
    }
}
