# Reads a result of chokepoint, and checks that its files agree. Needs R alone; reads Parquet too where the package arrow is there.
#
#     Rscript read_results.R output/shipped
#
# Columns and units are in docs/outputs.md. Ends with an error if a file tells another number than summary.csv.

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) > 0) arguments[1] else "output/shipped"

# A blank is a number that does not exist, and nothing else is: by default R takes NA, the code of Namibia, for missing too.
read_table <- function(path, ...) read.csv(path, stringsAsFactors = FALSE, na.strings = "", ...)

# Every row is one number: of a scenario, an outcome, an entity (whom it is of) and a statistic.
summary_table <- read_table(file.path(folder, "summary.csv"))

# Where it comes from: the last lines of summary.md say it; so does datapackage.json, for package jsonlite.
page <- readLines(file.path(folder, "summary.md"), encoding = "UTF-8")
cat(grep("^Cite as", page, value = TRUE), "\n\n")

# The headline: which share of its deployment without controls the firm loses, and how well that mean is known.
ratio <- summary_table[summary_table$outcome == "shortfall-ratio", ]
scenarios <- unique(ratio$scenario)
of <- function(statistic) {
  rows <- ratio[ratio$statistic == statistic, ]
  rows$value[match(scenarios, rows$scenario)]
}
headline <- data.frame(
  scenario = scenarios,
  estimate = round(100 * of("estimate"), 1),
  low95 = round(100 * of("low95"), 1),
  high95 = round(100 * of("high95"), 1)
)
print(headline, row.names = FALSE)
cat("(percent; the interval is that of the mean over trials)\n\n")

# Over time. A date is the first day of its tick.
series <- read_table(file.path(folder, "series.csv"))
series$date <- as.Date(series$date)
capacity <- series[series$outcome == "sustained-capacity" & series$statistic == "median", ]
last <- capacity[capacity$date == max(capacity$date), c("scenario", "entity", "value", "unit")]
cat("Median sustained capacity at the end:\n")
print(last, row.names = FALSE)

close_enough <- function(a, b) length(a) == length(b) && all(abs(a - b) <= 1e-9 * (abs(a) + 1e-9), na.rm = TRUE)
check <- function(name, same) {
  if (!isTRUE(same)) stop(name, " does not agree with summary.csv")
  cat(name, ": agrees\n", sep = "")
}

# Every trial: for statistics of your own. (There is no trials.csv above 100,000 trials; read trials.parquet then.)
path <- file.path(folder, "trials.csv")
if (file.exists(path)) {
  trials <- read_table(path, check.names = FALSE)
  for (column in grep("^cumulative-deployment\\[", names(trials), value = TRUE)) {
    entity <- sub("\\]$", "", sub("^cumulative-deployment\\[", "", column))
    mine <- tapply(trials[[column]], trials$scenario, mean)
    rows <- summary_table[summary_table$outcome == "cumulative-deployment" & summary_table$entity == entity &
      summary_table$statistic == "mean", ]
    check(paste0("trials.csv, ", entity), close_enough(as.numeric(mine[rows$scenario]), rows$value))
  }
}

# The scenario community's format: the same numbers under other names.
iamc <- read_table(file.path(folder, "iamc.csv"))
end <- iamc[grepl("\\|Sustained Capacity\\|.*\\|Median$", iamc$variable) & iamc$time == max(iamc$time), ]
check("iamc.csv", close_enough(sort(end$value), sort(last$value)))

if (requireNamespace("arrow", quietly = TRUE)) {
  from_parquet <- as.data.frame(arrow::read_parquet(file.path(folder, "summary.parquet")))
  there <- !is.na(summary_table$value)
  check("summary.parquet", close_enough(from_parquet$value[there], summary_table$value[there]))
}
