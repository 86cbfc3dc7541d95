"""Reads a result of chokepoint in every format, and checks that they agree.

    pip install pandas pyarrow openpyxl pyam-iamc "sqlalchemy<2.1"
    python read_results.py output/shipped

(pyam 3.3 fails with SQLAlchemy 2.1 and later, hence the last word. It is for iamc.csv alone.)

Copy the block that you need, and BLANK with it. Columns and units are in docs/outputs.md. Ends with an error if a file tells
another number than summary.csv.
"""

import json
import sys
from pathlib import Path

import pandas as pd

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "output/shipped")

# --- CSV. Every row is one number: of a scenario, an outcome, an entity (whom it is of) and a statistic. -------------------
# A blank is a number that does not exist, and nothing else is: pandas would take NA, the code of Namibia, for missing too.
BLANK = {"keep_default_na": False, "na_values": [""]}
# (Without float_precision, pandas takes a short cut that is wrong in the last digits of very small numbers.)
summary = pd.read_csv(folder / "summary.csv", float_precision="round_trip", **BLANK)

# Where it comes from. CSV can't say it itself; the data package beside it does, with the meaning of every column.
package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
about = package["chokepoint"]
print(f"{about['title']}\n{about['cite_as']}\n")

# The headline: which share of its deployment without controls the firm loses, and how well that mean is known.
ratio = summary[summary["outcome"] == "shortfall-ratio"]
headline = ratio.pivot(index="scenario", columns="statistic", values="value")[["estimate", "low95", "high95"]]
worse = summary[(summary["outcome"] == "shortfall") & (summary["statistic"] == "share-of-trials-worse")]
headline["worse in"] = worse.set_index("scenario")["value"]
in_order = [scenario["id"] for scenario in about["scenarios"]]
print((100 * headline.loc[in_order]).round(1).to_string(), "\n(percent; the interval is that of the mean over trials)\n")


def check(name, same):
    """Says that a file agrees, or ends."""
    if not same:
        sys.exit(f"{name} does not agree with summary.csv")
    print(f"{name}: agrees")


def close(a, b):
    """Equal but for the tenth digit, to which CSV is rounded; blank where the other is."""
    a, b = a.reset_index(drop=True), b.reset_index(drop=True)
    # Nine digits of the largest number at hand: what is left of nothing.
    return bool((((a - b).abs() <= 1e-9 * (a.abs() + 1e-9)) | (a.isna() & b.isna())).all()) and len(a) == len(b)


# --- Parquet: the same tables with types, read in a fraction of the time; the metadata says where they come from. ----------
from_parquet = pd.read_parquet(folder / "summary.parquet")
check("summary.parquet", close(from_parquet["value"], summary["value"]))

import pyarrow.parquet as pq

metadata = pq.read_schema(folder / "summary.parquet").metadata
check("its metadata", int(metadata[b"seed"]) == about["seed"] and int(metadata[b"trials"]) == about["trials"])

# --- JSON: for programs that know no tables. -------------------------------------------------------------------------------
document = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
from_json = pd.DataFrame(document["tables"]["summary"]["rows"])
check("summary.json", close(from_json["value"].astype(float), summary["value"]))

# --- Excel: a sheet a table. -----------------------------------------------------------------------------------------------
from_excel = pd.read_excel(folder / "tables.xlsx", sheet_name="Summary", **BLANK)
check("tables.xlsx", close(from_excel["value"], summary["value"]))

# --- Over time. A date is the first day of its tick. -----------------------------------------------------------------------
series = pd.read_csv(folder / "series.csv", parse_dates=["date"], float_precision="round_trip", **BLANK)
from_parquet = pd.read_parquet(folder / "series.parquet")
check("series.parquet", close(from_parquet["value"], series["value"]))
capacity = series[(series["outcome"] == "sustained-capacity") & (series["statistic"] == "median")]
by_date = capacity.pivot_table(index="date", columns=["entity", "scenario"], values="value")
print(f"\nMedian sustained capacity, products a month, at the start and the end:\n{by_date.iloc[[0, -1]].round(0).T.to_string()}\n")

# --- Every trial: for statistics of your own. Trials of one number share their draws, so that differences are paired. ------
trials = pd.read_parquet(folder / "trials.parquet")
for column in [name for name in trials.columns if name.startswith("cumulative-deployment[")]:
    entity = column[len("cumulative-deployment[") : -1]
    mine = trials.groupby("scenario")[column].mean()
    theirs = summary[
        (summary["outcome"] == "cumulative-deployment") & (summary["entity"] == entity) & (summary["statistic"] == "mean")
    ].set_index("scenario")["value"]
    check(f"trials.parquet, {entity}", close(mine.loc[in_order], theirs.loc[in_order]))

# --- The scenario community's format (IAMC). -------------------------------------------------------------------------------
try:
    import pyam
except ImportError:
    print("iamc.csv: pyam is not installed")
else:
    frame = pyam.IamDataFrame(pd.read_csv(folder / "iamc.csv", **BLANK))
    check("iamc.csv", sorted(frame.scenario) == sorted(in_order) and frame.model == [f"chokepoint {about['chokepoint']}"])
    medians = frame.filter(variable="*|Sustained Capacity|*|Median", region="World").timeseries()
    check("its medians", close(pd.Series(sorted(medians.iloc[:, -1])), pd.Series(sorted(by_date.iloc[-1]))))
