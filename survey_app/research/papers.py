"""The papers of a package: what is in it, the codebook as a page, and scripts that load it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from measures.codebook import MISSING_CODES, MISSING_LABELS
from survey_app.research.columns import PLACE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measures.codebook import Column
    from survey_app.research.files import About
    from survey_app.research.tables import Tables


def read_me(tables: Tables, about: About) -> str:
    """Return what a researcher reads first."""
    withheld = ", ".join(f"{name} in {count}" for name, count in tables.withheld.items())
    alone = "" if tables.rarest >= about.smallest_group else " (all there are: everything is withheld)"
    reasons = "\n".join(f"  {MISSING_CODES[reason]}  {words}" for reason, words in MISSING_LABELS.items())
    return f"""{about.title}

For improvement, not for evaluation.
Given under an agreement that ends on {about.ends_on}: delete every copy then.
Purpose: {about.purpose}
Constructs: {", ".join(about.constructs)}

What is here
  {len(tables.wide)} sheets of {tables.students} students in {tables.classes} classes
  of {tables.teachers} teachers, {tables.lessons} lessons.
  long.csv          one row a value: what a student answered, what the teacher saw, what she predicted
  wide.csv          one row a student and lesson; wide.sav is the same for SPSS
  codebook.*        what each column and number means
  items.csv         every wording, in every language
  load.py, load.R   read wide.csv with labels and missing values; datapackage.json says the same to programs.
                    our tests run load.py, and load.R where R is installed (last R 4.2): both read the same
  SHA256SUMS        to see that a copy is whole: sha256sum -c SHA256SUMS

Why an answer is missing
{reasons}

What to know before counting
  Focal students were chosen by their teachers: they are no sample of their classes.
  Children were told: "Grown-ups who study lessons may see them without your code."
  Lessons whose children were not told so are not here. Classes that answered without codes were told that
  their teacher alone sees counts: their answers are never in a package; item reports speak of them.
  Lines break between item versions: see parent and comparability in items.csv.
  A teacher's rating stands in every row of its lesson; it is one rating, not one a student.
  Students of one class are alike, and so are lessons of one teacher: models need both levels.

So that nobody is told apart
  Codes are random, made for this agreement: they fit no other package of another agreement.
  There are no dates, names, places, or words that anybody wrote. Schools are left out.
  Every combination of grade band, subject and region is shared by at least {tables.rarest} teachers{alone};
  withheld for that: {withheld} classes. A language or a way of entry that few used is withheld.
  Do not try to find out who anybody is, and do not join these rows with others about people.
"""


def codebook_page(columns: Sequence[Column], title: str) -> str:
    """Return the codebook as one page that needs nothing else."""
    places = "".join(
        f"<tr><th scope='row'><code>{escape(name)}</code></th><td>{escape(words)}</td></tr>\n"
        for name, words in PLACE_COLUMNS.items()
    )
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Codebook: {escape(title)}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1F2430 }}
body {{ max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; vertical-align: top; padding: 6px 10px; border-bottom: 1px solid #ccc }}
.missing {{ color: #525968 }}
</style></head>
<body>
<h1>Codebook: {escape(title)}</h1>
<p>For improvement, not for evaluation. Negative numbers say why an answer is missing.</p>
<h2>Who and where</h2>
<table>{places}</table>
<h2>Questions</h2>
<table>
<tr><th scope="col">Column</th><th scope="col">Question</th><th scope="col">Values</th></tr>
{"".join(_column_row(column) for column in columns)}</table>
</body>
</html>
"""


def _column_row(column: Column) -> str:
    values = "<br>".join(
        f"<span{' class=missing' if value in column.missing else ''}>{value} {escape(label)}</span>"
        for value, label in column.values.items()
    )
    turned = "; turned round" if column.is_reversed else ""
    about = f"{column.item_version}, {column.perspective}{turned}. {column.unit}"
    return (
        f"<tr><th scope='row'><code>{escape(column.name)}</code></th>"
        f"<td>{escape(column.question)}<br>{escape(about)}</td><td>{values}</td></tr>\n"
    )


def load_python() -> str:
    """Return the script that loads the wide table with pandas."""
    return '''"""Load wide.csv: labels as ordered categories, every reason for a missing answer as missing.

    from load import wide, reasons

Needs pandas. Run as a program, it says what it has loaded.
"""

from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
# "None" and "NA" may be words that children read: only an empty cell is empty.
WORDS = {"keep_default_na": False, "na_values": [""]}
codebook = pd.read_csv(HERE / "codebook.csv", **WORDS)
marked = codebook[codebook["value"].notna()]
raw = pd.read_csv(HERE / "wide.csv", **WORDS)
wide, reasons = raw.copy(), pd.DataFrame(index=raw.index)
for name, rows in marked.groupby("column", sort=False):
    missing = rows[rows["is_missing"] == 1].set_index("value")["label"]
    steps = rows[rows["is_missing"] == 0].sort_values("value").set_index("value")["label"]
    reasons[name] = raw[name].map(missing)
    kind = pd.CategoricalDtype(list(steps), ordered=True)
    wide[name] = raw[name].map(steps).astype(kind)

if __name__ == "__main__":
    print(f"{len(wide)} sheets of {wide['student'].nunique()} students")
    print(f"{marked['column'].nunique()} columns with labels")
'''


def load_r() -> str:
    """Return the script that loads the wide table with R alone."""
    return """# Load wide.csv: labels as ordered factors, every reason for a missing answer as NA.
# source("load.R"); the raw numbers stay in raw, the reasons in reasons.
read <- function(name) read.csv(name, encoding = "UTF-8", na.strings = "", stringsAsFactors = FALSE)
codebook <- read("codebook.csv")
raw <- read("wide.csv")
marked <- codebook[!is.na(codebook$value), ]
wide <- raw
reasons <- raw[, character(0)]
for (name in unique(marked$column)) {
  rows <- marked[marked$column == name, ]
  missing <- rows[rows$is_missing == 1, ]
  steps <- rows[rows$is_missing == 0, ]
  steps <- steps[order(steps$value), ]
  reasons[[name]] <- missing$label[match(raw[[name]], missing$value)]
  wide[[name]] <- factor(raw[[name]], levels = steps$value, labels = steps$label, ordered = TRUE)
}
cat(nrow(wide), "sheets of", length(unique(wide$student)), "students\\n")
"""
