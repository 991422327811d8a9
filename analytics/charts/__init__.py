"""Pictures of gaps, cycles, regions and items: one small table in, one picture with its words out.

Each module holds one kind of chart. A builder takes one summary table whose columns it declares and checks,
and returns a `analytics.charts.picture.Picture`: the Vega-Lite spec, the sentences and the table, all from
that one table. Nothing here computes a statistic. Importing this package loads neither Altair nor pandas.
"""
